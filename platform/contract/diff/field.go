package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// field is a property with what the schema has at its place.
type field struct {
	*contract.Property
	path string            // in a record: lines[].sku
	slot *avro.SchemaField // nil of items, values, and where there is no schema
	avro *avro.Schema      // its type; nil where there is no schema
}

// fields pairs properties with a record's fields. With no schema they stand alone.
func fields(properties []contract.Property, record *avro.Schema, above string) []field {
	all := make([]field, len(properties))
	for i := range properties {
		p := &properties[i]
		all[i] = field{Property: p, path: join(above, dataName(p))}
		if record == nil {
			continue
		}
		if slot, ok := record.Value().Field(dataName(p)); ok {
			all[i].slot, all[i].avro = &slot, slot.Type()
		}
	}
	return all
}

// fieldsOf are all fields of a contract, at every depth.
func fieldsOf(c *contract.Contract) []field {
	var all []field
	var walk func([]field)
	walk = func(fields []field) {
		for _, f := range fields {
			all = append(all, f)
			walk(f.children())
		}
	}
	for i := range c.Objects {
		walk(fields(c.Objects[i].Properties, c.Schema(), ""))
	}
	return all
}

// children are the fields within: of an object its properties, of an array its items, of a map its values.
func (f field) children() []field {
	switch {
	case len(f.Properties) > 0:
		return fields(f.Properties, f.avro, f.path)
	case f.Items != nil:
		return []field{f.inner(f.Items, "[]", (*avro.Schema).Items)}
	case f.Map != nil && f.Map.Value != nil:
		return []field{f.inner(f.Map.Value, "{}", (*avro.Schema).Values)}
	}
	return nil
}

func (f field) inner(p *contract.Property, step string, of func(*avro.Schema) *avro.Schema) field {
	in := field{Property: p, path: f.path + step}
	if f.avro != nil {
		in.avro = of(f.avro.Value())
	}
	return in
}

// parent is the path of the record that the field is in; "$" for the root, as package avro writes it.
func (f field) parent() string {
	if i := strings.LastIndexByte(f.path, '.'); i >= 0 {
		return f.path[:i]
	}
	return "$"
}

// deprecated by the field of ODCS 3.2.0, or by a tag where an older version has none.
func (f field) deprecated() bool { return f.Deprecated || slices.Contains(f.Tags, "deprecated") }

// answersTo tells whether the field has another name: an alias in the schema, or a synonym (ODCS 3.2.0).
func (f field) answersTo(name string) bool {
	if f.slot != nil && slices.Contains(f.slot.Aliases(), name) {
		return true
	}
	return slices.ContainsFunc(f.Synonyms, func(s contract.Synonym) bool { return s.Synonym == name })
}

// hasDefault tells whether a reader can do without the field in a record.
func (f field) hasDefault() bool {
	if f.slot == nil {
		return false
	}
	_, ok := f.slot.Default()
	return ok
}

func (f field) defaultText() string {
	if f.slot == nil {
		return ""
	}
	text, _ := f.slot.Default()
	return string(text)
}

// typeText names the type: as the schema has it, or else as the contract does.
func (f field) typeText() string {
	if f.avro != nil {
		return schemaText(f.avro.Value())
	}
	if f.PhysicalType != "" && f.LogicalType != "" {
		return f.LogicalType + " (" + f.PhysicalType + ")"
	}
	return f.LogicalType + f.PhysicalType
}

func schemaText(s *avro.Schema) string {
	switch {
	case s.Logical() == avro.Decimal:
		return fmt.Sprintf("decimal(%d,%d)", s.Precision(), s.Scale())
	case s.Logical() != "":
		return string(s.Logical())
	case s.Type() == avro.TypeFixed:
		return fmt.Sprintf("fixed(%d)", s.Size())
	}
	return string(s.Type())
}

// symbols are an Avro enum's; nil of any other type.
func (f field) symbols() []string {
	if f.avro == nil {
		return nil
	}
	return f.avro.Value().Symbols()
}

// dataName is the property's name in the data.
func dataName(p *contract.Property) string {
	if p.PhysicalName != "" {
		return p.PhysicalName
	}
	return p.Name
}

func join(above, name string) string {
	if above == "" {
		return name
	}
	return above + "." + name
}
