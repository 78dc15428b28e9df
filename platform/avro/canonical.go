package avro

import (
	"crypto/sha256"
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
