package strict

import "go.yaml.in/yaml/v3"

// Table says what an object may and must hold.
type Table struct {
	Place  *Place // filled with where the object and its keys stand; may be nil
	Fields []Field
}

// Field is one key of an object: how its value is read and written, and when it must or may be there. Build one
// with String, Word, Objects and so on.
type Field struct {
	key           string
	slot          slot
	since         int16
	known         int16
	requiredBelow int16
	required      bool
	elsewhere     bool
}

// Required: the key must be there.
func (f Field) Required() Field { f.required = true; return f }

// RequiredBelow: the key must be there in documents of a version below v.
func (f Field) RequiredBelow(v int) Field { f.requiredBelow = int16(v); return f }

// Since: the key exists in documents of version v and above only.
func (f Field) Since(v int) Field { f.since = int16(v); return f }

// KnownSince: the key came with version v, and documents of older versions may hold it all the same. It is not suggested
// to them.
func (f Field) KnownSince(v int) Field { f.known = int16(v); return f }

// Then calls done after the value was read.
func (f Field) Then(done func()) Field { f.slot = &then{f.slot, done}; return f }

type then struct {
	slot
	done func()
}

func (t *then) read(d *decoder, n *yaml.Node, where *path) {
	t.slot.read(d, n, where)
	t.done()
}

// Version is a document's: a number that grows, with a name for messages.
type Version struct {
	Number int
	Name   string           // what the document says, such as v3.1.0
	NameOf func(int) string // a version by number, for messages; "" if the document's standard has no such version
}

// lacks tells whether the document is older than what came with a version of its standard.
func (v Version) lacks(since int16) bool { return v.Number < int(since) && v.NameOf(int(since)) != "" }

// foreign tells whether something came with a version of another standard, which this one never had.
func (v Version) foreign(since int16) bool {
	return v.Number < int(since) && v.NameOf(int(since)) == ""
}

// Decode reads a document that Parse accepted into what the table describes.
func Decode(root *yaml.Node, v Version, t Table) []Fault {
	d := decoder{version: v}
	d.object(root, nil, t)
	return d.faults
}

type decoder struct {
	faults
	version Version
}

func (d *decoder) object(n *yaml.Node, where *path, t Table) {
	at := position(n)
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		d.add(RuleType, where, at, "must be an object (key: value), not %s", kindOf(n))
		return
	}
	place := Place{where: where, start: at, keys: make([]placed, 0, min(len(n.Content)/2, len(t.Fields)))}
	for i := 0; i < len(n.Content); i += 2 {
		if d.full() {
			return
		}
		key, value := n.Content[i], n.Content[i+1]
		if key.ShortTag() != "!!str" { // reported by Parse
			continue
		}
		field := d.field(t.Fields, key.Value)
		if field == nil {
			d.add(RuleUnknownKey, where, position(key), "unknown key %s%s", Quote(key.Value), Hint(key.Value, d.keys(t.Fields)))
			continue
		}
		if d.version.lacks(field.since) {
			d.add(RuleKeyVersion, where, position(key), "key %s exists from %s on, and this file is %s: raise apiVersion or remove the key",
				Quote(key.Value), d.version.NameOf(int(field.since)), d.version.Name)
		}
		if !field.elsewhere {
			place.put(field.key, position(value))
		}
		field.slot.read(d, value, where.at(key.Value))
	}
	if t.Place != nil {
		*t.Place = place
	}
	for i := range t.Fields {
		if f := &t.Fields[i]; (f.required || d.version.Number < int(f.requiredBelow)) && !place.Has(f.key) {
			d.add(RuleMissingKey, where, at, "key %s is missing", Quote(f.key))
		}
	}
}

// field is the one with a key that the document may have; nil for none.
func (d *decoder) field(fields []Field, key string) *Field {
	for i := range fields {
		if f := &fields[i]; f.key == key && (f.since == 0 || !d.version.foreign(f.since)) {
			return f
		}
	}
	return nil
}

// keys are those that the document's version has, to suggest.
func (d *decoder) keys(fields []Field) []string {
	keys := make([]string, 0, len(fields))
	for _, f := range fields {
		if !f.elsewhere && d.version.Number >= int(f.since) && !d.version.lacks(f.known) {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// kindOf is the kind of a node, without converting what is below it.
func kindOf(n *yaml.Node) Kind {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.SequenceNode:
		return List
	case yaml.MappingNode:
		return Map
	}
	return scalarKind(n)
}
