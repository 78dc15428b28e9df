package avro

import (
	"crypto/sha256"
	"slices"
	"strconv"
)

// Canonical is the Parsing Canonical Form of the Avro specification: fullnames, only what matters for reading bytes,
// in a fixed order without white space. Logical types, defaults, aliases and documentation are not in it.
func (s *Schema) Canonical() []byte {
	c := canonical{seen: map[*Schema]bool{}}
	c.schema(s)
	return c.dst
}

// Fingerprint is the SHA-256 of the canonical form.
func (s *Schema) Fingerprint() [32]byte { return sha256.Sum256(s.Canonical()) }

// sameWire reports whether two schemas read the same bytes alike: whether their canonical forms are the same.
func sameWire(a, b *Schema) bool {
	return a == b || same{}.wire(a, b)
}

// same holds which named types of one schema stand where which of another do.
type same map[*Schema]*Schema

func (m same) wire(a, b *Schema) bool {
	if a.typ != b.typ || a.name != b.name || a.size != b.size || !slices.Equal(a.symbols, b.symbols) {
		return false
	}
	if a.typ == TypeRecord {
		if other, seen := m[a]; seen {
			return other == b
		}
		m[a] = b
	}
	if a.elem != nil {
		return m.wire(a.elem, b.elem)
	}
	return slices.EqualFunc(a.branches, b.branches, m.wire) && slices.EqualFunc(a.fields, b.fields, func(f, g SchemaField) bool {
		return f.name == g.name && m.wire(f.typ, g.typ)
	})
}

// canonical renders a schema. With logical set it also says what decoding needs besides (see codec.go), which is not
// the canonical form any more.
type canonical struct {
	dst     []byte
	seen    map[*Schema]bool
	logical func(*Schema) Logical
}

func (c *canonical) put(s string) { c.dst = append(c.dst, s...) }

func (c *canonical) schema(s *Schema) {
	if s.name != "" && c.seen[s] {
		c.put(`"` + s.name + `"`)
		return
	}
	c.seen[s] = true
	switch s.typ {
	case TypeUnion:
		c.list(len(s.branches), func(i int) { c.schema(s.branches[i]) })
	case TypeArray:
		c.put(`{"type":"array","items":`)
		c.schema(s.elem)
		c.put("}")
	case TypeMap:
		c.put(`{"type":"map","values":`)
		c.schema(s.elem)
		c.put("}")
	case TypeRecord:
		c.put(`{"name":"` + s.name + `","type":"record","fields":`)
		c.list(len(s.fields), func(i int) {
			c.put(`{"name":"` + s.fields[i].name + `","type":`)
			c.schema(s.fields[i].typ)
			c.put("}")
		})
		c.put("}")
	case TypeEnum:
		c.put(`{"name":"` + s.name + `","type":"enum","symbols":`)
		c.list(len(s.symbols), func(i int) { c.put(`"` + s.symbols[i] + `"`) })
		c.put("}")
	case TypeFixed:
		c.put(`{"name":"` + s.name + `","type":"fixed","size":` + strconv.Itoa(s.size))
		c.logicalType(s)
		c.put("}")
	default:
		if c.logical == nil || c.logical(s) == "" {
			c.put(`"` + string(s.typ) + `"`)
			return
		}
		c.put(`{"type":"` + string(s.typ) + `"`)
		c.logicalType(s)
		c.put("}")
	}
}

func (c *canonical) list(n int, item func(int)) {
	c.put("[")
	for i := range n {
		if i > 0 {
			c.put(",")
		}
		item(i)
	}
	c.put("]")
}

func (c *canonical) logicalType(s *Schema) {
	if c.logical == nil {
		return
	}
	l := c.logical(s)
	if l == "" {
		return
	}
	c.put(`,"logicalType":"` + string(l) + `"`)
	if l == Decimal {
		c.put(`,"precision":` + strconv.Itoa(s.precision) + `,"scale":` + strconv.Itoa(s.scale))
	}
}
