package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/riferrei/srclient"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Register makes s the newest version of subject and gives its id; a schema that is registered there already
// keeps its id. Whether readers could follow is checked first: *IncompatibleError (fault.Fatal) says what stands
// against it, and nothing is registered. While the registry is away it tries again, and says so in the log, until
// ctx ends; wrong credentials are fault.Fatal at once.
func (c *Client) Register(ctx context.Context, subject string, s *avro.Schema) (id int, err error) {
	err = c.patiently(ctx, "register subject "+subject, func() (err error) {
		id, err = c.register(ctx, subject, s)
		return err
	})
	return id, err
}

func (c *Client) register(ctx context.Context, subject string, s *avro.Schema) (int, error) {
	var got *srclient.Schema
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		got, err = r.LookupSchema(subject, s.String(), srclient.Avro)
		return err
	})
	if err == nil {
		return got.ID(), nil
	}
	if !answered(err, codeSubjectNotFound, codeSchemaNotFound) {
		return 0, err
	}
	if err := c.check(ctx, subject, s); err != nil {
		return 0, err
	}
	err = c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		got, err = r.CreateSchema(subject, s.String(), srclient.Avro)
		return err
	})
	if answered(err, codeIncompatible) {
		return 0, c.refused(ctx, subject, err)
	}
	if err != nil {
		return 0, err
	}
	return got.ID(), nil
}

// check holds s against the versions that the subject's level names. The registry does the same when it
// registers, but not every registry says what is wrong, nor where.
func (c *Client) check(ctx context.Context, subject string, s *avro.Schema) error {
	var versions []int
	var level avro.Level
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		if versions, err = r.GetSchemaVersions(subject); err != nil {
			return err
		}
		l, err := r.GetCompatibilityLevel(subject, true)
		if err == nil {
			level, err = avro.ParseLevel(l.String())
		}
		return err
	})
	switch {
	case answered(err, codeSubjectNotFound):
		return nil
	case err != nil:
		return err
	}
	return c.follows(ctx, subject, level, versions, s)
}

// compared are the versions that a level counts.
func compared(level avro.Level, versions []int) []int {
	switch {
	case level == avro.None || len(versions) == 0:
		return nil
	case !Transitive(level):
		return []int{slices.Max(versions)}
	}
	return versions
}

// refused is the registry's own verdict where ours found nothing.
func (c *Client) refused(ctx context.Context, subject string, verdict error) error {
	r, _ := errors.AsType[*refusal](verdict)
	latest, err := c.latest(ctx, subject)
	if err != nil {
		return fmt.Errorf("%w (and then: %w)", verdict, err)
	}
	return incompatible(subject, latest.Version(), "", avro.Finding{Rule: "registry", Message: r.message})
}

// SetLevel sets a subject's compatibility level; the subject need not exist yet. It waits for the registry as
// Register does.
func (c *Client) SetLevel(ctx context.Context, subject string, level avro.Level) error {
	return c.patiently(ctx, fmt.Sprintf("set subject %s to %s", subject, level), func() error {
		return c.call(ctx, func(r *srclient.SchemaRegistryClient) error {
			_, err := r.ChangeSubjectCompatibilityLevel(subject, srclient.CompatibilityLevel(level))
			return err
		})
	})
}

// Version is a registered version of a subject.
type Version struct {
	ID, Version int
	Schema      *avro.Schema
}

// Latest gives the newest version of a subject; ErrUnknownSubject when there is none. It asks each address once.
func (c *Client) Latest(ctx context.Context, subject string) (Version, error) {
	got, err := c.latest(ctx, subject)
	if answered(err, codeSubjectNotFound, codeVersionNotFound) {
		return Version{}, fmt.Errorf("registry: %w: %s", ErrUnknownSubject, subject)
	}
	if err != nil {
		return Version{}, marked("latest version of "+subject, err)
	}
	s, err := c.parse(ctx, got)
	if why, ok := errors.AsType[*unreadable](err); ok {
		return Version{}, fault.Fatally(fmt.Errorf("registry: subject %s version %d: %w", subject, got.Version(), why))
	}
	if err != nil {
		return Version{}, marked("latest version of "+subject, err)
	}
	return Version{ID: got.ID(), Version: got.Version(), Schema: s}, nil
}

func (c *Client) latest(ctx context.Context, subject string) (got *srclient.Schema, err error) {
	err = c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		got, err = r.GetLatestSchema(subject)
		return err
	})
	return got, err
}
