package avro

import (
	"crypto/sha256"
	"encoding/hex"
)

// layout is how a record's fields lie one after the other, with those of records in it: leaves in the order of their bytes.
// A record in a record is as many leaves as it has; anything else is one.
type layout struct {
	schema *Schema
	first  []int     // of each field, its first leaf
	inner  []*layout // of each field that is a record, its own; else nil
	leaves []leaf
}

// leaf is a value that is found, set or copied as a whole.
type leaf struct {
	typ  *Schema
	path string // such as shipTo.city
}

func layoutOf(s *Schema) *layout {
	l := &layout{schema: s}
	for i := range s.fields {
		f := &s.fields[i]
		l.first = append(l.first, len(l.leaves))
		if f.typ.typ != TypeRecord {
			l.inner, l.leaves = append(l.inner, nil), append(l.leaves, leaf{f.typ, f.name})
			continue
		}
		inner := layoutOf(f.typ) // it ends: a record that holds itself does so in an array, a map or a union
		for _, in := range inner.leaves {
			l.leaves = append(l.leaves, leaf{in.typ, f.name + "." + in.path})
		}
		l.inner = append(l.inner, inner)
	}
	return l
}

// find is the leaf or the record at a path; at is its first leaf.
func (l *layout) find(path string) (typ *Schema, at int, ok bool) {
	for i, in := range l.inner {
		name := l.schema.fields[i].name
		if path == name {
			return l.schema.fields[i].typ, l.first[i], true
		}
		if in != nil && len(path) > len(name) && path[len(name)] == '.' && path[:len(name)] == name {
			typ, at, ok := in.find(path[len(name)+1:])
			return typ, l.first[i] + at, ok
		}
	}
	return nil, 0, false
}

// mark notes where the leaves of an accepted payload begin, and where the last one ends.
func (l *layout) mark(at []int32, payload []byte) {
	in := scanner{b: payload}
	for i := range l.leaves {
		at[i] = int32(in.at) // a payload is bounded far below that
		in.skip(l.leaves[i].typ)
	}
	at[len(l.leaves)] = int32(in.at) // as above
}

// Shape names what generated code relies on in a schema: names, order and types of fields, logical types included. Two schemas
// of one shape differ in documentation, defaults and aliases at most.
func (s *Schema) Shape() string {
	c := canonical{seen: map[*Schema]bool{}, logical: func(s *Schema) Logical { return s.logical }}
	c.schema(s)
	sum := sha256.Sum256(c.dst)
	return hex.EncodeToString(sum[:8])
}
