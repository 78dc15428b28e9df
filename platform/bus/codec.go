package bus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Codec reads the values of control topics, whichever version of their schema wrote them: fields that this binary
// does not know are skipped, fields that the writer did not know get their default. It is safe for concurrent use.
type Codec struct {
	registry *registry.Client
	topics   map[string]*topicCodec
}

// topicCodec is one control topic as this binary knows it.
type topicCodec struct {
	schema *avro.Schema
	binding
	writers sync.Map // schema id -> *writer
}

// writer is what a schema id comes to on one topic. It is as immutable as the id.
type writer struct {
	program *avro.Program
	notes   sync.Pool
	decode  func(payload []byte) (event.Event, error)
	err     error // the schema cannot be read as ours
}

// NewCodec reads the control schemas, platform/mesh/<port>.v1.avsc of contracts. It does not ask the registry yet.
func NewCodec(contracts fs.FS, reg *registry.Client) (*Codec, error) {
	c := &Codec{registry: reg, topics: make(map[string]*topicCodec)}
	for _, t := range controlTopics() {
		file := schemaFile(t.name)
		text, err := fs.ReadFile(contracts, file)
		if err != nil {
			return nil, fmt.Errorf("bus: schema of topic %s: %w", t.name, err)
		}
		schema, err := avro.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("bus: %s: %w", file, err)
		}
		bound, err := t.bind(schema)
		if err != nil {
			return nil, fmt.Errorf("bus: %s does not fit this binary's event (make generate): %w", file, err)
		}
		c.topics[t.name] = &topicCodec{schema: schema, binding: bound}
	}
	return c, nil
}

// Decode reads one value of a control topic. Its error is a *fault.Rejection or registry.ErrUnknownSchema when
// the value is to blame, and fault.Transient when the registry could not be asked. A tombstone has no event: it is
// rejected, so callers look for it (a value that is nil) first. It may block on the registry for an id that is new.
func (c *Codec) Decode(ctx context.Context, topic string, value []byte) (event.Event, error) {
	t := c.topics[topic]
	if t == nil {
		return nil, fmt.Errorf("bus: %s is not a control topic", topic)
	}
	id, payload, ok := avro.SplitFrame(value)
	if !ok {
		return nil, &fault.Rejection{Reason: fault.FrameBad, Message: "the value is not in the Confluent wire format"}
	}
	w, err := c.writer(ctx, t, id)
	if err != nil {
		return nil, err
	}
	notes := w.notes.Get().(*avro.Notes)
	defer w.notes.Put(notes)
	if v := w.program.Walk(payload, notes); !v.OK() {
		return nil, w.program.Rejection(v)
	}
	return w.decode(payload)
}

func (c *Codec) writer(ctx context.Context, t *topicCodec, id int) (*writer, error) {
	w, ok := t.writers.Load(id)
	if !ok {
		schema, err := c.registry.Schema(ctx, id)
		if err != nil {
			return nil, err
		}
		w, _ = t.writers.LoadOrStore(id, newWriter(t, id, schema))
	}
	made := w.(*writer)
	return made, made.err
}

func newWriter(t *topicCodec, id int, schema *avro.Schema) *writer {
	w := new(writer)
	if w.program, w.err = avro.Compile(schema, avro.Options{Reader: t.schema}); w.err == nil {
		w.decode, w.err = t.decoder(schema)
	}
	if w.err != nil {
		w.err = &fault.Rejection{Reason: fault.SchemaIncompatible, Message: fmt.Sprintf("schema id %d: %v", id, w.err)}
		return w
	}
	w.notes.New = func() any { return w.program.NewNotes() }
	return w
}

// binding ties a control topic's schema to its event's Go type.
type binding interface {
	// append encodes an event, without the frame.
	append(dst []byte, e event.Event) ([]byte, error)
	// decoder reads payloads that a Program for the writer's schema accepted.
	decoder(writer *avro.Schema) (func(payload []byte) (event.Event, error), error)
}

// typed is the binding of one event type.
type typed[T any, E interface {
	*T
	event.Event
}] struct{ codec *avro.Codec[T] }

func bind[T any, E interface {
	*T
	event.Event
}](schema *avro.Schema) (binding, error) {
	codec, err := avro.NewCodec[T](schema)
	return typed[T, E]{codec}, err
}

func (b typed[T, E]) append(dst []byte, e event.Event) ([]byte, error) {
	v, ok := e.(E)
	if !ok || v == nil {
		return nil, errors.New("the event is not of its topic's type")
	}
	return b.codec.Append(dst, (*T)(v))
}

func (b typed[T, E]) decoder(writer *avro.Schema) (func([]byte) (event.Event, error), error) {
	d, err := b.codec.For(writer)
	if err != nil {
		return nil, err
	}
	return func(payload []byte) (event.Event, error) {
		v := new(T)
		if err := d.Decode(payload, v); err != nil {
			return nil, err
		}
		return E(v), nil
	}, nil
}
