package strict

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// slot is where a key's value goes when it is read, and comes from when it is written. Tables are built for every object
// of a document, so that most slots are no more than a pointer to what they fill.
type slot interface {
	read(d *decoder, n *yaml.Node, where *path)
	// give is the value to be written; ok is false where there is nothing to write. had tells that the document has the key,
	// so that even an empty value is said.
	give(e *encoder, at spot, had bool) (v Value, ok bool)
}

// String is a key whose value is text. A number, a boolean or nothing at all is a fault, since readers
// disagree about what text they stand for.
func String(key string, into *string) Field { return Field{key: key, slot: (*text)(into)} }

type text string

func (t *text) read(d *decoder, n *yaml.Node, where *path) {
	if v, ok := d.text(n, where); ok {
		*t = text(v.Text)
	}
}

func (t *text) give(_ *encoder, _ spot, had bool) (Value, bool) {
	return Value{Kind: Text, Text: string(*t)}, *t != "" || had
}

// Word is text that is one of a few words.
func Word(key string, into *string, words ...string) Field {
	return Field{key: key, slot: &word{into: into, words: words}}
}

// Words are what a Word may be in documents of version Since and above.
type Words struct {
	Words     []string
	Since     int
	Tolerated bool // older documents may say them all the same; they are not suggested to them
}

// WordOf is a Word whose words came with several versions.
func WordOf(key string, into *string, sets ...Words) Field {
	return Field{key: key, slot: &word{into: into, sets: sets}}
}

// word has words that every version knows, or sets.
type word struct {
	into  *string
	words []string
	sets  []Words
}

func (w *word) find(text string) (Words, bool) {
	if slices.Contains(w.words, text) {
		return Words{}, true
	}
	for _, s := range w.sets {
		if slices.Contains(s.Words, text) {
			return s, true
		}
	}
	return Words{}, false
}

func (w *word) read(d *decoder, n *yaml.Node, where *path) {
	v, ok := d.text(n, where)
	if !ok {
		return
	}
	s, ok := w.find(v.Text)
	if old := d.version.Number < s.Since && !s.Tolerated; !ok || old {
		known := slices.Clone(w.words)
		for _, s := range w.sets {
			if d.version.Number >= s.Since {
				known = append(known, s.Words...)
			}
		}
		if !ok {
			d.add(RuleValue, v.path, v.Position, "%s is none of %s%s", Quote(v.Text), strings.Join(known, ", "), meant(v.Text, known))
			return
		}
		d.add(RuleKeyVersion, v.path, v.Position, "%s exists from %s on, and this file is %s: raise apiVersion or choose one of %s",
			Quote(v.Text), d.version.NameOf(s.Since), d.version.Name, strings.Join(known, ", "))
	}
	*w.into = v.Text
}

func (w *word) give(e *encoder, at spot, had bool) (Value, bool) {
	if *w.into != "" {
		if s, ok := w.find(*w.into); ok && e.version.Number < s.Since && !s.Tolerated {
			e.lost(at.path(e), Position{}, "%s exists from %s on", Quote(*w.into), e.version.NameOf(s.Since))
			return Value{}, false
		}
	}
	return (*text)(w.into).give(e, at, had)
}

// StableID is the text of an id that others may refer to: letters, digits, - and _.
func StableID(key string, into *string) Field { return Field{key: key, slot: (*stableID)(into)} }

type stableID string

func (t *stableID) read(d *decoder, n *yaml.Node, where *path) {
	v, ok := d.text(n, where)
	switch {
	case !ok:
	case !isStableID(v.Text):
		d.add(RuleValue, v.path, v.Position, "%s must hold letters, digits, - and _ only", Quote(v.Text))
	default:
		*t = stableID(v.Text)
	}
}

func (t *stableID) give(e *encoder, at spot, had bool) (Value, bool) {
	return (*text)(t).give(e, at, had)
}

// isStableID is the standards' pattern of an id that others may refer to.
func isStableID(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}

// Int is a whole number.
func Int(key string, into *int) Field { return Field{key: key, slot: (*whole)(into)} }

type whole int

func (w *whole) read(d *decoder, n *yaml.Node, where *path) {
	v, ok := d.scalar(n, where)
	if !ok {
		return
	}
	number, err := v.Int()
	if err != nil {
		d.add(RuleType, v.path, v.Position, "%v", err)
		return
	}
	*w = whole(number)
}

func (w *whole) give(_ *encoder, _ spot, had bool) (Value, bool) {
	if *w == 0 && !had {
		return Value{}, false
	}
	return Value{Kind: Integer, Text: strconv.Itoa(int(*w))}, true
}

// Flag is true or false.
func Flag(key string, into *bool) Field { return Field{key: key, slot: (*flag)(into)} }

type flag bool

func (f *flag) read(d *decoder, n *yaml.Node, where *path) {
	v, ok := d.scalar(n, where)
	switch {
	case !ok:
	case v.Kind != Bool:
		d.add(RuleType, v.path, v.Position, "must be true or false, not %s", v.Kind)
	default:
		*f = v.Text == "true"
	}
}

func (f *flag) give(_ *encoder, _ spot, had bool) (Value, bool) {
	return Value{Kind: Bool, Text: strconv.FormatBool(bool(*f))}, bool(*f) || had
}

// Number is a whole number or a decimal, kept as it was written.
func Number(key string, into *Value) Field { return Field{key: key, slot: (*number)(into)} }

type number Value

func (v *number) read(d *decoder, n *yaml.Node, where *path) {
	d.oneOf((*Value)(v), n, where, Integer, Decimal)
}
func (v *number) give(e *encoder, at spot, had bool) (Value, bool) {
	return (*anything)(v).give(e, at, had)
}

// Scalar is text, a number, true, false or null.
func Scalar(key string, into *Value) Field { return Field{key: key, slot: (*single)(into)} }

type single Value

func (v *single) read(d *decoder, n *yaml.Node, where *path) {
	d.oneOf((*Value)(v), n, where, Text, Integer, Decimal, Bool, Null)
}
func (v *single) give(e *encoder, at spot, had bool) (Value, bool) {
	return (*anything)(v).give(e, at, had)
}

// Any is anything at all.
func Any(key string, into *Value) Field { return Field{key: key, slot: (*anything)(into)} }

type anything Value

func (v *anything) read(_ *decoder, n *yaml.Node, where *path) { *v = anything(valueOf(n, where)) }

func (v *anything) give(*encoder, spot, bool) (Value, bool) { return Value(*v), v.Kind != Absent }

// OneOf is a value of one of these kinds.
func OneOf(key string, into *Value, kinds ...Kind) Field {
	return Field{key: key, slot: &oneOf{into, kinds}}
}

type oneOf struct {
	into  *Value
	kinds []Kind
}

func (o *oneOf) read(d *decoder, n *yaml.Node, where *path) { d.oneOf(o.into, n, where, o.kinds...) }

func (o *oneOf) give(e *encoder, at spot, had bool) (Value, bool) {
	return (*anything)(o.into).give(e, at, had)
}

func (d *decoder) oneOf(into *Value, n *yaml.Node, where *path, kinds ...Kind) {
	if k := kindOf(n); !slices.Contains(kinds, k) {
		d.add(RuleType, where, position(n), "must be %s, not %s", kindNames(kinds), k)
		return
	}
	*into = valueOf(n, where)
}

func (d *decoder) scalar(n *yaml.Node, where *path) (Value, bool) {
	if k := kindOf(n); k == List || k == Map {
		d.add(RuleType, where, position(n), "must be a single value, not %s", k)
		return Value{}, false
	}
	return valueOf(n, where), true
}

// text reports a value that is not text.
func (d *decoder) text(n *yaml.Node, where *path) (Value, bool) {
	v, ok := d.scalar(n, where)
	switch {
	case !ok:
	case v.Kind == Text:
		return v, true
	case v.Kind == Null:
		d.add(RuleType, v.path, v.Position, "has no value: write one, or remove the key")
	default:
		d.add(RuleType, v.path, v.Position, "must be text, not %s: put it in quotes, \"%s\"", v.Kind, v.Text)
	}
	return v, false
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
