package avro

import "slices"

// resolution says how a value of a writer's type is read as a reader's type (Avro 1.12, "Schema Resolution"). It is a
// graph like the schemas: a pair of types is resolved once. Compatibility collects its faults, the walker compiles it,
// the codec rewrites payloads by it.
type resolution struct {
	writer, reader *Schema
	fault          *flaw // the pair cannot be read; nothing below it is set
	faulty         bool  // of the root: a pair here or below cannot be

	options []*resolution // writer is a union: how each of its branches is read
	branch  int           // reader is a union and writer is not: the reader's branch, read by
	inner   *resolution   // this; of arrays and maps: how an item or value is read
	fields  []fieldSource // of records, in the writer's order
	sources []int         // of records, in the reader's order: the writer's field, -1 where the default is taken
	ordered bool          // of records: the writer's fields that are read stand in the reader's order
	symbols []int         // of enums: the reader's index for each of the writer's
}

// fieldSource is what becomes of a writer's field: the reader's field, or -1 where it is skipped.
type fieldSource struct {
	reader int
	by     *resolution
}

// maxResolutions bounds the pairs of types, which hostile unions could multiply.
const maxResolutions = 200_000

type resolver struct {
	pairs    map[[2]*Schema]*resolution
	tooMany  bool
	branches map[*Schema]*branchIndex
}

// resolve builds the graph. It always succeeds; faults are in it.
func resolve(reader, writer *Schema) *resolution {
	r := &resolver{pairs: map[[2]*Schema]*resolution{}, branches: map[*Schema]*branchIndex{}}
	res := r.pair(reader, writer)
	if r.tooMany {
		res.fail("too-complex", "reader and writer have more than %d pairs of types to compare", maxResolutions)
	}
	for _, pair := range r.pairs {
		res.faulty = res.faulty || pair.fault != nil
	}
	return res
}

func (r *resolver) pair(reader, writer *Schema) *resolution {
	key := [2]*Schema{reader, writer}
	if res := r.pairs[key]; res != nil {
		return res
	}
	res := &resolution{reader: reader, writer: writer}
	r.pairs[key] = res
	if len(r.pairs) > maxResolutions {
		r.tooMany = true
		return res
	}
	switch {
	case writer.typ == TypeUnion:
		for _, b := range writer.branches {
			res.options = append(res.options, r.pair(reader, b))
		}
	case reader.typ == TypeUnion:
		r.readerUnion(res)
	case reader.typ != writer.typ:
		if !promotes(writer.typ, reader.typ) {
			res.fail("type", "%s cannot be read as %s", writer, reader)
		}
	default:
		r.sameType(res)
	}
	return res
}

func (res *resolution) fail(rule, format string, args ...any) {
	res.fault = &flaw{rule, format, args}
}

// promotes reports whether a writer's primitive may be read as another one.
func promotes(writer, reader Type) bool {
	switch writer {
	case TypeInt:
		return reader == TypeLong || reader == TypeFloat || reader == TypeDouble
	case TypeLong:
		return reader == TypeFloat || reader == TypeDouble
	case TypeFloat:
		return reader == TypeDouble
	case TypeString:
		return reader == TypeBytes
	case TypeBytes:
		return reader == TypeString
	}
	return false
}

func (r *resolver) sameType(res *resolution) {
	reader, writer := res.reader, res.writer
	if writer.name != "" && !namesMatch(reader, writer) {
		res.fail("name", "%s cannot be read as %s: the names differ and no alias of the reader's names it", writer, reader)
		return
	}
	switch writer.typ {
	case TypeRecord:
		r.record(res)
	case TypeEnum:
		res.enum()
	case TypeArray, TypeMap:
		res.inner = r.pair(reader.elem, writer.elem)
	case TypeFixed:
		if reader.size != writer.size {
			res.fail("size", "%s has %d bytes, the reader's %s has %d", writer, writer.size, reader, reader.size)
		}
	}
	if reader.logical == Decimal && writer.logical == Decimal && (reader.precision != writer.precision || reader.scale != writer.scale) {
		res.fail("decimal", "decimal(%d,%d) cannot be read as decimal(%d,%d): precision and scale must be the same",
			writer.precision, writer.scale, reader.precision, reader.scale)
	}
}

// namesMatch compares named types by their fullname, their last part, and the reader's aliases. An alias written
// without a dot matches by its last part too, one with a dot only as it stands.
func namesMatch(reader, writer *Schema) bool {
	last := unqualified(writer.name)
	return unqualified(reader.name) == last || slices.ContainsFunc(reader.aliases, func(a alias) bool {
		return a.full == writer.name || a.bare && unqualified(a.full) == last
	})
}

func (r *resolver) record(res *resolution) {
	reader, writer := res.reader, res.writer
	res.fields = make([]fieldSource, len(writer.fields))
	for i := range res.fields {
		res.fields[i].reader = -1
	}
	res.sources = make([]int, 0, len(reader.fields))
	find := finder{reader: reader, writer: writer}
	last := -1
	res.ordered = true
	for i := range reader.fields {
		f := &reader.fields[i]
		from, also := find.sources(f)
		res.sources = append(res.sources, from)
		if from >= 0 {
			res.ordered = res.ordered && from > last
			last = from
		}
		switch {
		case also >= 0:
			res.fail("field-ambiguous", "the writer's fields %s and %s are both the reader's field %s, by name or alias",
				writer.fields[from].name, writer.fields[also].name, f.name)
			return
		case from >= 0 && res.fields[from].reader >= 0:
			res.fail("field-ambiguous", "the writer's field %s is both %s and %s of the reader, by alias",
				writer.fields[from].name, reader.fields[res.fields[from].reader].name, f.name)
			return
		case from >= 0:
			res.fields[from] = fieldSource{i, r.pair(f.typ, writer.fields[from].typ)}
		case f.deflt == nil:
			res.fail("field-default", "the reader's field %s is not in the writer's %s and has no default", f.name, writer)
			return
		}
	}
}

// finder finds fields of a writer's record. Its maps are made when they are needed: most fields stand in the same order.
type finder struct {
	reader, writer *Schema
	next           int            // the writer's field after the one that was found last
	index          map[string]int // the writer's fields
	own            map[string]bool
}

// sources finds the writer's field for a reader's field by name, else by alias, and a second one where there is one. A
// name that is a reader's field's own is nobody's alias.
func (n *finder) sources(f *SchemaField) (from, also int) {
	from, also = n.named(f.name), -1
	if len(f.aliases) > 0 && n.own == nil {
		n.own = map[string]bool{}
		for i := range n.reader.fields {
			n.own[n.reader.fields[i].name] = true
		}
	}
	for _, name := range f.aliases {
		i := n.named(name)
		switch {
		case i < 0 || i == from || n.own[name]:
		case from < 0:
			from = i
		default:
			also = i
		}
	}
	n.next = from + 1
	return from, also
}

func (n *finder) named(name string) int {
	if n.next < len(n.writer.fields) && n.writer.fields[n.next].name == name {
		return n.next
	}
	if n.index == nil {
		n.index = map[string]int{}
		for i := range n.writer.fields {
			n.index[n.writer.fields[i].name] = i
		}
	}
	if i, ok := n.index[name]; ok {
		return i
	}
	return -1
}

func (res *resolution) enum() {
	index := map[string]int{}
	for i, s := range res.reader.symbols {
		index[s] = i
	}
	for _, s := range res.writer.symbols {
		i, ok := index[s]
		if !ok {
			if i, ok = index[res.reader.fallback]; !ok {
				res.fail("enum-symbol", "the writer's symbol %s is not in the reader's %s, which has no default", s, res.reader)
				return
			}
		}
		res.symbols = append(res.symbols, i)
	}
}

// fewBranches is up to how many branches are looked at for an exact match, which costs less than an index of them.
const fewBranches = 8

func (r *resolver) readerUnion(res *resolution) {
	res.branch = -1
	if len(res.reader.branches) <= fewBranches {
		res.branch = slices.IndexFunc(res.reader.branches, func(b *Schema) bool {
			return b.typ == res.writer.typ && b.name == res.writer.name && b.size == res.writer.size
		})
	}
	if res.branch < 0 {
		ix := r.branches[res.reader]
		if ix == nil {
			ix = indexBranches(res.reader)
			r.branches[res.reader] = ix
		}
		res.branch = ix.find(res.writer)
	}
	if res.branch < 0 {
		res.fail("union-branch", "%s is no branch of the reader's %s", res.writer, res.reader)
		return
	}
	res.inner = r.pair(res.reader.branches[res.branch], res.writer)
}

// branchIndex finds the branch of a reader's union that a writer's type is read as. The specification says "the first
// that matches"; as in the Java implementation an exact match comes before a match by the last part of the name, and that
// before a promotion, so that a long is not read as the double that stands before the long.
type branchIndex struct {
	exact, short map[branchKey]int
	types        map[Type]int
}

// branchKey: a fixed of another size is another type.
type branchKey struct {
	typ  Type
	name string
	size int
}

func indexBranches(union *Schema) *branchIndex {
	ix := &branchIndex{map[branchKey]int{}, map[branchKey]int{}, map[Type]int{}}
	first := func(m map[branchKey]int, b *Schema, name string, i int) {
		key := branchKey{b.typ, name, b.size}
		if _, taken := m[key]; !taken {
			m[key] = i
		}
	}
	for i, b := range union.branches {
		if _, taken := ix.types[b.typ]; !taken {
			ix.types[b.typ] = i
		}
		first(ix.exact, b, b.name, i)
		first(ix.short, b, unqualified(b.name), i)
	}
	for i, b := range union.branches { // after all names: no alias takes another branch's own name
		for _, a := range b.aliases {
			first(ix.exact, b, a.full, i)
			if a.bare {
				first(ix.short, b, unqualified(a.full), i)
			}
		}
	}
	return ix
}

func (ix *branchIndex) find(writer *Schema) int {
	if i, ok := ix.exact[branchKey{writer.typ, writer.name, writer.size}]; ok {
		return i
	}
	if i, ok := ix.short[branchKey{writer.typ, unqualified(writer.name), writer.size}]; ok {
		return i
	}
	best := -1
	for t, i := range ix.types {
		if promotes(writer.typ, t) && (best < 0 || i < best) {
			best = i
		}
	}
	return best
}
