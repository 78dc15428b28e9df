package lifecycle

import (
	"context"
	"log/slog"
)

// Listener is told what happens to subjects. A nil callback is skipped.
type Listener struct {
	// Changed is called after a state was entered. It runs under the machine's lock: it must not block and
	// must not call the machine. Sending to a bounded queue that drops is fine, writing to a socket is not.
	Changed func(Transition)
	// Refused is called when a transition was asked for that is not legal; the caller gets the error too. The
	// same rules hold as for Changed.
	Refused func(Transition)
}

// EnsureDefaults replaces nil callbacks by ones that do nothing, so that the result can be called without
// looking.
func (l Listener) EnsureDefaults() Listener {
	if l.Changed == nil {
		l.Changed = func(Transition) {}
	}
	if l.Refused == nil {
		l.Refused = func(Transition) {}
	}
	return l
}

// Tee tells every listener, in the order given.
func Tee(listeners ...Listener) Listener {
	all := make([]Listener, len(listeners))
	for i, l := range listeners {
		all[i] = l.EnsureDefaults()
	}
	return Listener{
		Changed: func(t Transition) {
			for _, l := range all {
				l.Changed(t)
			}
		},
		Refused: func(t Transition) {
			for _, l := range all {
				l.Refused(t)
			}
		},
	}
}

// Logging writes each change to log: warning for degraded, error for tripped and failed, info for the rest. A
// refused transition is an error, since it is a bug. The log's handler should not block for long.
func Logging(log *slog.Logger) Listener {
	attrs := func(t Transition) []slog.Attr {
		a := []slog.Attr{slog.String("subject", t.Subject), slog.String("from", string(t.From)), slog.String("to", string(t.To))}
		if t.Cause != "" {
			a = append(a, slog.String("cause", t.Cause))
		}
		return a
	}
	return Listener{
		Changed: func(t Transition) {
			log.LogAttrs(context.Background(), level(t.To), "state changed", attrs(t)...)
		},
		Refused: func(t Transition) {
			log.LogAttrs(context.Background(), slog.LevelError, "illegal change of state refused", attrs(t)...)
		},
	}
}

func level(s State) slog.Level {
	switch s {
	case Degraded:
		return slog.LevelWarn
	case Tripped, Failed:
		return slog.LevelError
	}
	return slog.LevelInfo
}
