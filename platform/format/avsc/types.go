package avsc

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// typeOf is a property's type, without null. name is what a named type is called, unless avro.name says it; record is
// the fullname of the record around.
func (w *writer) typeOf(p *contract.Property, name, record string, depth int) any {
	w.count++
	if depth > maxDepth || w.count > maxTypes {
		w.warn(&p.Place, "name", RuleLimit, "types are nested deeper than %d levels, or there are more than %d: this one is written as a string", maxDepth, maxTypes)
		return "string"
	}
	t := w.choose(p)
	switch t.typ {
	case avro.TypeRecord:
		return w.named(p, name, record, func(full string) object {
			return object{{"fields", w.fields(p.Properties, full, depth)}}
		}, "record")
	case avro.TypeArray:
		items := p.Items
		if items == nil {
			items = &contract.Property{Place: p.Place, LogicalType: elementType(p), PhysicalType: t.inner}
			if items.LogicalType == "" && t.inner == "" {
				w.warn(&p.Place, "logicalType", RuleType, "the array's items are not described: they are written as strings")
				items.LogicalType = "string"
			}
		}
		return object{{"type", "array"}, {"items", w.element(items, false, name+"Item", record, depth+1)}}
	case avro.TypeMap:
		return object{{"type", "map"}, {"values", w.values(p, t, name, record, depth)}}
	case avro.TypeEnum:
		return w.enum(p, name, record)
	case avro.TypeFixed:
		return w.fixed(p, t, name, record)
	}
	if t.logical == "" {
		return string(t.typ)
	}
	if size, err := customOf(p, "avro.size").Int(); err == nil && (t.logical == avro.Decimal || t.logical == avro.UUID) {
		t.size = size
		return w.fixed(p, t, name, record)
	}
	return append(object{{"type", string(t.typ)}}, logicalMembers(t)...)
}

// elementType is the logicalType of a vector's elements.
func elementType(p *contract.Property) string {
	switch {
	case p.LogicalType != "vector":
		return ""
	case p.Options != nil && strings.Contains(p.Options.Vector.ElementType, "int"):
		return "integer"
	}
	return "number"
}

func (w *writer) values(p *contract.Property, t physical, name, record string, depth int) any {
	nullable := customOf(p, "avro.nullable").Text == "true"
	if p.Map != nil && p.Map.Value != nil {
		return w.element(p.Map.Value, nullable, name+"Value", record, depth+1)
	}
	values := &contract.Property{Place: p.Place, PhysicalType: t.inner[strings.LastIndexByte(t.inner, ',')+1:]} // of map<string,long> too
	if strings.HasSuffix(t.inner, ")") {                                                                        // the comma of a decimal
		values.PhysicalType = t.inner
	}
	if _, known := readWord(values.PhysicalType); !known {
		w.warn(&p.Place, "logicalType", RuleType, "the values of the map are not described: they are written as strings")
		values.LogicalType, values.PhysicalType = "string", ""
	}
	return w.element(values, nullable, name+"Value", record, depth+1)
}

// choose picks the type: the physicalType's where it can carry the logicalType, else the logicalType's usual one.
func (w *writer) choose(p *contract.Property) physical {
	t, known := readWord(p.PhysicalType)
	switch {
	case known && p.LogicalType == "integer" && t.logical == avro.Decimal && t.scale == 0:
		return physical{typ: avro.TypeLong} // number(10) of a database
	case known && t.carries(p.LogicalType, w.version):
	case p.LogicalType == "":
		w.warn(&p.Place, "physicalType", RuleType, "there is no logicalType, and the physicalType %s is not known: it is written as a string", strict.Quote(p.PhysicalType))
		return physical{typ: avro.TypeString}
	default:
		if t = usual(p); known {
			w.warn(&p.Place, "physicalType", RuleType, "a %s is not of the logicalType %s: it is written as %s", p.PhysicalType, p.LogicalType, t.text())
		}
	}
	if t.logical == avro.Decimal && (t.precision < 1 || t.precision > 1000 || t.scale < 0 || t.scale > t.precision) {
		w.warn(&p.Place, "physicalType", RuleType, "how many digits the decimal has is not said, or cannot be: write it as in decimal(18,4); it is written as decimal(38,9)")
		t.precision, t.scale = 38, 9
	}
	return t
}

func logicalMembers(t physical) object {
	members := object{{"logicalType", string(t.logical)}}
	if t.logical == avro.Decimal {
		members = append(members, member{"precision", t.precision}, member{"scale", t.scale})
	}
	return members
}

func (w *writer) enum(p *contract.Property, name, record string) any {
	list := symbols(p)
	bad := slices.IndexFunc(list, func(s string) bool { return fieldName(s) != s })
	switch twice := slices.Compact(slices.Sorted(slices.Values(list))); {
	case bad >= 0:
		w.warn(&p.Place, "physicalType", RuleName, "%s is no symbol of an enum (letters, digits and _, no digit first): it is written as a string", strict.Quote(list[bad]))
		return "string"
	case len(list) == 0 || len(twice) < len(list):
		w.warn(&p.Place, "physicalType", RuleType, "the symbols of the enum are not said, or one stands twice: say them in a quality rule invalidValues with validValues; it is written as a string")
		return "string"
	}
	return w.named(p, name, record, func(string) object {
		values := make([]any, len(list))
		for i, s := range list {
			values[i] = s
		}
		o := object{{"symbols", values}}
		if symbol := customOf(p, "avro.enumDefault").Text; slices.Contains(list, symbol) {
			o = append(o, member{"default", symbol})
		}
		return o
	}, "enum")
}

// fixed is a type of a fixed size; bytes where the size is not said.
func (w *writer) fixed(p *contract.Property, t physical, name, record string) any {
	size := t.size
	if n, err := customOf(p, "avro.size").Int(); err == nil {
		size = n
	}
	if t.logical == avro.Duration {
		size = 12
	}
	if size == 0 && p.Options != nil && p.Options.MinLength == p.Options.MaxLength {
		size = p.Options.MaxLength
	}
	if size < 1 || size > 1<<20 {
		w.warn(&p.Place, "physicalType", RuleType, "the size of the fixed is not said, or is no size: write it as in fixed(16); it is written as bytes")
		return "bytes"
	}
	return w.named(p, name, record, func(string) object {
		o := object{{"size", size}}
		if t.logical != "" {
			o = append(o, logicalMembers(t)...)
		}
		return o
	}, "fixed")
}

// named defines a record, enum or fixed, or refers to it where the same is defined already.
func (w *writer) named(p *contract.Property, name, record string, rest func(full string) object, kind string) any {
	full := qualified(name, record)
	if given := customOf(p, "avro.name").Text; isFullname(given) {
		full = given
	}
	if level, around := w.open[full]; around && kind == "record" && len(p.Properties) == 0 && w.indirect > level {
		return full // the type contains itself
	}
	made := kind + signature(p)
	if w.types[full] == made {
		if _, around := w.open[full]; !around {
			return full
		}
	}
	if w.types[full] != "" { // another type has the name: the record around tells them apart
		full = qualified(record[strings.LastIndexByte(record, '.')+1:]+name, record)
		full = free(full, func(n string) bool { return w.types[n] != "" })
	}
	w.types[full] = made
	o := object{{"type", kind}, {"name", full}}
	if i := strings.LastIndexByte(full, '.'); i >= 0 && full[:i+1] == qualified("", record) {
		o[1].value = full[i+1:]
	} else if i < 0 && strings.Contains(record, ".") {
		o = append(o, member{"namespace", ""})
	}
	if p.Name == "" { // an element: the doc of a field is the field's
		o = append(o, w.doc(&p.Place, p.Description)...)
	}
	return append(o, rest(full)...)
}

// signature is all of a property that decides its type; of the properties below it their names and whether they may
// be null too.
func signature(p *contract.Property) string {
	var b strings.Builder
	fmt.Fprintf(&b, "(%s %s %q", p.LogicalType, p.PhysicalType, symbols(p))
	for _, name := range []string{"avro.size", "avro.enumDefault", "avro.nullable"} {
		fmt.Fprintf(&b, " %s", customOf(p, name).Text)
	}
	if o := p.Options; o != nil {
		fmt.Fprintf(&b, " %s %s %d %d", o.Format, o.MultipleOf.Text, o.MinLength, o.MaxLength)
	}
	for i := range p.Properties {
		f := &p.Properties[i]
		fmt.Fprintf(&b, " %s %s %t %s %s %s", f.Name, f.PhysicalName, f.Required || f.PrimaryKey,
			jsonOf(customOf(f, "avro.name")), jsonOf(customOf(f, "avro.default")), signature(f))
	}
	if p.Items != nil {
		b.WriteString("[" + customOf(p.Items, "avro.name").Text + signature(p.Items))
	}
	if p.Map != nil && p.Map.Value != nil {
		b.WriteString("{" + customOf(p.Map.Value, "avro.name").Text + signature(p.Map.Value))
	}
	return b.String() + ")"
}

func jsonOf(v contract.Value) json.RawMessage {
	raw, err := v.MarshalJSON()
	if err != nil { // it has no error to give
		return json.RawMessage("null")
	}
	return raw
}
