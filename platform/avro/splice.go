package avro

import (
	"fmt"
	"slices"
	"strings"
)

// SpliceOptions say where the fields of a spliced record come from. Paths are field names with dots between them, into records
// that are not in a union, an array or a map.
type SpliceOptions struct {
	// From names, by output field, the input field that it is copied from where that has another path.
	From map[string]string
	// Set are the output fields that a Patch sets for every record, with all that is in them.
	Set []string
	// Filled says that a nullable input field is never null, so that it can be copied to one that must not be; nil says it of
	// none.
	Filled func(path string) bool
}

// Splice makes payloads of one record schema from those of another: fields are copied as they stand, but for those that a
// Patch sets. It is immutable.
type Splice struct {
	from, to *layout
	parts    []part // by leaf of to
}

// part is where a leaf of the output comes from, where no patch sets it.
type part struct {
	kind partKind
	leaf int    // of the input
	wire []byte // a default; the branch before what is copied
}

type partKind uint8

const (
	partSet    partKind = iota // a patch has to set it
	partSame                   // the input's bytes
	partWrap                   // a branch and the input's bytes
	partUnwrap                 // the input's without its branch, which is not null
	partWire                   // bytes that are always the same
)

// NewSplice checks that every field of to is set, or can be had from the reader's: from the one that From gives for it, else
// from that of its own name, else from its default. What is copied must mean the same in both: types with equal bytes, whatever
// their names are; an int as a long; an enum's symbols as the first ones of another; a value as one that may be null; one that
// may be null, where Filled says that it never is. The error names every field that is neither.
func NewSplice(reader, to *Schema, o SpliceOptions) (*Splice, error) {
	if reader.typ != TypeRecord || to.typ != TypeRecord {
		return nil, fmt.Errorf("avro: a record is spliced from a record, not %s from %s", to.label(), reader.label())
	}
	s := &Splice{from: layoutOf(reader), to: layoutOf(to)}
	s.parts = make([]part, len(s.to.leaves))
	b := splicer{Splice: s, o: o, used: make(map[string]bool)}
	b.record(s.to, 0, "", "")
	for name := range o.From {
		if !b.used[name] {
			b.faults = append(b.faults, fmt.Sprintf("%s: there is no such field to copy to, or it is set", name))
		}
	}
	for _, name := range o.Set {
		if _, _, ok := s.to.find(name); !ok {
			b.faults = append(b.faults, fmt.Sprintf("%s: there is no such field to set", name))
		}
	}
	if len(b.faults) > 0 {
		slices.Sort(b.faults)
		return nil, fmt.Errorf("avro: %s from %s: %s", to.label(), reader.label(), strings.Join(b.faults, "; "))
	}
	return s, nil
}

type splicer struct {
	*Splice
	o      SpliceOptions
	used   map[string]bool // of From
	faults []string
}

// record finds the parts of a record in the output, whose first leaf is at; its fields have the path's names, and are looked for
// below from in the input.
func (b *splicer) record(l *layout, at int, path, from string) {
	for i := range l.schema.fields {
		f := &l.schema.fields[i]
		name, source, given := path+f.name, from+f.name, false
		if slices.Contains(b.o.Set, name) {
			continue
		}
		if as, ok := b.o.From[name]; ok {
			source, given, b.used[name] = as, true, true
		}
		first := at + l.first[i]
		typ, leaf, found := b.from.find(source)
		switch {
		case found && f.typ.typ == TypeRecord && typ.typ == TypeRecord:
			b.record(l.inner[i], first, name+".", source+".")
		case f.typ.typ == TypeRecord && !given && (!found || f.deflt == nil):
			b.record(l.inner[i], first, name+".", source+".") // its own fields may be set, or be copied from elsewhere
		case found && typ.typ == TypeRecord, found && f.typ.typ == TypeRecord:
			b.fault(name, "its type and that of "+source+" differ; set it")
		case found:
			p, why := copied(typ, f.typ, b.o.Filled != nil && b.o.Filled(source))
			p.leaf = leaf
			if why != "" {
				b.fault(name, "it cannot be copied from "+source+": "+why+"; set it")
			}
			b.parts[first] = p
		case given:
			b.fault(name, "the input has no field "+source)
		case f.deflt != nil:
			b.parts[first] = part{kind: partWire, wire: f.wire}
		default:
			b.fault(name, "the input has no such field, and it has no default; set it, or copy another")
		}
	}
}

func (b *splicer) fault(name, why string) { b.faults = append(b.faults, name+": "+why) }

// copied is how a value of one type becomes one of another without being decoded, or why that cannot be.
func copied(from, to *Schema, filled bool) (part, string) {
	same := sameWireAs(from, to, nil)
	switch {
	case same:
		return part{kind: partSame}, ""
	case to.nullBranch() >= 0 && len(to.branches) == 2 && sameWireAs(from, to.Value(), nil):
		return part{kind: partWrap, wire: appendLong(nil, int64(1-to.nullBranch()))}, ""
	case from.nullBranch() >= 0 && len(from.branches) == 2 && sameWireAs(from.Value(), to, nil):
		if !filled {
			return part{}, "that may be null, and no rule of severity error requires it"
		}
		return part{kind: partUnwrap, wire: appendLong(nil, int64(from.nullBranch()))}, ""
	}
	return part{}, "their types differ"
}

// sameWireAs says whether the bytes of one type are bytes of the other, and mean the same. Names of types do not matter.
func sameWireAs(a, b *Schema, under [][2]*Schema) bool {
	if a == b || slices.Contains(under, [2]*Schema{a, b}) {
		return true
	}
	if a.typ == TypeInt && b.typ == TypeLong {
		return a.logical == "" && b.logical == ""
	}
	if a.typ != b.typ || a.logical != b.logical || a.scale != b.scale || a.precision > b.precision || a.size != b.size {
		return false
	}
	under = append(under, [2]*Schema{a, b})
	switch a.typ {
	case TypeEnum:
		return len(a.symbols) <= len(b.symbols) && slices.Equal(a.symbols, b.symbols[:len(a.symbols)])
	case TypeArray, TypeMap:
		return sameWireAs(a.elem, b.elem, under)
	case TypeUnion:
		return slices.EqualFunc(a.branches, b.branches, func(x, y *Schema) bool { return sameWireAs(x, y, under) })
	case TypeRecord:
		return slices.EqualFunc(a.fields, b.fields, func(x, y SchemaField) bool { return x.name == y.name && sameWireAs(x.typ, y.typ, under) })
	}
	return true
}

// Viewer reads the payloads of one writer's schema as views, for one goroutine.
type Viewer struct {
	rewriter
	layout *layout
	res    *resolution // nil: the writer's bytes are the reader's
	room   []byte      // what is left of it has not been given to a view
	at     []int32
}

// NewViewer resolves a writer's schema with the reader's, which must be a record, once for all its payloads. It fails with
// *IncompatibleError where the reader cannot read it.
func NewViewer(reader, writer *Schema) (*Viewer, error) {
	if reader.typ != TypeRecord {
		return nil, fmt.Errorf("avro: a view is of a record, not of %s", reader.label())
	}
	res := resolve(reader, writer)
	if found := res.findings(); len(found) > 0 {
		return nil, &IncompatibleError{Findings: found}
	}
	v := &Viewer{layout: layoutOf(reader)}
	v.at = make([]int32, len(v.layout.leaves)+1)
	if !sameWire(writer, reader) {
		v.res = res
	}
	return v, nil
}

// viewRoom is how much memory payloads of another schema are rewritten into at a time: views share it, so it is never used again.
const viewRoom = 64 << 10

// View is a payload's view, good until the next one. A Program for the same writer and reader must have accepted the payload: it
// is not checked again.
func (v *Viewer) View(payload []byte) View {
	if v.res != nil {
		if need := 3*len(payload) + 64; cap(v.room)-len(v.room) < need { // fields that change places are there twice for a while
			v.room = make([]byte, 0, max(viewRoom, need))
		}
		left := v.room[len(v.room):]
		payload = v.rewrite(left, payload, v.res)
		if len(payload) <= cap(left) {
			v.room = v.room[:len(v.room)+len(payload)]
		}
	}
	v.layout.mark(v.at, payload)
	return View{v.layout.schema, payload, v.at, v.layout}
}
