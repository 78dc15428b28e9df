package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/riferrei/srclient"
	"golang.org/x/sync/singleflight"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Client is safe for concurrent use.
type Client struct {
	cfg    Config
	http   *http.Client
	first  atomic.Int32 // index of the address that answered last
	cache  cache
	flight singleflight.Group
	waits  func() backoff.BackOff // between the tries of a start-up call
}

// New checks the configuration; it connects to nothing yet.
func New(cfg Config) (*Client, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Client{
		cfg:   cfg,
		http:  newHTTPClient(),
		cache: cache{ttl: cfg.UnknownTTL, now: time.Now},
		waits: exponential,
	}, nil
}

// Close lets go of idle connections, which otherwise go after half a minute. The client can be used on.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Schema gives the schema of an id, from memory when it was seen before. At most one fetch an id is under way,
// whoever asks. It blocks on the network for at most Config.Timeout an address. errors.Is(err, ErrUnknownSchema) says
// that the registry does not know the id; every other error is fault.Transient.
func (c *Client) Schema(ctx context.Context, id int) (*avro.Schema, error) {
	if s, err := c.cache.get(id); s != nil || err != nil {
		return s, err
	}
	// The fetch belongs to everyone who waits for it: one caller who gives up must not end it for the others.
	detached := context.WithoutCancel(ctx)
	flight := c.flight.DoChan(strconv.Itoa(id), func() (any, error) {
		if s, err := c.cache.get(id); s != nil || err != nil {
			return s, err
		}
		return c.fetch(detached, id)
	})
	select {
	case r := <-flight:
		s, _ := r.Val.(*avro.Schema)
		return s, r.Err
	case <-ctx.Done():
		return nil, fault.Transiently(fmt.Errorf("registry: schema id %d: %w", id, context.Cause(ctx)))
	}
}

// fetch asks for an id and remembers the answer.
func (c *Client) fetch(ctx context.Context, id int) (*avro.Schema, error) {
	var got *srclient.Schema
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		got, err = r.GetSchema(id)
		return err
	})
	switch {
	case answered(err, codeSchemaNotFound):
		return nil, c.cache.doubt(id, "the registry does not know it")
	case err == nil && got.Schema() == "":
		err = errors.New("the answer holds no schema: is this the address of a schema registry?")
	}
	if err != nil {
		return nil, fault.Transiently(fmt.Errorf("registry: schema id %d: %w", id, err))
	}
	// What follows is as permanent as the id. It is the schema's fault, so it must never pause a partition.
	s, why := parse(got)
	if why != nil {
		return nil, c.cache.doubt(id, why.Error())
	}
	c.cache.know(id, s)
	return s, nil
}

// parse reads a registered schema; one that is not plain Avro is refused.
func parse(got *srclient.Schema) (*avro.Schema, error) {
	if t := got.SchemaType(); t != nil && *t != srclient.Avro {
		return nil, fmt.Errorf("its type is %s, not AVRO", string(*t))
	}
	if len(got.References()) > 0 {
		return nil, errors.New("it refers to other schemas, which is not supported: register it with its types written out")
	}
	return avro.Parse([]byte(got.Schema()))
}
