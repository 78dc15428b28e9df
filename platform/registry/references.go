package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riferrei/srclient"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// Bounds of what one schema may refer to, directly or through other schemas: so many versions, read in so much time.
const (
	maxReferences     = 100
	referencesTimeout = 30 * time.Second
)

// unreadable says why something registered is no Avro schema that can be read here. That is as permanent as its id.
type unreadable struct{ why string }

func (u *unreadable) Error() string { return u.why }

func unreadablef(format string, args ...any) error { return &unreadable{fmt.Sprintf(format, args...)} }

// parse reads a registered schema together with what it refers to, which it asks the registry for. What comes of it
// stands alone. The error is *unreadable, or that of a call.
func (c *Client) parse(ctx context.Context, got *srclient.Schema) (*avro.Schema, error) {
	if t := got.SchemaType(); t != nil && *t != srclient.Avro {
		return nil, unreadablef("its type is %s, not AVRO", string(*t))
	}
	text := []byte(got.Schema())
	if len(got.References()) > 0 {
		ctx, cancel := context.WithTimeout(ctx, referencesTimeout)
		defer cancel()
		others, err := c.follow(ctx, got.References())
		if err != nil {
			return nil, err
		}
		if text, err = avro.Inline(text, others...); err != nil {
			return nil, &unreadable{err.Error()}
		}
	}
	s, err := avro.Parse(text)
	if err != nil {
		return nil, &unreadable{err.Error()}
	}
	return s, nil
}

// follow gives the texts that references lead to, directly or through each other, each once.
func (c *Client) follow(ctx context.Context, references []srclient.Reference) (texts [][]byte, err error) {
	type version struct {
		subject string
		number  int
	}
	seen := make(map[version]bool)
	for len(references) > 0 {
		at := version{references[0].Subject, references[0].Version}
		references = references[1:]
		if seen[at] {
			continue
		}
		if seen[at] = true; len(seen) > maxReferences {
			return nil, unreadablef("it refers to more than %d schemas, directly or through each other", maxReferences)
		}
		got, err := c.version(ctx, at.subject, at.number)
		switch {
		case answered(err, codeSubjectNotFound, codeVersionNotFound, codeSchemaNotFound):
			return nil, unreadablef("it refers to version %d of subject %s, which the registry does not know", at.number, at.subject)
		case err != nil:
			return nil, fmt.Errorf("version %d of subject %s, which it refers to: %w", at.number, at.subject, err)
		case got.SchemaType() != nil && *got.SchemaType() != srclient.Avro:
			return nil, unreadablef("it refers to version %d of subject %s, which is %s, not AVRO", at.number, at.subject, string(*got.SchemaType()))
		}
		texts = append(texts, []byte(got.Schema()))
		references = append(references, got.References()...)
	}
	return texts, nil
}

// version gives one version of a subject.
func (c *Client) version(ctx context.Context, subject string, number int) (got *srclient.Schema, err error) {
	err = c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		got, err = r.GetSchemaByVersion(subject, number)
		return err
	})
	if err == nil && got.Schema() == "" {
		err = errNoSchema
	}
	return got, err
}

var errNoSchema = errors.New("the answer holds no schema: is this the address of a schema registry?")
