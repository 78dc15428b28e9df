package diff

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// names compares what the records, enums and fixed of the two schemas are called. Avro matches them by the last part of
// the name; whoever makes types or subjects of them goes by the whole.
type names struct {
	*contractDiff
	seen   map[[2]*avro.Schema]bool
	spaces []*space
}

// space is a namespace that became another, and what is in it.
type space struct {
	before, after string
	what          []string
	at            string // the path of the first
}

// names walks both schemas side by side; a name that is used twice is said once.
func (d *contractDiff) names() {
	if d.oldAvro == nil || len(d.now.Objects) != 1 {
		return
	}
	n := &names{contractDiff: d, seen: make(map[[2]*avro.Schema]bool)}
	n.compare(d.oldAvro, d.newAvro, "")
	for _, s := range n.spaces {
		d.at("avro.namespace", d.fieldPlace(s.at), "name", "the namespace of %s in the Avro schema is %s, was %s", strings.Join(s.what, ", "), orNone(s.after), orNone(s.before))
	}
}

func (n *names) compare(old, now *avro.Schema, at string) {
	if n.seen[[2]*avro.Schema{old, now}] {
		return
	}
	n.seen[[2]*avro.Schema{old, now}] = true
	if old.Type() != now.Type() {
		n.compareValues(old, now, at)
		return
	}
	if old.Name() != now.Name() {
		n.named(old, now, at)
	}
	n.aliases(at, "the "+string(now.Type())+" "+now.Name(), old.Aliases(), now.Aliases())
	switch old.Type() {
	case avro.TypeRecord:
		for _, f := range now.Fields() {
			if g, ok := sameField(old, f); ok {
				n.aliases(join(at, f.Name()), join(at, f.Name()), g.Aliases(), f.Aliases())
				n.compare(g.Type(), f.Type(), join(at, f.Name()))
			}
		}
	case avro.TypeArray:
		n.compare(old.Items(), now.Items(), at+"[]")
	case avro.TypeMap:
		n.compare(old.Values(), now.Values(), at+"{}")
	case avro.TypeUnion:
		n.compareValues(old, now, at)
	}
}

// compareValues compares the one type of each that is not null, or else the branches that have the same name but for
// their namespace.
func (n *names) compareValues(old, now *avro.Schema, at string) {
	before, after := old.Value(), now.Value()
	if before.Type() != avro.TypeUnion && after.Type() != avro.TypeUnion {
		if before.Type() == after.Type() {
			n.compare(before, after, at)
		}
		return
	}
	for _, b := range branches(before) {
		for _, a := range branches(after) {
			if b.Type() == a.Type() && last(b.Name()) == last(a.Name()) {
				n.compare(b, a, at)
			}
		}
	}
}

func branches(s *avro.Schema) []*avro.Schema {
	if s.Type() == avro.TypeUnion {
		return s.Branches()
	}
	return []*avro.Schema{s}
}

// named says what a name became.
func (n *names) named(old, now *avro.Schema, at string) {
	if last(old.Name()) != last(now.Name()) {
		n.explained.at(pathOf(at))
		also := ""
		if slices.ContainsFunc(now.Aliases(), func(a string) bool { return last(a) == last(old.Name()) }) {
			also = ", with the old name as an alias"
		}
		n.at("avro.name", n.fieldPlace(at), "name", "the %s %s of the Avro schema is %s now%s", old.Type(), old.Name(), now.Name(), also)
		return
	}
	before, after := namespace(old.Name()), namespace(now.Name())
	i := slices.IndexFunc(n.spaces, func(s *space) bool { return s.before == before && s.after == after })
	if i < 0 {
		n.spaces = append(n.spaces, &space{before: before, after: after, at: at})
		i = len(n.spaces) - 1
	}
	if what := string(now.Type()) + " " + last(now.Name()); !slices.Contains(n.spaces[i].what, what) {
		n.spaces[i].what = append(n.spaces[i].what, what)
	}
}

// aliases says which are gone; a new one is nobody's loss.
func (n *names) aliases(at, of string, old, now []string) {
	for _, alias := range old {
		if !slices.Contains(now, alias) && !slices.ContainsFunc(now, func(a string) bool { return namespace(alias) != "" && last(a) == last(alias) }) {
			n.at("avro.alias-removed", n.fieldPlace(at), "name", "%s in the Avro schema has the alias %s no longer", of, alias)
		}
	}
}

// pathOf writes a path as package avro does.
func pathOf(at string) string {
	if at == "" {
		return "$"
	}
	return at
}

// sameField is the field of OLD that a field of NEW reads: of its name, or of one of its aliases.
func sameField(old *avro.Schema, f avro.SchemaField) (avro.SchemaField, bool) {
	if g, ok := old.Field(f.Name()); ok {
		return g, true
	}
	for _, alias := range f.Aliases() {
		if g, ok := old.Field(alias); ok {
			return g, true
		}
	}
	return avro.SchemaField{}, false
}

// last is the last part of a fullname.
func last(fullname string) string { return fullname[strings.LastIndexByte(fullname, '.')+1:] }

// namespace is a fullname without its last part.
func namespace(fullname string) string {
	return fullname[:max(strings.LastIndexByte(fullname, '.'), 0)]
}
