package asyncapi

import (
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// jsonPayload is the JSON Schema of a topic whose records are JSON.
func jsonPayload(o *contract.SchemaObject) contract.Value {
	return values.Under(objectSchema(o.Properties, false), values.Kept(o.CustomProperties, "asyncapi.schema"))
}

// objectSchema is the schema of an object with these properties.
func objectSchema(properties []contract.Property, orNull bool) contract.Value {
	var schemas []strict.Entry
	var required []string
	for i := range properties {
		p := &properties[i]
		schemas = append(schemas, values.Key(p.Name, propertySchema(p, !p.Required && !p.PrimaryKey)))
		if p.Required || p.PrimaryKey {
			required = append(required, p.Name)
		}
	}
	return values.Object(
		values.Key("type", jsonType("object", orNull)),
		values.Key("required", values.Texts(required)),
		values.Key("properties", values.Object(schemas...)),
	)
}

// jsonType is a type that may be null.
func jsonType(name string, orNull bool) contract.Value {
	if orNull {
		return values.Texts([]string{name, "null"})
	}
	return values.Text(name)
}

func propertySchema(p *contract.Property, orNull bool) contract.Value {
	schema := values.Object(
		values.Key("title", values.Text(p.BusinessName)),
		values.Key("description", values.Text(p.Description)),
	)
	switch p.LogicalType {
	case "object":
		schema = values.Under(schema, objectSchema(p.Properties, orNull))
	case "array":
		schema = values.With(schema, "type", jsonType("array", orNull))
		if p.Items != nil {
			schema = values.With(schema, "items", propertySchema(p.Items, false))
		}
	case "map":
		schema = values.With(schema, "type", jsonType("object", orNull))
		if p.Map != nil && p.Map.Value != nil {
			schema = values.With(schema, "additionalProperties", propertySchema(p.Map.Value, false))
		}
	case "string", "integer", "number", "boolean":
		schema = values.With(schema, "type", jsonType(p.LogicalType, orNull))
	case "date", "timestamp", "time":
		schema = values.With(schema, "type", jsonType("string", orNull))
		schema = values.With(schema, "format", values.Text(map[string]string{"date": "date", "timestamp": "date-time", "time": "time"}[p.LogicalType]))
	case "vector":
		schema = values.Under(schema, values.Object(values.Key("type", jsonType("array", orNull)), values.Key("items", values.Object(values.Key("type", values.Text("number"))))))
	}
	schema = values.Under(schema, constraints(p))
	if allowed := validValues(p); len(allowed) > 0 {
		if orNull {
			allowed = append(slices.Clone(allowed), contract.Value{Kind: strict.Null})
		}
		schema = values.With(schema, "enum", contract.Value{Kind: strict.List, Items: allowed})
	}
	if len(p.Examples) > 0 {
		schema = values.With(schema, "examples", contract.Value{Kind: strict.List, Items: p.Examples})
	}
	schema = values.Under(schema, values.Kept(p.CustomProperties, "asyncapi.schema"))
	if schema.Kind == absent {
		return contract.Value{Kind: strict.Map}
	}
	return schema
}

// constraints are the options that JSON Schema has too.
func constraints(p *contract.Property) contract.Value {
	o := p.Options
	if o == nil {
		return contract.Value{}
	}
	var c contract.Value
	number := func(key string, n int) {
		if n > 0 {
			c = values.With(c, key, values.Int(int64(n)))
		}
	}
	number("minLength", o.MinLength)
	number("maxLength", o.MaxLength)
	number("minItems", o.MinItems)
	number("maxItems", o.MaxItems)
	number("minProperties", o.MinProperties)
	number("maxProperties", o.MaxProperties)
	if o.UniqueItems {
		c = values.With(c, "uniqueItems", values.Bool(true))
	}
	if p.LogicalType == "string" {
		c = values.With(c, "pattern", values.Text(o.Pattern))
		c = values.With(c, "format", values.Text(o.Format))
	}
	for _, b := range []struct {
		key string
		v   contract.Value
	}{
		{"minimum", o.Minimum}, {"maximum", o.Maximum}, {"exclusiveMinimum", o.ExclusiveMinimum},
		{"exclusiveMaximum", o.ExclusiveMaximum}, {"multipleOf", o.MultipleOf},
	} {
		if b.v.IsNumber() {
			c = values.With(c, b.key, b.v)
		}
	}
	return c
}

// validValues are the values that a property may have: its enum, or a rule that none is invalid.
func validValues(p *contract.Property) []contract.Value {
	var allowed []contract.Value
	for _, e := range p.Enum {
		allowed = append(allowed, e.Value)
	}
	if allowed != nil {
		return allowed
	}
	for _, q := range p.Quality {
		if q.Metric == "invalidValues" && q.Arguments != nil && len(q.Arguments.ValidValues) > 0 && q.MustBe.Text == "0" {
			return q.Arguments.ValidValues
		}
	}
	return nil
}
