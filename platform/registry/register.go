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
//
// With a snapshot (Config.Snapshot) it does not wait where the same schema was registered there before: no connection, a
// timeout or a 5xx gives the id that the registry gave then. A refusal is never passed over. What was taken so is registered in the
// background once the registry is back, until Close; should the registry then refuse it or give another id, the log says so
// at level error, and only a restart of the process mends it.
func (c *Client) Register(ctx context.Context, subject string, s *avro.Schema) (id int, err error) {
	schema := digest(s)
	before := func(why error) bool {
		kept, ok := c.kept.recall(subject, schema)
		if ok {
			id = kept.ID
			c.owe(why, debt{kept, func(ctx context.Context) error { return c.confirm(ctx, subject, s, kept.ID) }})
		}
		return ok
	}
	if c.debts.open() && before(nil) {
		return id, nil
	}
	err = c.patiently(ctx, "register subject "+subject, func() (err error) {
		id, err = c.register(ctx, subject, s)
		if _, first := errors.AsType[*unanswered](err); first && silent(ctx, err) && before(err) {
			return nil
		}
		return err
	})
	return id, err
}

// confirm registers what was taken from the snapshot under an id.
func (c *Client) confirm(ctx context.Context, subject string, s *avro.Schema, id int) error {
	now, err := c.register(ctx, subject, s)
	if err == nil && now != id {
		return &otherID{now, id}
	}
	return err
}

// unanswered is the error of Register's first question: the registry has said nothing yet that the snapshot could contradict.
type unanswered struct{ error }

func (u *unanswered) Unwrap() error { return u.error }

// silent says whether the snapshot may speak for the registry. A caller who gave up wants no answer, while one whose
// time ran out has waited for the registry in vain.
func silent(ctx context.Context, err error) bool {
	return err != nil && passing(err) && !errors.Is(ctx.Err(), context.Canceled)
}

// register asks for the id, registers where there is none, and keeps what came of it.
func (c *Client) register(ctx context.Context, subject string, s *avro.Schema) (int, error) {
	var got *srclient.Schema
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		got, err = r.LookupSchema(subject, s.String(), srclient.Avro)
		return err
	})
	switch {
	case answered(err, codeSubjectNotFound, codeSchemaNotFound):
		c.kept.forget(subject, digest(s))
		if got, err = c.create(ctx, subject, s); err != nil {
			return 0, err
		}
	case err != nil:
		return 0, &unanswered{err}
	}
	err = c.kept.remember(note{Subject: subject, Schema: digest(s), ID: got.ID()})
	if err == nil {
		err = c.kept.write(got.ID(), s) // what it publishes, a process may read again after a restart
	}
	if err != nil {
		c.cfg.Logger.WarnContext(ctx, "a schema's id could not be kept for a time without the registry", "subject", subject, "id", got.ID(), "error", err)
	}
	return got.ID(), nil
}

// create registers a schema that its subject does not have.
func (c *Client) create(ctx context.Context, subject string, s *avro.Schema) (got *srclient.Schema, err error) {
	if level, ok := c.debts.level(subject); ok { // a schema must never be registered under a weaker one
		if err := c.setLevel(ctx, subject, level); err != nil {
			return nil, err
		}
	}
	if err := c.check(ctx, subject, s); err != nil {
		return nil, err
	}
	err = c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		got, err = r.CreateSchema(subject, s.String(), srclient.Avro)
		return err
	})
	if answered(err, codeIncompatible) {
		err = c.refused(ctx, subject, err)
	}
	return got, err
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
// Register does, and does not wait where the snapshot says that the subject has this level already.
func (c *Client) SetLevel(ctx context.Context, subject string, level avro.Level) error {
	before := func(why error) bool {
		kept, ok := c.kept.recall(subject, "")
		if ok = ok && kept.Level == level; ok {
			c.owe(why, debt{kept, func(ctx context.Context) error { return c.setLevel(ctx, subject, level) }})
		}
		return ok
	}
	if c.debts.open() && before(nil) {
		return nil
	}
	return c.patiently(ctx, fmt.Sprintf("set subject %s to %s", subject, level), func() error {
		err := c.setLevel(ctx, subject, level)
		if silent(ctx, err) && before(err) {
			return nil
		}
		return err
	})
}

func (c *Client) setLevel(ctx context.Context, subject string, level avro.Level) error {
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) error {
		_, err := r.ChangeSubjectCompatibilityLevel(subject, srclient.CompatibilityLevel(level))
		return err
	})
	if r, ok := errors.AsType[*refusal](err); ok && r.final() {
		c.kept.forget(subject, "")
	}
	if err != nil {
		return err
	}
	if err := c.kept.remember(note{Subject: subject, Level: level}); err != nil {
		c.cfg.Logger.WarnContext(ctx, "a level could not be kept for a time without the registry", "subject", subject, "error", err)
	}
	return nil
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
