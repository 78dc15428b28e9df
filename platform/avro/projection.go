package avro

import (
	"bytes"
	"fmt"
)

// Projection makes payloads of one record schema from the fields of another's without decoding them: the bytes of each field
// are copied as they are. It is immutable.
type Projection struct {
	reader *Schema
	parts  []projected
	needed int // how many of the reader's fields have to be passed over
}

// projected is one field: the reader's at an index, or, where that is -1, bytes that are always the same.
type projected struct {
	from int
	wire []byte
}

// NewProjection checks that every field of to can be had from the reader's: from the one that names gives for it, else from
// that of its own name, else from its default. The types must be the same, down to their names and logical types.
func NewProjection(reader, to *Schema, names map[string]string) (*Projection, error) {
	if reader.typ != TypeRecord || to.typ != TypeRecord {
		return nil, fmt.Errorf("avro: a projection is from a record to a record, not from %s to %s", reader.label(), to.label())
	}
	p := &Projection{reader: reader}
	used := make(map[string]bool)
	for i := range to.fields {
		f := &to.fields[i]
		name, given := names[f.name]
		if !given {
			name = f.name
		}
		used[f.name] = given
		at := reader.fieldNamed(name)
		switch {
		case at >= 0 && sameMeaning(reader.fields[at].typ, f.typ):
			p.needed = max(p.needed, at+1)
			p.parts = append(p.parts, projected{from: at})
		case at >= 0:
			return nil, fmt.Errorf("avro: field %s of %s cannot be copied from field %s of %s: their types differ; a function has to convert it", f.name, to.label(), name, reader.label())
		case given || f.deflt == nil:
			return nil, fmt.Errorf("avro: field %s of %s: %s has no field %s, and it has no default", f.name, to.label(), reader.label(), name)
		default:
			p.parts = append(p.parts, projected{from: -1, wire: f.wire})
		}
	}
	for name := range names {
		if !used[name] {
			return nil, fmt.Errorf("avro: %s has no field %s to project to", to.label(), name)
		}
	}
	return p, nil
}

func (s *Schema) fieldNamed(name string) int {
	for i := range s.fields {
		if s.fields[i].name == name {
			return i
		}
	}
	return -1
}

// sameMeaning says whether the bytes of one type are those of the other, and mean the same.
func sameMeaning(a, b *Schema) bool {
	spell := func(s *Schema) []byte {
		c := canonical{seen: map[*Schema]bool{}, logical: func(s *Schema) Logical { return s.logical }}
		c.schema(s)
		return c.dst
	}
	return a == b || bytes.Equal(spell(a), spell(b))
}

// Projector projects the payloads of one writer's schema, for one goroutine.
type Projector struct {
	rewriter
	p   *Projection
	res *resolution // nil: the writer's bytes are the reader's
	buf []byte
	at  []int // where the reader's fields begin
}

// For resolves a writer's schema, once for all its payloads. It fails with *IncompatibleError where the projection's reader
// cannot read it.
func (p *Projection) For(writer *Schema) (*Projector, error) {
	res := resolve(p.reader, writer)
	if found := res.findings(); len(found) > 0 {
		return nil, &IncompatibleError{Findings: found}
	}
	r := &Projector{p: p, at: make([]int, p.needed+1)}
	if !sameWire(writer, p.reader) {
		r.res = res
	}
	return r, nil
}

// Append appends what a payload projects to. A Program for the same writer and reader must have accepted the payload: it is not
// checked again.
func (r *Projector) Append(dst, payload []byte) []byte {
	if r.res != nil {
		r.buf = r.rewrite(r.buf[:0], payload, r.res)
		payload = r.buf
	}
	in := scanner{b: payload}
	for i := range r.p.needed {
		r.at[i] = in.at
		in.skip(r.p.reader.fields[i].typ)
	}
	r.at[r.p.needed] = in.at
	for _, part := range r.p.parts {
		if part.from < 0 {
			dst = append(dst, part.wire...)
			continue
		}
		dst = append(dst, payload[r.at[part.from]:r.at[part.from+1]]...)
	}
	return dst
}
