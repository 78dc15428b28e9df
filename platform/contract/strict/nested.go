package strict

import "go.yaml.in/yaml/v3"

// Strings is a list of texts.
func Strings(key string, into *[]string) Field { return Field{key: key, slot: (*texts)(into)} }

type texts []string

func (t *texts) read(d *decoder, n *yaml.Node, where *path) {
	d.items(n, where, func(count int) { *t = make([]string, 0, count) }, func(n *yaml.Node, where *path) {
		if v, ok := d.text(n, where); ok {
			*t = append(*t, v.Text)
		}
	})
}

func (t *texts) give(_ *encoder, _ spot, had bool) (Value, bool) {
	if len(*t) == 0 {
		return Value{Kind: List, Items: []Value{}}, had
	}
	v := Value{Kind: List, Items: make([]Value, len(*t))}
	for i, s := range *t {
		v.Items[i] = Value{Kind: Text, Text: s}
	}
	return v, true
}

// StringsAt is a list of texts, as Strings, that also tells where each stands.
func StringsAt(key string, into *[]string, at *[]Value) Field {
	return Field{key: key, slot: &placedTexts{(*texts)(into), at}}
}

type placedTexts struct {
	*texts
	at *[]Value
}

func (t *placedTexts) read(d *decoder, n *yaml.Node, where *path) {
	d.items(n, where, func(count int) { *t.texts = make([]string, 0, count) }, func(n *yaml.Node, where *path) {
		if v, ok := d.text(n, where); ok {
			*t.texts, *t.at = append(*t.texts, v.Text), append(*t.at, v)
		}
	})
}

// Values is a list of anything.
func Values(key string, into *[]Value) Field { return Field{key: key, slot: (*several)(into)} }

type several []Value

func (s *several) read(d *decoder, n *yaml.Node, where *path) {
	d.items(n, where, func(count int) { *s = make([]Value, 0, count) }, func(n *yaml.Node, where *path) {
		*s = append(*s, valueOf(n, where))
	})
}

func (s *several) give(_ *encoder, _ spot, had bool) (Value, bool) {
	return Value{Kind: List, Items: append([]Value{}, *s...)}, had || len(*s) > 0
}

// Object is a key whose value is described by T's table. It stays nil where the key is not given.
func Object[T any](key string, into **T, table func(*T) Table) Field {
	return Field{key: key, slot: &object[T]{into, table}}
}

type object[T any] struct {
	into  **T
	table func(*T) Table
}

func (o *object[T]) read(d *decoder, n *yaml.Node, where *path) {
	*o.into = new(T)
	d.object(n, where, o.table(*o.into))
}

func (o *object[T]) give(e *encoder, at spot, had bool) (Value, bool) {
	if *o.into == nil {
		return Value{}, false
	}
	v := e.object(at.path(e), o.table(*o.into))
	return v, had || len(v.Entries) > 0
}

// Objects is a list of objects that T's table describes.
func Objects[T any](key string, into *[]T, table func(*T) Table) Field {
	return Field{key: key, slot: &objects[T]{into, table}}
}

type objects[T any] struct {
	into  *[]T
	table func(*T) Table
}

func (o *objects[T]) read(d *decoder, n *yaml.Node, where *path) {
	d.items(n, where, func(count int) { *o.into = make([]T, 0, count) }, func(n *yaml.Node, where *path) {
		*o.into = append(*o.into, *new(T)) // there is room: what the table points to stays where it is
		d.object(n, where, o.table(&(*o.into)[len(*o.into)-1]))
	})
}

func (o *objects[T]) give(e *encoder, at spot, had bool) (Value, bool) {
	if len(*o.into) == 0 {
		return Value{Kind: List, Items: []Value{}}, had
	}
	where := at.path(e)
	v := Value{Kind: List, Items: make([]Value, len(*o.into))}
	for i := range *o.into {
		v.Items[i] = e.object(e.path(path{parent: where, index: i}), o.table(&(*o.into)[i]))
	}
	return v, true
}

// Elsewhere is a key that people expect here and the standard does not have: the advice says where it belongs.
func Elsewhere(key, advice string) Field {
	return Field{key: key, elsewhere: true, slot: &elsewhere{key, advice}}
}

type elsewhere struct{ key, advice string }

func (x *elsewhere) read(d *decoder, n *yaml.Node, where *path) {
	d.add(RuleUnknownKey, where, position(n), "unknown key %s: %s", Quote(x.key), x.advice)
}

func (*elsewhere) give(*encoder, spot, bool) (Value, bool) { return Value{}, false }

// Either is a key whose value has several shapes: the field is chosen by the value's kind when it is read, and
// by shape when it is written.
func Either(key string, shapes map[Kind]Field, shape func() Kind) Field {
	return Field{key: key, slot: &either{shapes, shape}}
}

type either struct {
	shapes map[Kind]Field
	shape  func() Kind
}

func (x *either) read(d *decoder, n *yaml.Node, where *path) {
	shape, ok := x.shapes[kindOf(n)]
	if !ok {
		d.add(RuleType, where, position(n), "must be %s, not %s", kindNames(sortedKinds(x.shapes)), kindOf(n))
		return
	}
	shape.slot.read(d, n, where)
}

func (x *either) give(e *encoder, at spot, had bool) (Value, bool) {
	return x.shapes[x.shape()].slot.give(e, at, had)
}

// items is a list: room is told its length, then read is called for each item.
func (d *decoder) items(n *yaml.Node, where *path, room func(int), read func(n *yaml.Node, where *path)) {
	if k := kindOf(n); k != List {
		d.add(RuleType, where, position(n), "must be a list (- item), not %s", k)
		return
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	room(len(n.Content))
	for i, item := range n.Content {
		if d.full() {
			return
		}
		read(item, where.item(i))
	}
}
