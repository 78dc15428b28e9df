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
	kept   snapshot
	debts  debts
	flight singleflight.Group
	waits  func() backoff.BackOff // between the tries of a start-up call
	alive  context.Context        // of what goes on in the background, which belongs to no caller
	end    context.CancelFunc
}

// New checks the configuration; it connects to nothing yet.
func New(cfg Config) (*Client, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	if _, err := cfg.Password.Read(); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	web, err := newHTTPClient(cfg.TLS)
	if err != nil {
		return nil, err
	}
	alive, end := context.WithCancel(context.Background())
	return &Client{
		cfg:   cfg,
		http:  web,
		cache: cache{ttl: cfg.UnknownTTL, now: time.Now},
		kept:  snapshot{folder: cfg.Snapshot, registry: cfg.URLs[0]},
		waits: exponential,
		alive: alive, end: end,
	}, nil
}

// Close lets go of idle connections, which otherwise go after half a minute, and of answers that were taken from the snapshot and
// that the registry did not confirm yet (see Register). The client can be used on; what it takes from the snapshot after that
// nobody confirms.
func (c *Client) Close() {
	c.end()
	c.http.CloseIdleConnections()
}

// Schema gives the schema of an id, from memory when it was seen before. At most one fetch an id is under way,
// whoever asks. It blocks on the network for at most Config.Timeout an address, and up to 30 s more where the schema refers
// to others, which are read too. errors.Is(err, ErrUnknownSchema) says
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
	s, err := c.ask(ctx, id)
	if why, ok := errors.AsType[*unreadable](err); ok {
		// It is the schema's fault, so it must never pause a partition.
		return nil, c.cache.doubt(id, why.Error())
	}
	if answered(err, codeSchemaNotFound) {
		return nil, c.cache.doubt(id, "the registry does not know it")
	}
	if err != nil {
		if s := c.kept.read(id); s != nil {
			c.cfg.Logger.WarnContext(ctx, "the schema registry does not answer; going on with the schema that was read before", "id", id, "error", err)
			c.cache.know(id, s)
			return s, nil
		}
		return nil, fault.Transiently(fmt.Errorf("registry: schema id %d: %w", id, err))
	}
	c.cache.know(id, s)
	if err := c.kept.write(id, s); err != nil {
		c.cfg.Logger.WarnContext(ctx, "a schema could not be kept for a time without the registry", "id", id, "error", err)
	}
	return s, nil
}

// ask gives the schema of an id as the registry has it.
func (c *Client) ask(ctx context.Context, id int) (*avro.Schema, error) {
	var got *srclient.Schema
	err := c.call(ctx, func(r *srclient.SchemaRegistryClient) (err error) {
		got, err = r.GetSchema(id)
		return err
	})
	if err == nil && got.Schema() == "" {
		err = errNoSchema
	}
	if err != nil {
		return nil, err
	}
	return c.parse(ctx, got)
}
