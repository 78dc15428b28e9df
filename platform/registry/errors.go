package registry

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// ErrUnknownSchema says that the registry answered and does not know a schema id, or that the id is not an Avro
// schema that can be read here. It may be new and on its way to a replica: callers give it a grace before they
// reject the record.
var ErrUnknownSchema = errors.New("unknown schema id")

// ErrUnknownSubject says that the registry answered and has no such subject.
var ErrUnknownSubject = errors.New("unknown subject")

// unknown is ErrUnknownSchema for one id. It is a rejection too, since an id that stays unknown is the record's
// fault.
type unknown struct {
	id  int
	why string
}

func (u *unknown) Error() string { return fmt.Sprintf("schema id %d: %s", u.id, u.why) }

func (u *unknown) Unwrap() []error {
	return []error{ErrUnknownSchema, &fault.Rejection{Reason: fault.SchemaUnknown, Message: u.Error()}}
}

// IncompatibleError says that a schema cannot be the next version of its subject. It is fatal: nothing was
// registered, and only another schema or another level mends it.
type IncompatibleError struct {
	Subject string
	// Version is the registered version that the schema cannot follow.
	Version int
	// Level is the subject's compatibility level; empty when only the registry said no.
	Level avro.Level
	// Findings say what stands against it; at least one.
	Findings []avro.Finding
}

func (e *IncompatibleError) Error() string {
	said := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		said[i] = f.Message
		if f.Path != "" {
			said[i] = f.Path + ": " + f.Message
		}
	}
	at := ""
	if e.Level != "" {
		at = " at level " + string(e.Level)
	}
	return fmt.Sprintf("subject %s: the schema cannot follow version %d%s: %s; change the schema, or publish it as a new major version",
		e.Subject, e.Version, at, strings.Join(said, "; "))
}

func incompatible(subject string, version int, level avro.Level, findings ...avro.Finding) error {
	return &IncompatibleError{Subject: subject, Version: version, Level: level, Findings: findings}
}

// CallError says that it was the schema registry that failed, where a broker or a record could be to blame as well: what is to be
// done is another, and a record may well be good.
type CallError struct{ Err error }

func (e *CallError) Error() string { return e.Err.Error() }

// Unwrap gives what the call returned.
func (e *CallError) Unwrap() error { return e.Err }
