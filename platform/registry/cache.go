package registry

import (
	"math"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// maxUnknown bounds how many unknown ids are remembered: hostile records can name any of four billion.
const maxUnknown = 4096

// cache remembers schemas for ever, since an id never changes its meaning, and unknown ids for a moment.
type cache struct {
	schemas sync.Map // int -> *avro.Schema
	ttl     time.Duration
	now     func() time.Time

	mu      sync.Mutex
	unknown map[int]memory
}

// memory is an answer of "unknown" and how long it is believed.
type memory struct {
	err   *unknown
	until time.Time
}

// get gives a schema, or why there is none, or neither when the registry must be asked.
func (c *cache) get(id int) (*avro.Schema, error) {
	if s, ok := c.schemas.Load(id); ok {
		return s.(*avro.Schema), nil
	}
	if id < 1 || id > math.MaxInt32 {
		return nil, &unknown{id: id, why: "no registry gives such an id"}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m, ok := c.unknown[id]
	if !ok {
		return nil, nil
	}
	if !c.now().Before(m.until) {
		delete(c.unknown, id)
		return nil, nil
	}
	return nil, m.err
}

func (c *cache) know(id int, s *avro.Schema) { c.schemas.Store(id, s) }

// doubt remembers that id is unknown, and gives the error that says so.
func (c *cache) doubt(id int, why string) error {
	err := &unknown{id: id, why: why}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unknown == nil || len(c.unknown) >= maxUnknown {
		c.unknown = make(map[int]memory) // they are good for a moment only: starting over costs a fetch each
	}
	c.unknown[id] = memory{err, c.now().Add(c.ttl)}
	return err
}
