package avro

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"time"
)

// Patch is a record in the making: a copy of the one in a View, as a Splice says, with the fields that are set on it instead. The
// code that gotypes generates puts a type with a method for each field around it. A Patch belongs to one goroutine, and is good
// until its Patcher begins another.
type Patch struct {
	p  *Patcher
	at int // the first leaf of the record, which may be one in another
}

// Patcher has what one patch needs, and uses it again.
type Patcher struct {
	splice *Splice
	view   View
	buf    []byte      // what was set
	set    []made      // by leaf; to is 0 where it is not set
	err    error       // a value that does not fit
	misuse error       // a fault of the code
	parts  map[int]any // by leaf: its *partCodec[T]
}

type made struct{ from, to int }

// NewPatcher makes one; it belongs to one goroutine.
func (s *Splice) NewPatcher() *Patcher {
	return &Patcher{splice: s, set: make([]made, len(s.to.leaves)), parts: make(map[int]any)}
}

// Begin begins a record from a view of the splice's reader.
func (p *Patcher) Begin(v View) Patch {
	clear(p.set)
	p.view, p.err, p.misuse = v, nil, nil
	p.buf = append(p.buf[:0], 0) // so that nothing ends at 0
	return Patch{p, 0}
}

// Append appends the record. It fails with a *ValueError where a value that was set does not fit its type, and with another
// error where the code is wrong: a field that must be set was not.
func (p *Patcher) Append(dst []byte) ([]byte, error) {
	if p.misuse != nil {
		return dst, p.misuse
	}
	if p.err != nil {
		return dst, p.err
	}
	in, at := p.view.b, p.view.at
	from, to := int32(0), int32(0) // of the input, not yet copied
	for i := range p.splice.parts {
		part := &p.splice.parts[i]
		set := p.set[i]
		if set.to == 0 && part.kind == partSame {
			if begin := at[part.leaf]; begin != to {
				dst = append(dst, in[from:to]...)
				from = begin
			}
			to = at[part.leaf+1]
			continue
		}
		dst = append(dst, in[from:to]...)
		from, to = 0, 0
		if set.to != 0 {
			dst = append(dst, p.buf[set.from:set.to]...)
			continue
		}
		switch part.kind {
		case partWire:
			dst = append(dst, part.wire...)
		case partWrap:
			dst = append(dst, part.wire...)
			from, to = at[part.leaf], at[part.leaf+1]
		case partUnwrap:
			from, to = at[part.leaf], at[part.leaf+1]
			if in[from] == part.wire[0] {
				return dst, &ValueError{p.splice.to.leaves[i].path, "it must not be null, and what it is copied from is"}
			}
			from++
		default:
			return dst, fmt.Errorf("avro: field %s of %s was to be set, and was not", p.splice.to.leaves[i].path, p.splice.to.schema.label())
		}
	}
	return append(dst, in[from:to]...), nil
}

// Record is the patch of a record in this one, whose first leaf is the leaf-th.
func (p Patch) Record(leaf int) Patch { return Patch{p.p, p.at + leaf} }

// begin opens a leaf's value. It gives the value's type, and writes the branch of one that may be null.
func (p Patch) begin(leaf int) (typ *Schema, from int) {
	typ, from = p.p.splice.to.leaves[p.at+leaf].typ, len(p.p.buf)
	if typ.typ == TypeUnion {
		p.p.buf = appendLong(p.p.buf, int64(1-typ.nullBranch()))
		typ = typ.Value()
	}
	return typ, from
}

// end closes a leaf's value, which begins at from; buf is the patcher's with the value at its end.
func (p Patch) end(leaf, from int, buf []byte) {
	p.p.buf = buf
	p.p.set[p.at+leaf] = made{from, len(buf)}
}

// refuse keeps the first value that does not fit.
func (p Patch) refuse(leaf int, why string) {
	if p.p.err == nil {
		p.p.err = &ValueError{p.p.splice.to.leaves[p.at+leaf].path, why}
	}
}

// SetNull sets a leaf that may be null to null.
func (p Patch) SetNull(leaf int) {
	from := len(p.p.buf)
	p.end(leaf, from, appendLong(p.p.buf, int64(p.p.splice.to.leaves[p.at+leaf].typ.nullBranch())))
}

// SetBool sets a boolean.
func (p Patch) SetBool(leaf int, v bool) {
	_, from := p.begin(leaf)
	p.end(leaf, from, appendBool(p.p.buf, v))
}

// SetInt sets an int.
func (p Patch) SetInt(leaf int, v int32) { p.SetLong(leaf, int64(v)) }

// SetLong sets a long.
func (p Patch) SetLong(leaf int, v int64) {
	_, from := p.begin(leaf)
	p.end(leaf, from, appendLong(p.p.buf, v))
}

// SetFloat sets a float.
func (p Patch) SetFloat(leaf int, v float32) {
	_, from := p.begin(leaf)
	p.end(leaf, from, appendFloat(p.p.buf, v))
}

// SetDouble sets a double.
func (p Patch) SetDouble(leaf int, v float64) {
	_, from := p.begin(leaf)
	p.end(leaf, from, appendDouble(p.p.buf, v))
}

// SetText sets a string, or an enum by its symbol.
func (p Patch) SetText(leaf int, v string) {
	typ, from := p.begin(leaf)
	if typ.typ != TypeEnum {
		p.end(leaf, from, appendString(p.p.buf, v))
		return
	}
	for i, symbol := range typ.symbols {
		if symbol == v {
			p.end(leaf, from, appendLong(p.p.buf, int64(i)))
			return
		}
	}
	p.refuse(leaf, "it is no symbol of the enum")
}

// SetBytes sets bytes or a fixed, which must have its size.
func (p Patch) SetBytes(leaf int, v []byte) {
	typ, from := p.begin(leaf)
	if typ.typ != TypeFixed {
		p.p.buf = appendLong(p.p.buf, int64(len(v)))
	}
	p.end(leaf, from, append(p.p.buf, v...))
}

// SetDecimal sets a decimal. It is not rounded: what has more digits than the schema does not fit.
func (p Patch) SetDecimal(leaf int, v *big.Rat) {
	typ, from := p.begin(leaf)
	buf, err := appendDecimal(p.p.buf, typ, v)
	if err != nil {
		p.refuse(leaf, err.Error())
		return
	}
	p.end(leaf, from, buf)
}

// SetTime sets a date or a timestamp, of which the schema says what is cut off.
func (p Patch) SetTime(leaf int, v time.Time) {
	typ, from := p.begin(leaf)
	n, why := instant(typ.logical, v)
	if why != "" {
		p.refuse(leaf, why)
		return
	}
	p.end(leaf, from, appendLong(p.p.buf, n))
}

// SetDuration sets a time of day: what has passed since midnight.
func (p Patch) SetDuration(leaf int, v time.Duration) {
	typ, from := p.begin(leaf)
	n, why := timeOfDay(typ.logical, v)
	if why != "" {
		p.refuse(leaf, why)
		return
	}
	p.end(leaf, from, appendLong(p.p.buf, n))
}

// Set sets an array, a map or what else has no method of its own. It is encoded as in a Codec, which costs more than the methods
// of Patch do.
func Set[T any](p Patch, leaf int, v T) {
	at := p.at + leaf
	codec, ok := p.p.parts[at].(*partCodec[T])
	if !ok {
		var err error
		if codec, err = newPartCodec[T](p.p.splice.to.leaves[at].typ); err != nil {
			if p.p.misuse == nil {
				p.p.misuse = fmt.Errorf("avro: field %s of %s: %w", p.p.splice.to.leaves[at].path, p.p.splice.to.schema.label(), err)
			}
			return
		}
		p.p.parts[at] = codec
	}
	from := len(p.p.buf)
	buf, err := codec.append(p.p.buf, v)
	if err != nil {
		if p.p.err == nil {
			p.p.err = unfit(p.p.splice.to.leaves[at].path, err)
		}
		return
	}
	p.end(leaf, from, buf)
}

// unfit tells where a value does not fit, if the codec said where: its other words may hold the value.
func unfit(path string, err error) error {
	why := "the value does not fit its schema"
	if at, ok := errors.AsType[*ValueError](err); ok {
		path, why = path+strings.TrimPrefix(at.Path, "value"), at.Why
	}
	return &ValueError{path, why}
}

// partCodec encodes a part of a record as Codec does.
type partCodec[T any] struct {
	whole *Codec[struct {
		Value T `avro:"value"`
	}]
}

// newPartCodec wraps the part's type into a record of it alone, whose bytes are the part's.
func newPartCodec[T any](s *Schema) (*partCodec[T], error) {
	wrapped := &Schema{typ: TypeRecord, name: "tidemark.Part", fields: []SchemaField{{name: "value", typ: s}}}
	codec, err := NewCodec[struct {
		Value T `avro:"value"`
	}](wrapped)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", reflect.TypeFor[T](), err)
	}
	return &partCodec[T]{codec}, nil
}

func (c *partCodec[T]) append(dst []byte, v T) ([]byte, error) {
	return c.whole.Append(dst, &struct {
		Value T `avro:"value"`
	}{v})
}
