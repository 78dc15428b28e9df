package tail

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/mask"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Line is one record for a person.
type Line struct {
	Topic     string    `json:"topic"`
	Partition int32     `json:"partition"`
	Offset    int64     `json:"offset"`
	Timestamp time.Time `json:"timestamp"`
	// Key is the record key as text; in hexadecimal, after 0x, where it is none. Null where there is no key.
	Key     *string  `json:"key"`
	Headers []Header `json:"headers,omitempty"`
	// SchemaID is the writer's schema; 0 where the value does not say.
	SchemaID int `json:"schema_id,omitempty"`
	// Tombstone says that the record has no value: it deletes its key.
	Tombstone bool `json:"tombstone,omitempty"`
	// Value is what avro.Program.Decode gives; nil for a tombstone and for what cannot be decoded.
	Value any `json:"value"`
	// Undecodable says why there is no value.
	Undecodable *Undecodable `json:"undecodable,omitempty"`
}

// Header is a record header as text.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Undecodable says why a value cannot be decoded.
type Undecodable struct {
	Reason  fault.Reason `json:"reason"`
	Message string       `json:"message"`
	// Size is the value's length in bytes.
	Size int `json:"size"`
	// Bytes is the value itself, only where nothing is to be hidden.
	Bytes []byte `json:"bytes,omitempty"`
}

// Schemas gives the schema of an id. A *registry.Client is one.
type Schemas interface {
	Schema(ctx context.Context, id int) (*avro.Schema, error)
}

// Decoder makes lines of records. It is for one goroutine.
type Decoder struct {
	schemas  Schemas
	mask     mask.Mask
	key      []string
	programs map[int]*avro.Program
}

// NewDecoder gives a decoder that hides what m hides. The record key is said to be the field at the path key: where it
// is anything else, it is hidden as text that the contract does not describe.
func NewDecoder(schemas Schemas, m mask.Mask, key []string) *Decoder {
	return &Decoder{schemas: schemas, mask: m, key: key, programs: make(map[int]*avro.Program)}
}

// Line makes a line of a record. The error is a *registry.CallError; what is wrong with the record itself stands in the
// line.
func (d *Decoder) Line(ctx context.Context, r *kafka.Record) (*Line, error) {
	l := &Line{
		Topic:     r.Topic,
		Partition: r.Partition,
		Offset:    r.Offset,
		Timestamp: r.Timestamp.UTC(),
		Tombstone: r.Value == nil,
	}
	if r.Key != nil {
		key := d.mask.Key(r.Key)
		if !utf8.ValidString(key) {
			key = "0x" + hex.EncodeToString(r.Key)
		}
		l.Key = &key
	}
	for _, h := range r.Headers {
		l.Headers = append(l.Headers, Header{h.Key, d.mask.Header(h.Key, h.Value)})
	}
	if l.Tombstone {
		return l, nil
	}
	err := d.value(ctx, r, l)
	rejected, isRecords := errors.AsType[*fault.Rejection](err)
	if err != nil && !isRecords {
		return nil, err
	}
	if isRecords {
		l.Undecodable = &Undecodable{Reason: rejected.Reason, Message: rejected.Message, Size: len(r.Value)}
		if d.mask.Reveals() {
			l.Undecodable.Bytes = r.Value
		}
	}
	return l, nil
}

// value fills in the schema id and the value, and hides a key that is not the value's. A *fault.Rejection is the record's
// own fault.
func (d *Decoder) value(ctx context.Context, r *kafka.Record, l *Line) error {
	id, payload, ok := avro.SplitFrame(r.Value)
	if !ok {
		return &fault.Rejection{Reason: fault.FrameBad, Message: "the value does not begin with a zero byte and a schema id"}
	}
	l.SchemaID = id
	program, err := d.program(ctx, id)
	if err != nil {
		return err
	}
	decoded, err := program.Decode(payload)
	if err != nil {
		return err
	}
	l.Value = d.mask.Value(decoded)
	if l.Key != nil && !d.mask.Reveals() && len(d.key) > 0 && !isAt(decoded, d.key, r.Key) {
		undescribed := mask.Text().Key(r.Key)
		l.Key = &undescribed
	}
	return nil
}

// isAt says whether the field at path holds what the record key says.
func isAt(v any, path []string, key []byte) bool {
	for _, name := range path {
		record, ok := v.(avro.Record)
		if !ok {
			return false
		}
		if v, ok = record.Get(name); !ok {
			return false
		}
	}
	return v != nil && fmt.Sprint(v) == string(key)
}

func (d *Decoder) program(ctx context.Context, id int) (*avro.Program, error) {
	if p, ok := d.programs[id]; ok {
		return p, nil
	}
	schema, err := d.schemas.Schema(ctx, id)
	if errors.Is(err, registry.ErrUnknownSchema) {
		return nil, &fault.Rejection{Reason: fault.SchemaUnknown, Message: err.Error()}
	}
	if err != nil {
		return nil, &registry.CallError{Err: err}
	}
	p, err := avro.Compile(schema, avro.Options{})
	if err != nil {
		return nil, &fault.Rejection{Reason: fault.SchemaIncompatible, Message: err.Error()}
	}
	d.programs[id] = p
	return p, nil
}
