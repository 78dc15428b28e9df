package avro

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// generator makes random schemas and values of them.
type generator struct {
	*rand.Rand
	names []string // of named types, usable by reference
	open  []string // of records that are not finished: only within a union or array
	count int
}

func newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 17))}
}

var simpleTypes = []string{`"null"`, `"boolean"`, `"int"`, `"long"`, `"float"`, `"double"`, `"bytes"`, `"string"`,
	`{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`,
	`{"type":"bytes","logicalType":"decimal","precision":38,"scale":4}`,
	`{"type":"int","logicalType":"date"}`, `{"type":"int","logicalType":"time-millis"}`,
	`{"type":"long","logicalType":"timestamp-millis"}`, `{"type":"long","logicalType":"timestamp-micros"}`,
	`{"type":"string","logicalType":"uuid"}`}

// schema writes a random type. indirect means that a record that is not finished may be named.
func (g *generator) schema(depth int, indirect bool) string {
	if depth <= 0 {
		return simpleTypes[g.IntN(len(simpleTypes))]
	}
	switch g.IntN(10) {
	case 0:
		return `{"type":"array","items":` + g.schema(depth-1, true) + `}`
	case 1:
		return `{"type":"map","values":` + g.schema(depth-1, true) + `}`
	case 2:
		return g.union(depth)
	case 3:
		return g.record(depth)
	case 4:
		name := g.name()
		g.names = append(g.names, name)
		return fmt.Sprintf(`{"type":"enum","name":"%s","symbols":["A","B","C"]}`, name)
	case 5:
		name := g.name()
		g.names = append(g.names, name)
		return fmt.Sprintf(`{"type":"fixed","name":"%s","size":%d}`, name, g.IntN(5))
	case 6:
		if indirect && len(g.open) > 0 {
			return `"` + g.open[g.IntN(len(g.open))] + `"`
		}
		if len(g.names) > 0 {
			return `"` + g.names[g.IntN(len(g.names))] + `"`
		}
	}
	return simpleTypes[g.IntN(len(simpleTypes))]
}

func (g *generator) name() string {
	g.count++
	return fmt.Sprintf("N%d", g.count)
}

func (g *generator) record(depth int) string {
	name := g.name()
	g.open = append(g.open, name)
	var fields []string
	for i := range 1 + g.IntN(4) {
		fields = append(fields, fmt.Sprintf(`{"name":"f%d","type":%s}`, i, g.schema(depth-1, false)))
	}
	g.open = g.open[:len(g.open)-1]
	g.names = append(g.names, name)
	return fmt.Sprintf(`{"type":"record","name":"%s","fields":[%s]}`, name, strings.Join(fields, ","))
}

func (g *generator) union(depth int) string {
	branches := []string{`"null"`}
	if g.IntN(2) == 0 {
		branches = append(branches, `"string"`, `"long"`)
	}
	branches = append(branches, g.record(depth-1))
	if len(g.open) > 0 && g.IntN(2) == 0 {
		branches = append(branches, `"`+g.open[g.IntN(len(g.open))]+`"`)
	}
	g.Shuffle(len(branches), func(i, j int) { branches[i], branches[j] = branches[j], branches[i] })
	return "[" + strings.Join(branches, ",") + "]"
}

// value appends a random value of the type.
func (g *generator) value(dst []byte, s *Schema, depth int) []byte {
	switch s.typ {
	case TypeBoolean:
		return appendBool(dst, g.IntN(2) == 0)
	case TypeInt:
		if s.logical == TimeMillis {
			return appendLong(dst, g.Int64N(86_400_000))
		}
		return appendLong(dst, int64(int32(g.number())))
	case TypeLong:
		return appendLong(dst, g.number())
	case TypeFloat:
		return appendFloat(dst, float32(g.NormFloat64()))
	case TypeDouble:
		return appendDouble(dst, g.NormFloat64())
	case TypeString:
		if s.logical == UUID {
			return appendString(dst, fmt.Sprintf("%08x-1234-4abc-8def-%012x", g.Uint32(), g.Uint32()))
		}
		return appendString(dst, strings.Repeat([]string{"aü€", "ab", "x"}[g.IntN(3)], g.IntN(9)))
	case TypeBytes:
		if s.logical == Decimal {
			return appendBytes(dst, twos(g.unscaled(s.precision)))
		}
		return appendBytes(dst, make([]byte, g.IntN(5)))
	case TypeFixed:
		return append(dst, make([]byte, s.size)...)
	case TypeEnum:
		return appendLong(dst, int64(g.IntN(len(s.symbols))))
	case TypeUnion:
		i := g.IntN(len(s.branches))
		if n := s.nullBranch(); depth <= 0 && n >= 0 {
			i = n
		}
		return g.value(appendLong(dst, int64(i)), s.branches[i], depth-1)
	case TypeRecord:
		for i := range s.fields {
			dst = g.value(dst, s.fields[i].typ, depth-1)
		}
		return dst
	case TypeArray, TypeMap:
		return g.blocks(dst, s, depth)
	}
	return dst
}

func (g *generator) blocks(dst []byte, s *Schema, depth int) []byte {
	for range g.IntN(3) {
		if depth <= 0 {
			break
		}
		n := 1 + g.IntN(3)
		var block []byte
		for range n {
			if s.typ == TypeMap {
				block = appendString(block, fmt.Sprint("k", g.IntN(1000)))
			}
			block = g.value(block, s.elem, depth-1)
		}
		if g.IntN(2) == 0 {
			dst = appendLong(dst, int64(n))
		} else {
			dst = appendLong(appendLong(dst, int64(-n)), int64(len(block)))
		}
		dst = append(dst, block...)
	}
	return append(dst, 0)
}

func (g *generator) number() int64 {
	return int64(g.Uint64()) >> g.IntN(64)
}

// mutate changes a payload a little.
func (g *generator) mutate(b []byte) []byte {
	b = append([]byte(nil), b...)
	for range 1 + g.IntN(3) {
		if len(b) == 0 {
			return append(b, byte(g.IntN(256)))
		}
		i := g.IntN(len(b))
		switch g.IntN(5) {
		case 0:
			b[i] ^= 1 << g.IntN(8)
		case 1:
			b[i] = byte(g.IntN(256))
		case 2:
			b = b[:i]
		case 3:
			b = append(b[:i], b[i+1:]...)
		case 4:
			b = append(b[:i], append(appendLong(nil, math.MaxInt64>>g.IntN(64)), b[i:]...)...)
		}
	}
	return b
}
