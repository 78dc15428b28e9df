package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/riferrei/srclient"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Subjects lists the subjects that are not deleted. It asks each address once.
func (c *Client) Subjects(ctx context.Context) (subjects []string, err error) {
	err = c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		subjects, err = r.GetSubjects()
		return err
	})
	return subjects, marked("list subjects", err)
}

// DeleteSubject deletes a subject with all its versions for good. One that is not there is no error.
func (c *Client) DeleteSubject(ctx context.Context, subject string) error {
	// A registry deletes for good only what was deleted softly before.
	for _, permanent := range []bool{false, true} {
		err := c.call(ctx, func(r *srclient.SchemaRegistryClient) error { return r.DeleteSubject(subject, permanent) })
		switch {
		case answered(err, codeSubjectNotFound):
			return nil
		case answered(err, codeSoftDeleted) && !permanent:
		case err != nil:
			return marked("delete subject "+subject, err)
		}
	}
	return nil
}

// Ping asks for a sign of life. It asks each address once.
func (c *Client) Ping(ctx context.Context) error {
	return marked("ping", c.call(ctx, func(r *srclient.SchemaRegistryClient) error {
		_, err := r.GetGlobalCompatibilityLevel()
		return err
	}))
}

// marked says whose fault the error of a call is that was tried once.
func marked(what string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("registry: %s: %w", what, err)
	if r, ok := errors.AsType[*refusal](err); ok && (r.final() || r.denied()) {
		return fault.Fatally(err)
	}
	return fault.Transiently(err)
}
