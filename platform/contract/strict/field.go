package strict

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// String is a key whose value is text. A number, a boolean or nothing at all is a fault, since readers
// disagree about what text they stand for.
func String(key string, into *string) Field {
	return scalar(key, func(d *decoder, v Value) {
		if d.text(v) {
			*into = v.Text
		}
	})
}

// Word is text that is one of a few words.
func Word(key string, into *string, words ...string) Field {
	return scalar(key, func(d *decoder, v Value) {
		switch {
		case !d.text(v):
		case !slices.Contains(words, v.Text):
			d.add(RuleValue, v.path, v.Position, "%s is none of %s%s", Quote(v.Text), strings.Join(words, ", "), meant(v.Text, words))
		default:
			*into = v.Text
		}
	})
}

// stableID is the standards' pattern of an id that others may refer to.
var stableID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// StableID is the text of an id that others may refer to: letters, digits, - and _.
func StableID(key string, into *string) Field {
	return scalar(key, func(d *decoder, v Value) {
		switch {
		case !d.text(v):
		case !stableID.MatchString(v.Text):
			d.add(RuleValue, v.path, v.Position, "%s must hold letters, digits, - and _ only", Quote(v.Text))
		default:
			*into = v.Text
		}
	})
}

// Int is a whole number.
func Int(key string, into *int) Field {
	return scalar(key, func(d *decoder, v Value) {
		n, err := v.Int()
		if err != nil {
			d.add(RuleType, v.path, v.Position, "%v", err)
			return
		}
		*into = n
	})
}

// Flag is true or false.
func Flag(key string, into *bool) Field {
	return scalar(key, func(d *decoder, v Value) {
		if v.Kind != Bool {
			d.add(RuleType, v.path, v.Position, "must be true or false, not %s", v.Kind)
			return
		}
		*into = v.Text == "true"
	})
}

// Number is a whole number or a decimal, kept as it was written.
func Number(key string, into *Value) Field { return OneOf(key, into, Integer, Decimal) }

// Scalar is text, a number, true, false or null.
func Scalar(key string, into *Value) Field {
	return OneOf(key, into, Text, Integer, Decimal, Bool, Null)
}

// Any is anything at all.
func Any(key string, into *Value) Field {
	return Field{key: key, read: func(_ *decoder, n *yaml.Node, where *path) { *into = valueOf(n, where) }}
}

// OneOf is a value of one of these kinds.
func OneOf(key string, into *Value, kinds ...Kind) Field {
	return Field{key: key, read: func(d *decoder, n *yaml.Node, where *path) {
		if k := kindOf(n); !slices.Contains(kinds, k) {
			d.add(RuleType, where, position(n), "must be %s, not %s", kindNames(kinds), k)
			return
		}
		*into = valueOf(n, where)
	}}
}

// Strings is a list of texts.
func Strings(key string, into *[]string) Field {
	return items(key, func(n int) { *into = make([]string, 0, n) }, func(d *decoder, n *yaml.Node, where *path) {
		if v, ok := d.scalar(n, where); ok && d.text(v) {
			*into = append(*into, v.Text)
		}
	})
}

// Values is a list of anything.
func Values(key string, into *[]Value) Field {
	return items(key, func(n int) { *into = make([]Value, 0, n) }, func(_ *decoder, n *yaml.Node, where *path) {
		*into = append(*into, valueOf(n, where))
	})
}

// Object is a key whose value is described by T's table. It stays nil where the key is not given.
func Object[T any](key string, into **T, table func(*T) Table) Field {
	return Field{key: key, read: func(d *decoder, n *yaml.Node, where *path) {
		*into = new(T)
		d.object(n, where, table(*into))
	}}
}

// Objects is a list of objects that T's table describes.
func Objects[T any](key string, into *[]T, table func(*T) Table) Field {
	return items(key, func(n int) { *into = make([]T, 0, n) }, func(d *decoder, n *yaml.Node, where *path) {
		*into = append(*into, *new(T)) // there is room: what the table points to stays where it is
		d.object(n, where, table(&(*into)[len(*into)-1]))
	})
}

// Elsewhere is a key that people expect here and the standard does not have: the advice says where it belongs.
func Elsewhere(key, advice string) Field {
	return Field{key: key, elsewhere: true, read: func(d *decoder, n *yaml.Node, where *path) {
		d.add(RuleUnknownKey, where, position(n), "unknown key %s: %s", Quote(key), advice)
	}}
}

// Either is a key whose value has several shapes: the field is chosen by the value's kind.
func Either(key string, shapes map[Kind]Field) Field {
	return Field{key: key, read: func(d *decoder, n *yaml.Node, where *path) {
		shape, ok := shapes[kindOf(n)]
		if !ok {
			d.add(RuleType, where, position(n), "must be %s, not %s", kindNames(sortedKinds(shapes)), kindOf(n))
			return
		}
		shape.read(d, n, where)
	}}
}

func scalar(key string, read func(*decoder, Value)) Field {
	return Field{key: key, read: func(d *decoder, n *yaml.Node, where *path) {
		if v, ok := d.scalar(n, where); ok {
			read(d, v)
		}
	}}
}

func (d *decoder) scalar(n *yaml.Node, where *path) (Value, bool) {
	if k := kindOf(n); k == List || k == Map {
		d.add(RuleType, where, position(n), "must be a single value, not %s", k)
		return Value{}, false
	}
	return valueOf(n, where), true
}

// text reports a value that is not text.
func (d *decoder) text(v Value) bool {
	switch v.Kind {
	case Text:
		return true
	case Null:
		d.add(RuleType, v.path, v.Position, "has no value: write one, or remove the key")
	default:
		d.add(RuleType, v.path, v.Position, "must be text, not %s: put it in quotes, \"%s\"", v.Kind, v.Text)
	}
	return false
}

// items is a list: room is told its length, then read is called for each item.
func items(key string, room func(int), read func(d *decoder, n *yaml.Node, where *path)) Field {
	return Field{key: key, read: func(d *decoder, n *yaml.Node, where *path) {
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
			read(d, item, where.item(i))
		}
	}}
}

func kindNames(kinds []Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.String()
	}
	return strings.Join(names, " or ")
}

func sortedKinds(shapes map[Kind]Field) []Kind {
	kinds := make([]Kind, 0, len(shapes))
	for k := range shapes {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

func meant(got string, words []string) string {
	if s := Suggest(got, words); s != "" {
		return "; did you mean " + Quote(s) + "?"
	}
	return ""
}
