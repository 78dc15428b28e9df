package tracing

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Sampler decides which records are traced.
type Sampler struct {
	// Share is the share of records that are: from 0, none, to 1, all.
	Share float64
	// Parent lets the trace that a record belongs to decide, where it belongs to one: it is sampled as a whole or not at all.
	Parent bool
}

// DefaultSampler takes one record in a hundred, and what belongs to traces that are sampled.
func DefaultSampler() Sampler { return Sampler{Share: 0.01, Parent: true} }

// Tracing takes spans and sends them in batches, from a goroutine of its own: it blocks nobody, and what cannot be sent is
// dropped. It is safe for concurrent use.
type Tracing struct {
	sampler Sampler
	about   []byte // who speaks: OTLP's Resource
	send    func(context.Context, []byte) error
	dropped atomic.Int64
	full    chan struct{} // a batch waits
	closed  sync.Once
	quit    chan struct{}
	ended   chan struct{}

	mu      sync.Mutex
	spans   []byte // those that wait, as OTLP has them
	waiting int64  // how many
	over    bool   // nobody takes them any more
	one     []byte // room for the span that is being written
}

// A span has some 300 bytes. The goroutine that sends is woken for a batch and not for a span: waking it costs more than all else
// that is done for one.
const (
	batch     = 512 << 10 // bytes that are sent without waiting for more
	queued    = 8 * batch // bytes that wait at most
	sendAfter = 5 * time.Second
)

// New sends spans by send, which one goroutine calls, and which drops what it cannot send: it gets the body of an OTLP request,
// protobuf, which is its own until it returns. about says who speaks. Close ends it.
func New(s Sampler, about Attributes, send func(context.Context, []byte) error) *Tracing {
	t := &Tracing{sampler: s, about: resource(about), send: send, full: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{})}
	go t.run()
	return t
}

// Gap says how many records without a trace pass until one is sampled. It is drawn anew each time, so that each record has the same
// chance; asking once for many records is cheaper than asking for each.
func (t *Tracing) Gap() int {
	switch p := t.sampler.Share; {
	case p >= 1:
		return 0
	case p <= 0:
		return math.MaxInt
	default:
		return int(min(math.Log(1-rand.Float64())/math.Log1p(-p), math.MaxInt32)) // geometric
	}
}

// Sampled decides on a record that belongs to a trace.
func (t *Tracing) Sampled(c Context) bool {
	if t.sampler.Parent {
		return c.Sampled
	}
	// As OpenTelemetry's own sampler by ratio, so that all who use it agree.
	return float64(binary.BigEndian.Uint64(c.Trace[8:])>>1) < t.sampler.Share*(1<<63)
}

// Emit takes spans that have ended, and keeps nothing of the caller's.
func (t *Tracing) Emit(spans ...Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range spans {
		if t.one = spans[i].appendTo(t.one[:0]); t.over || len(t.spans)+len(t.one) > queued {
			t.dropped.Add(1)
			continue
		}
		t.spans = bytesField(t.spans, scopeSpans, t.one)
		t.waiting++
	}
	if len(t.spans) >= batch {
		select {
		case t.full <- struct{}{}:
		default:
		}
	}
}

// Dropped counts the spans that came faster than they could be sent, that no collector took, or that came after Close.
func (t *Tracing) Dropped() int64 {
	if t == nil {
		return 0
	}
	return t.dropped.Load()
}

// Close sends what is left, until ctx ends; what is emitted after it is dropped.
func (t *Tracing) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	t.closed.Do(func() { close(t.quit) })
	select {
	case <-t.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *Tracing) run() {
	defer close(t.ended)
	ticker := time.NewTicker(sendAfter)
	defer ticker.Stop()
	var spans, body []byte
	for quit := false; !quit; {
		select {
		case <-t.full:
		case <-ticker.C:
		case <-t.quit:
			quit = true
		}
		t.mu.Lock()
		spans, t.spans = t.spans, spans[:0]
		n := t.waiting
		t.waiting, t.over = 0, quit
		t.mu.Unlock()
		if n == 0 {
			continue
		}
		body = message(body[:0], t.about, spans)
		if t.send(context.Background(), body) != nil { // it has its own timeout, and has said why
			t.dropped.Add(n)
		}
	}
}

// resource is OTLP's Resource with attributes, which number those of a span otherwise.
func resource(about Attributes) (r []byte) {
	for len(about) > 0 {
		_, _, tag := protowire.ConsumeTag(about)
		attribute, n := protowire.ConsumeBytes(about[max(tag, 0):])
		if tag < 0 || n < 0 {
			return r // it was not made by this package
		}
		r = bytesField(r, resourceAttributes, attribute)
		about = about[tag+n:]
	}
	return r
}
