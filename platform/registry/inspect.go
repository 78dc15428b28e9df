package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/riferrei/srclient"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Level gives the compatibility level that was set for a subject; "" where none was, so that the registry's own is in
// force. It asks each address once.
func (c *Client) Level(ctx context.Context, subject string) (avro.Level, error) {
	var level avro.Level
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) error {
		l, err := r.GetCompatibilityLevel(subject, false)
		if err != nil || l == nil {
			return err
		}
		level, err = avro.ParseLevel(l.String())
		return err
	})
	if answered(err, codeSubjectNotFound, codeNoLevel) {
		return "", nil
	}
	return level, marked("level of subject "+subject, err)
}

// Registered tells whether a schema is one of a subject's versions. It asks each address once.
func (c *Client) Registered(ctx context.Context, subject string, s *avro.Schema) (bool, error) {
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) error {
		_, err := r.LookupSchema(subject, s.String(), srclient.Avro)
		return err
	})
	if answered(err, codeSubjectNotFound, codeSchemaNotFound) {
		return false, nil
	}
	return err == nil, marked("look up a schema in subject "+subject, err)
}

// Follows says why s cannot be a subject's next version at a level: *IncompatibleError, which names the version that is in
// the way. The level is not the subject's, but the one that it is to have. It asks each address once for each version.
func (c *Client) Follows(ctx context.Context, subject string, level avro.Level, s *avro.Schema) error {
	var versions []int
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		versions, err = r.GetSchemaVersions(subject)
		return err
	})
	if answered(err, codeSubjectNotFound) {
		return nil
	}
	if err == nil {
		err = c.follows(ctx, subject, level, versions, s)
	}
	if _, ok := err.(*IncompatibleError); ok { //nolint:errorlint // follows gives it as it is
		return fault.Fatally(err)
	}
	return marked("compare with subject "+subject, err)
}

// follows compares with the versions that the level names.
func (c *Client) follows(ctx context.Context, subject string, level avro.Level, versions []int, s *avro.Schema) error {
	for _, v := range compared(level, versions) {
		got, err := c.version(ctx, subject, v)
		if answered(err, codeSubjectNotFound, codeVersionNotFound) {
			return &vanished{v, err.Error()}
		}
		if err != nil {
			return fmt.Errorf("version %d: %w", v, err)
		}
		before, err := c.parse(ctx, got)
		if why, ok := errors.AsType[*unreadable](err); ok {
			return incompatible(subject, v, level, avro.Finding{Rule: "unreadable", Message: "what is registered cannot be read: " + why.Error()})
		}
		if err != nil {
			return fmt.Errorf("version %d: %w", v, err)
		}
		if findings := Compare(level, s, v, before); len(findings) > 0 {
			return incompatible(subject, v, level, findings...)
		}
	}
	return nil
}

// vanished is a version that the registry listed and then did not have: its subject is being deleted, or written, and not every
// part of the registry has seen that. Asked anew, it says what holds.
type vanished struct {
	version int
	reason  string
}

func (v *vanished) Error() string {
	return fmt.Sprintf("version %d was listed, and then not there: %s", v.version, v.reason)
}
