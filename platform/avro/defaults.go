package avro

import (
	"math"
	"strconv"
)

// maxDefaultWork bounds the values and bytes that all defaults of a schema may come to, since a default of a record
// fills its fields from their own defaults.
const maxDefaultWork = 1 << 20

// encodeDefault checks a default against its type and appends its encoding. A union's default is of the first branch
// that it fits, as Avro 1.12 has it.
func (p *parser) encodeDefault(dst []byte, n *node, s *Schema, at *path, depth int) ([]byte, error) {
	if p.work -= 1 + len(n.text); p.work < 0 || depth > maxSchemaDepth {
		return nil, at.errorf("the schema's defaults are too large or refer to each other without end")
	}
	misfit := func() ([]byte, error) {
		return nil, at.errorf("%s is no default for %s", n.what(), s.label())
	}
	switch s.typ {
	case TypeUnion:
		for i, b := range s.branches {
			if out, err := p.encodeDefault(appendLong(dst, int64(i)), n, b, at, depth+1); err == nil {
				return out, nil
			} else if p.work < 0 {
				return nil, err
			}
		}
		return misfit()
	case TypeNull:
		if n.kind != 'n' {
			return misfit()
		}
		return dst, nil
	case TypeBoolean:
		if n.kind != 't' && n.kind != 'f' {
			return misfit()
		}
		return appendBool(dst, n.kind == 't'), nil
	case TypeInt, TypeLong:
		bits := 64
		if s.typ == TypeInt {
			bits = 32
		}
		v, err := strconv.ParseInt(n.text, 10, bits)
		if n.kind != '0' || err != nil {
			return misfit()
		}
		return appendLong(dst, v), nil
	case TypeFloat, TypeDouble:
		v, err := strconv.ParseFloat(n.text, 64)
		if n.kind != '0' || err != nil {
			return misfit()
		}
		if s.typ == TypeDouble {
			return appendDouble(dst, v), nil
		}
		if math.IsInf(float64(float32(v)), 0) {
			return misfit()
		}
		return appendFloat(dst, float32(v)), nil
	case TypeString:
		if n.kind != '"' {
			return misfit()
		}
		return appendString(dst, n.text), nil
	case TypeBytes, TypeFixed:
		b, ok := latin1(n)
		if !ok || s.typ == TypeFixed && len(b) != s.size {
			return misfit()
		}
		if s.typ == TypeBytes {
			dst = appendLong(dst, int64(len(b)))
		}
		return append(dst, b...), nil
	case TypeEnum:
		for i, sym := range s.symbols {
			if n.kind == '"' && sym == n.text {
				return appendLong(dst, int64(i)), nil
			}
		}
		return misfit()
	case TypeArray:
		return p.defaultItems(dst, n, s, at, depth)
	case TypeMap:
		return p.defaultEntries(dst, n, s, at, depth)
	}
	return p.defaultRecord(dst, n, s, at, depth)
}

func (p *parser) defaultItems(dst []byte, n *node, s *Schema, at *path, depth int) ([]byte, error) {
	if n.kind != '[' {
		return nil, at.errorf("%s is no default for an array", n.what())
	}
	if len(n.items) > 0 {
		dst = appendLong(dst, int64(len(n.items)))
	}
	for i := range n.items {
		var err error
		if dst, err = p.encodeDefault(dst, &n.items[i], s.elem, at.index(i), depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, 0), nil
}

func (p *parser) defaultEntries(dst []byte, n *node, s *Schema, at *path, depth int) ([]byte, error) {
	if n.kind != '{' {
		return nil, at.errorf("%s is no default for a map", n.what())
	}
	if len(n.items) > 0 {
		dst = appendLong(dst, int64(len(n.items)))
	}
	for i := range n.items {
		var err error
		dst = appendString(dst, n.keys[i])
		if dst, err = p.encodeDefault(dst, &n.items[i], s.elem, at.field(n.keys[i]), depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, 0), nil
}

// defaultRecord takes a field that the default does not mention from the field's own default.
func (p *parser) defaultRecord(dst []byte, n *node, s *Schema, at *path, depth int) ([]byte, error) {
	if n.kind != '{' {
		return nil, at.errorf("%s is no default for %s", n.what(), s.label())
	}
	for _, k := range n.keys {
		if s.fieldIndex(k) < 0 {
			return nil, at.errorf("%s has no field %q", s.label(), k)
		}
	}
	for i := range s.fields {
		f := &s.fields[i]
		v := n.get(f.name)
		if v == nil {
			v = f.deflt
		}
		if v == nil {
			return nil, at.errorf("field %q of %s is missing and has no default", f.name, s.label())
		}
		var err error
		if dst, err = p.encodeDefault(dst, v, f.typ, at.field(f.name), depth+1); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// latin1 is the bytes of a JSON string whose code points are bytes, which is how Avro writes bytes in JSON.
func latin1(n *node) ([]byte, bool) {
	if n.kind != '"' {
		return nil, false
	}
	b := make([]byte, 0, len(n.text))
	for _, r := range n.text {
		if r > 0xff {
			return nil, false
		}
		b = append(b, byte(r))
	}
	return b, true
}
