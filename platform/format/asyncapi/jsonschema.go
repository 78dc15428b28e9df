package asyncapi

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// maxNesting is how deep a JSON Schema is described: below the limit of a contract's depth.
const maxNesting = 12

// jsonSchema describes the records by a JSON Schema (draft 7, as AsyncAPI has it): what describes becomes ODCS's, and what is left
// stays with its property as asyncapi.schema. required means that the key is there, and that it is not null where the type does
// not allow null.
func (b *builder) jsonSchema(o *contract.SchemaObject, schema contract.Value) {
	j := &jsonReader{reader: b.reader}
	var p contract.Property
	if !j.read(&p, schema, 0) {
		return
	}
	if p.LogicalType != "object" {
		b.Warn(schema, "payload", "the payload is not an object: a topic's values are described as properties")
		return
	}
	o.Properties = p.Properties
	if o.Description == "" {
		o.Description = p.Description
	}
	if o.BusinessName == "" {
		o.BusinessName = p.BusinessName
	}
	o.CustomProperties = append(o.CustomProperties, p.CustomProperties...)
}

// jsonReader turns JSON Schemas into properties.
type jsonReader struct {
	*reader
	within []string // the references that are being followed
}

// read describes a property by its schema; false if there is nothing to describe it by.
func (j *jsonReader) read(p *contract.Property, schema contract.Value, depth int) bool {
	if depth > maxNesting {
		j.Warn(schema, "limit", "nested deeper than %d levels: the rest is not described", maxNesting)
		return false
	}
	if !j.spend(1, 0) {
		return false
	}
	if ref, ok := values.Ref(schema); ok {
		if slices.Contains(j.within, ref) {
			j.Warn(schema, "recursion", "%s is within itself: it is described to this point", strict.Quote(ref))
			return false
		}
		j.within = append(j.within, ref)
		defer func() { j.within = j.within[:len(j.within)-1] }()
		schema = j.Follow(schema)
	}
	if schema.Kind != strict.Map {
		return false
	}
	schema = j.merged(schema, 0)
	k := keywords{values.Without(schema, "$schema", "$id", "definitions", "$defs"), j}
	k.describe(p)
	switch p.LogicalType = k.logicalType(p); p.LogicalType {
	case "object":
		j.properties(p, &k, depth)
	case "array":
		items := k.take("items")
		if items.Kind == strict.List && len(items.Items) > 0 {
			j.Warn(items, "payload", "a list of different types cannot be described: its first type stands for all")
			items = items.Items[0]
		}
		var item contract.Property
		if j.read(&item, items, depth+1) {
			p.Items = &item
		}
	}
	k.options(p)
	values.Keep(&p.CustomProperties, "asyncapi.schema", j.Inline(k.left))
	return true
}

// merged is a schema with its allOf written into it, and with the one type of a choice between it and null.
func (j *jsonReader) merged(schema contract.Value, depth int) contract.Value {
	for _, part := range schema.Get("allOf").Items {
		if part = j.Follow(part); part.Kind != strict.Map || depth > maxNesting {
			continue
		}
		part = j.merged(part, depth+1)
		required := append(slices.Clone(schema.Get("required").Items), part.Get("required").Items...)
		properties := values.Under(schema.Get("properties"), part.Get("properties"))
		schema = values.Under(values.With(schema, "properties", properties), part)
		if required != nil {
			schema = values.With(schema, "required", values.List(required...))
		}
	}
	schema = values.Without(schema, "allOf")
	for _, key := range []string{"oneOf", "anyOf"} {
		var other []contract.Value
		for _, choice := range schema.Get(key).Items {
			if values.TextOf(choice.Get("type")) != "null" {
				other = append(other, choice)
			}
		}
		if len(other) == 1 && len(schema.Get(key).Items) == 2 {
			if choice := j.Follow(other[0]); choice.Kind == strict.Map {
				schema = values.Under(values.Without(schema, key), choice)
				schema = values.With(schema, "type", values.Texts([]string{values.TextOf(choice.Get("type")), "null"}))
			}
		}
	}
	return schema
}

// properties describes what is in an object.
func (j *jsonReader) properties(p *contract.Property, k *keywords, depth int) {
	required := values.TextsOf(k.take("required"))
	for _, e := range k.take("properties").Entries {
		child := contract.Property{Name: e.Key}
		if e.Key == "" {
			j.Warn(e.Value, "payload", "a property has no name: it is left out")
			continue
		}
		if !j.read(&child, e.Value, depth+1) {
			continue
		}
		child.Required = slices.Contains(required, e.Key) && !nullable(j.Follow(e.Value))
		p.Properties = append(p.Properties, child)
	}
}

func nullable(schema contract.Value) bool {
	return slices.Contains(values.TextsOf(schema.Get("type")), "null") || schema.Get("nullable").Text == "true" ||
		slices.ContainsFunc(append(slices.Clone(schema.Get("oneOf").Items), schema.Get("anyOf").Items...), func(v contract.Value) bool {
			return values.TextOf(v.Get("type")) == "null"
		})
}

// keywords are a schema's, as far as nobody has taken them.
type keywords struct {
	left contract.Value
	*jsonReader
}

func (k *keywords) take(key string) contract.Value {
	v := k.left.Get(key)
	k.left = values.Without(k.left, key)
	return v
}

// takeIf takes a key whose value is of one of the kinds; absent, and left where it is, otherwise.
func (k *keywords) takeIf(key string, kinds ...strict.Kind) contract.Value {
	if v := k.left.Get(key); slices.Contains(kinds, v.Kind) {
		return k.take(key)
	}
	return contract.Value{}
}

// describe takes what is the same for every type.
func (k *keywords) describe(p *contract.Property) {
	p.BusinessName = k.takeIf("title", strict.Text).Text
	p.Description = k.takeIf("description", strict.Text).Text
	p.Examples = k.takeIf("examples", strict.List).Items
	allowed := k.takeIf("enum", strict.List).Items
	if c := k.take("const"); c.Kind != absent {
		allowed = []contract.Value{c}
	}
	allowed = slices.DeleteFunc(slices.Clone(allowed), func(v contract.Value) bool { return v.Kind == strict.Null })
	if len(allowed) > 0 {
		p.Quality = append(p.Quality, contract.Quality{
			Metric: "invalidValues", Arguments: &contract.Arguments{ValidValues: allowed},
			MustBe: values.Int(0), Dimension: "conformity", Severity: "error",
		})
	}
}

// logicalType is ODCS's word for the type, and sets JSON's as the physical one.
func (k *keywords) logicalType(p *contract.Property) string {
	declared := k.take("type")
	types := values.TextsOf(declared)
	if declared.Kind == strict.Text {
		types = []string{declared.Text}
	}
	types = slices.DeleteFunc(types, func(t string) bool { return t == "null" })
	k.takeIf("nullable", strict.Bool)
	switch {
	case len(types) > 1:
		k.Warn(declared, "payload", "%s is one of several types, which no logicalType describes: it stays with the property", strings.Join(types, " or "))
		k.left = values.With(k.left, "type", declared)
		return ""
	case len(types) == 1:
	case k.left.Get("properties").Kind == strict.Map:
		types = []string{"object"}
	case k.left.Get("items").Kind == strict.Map:
		types = []string{"array"}
	default:
		return guess(p)
	}
	p.PhysicalType = types[0]
	if types[0] != "string" {
		return types[0] // JSON's words are ODCS's: number, integer, boolean, object, array
	}
	logical := map[string]string{"date": "date", "date-time": "timestamp", "time": "time"}[values.TextOf(k.left.Get("format"))]
	if logical == "" {
		return "string"
	}
	k.take("format")
	return logical
}

// guess is the type of the allowed values where the schema does not say one; "" if they are of none.
func guess(p *contract.Property) string {
	if len(p.Quality) == 0 {
		return ""
	}
	switch p.Quality[0].Arguments.ValidValues[0].Kind {
	case strict.Text:
		return "string"
	case strict.Integer:
		return "integer"
	case strict.Bool:
		return "boolean"
	}
	return ""
}

// options takes the constraints that the logicalType has options for.
func (k *keywords) options(p *contract.Property) {
	var o contract.Options
	some := false
	number := func(key string, into *int) {
		if n, err := k.left.Get(key).Int(); err == nil && n > 0 {
			*into, some = n, true
			k.take(key)
		}
	}
	bound := func(key string, into *contract.Value) {
		if v := k.takeIf(key, strict.Integer, strict.Decimal); v.Kind != absent {
			*into, some = v, true
		}
	}
	switch p.LogicalType {
	case "string":
		number("minLength", &o.MinLength)
		number("maxLength", &o.MaxLength)
		if pattern := values.TextOf(k.left.Get("pattern")); pattern != "" {
			if _, err := regexp.Compile(pattern); err != nil {
				k.Warn(k.left.Get("pattern"), "payload", "the pattern cannot be checked (%v): patterns are RE2, without look-around and back-references", err)
				break
			}
			o.Pattern, some = k.take("pattern").Text, true
		}
		if format := k.takeIf("format", strict.Text).Text; format != "" {
			o.Format, some = format, true
		}
	case "integer", "number":
		bound("minimum", &o.Minimum)
		bound("maximum", &o.Maximum)
		bound("exclusiveMinimum", &o.ExclusiveMinimum)
		bound("exclusiveMaximum", &o.ExclusiveMaximum)
		if v := k.left.Get("multipleOf"); !strings.HasPrefix(v.Text, "-") && v.Text != "0" {
			bound("multipleOf", &o.MultipleOf)
		}
	case "array":
		number("minItems", &o.MinItems)
		number("maxItems", &o.MaxItems)
		if v := k.takeIf("uniqueItems", strict.Bool); v.Text == "true" {
			o.UniqueItems, some = true, true
		}
	case "object":
		number("minProperties", &o.MinProperties)
		number("maxProperties", &o.MaxProperties)
	}
	if some {
		p.Options = &o
	}
}
