package strict

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// String is a key whose value is text. A number, a boolean or nothing at all is a fault, since readers
// disagree about what text they stand for.
func String(key string, into *string) Field {
	return scalar(key, giveText(into), func(d *decoder, v Value) {
		if d.text(v) {
			*into = v.Text
		}
	})
}

// Word is text that is one of a few words.
func Word(key string, into *string, words ...string) Field {
	return WordOf(key, into, Words{Words: words})
}

// Words are what a Word may be in documents of version Since and above.
type Words struct {
	Words     []string
	Since     int
	Tolerated bool // older documents may say them all the same; they are not suggested to them
}

// WordOf is a Word whose words came with several versions.
func WordOf(key string, into *string, sets ...Words) Field {
	find := func(word string) (Words, bool) {
		i := slices.IndexFunc(sets, func(s Words) bool { return slices.Contains(s.Words, word) })
		if i < 0 {
			return Words{}, false
		}
		return sets[i], true
	}
	give := func(e *encoder, where *path, had bool) (Value, bool) {
		if s, ok := find(*into); ok && e.version.Number < s.Since && !s.Tolerated {
			e.lost(where, Position{}, "%s exists from %s on", Quote(*into), e.version.NameOf(s.Since))
			return Value{}, false
		}
		return giveText(into)(e, where, had)
	}
	return scalar(key, give, func(d *decoder, v Value) {
		if !d.text(v) {
			return
		}
		var known []string
		for _, s := range sets {
			if d.version.Number >= s.Since {
				known = append(known, s.Words...)
			}
		}
		switch s, ok := find(v.Text); {
		case !ok:
			d.add(RuleValue, v.path, v.Position, "%s is none of %s%s", Quote(v.Text), strings.Join(known, ", "), meant(v.Text, known))
			return
		case d.version.Number < s.Since && !s.Tolerated:
			d.add(RuleKeyVersion, v.path, v.Position, "%s exists from %s on, and this file is %s: raise apiVersion or choose one of %s",
				Quote(v.Text), d.version.NameOf(s.Since), d.version.Name, strings.Join(known, ", "))
		}
		*into = v.Text
	})
}

// stableID is the standards' pattern of an id that others may refer to.
var stableID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// StableID is the text of an id that others may refer to: letters, digits, - and _.
func StableID(key string, into *string) Field {
	return scalar(key, giveText(into), func(d *decoder, v Value) {
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
	give := func(_ *encoder, _ *path, had bool) (Value, bool) {
		return Value{Kind: Integer, Text: strconv.Itoa(*into)}, *into != 0 || had
	}
	return scalar(key, give, func(d *decoder, v Value) {
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
	give := func(_ *encoder, _ *path, had bool) (Value, bool) {
		return Value{Kind: Bool, Text: strconv.FormatBool(*into)}, *into || had
	}
	return scalar(key, give, func(d *decoder, v Value) {
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
	return Field{key: key, give: giveValue(into), read: func(_ *decoder, n *yaml.Node, where *path) { *into = valueOf(n, where) }}
}

// OneOf is a value of one of these kinds.
func OneOf(key string, into *Value, kinds ...Kind) Field {
	return Field{key: key, give: giveValue(into), read: func(d *decoder, n *yaml.Node, where *path) {
		if k := kindOf(n); !slices.Contains(kinds, k) {
			d.add(RuleType, where, position(n), "must be %s, not %s", kindNames(kinds), k)
			return
		}
		*into = valueOf(n, where)
	}}
}

// Strings is a list of texts.
func Strings(key string, into *[]string) Field {
	give := giveItems(into, func(_ *encoder, s *string, _ *path) Value { return Value{Kind: Text, Text: *s} })
	return items(key, give, func(n int) { *into = make([]string, 0, n) }, func(d *decoder, n *yaml.Node, where *path) {
		if v, ok := d.scalar(n, where); ok && d.text(v) {
			*into = append(*into, v.Text)
		}
	})
}

// Values is a list of anything.
func Values(key string, into *[]Value) Field {
	give := giveItems(into, func(_ *encoder, v *Value, _ *path) Value { return *v })
	return items(key, give, func(n int) { *into = make([]Value, 0, n) }, func(_ *decoder, n *yaml.Node, where *path) {
		*into = append(*into, valueOf(n, where))
	})
}

// Object is a key whose value is described by T's table. It stays nil where the key is not given.
func Object[T any](key string, into **T, table func(*T) Table) Field {
	return Field{key: key, read: func(d *decoder, n *yaml.Node, where *path) {
		*into = new(T)
		d.object(n, where, table(*into))
	}, give: func(e *encoder, where *path, had bool) (Value, bool) {
		if *into == nil {
			return Value{}, false
		}
		v := e.object(where, table(*into))
		return v, had || len(v.Entries) > 0
	}}
}

// Objects is a list of objects that T's table describes.
func Objects[T any](key string, into *[]T, table func(*T) Table) Field {
	give := giveItems(into, func(e *encoder, item *T, where *path) Value { return e.object(where, table(item)) })
	return items(key, give, func(n int) { *into = make([]T, 0, n) }, func(d *decoder, n *yaml.Node, where *path) {
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

// Either is a key whose value has several shapes: the field is chosen by the value's kind when it is read, and
// by shape when it is written.
func Either(key string, shapes map[Kind]Field, shape func() Kind) Field {
	return Field{key: key, read: func(d *decoder, n *yaml.Node, where *path) {
		shape, ok := shapes[kindOf(n)]
		if !ok {
			d.add(RuleType, where, position(n), "must be %s, not %s", kindNames(sortedKinds(shapes)), kindOf(n))
			return
		}
		shape.read(d, n, where)
	}, give: func(e *encoder, where *path, had bool) (Value, bool) {
		return shapes[shape()].give(e, where, had)
	}}
}

func scalar(key string, give giver, read func(*decoder, Value)) Field {
	return Field{key: key, give: give, read: func(d *decoder, n *yaml.Node, where *path) {
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
func items(key string, give giver, room func(int), read func(d *decoder, n *yaml.Node, where *path)) Field {
	return Field{key: key, give: give, read: func(d *decoder, n *yaml.Node, where *path) {
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
