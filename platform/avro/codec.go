package avro

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/hamba/avro/v2"
)

// Codec encodes and decodes T, a struct such as avrogen generates from the schema. It is immutable and safe for
// concurrent use.
//
// hamba/avro does the work on Go memory, within these bounds: it is given a schema text that we wrote from our model,
// with nothing in it but what decoding needs, in a cache and configuration of the codec's own (its package-level ones are
// shared by the whole process); payloads that a Program accepted, rewritten to this one schema, so that its own schema
// resolution (which does not end on recursive schemas) is never used; types that fit has matched with the schema (it
// writes through unsafe pointers where they do not fit); and values that fit's guards have looked at.
type Codec[T any] struct {
	reader *Schema
	schema avro.Schema
	api    avro.API
	fitted *fitted
}

// NewCodec checks that T fits the reader's schema, which must be a record, and prepares to encode and decode it. The
// exported fields of T and the fields of the record must be the same, by the avro tag or else the Go name. Types:
//
//	boolean bool, int int32 or int, long int64, float float32, double float64, string and enum string, bytes []byte,
//	fixed [N]byte, array []T, map map[string]T, record a struct, a union of null and one type a pointer to it,
//	decimal *big.Rat (so that a nullable one is **big.Rat, as avrogen writes it), date and timestamp-millis and -micros
//	time.Time in UTC, local-timestamp-* time.Time whose UTC reading is the wall clock, time-* time.Duration; any other
//	logical type is as the type below it.
func NewCodec[T any](reader *Schema) (*Codec[T], error) {
	t := reflect.TypeFor[T]()
	if reader.typ != TypeRecord {
		return nil, fmt.Errorf("avro: a codec is for records, not for %s", reader.label())
	}
	f, err := fit(reader, t)
	if err != nil {
		return nil, fmt.Errorf("avro: %s does not fit %s; generate it again from the schema, or correct it: %w", t, reader.label(), err)
	}
	text := canonical{seen: map[*Schema]bool{}, logical: hambaLogical}
	text.schema(reader)
	schema, err := avro.ParseBytesWithCache(text.dst, "", &avro.SchemaCache{})
	if err != nil {
		return nil, fmt.Errorf("avro: %s: %w", reader.label(), err)
	}
	api := avro.Config{
		DisableBlockSizeHeader: true, // smaller, and every reader understands it
		MaxByteSliceSize:       -1,   // the walker has bounded it
	}.Freeze()
	return &Codec[T]{reader: reader, schema: schema, api: api, fitted: f}, nil
}

// hambaLogical is the logical type that hamba/avro is told of. A local timestamp is a timestamp to it: its own reading
// of one depends on the machine's time zone.
func hambaLogical(s *Schema) Logical {
	switch s.logical {
	case Decimal, Date, TimeMillis, TimeMicros, TimestampMillis, TimestampMicros:
		return s.logical
	case LocalTimestampMillis:
		return TimestampMillis
	case LocalTimestampMicros:
		return TimestampMicros
	}
	return ""
}

// Schema is the reader's schema, which Append writes.
func (c *Codec[T]) Schema() *Schema { return c.reader }

// Append appends the encoding of v without a frame. It fails, and leaves dst as it was, where a value does not fit its
// type: a decimal that is nil, has more digits than the schema, or would have to be rounded; an int, date or timestamp
// out of range; an unknown symbol. Rules of a contract and the UTF-8 of strings are the walker's business. The order of a map's entries
// is not fixed.
func (c *Codec[T]) Append(dst []byte, v *T) (out []byte, err error) {
	if v == nil {
		return dst, fmt.Errorf("avro: a nil %T cannot be encoded", v)
	}
	if c.fitted.before != nil {
		if err := c.fitted.before(reflect.ValueOf(v).Elem()); err != nil {
			return dst, fmt.Errorf("avro: %T cannot be encoded: %w", *v, err)
		}
	}
	defer recovered(&err, &out, dst)
	b, err := c.api.Marshal(c.schema, v)
	if err != nil {
		return dst, fmt.Errorf("avro: %T cannot be encoded: %w", *v, err)
	}
	return append(dst, b...), nil
}

// recovered turns a panic of hamba/avro into an error: a fault in it must not end the process.
func recovered(err *error, out *[]byte, dst []byte) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("avro: the codec failed: %v", r)
		if out != nil {
			*out = dst
		}
	}
}

// Decoder decodes the payloads of one writer's schema into T. It is safe for concurrent use.
type Decoder[T any] struct {
	codec *Codec[T]
	res   *resolution // nil: the writer's bytes are the reader's
	pool  sync.Pool   // *rewriting
}

// rewriting is the scratch of one Decode.
type rewriting struct {
	rewriter
	buf []byte
}

// keptBytes is how large a scratch buffer may stay in the pool.
const keptBytes = 1 << 20

// For resolves a writer's schema, once for all its payloads. It fails with *IncompatibleError where the codec's schema
// cannot read it.
func (c *Codec[T]) For(writer *Schema) (*Decoder[T], error) {
	res := resolve(c.reader, writer)
	if found := res.findings(); len(found) > 0 {
		return nil, &IncompatibleError{Findings: found}
	}
	d := &Decoder[T]{codec: c}
	if !sameWire(writer, c.reader) {
		d.res = res
	}
	d.pool.New = func() any { return &rewriting{} }
	return d, nil
}

// Decode sets *into to the payload's value; nothing of what was in it stays, and nothing in it aliases payload. The
// payload must have been accepted by a Program that was compiled for the same writer's schema with this codec's schema
// as its Reader: it is not checked again.
func (d *Decoder[T]) Decode(payload []byte, into *T) (err error) {
	if into == nil {
		return errors.New("avro: there is nothing to decode into")
	}
	defer recovered(&err, nil, nil)
	var zero T
	*into = zero // hamba/avro would otherwise write into the slices, maps and pointers that are there
	if d.res != nil {
		s := d.pool.Get().(*rewriting)
		defer func() {
			if cap(s.buf) <= keptBytes {
				d.pool.Put(s)
			}
		}()
		s.buf = s.rewrite(s.buf[:0], payload, d.res)
		payload = s.buf
	}
	if err := d.codec.api.Unmarshal(d.codec.schema, payload, into); err != nil {
		return fmt.Errorf("avro: %T: %w", *into, err)
	}
	if d.codec.fitted.after != nil {
		d.codec.fitted.after(reflect.ValueOf(into).Elem())
	}
	return nil
}
