package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind says whose fault a failure is.
type Kind uint8

const (
	// Transient is the surroundings' fault; trying again later may help.
	Transient Kind = iota + 1
	// Rejected is the record's fault; trying again never helps.
	Rejected
	// Fatal is ours; going on would lose or spoil data.
	Fatal
)

func (k Kind) String() string {
	switch k {
	case Transient:
		return "transient"
	case Rejected:
		return "rejected"
	case Fatal:
		return "fatal"
	}
	return "none"
}

type classed struct {
	kind Kind
	err  error
}

func (c *classed) Error() string { return c.err.Error() }
func (c *classed) Unwrap() error { return c.err }

// Transiently marks err as transient. A nil err stays nil.
func Transiently(err error) error { return mark(Transient, err) }

// Fatally marks err as fatal. A nil err stays nil.
func Fatally(err error) error { return mark(Fatal, err) }

// Fatalf is Fatally of fmt.Errorf.
func Fatalf(format string, args ...any) error { return Fatally(fmt.Errorf(format, args...)) }

func mark(k Kind, err error) error {
	if err == nil {
		return nil
	}
	return &classed{kind: k, err: err}
}

// Marked says whether somebody has said of err whose fault it is, by a mark or by a *Rejection.
func Marked(err error) bool {
	if _, ok := errors.AsType[*classed](err); ok {
		return true
	}
	_, ok := errors.AsType[*Rejection](err)
	return ok
}

// KindOf classifies err: the outermost mark wins, a *Rejection is Rejected, a deadline or a cancelled
// context is Transient, and what nobody classified is Fatal, since going on with an unknown fault may lose data.
// It returns 0 for nil.
func KindOf(err error) Kind {
	if err == nil {
		return 0
	}
	if c, ok := errors.AsType[*classed](err); ok {
		return c.kind
	}
	if _, ok := errors.AsType[*Rejection](err); ok {
		return Rejected
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return Transient
	}
	return Fatal
}
