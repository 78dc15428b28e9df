package mask

import (
	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Hidden stands for a text that is hidden. What is no text says so behind it: "*** (number)".
const Hidden = "***"

// Mask hides parts of decoded records. It is immutable and safe for concurrent use. The zero value hides all text.
type Mask struct {
	reveal bool
	root   *field // nil: nothing is described
	key    *field // the field that is the record key; nil: not described
}

// field is what a contract says of one field, and of those below it. Array items are the field "[]", map values
// the field "{}".
type field struct {
	hidden bool
	below  map[string]*field
}

// Text hides all text: for records without a contract.
func Text() Mask { return Mask{} }

// Nothing hides nothing: for those who may see, and asked to.
func Nothing() Mask { return Mask{reveal: true} }

// Of hides what a contract classifies, and text that it does not describe.
func Of(c *contract.Contract) Mask {
	root := &field{}
	for i := range c.Objects {
		root.describe(c.Objects[i].Properties)
	}
	for _, path := range c.Classified() {
		root.at(path).hidden = true
	}
	m := Mask{root: root}
	for i, path := 1, c.Key(); i <= len(path); i++ {
		if m.key = root.at(path[:i]); m.key.hidden { // a path covers all that is below it
			break
		}
	}
	return m
}

func (f *field) describe(properties []contract.Property) {
	for i := range properties {
		p := &properties[i]
		at := f.at([]string{p.Name})
		if p.PhysicalName != "" { // what the data calls it
			f.below[p.PhysicalName] = at
		}
		at.inside(p)
	}
}

func (f *field) inside(p *contract.Property) {
	f.describe(p.Properties)
	if p.Items != nil {
		f.at([]string{items}).inside(p.Items)
	}
	if p.Map != nil && p.Map.Value != nil {
		f.at([]string{values}).inside(p.Map.Value)
	}
}

// Elements of a path that are no field names.
const (
	items  = "[]"
	values = "{}"
)

// at gives the field at path, made where it was missing.
func (f *field) at(path []string) *field {
	for _, name := range path {
		if f.below == nil {
			f.below = make(map[string]*field)
		}
		if f.below[name] == nil {
			f.below[name] = &field{}
		}
		f = f.below[name]
	}
	return f
}

// get gives what is said of a field; nil for nothing.
func (f *field) get(name string) *field {
	if f == nil {
		return nil
	}
	return f.below[name]
}

// each gives what is said of an array's items or a map's values: where that is nothing, what is said of the whole.
func (f *field) each(element string) *field {
	if own := f.get(element); own != nil {
		return own
	}
	return f
}

// Reveals says whether nothing is hidden.
func (m Mask) Reveals() bool { return m.reveal }

// Value gives v, as avro.Program.Decode makes it, with what must not be seen hidden. It does not change v.
func (m Mask) Value(v any) any {
	if m.reveal {
		return v
	}
	return m.root.apply(v)
}

// Key gives a record key for a person.
func (m Mask) Key(key []byte) string {
	if !m.reveal && (m.key == nil || m.key.hidden) && len(key) > 0 {
		return Hidden
	}
	return string(key)
}

// Header gives a header's value for a person: the mesh's own never hold a field's value, any other may.
func (m Mask) Header(name string, value []byte) string {
	if !m.reveal && !harmless(name) && len(value) > 0 {
		return Hidden
	}
	return string(value)
}

func (f *field) apply(v any) any {
	if f != nil && f.hidden {
		return hide(v)
	}
	switch v := v.(type) {
	case avro.Record:
		out := make(avro.Record, len(v))
		for i, member := range v {
			out[i] = avro.Field{Name: member.Name, Value: f.get(member.Name).apply(member.Value)}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = f.each(items).apply(item)
		}
		return out
	case map[string]any:
		if f == nil {
			return hide(v) // its keys are text too
		}
		out := make(map[string]any, len(v))
		for name, value := range v {
			out[name] = f.each(values).apply(value)
		}
		return out
	case string:
		if f == nil {
			return Hidden
		}
	}
	return v
}

// hide keeps what kind of value it was: an absent one is still absent.
func hide(v any) any {
	switch v.(type) {
	case nil:
		return nil
	case string:
		return Hidden
	case bool:
		return Hidden + " (boolean)"
	case avro.Record:
		return Hidden + " (record)"
	case []any:
		return Hidden + " (array)"
	case map[string]any:
		return Hidden + " (map)"
	}
	return Hidden + " (number)"
}
