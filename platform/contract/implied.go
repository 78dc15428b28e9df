package contract

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// implied is an Avro type that a property may have, as far as the contract alone tells. Where that leaves several, each
// variant is one of them: what all of them refuse is wrong whatever the schema says.
type implied struct {
	version, variant int
	names            map[string]int // of records so far
	open             any            // what stands for a type that cannot be told; nil if there must be none
	nullable         func(*Property) bool
}

// variants is how many types one property may have at most.
const variants = 4

var avroName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// typeOf is a property's type without null; ok is false where it cannot be told.
func (m *implied) typeOf(p *Property) (t any, ok bool) {
	physical := strings.ToLower(strings.ReplaceAll(p.PhysicalType, " ", ""))
	logical := func(base avro.Type, logical avro.Logical) any {
		return map[string]any{"type": base, "logicalType": logical}
	}
	oneOf := func(types ...any) (any, bool) { return types[m.variant%len(types)], true }
	dates := []any{logical(avro.TypeInt, avro.Date)}
	times := []any{logical(avro.TypeLong, avro.TimeMicros)}
	stamps := []any{logical(avro.TypeLong, avro.TimestampMicros), logical(avro.TypeLong, avro.LocalTimestampMicros)}
	switch p.LogicalType {
	case "string":
		switch outer, _, _ := strings.Cut(physical, "<"); avro.Type(outer) {
		case avro.TypeBytes, avro.TypeFixed, avro.Type(avro.Duration):
			return m.open, m.open != nil
		}
		if physical == string(avro.UUID) {
			return logical(avro.TypeString, avro.UUID), true
		}
		return avro.TypeString, true
	case "integer":
		if physical == string(avro.TypeInt) {
			return avro.TypeInt, true
		}
		return avro.TypeLong, true
	case "number":
		switch precision, scale, ok := decimalOf(physical); {
		case ok:
			return map[string]any{"type": avro.TypeBytes, "logicalType": avro.Decimal, "precision": precision, "scale": scale}, true
		case physical == string(avro.TypeFloat), physical == string(avro.TypeDouble):
			return avro.Type(physical), true
		}
		return oneOf(avro.TypeDouble, map[string]any{"type": avro.TypeBytes, "logicalType": avro.Decimal, "precision": 38, "scale": 18})
	case "boolean":
		return avro.TypeBoolean, true
	case "date":
		if m.version >= odcs310 || physical == string(avro.Date) {
			return dates[0], true
		}
		return oneOf(slices.Concat(dates, times, stamps)...) // 3.0.x has no other word
	case "time":
		if physical == string(avro.TimeMillis) {
			return logical(avro.TypeInt, avro.TimeMillis), true
		}
		return times[0], true
	case "timestamp":
		switch avro.Logical(physical) {
		case avro.TimestampMillis, avro.TimestampMicros, avro.TimestampNanos,
			avro.LocalTimestampMillis, avro.LocalTimestampMicros, avro.LocalTimestampNanos:
			return logical(avro.TypeLong, avro.Logical(physical)), true
		}
		return oneOf(stamps...)
	case "object":
		if len(p.Properties) > 0 {
			return m.record(p.field(), p.Properties)
		}
	case "array":
		if p.Items != nil {
			items, ok := m.orNull(p.Items)
			return map[string]any{"type": avro.TypeArray, "items": items}, ok
		}
	case "map":
		if p.Map != nil && p.Map.Value != nil {
			values, ok := m.orNull(p.Map.Value)
			return map[string]any{"type": avro.TypeMap, "values": values}, ok
		}
	}
	return m.open, m.open != nil
}

// orNull is a property's type with null beside it, where it may be.
func (m *implied) orNull(p *Property) (any, bool) {
	t, ok := m.typeOf(p)
	if _, union := t.([]any); !ok || union || !m.nullable(p) {
		return t, ok
	}
	return []any{avro.TypeNull, t}, true
}

func (m *implied) record(name string, properties []Property) (any, bool) {
	if !avroName.MatchString(name) {
		name = "item"
	}
	if m.names == nil {
		m.names = make(map[string]int)
	}
	if m.names[name]++; m.names[name] > 1 {
		name += strconv.Itoa(m.names[name])
	}
	record := map[string]any{"type": avro.TypeRecord, "name": name}
	fields := make([]any, 0, len(properties))
	for i := range properties {
		p := &properties[i]
		t, ok := m.orNull(p)
		switch {
		case !avroName.MatchString(p.field()), slices.ContainsFunc(properties[:i], func(q Property) bool { return q.field() == p.field() }):
			if m.open != nil { // nobody can ask for it
				continue
			}
			return nil, false
		case !ok:
			return nil, false
		}
		field := map[string]any{"name": p.field(), "type": t}
		if union, ok := t.([]any); ok && union[0] == avro.TypeNull {
			field["default"] = nil
		}
		fields = append(fields, field)
	}
	record["fields"] = fields
	return record, true
}

// impliedSchema is a schema that the properties of an object may have, with what cannot be told left open. It is nil where
// they are none that Avro could have.
func (o *SchemaObject) impliedSchema(version, variant int) *avro.Schema {
	m := implied{version: version, variant: variant, open: []any{avro.TypeNull, avro.TypeString, avro.TypeLong}}
	// Whether a required field may be null in the schema cannot be told either; an expression may ask.
	m.nullable = func(p *Property) bool {
		return !p.Required && !p.PrimaryKey || slices.Contains([]string{"string", "integer", "number", "boolean"}, p.LogicalType)
	}
	t, ok := m.record(o.Name, o.Properties)
	if !ok {
		return nil
	}
	return avroOf(t)
}

func avroOf(t any) *avro.Schema {
	text, err := json.Marshal(t)
	if err != nil {
		return nil
	}
	s, err := avro.Parse(text)
	if err != nil {
		return nil
	}
	return s
}

// decimalOf reads decimal(18,4).
func decimalOf(physical string) (precision, scale int, ok bool) {
	rest, ok := strings.CutPrefix(physical, "decimal(")
	rest, closed := strings.CutSuffix(rest, ")")
	if !ok || !closed {
		return 0, 0, false
	}
	p, s, given := strings.Cut(rest, ",")
	if !given {
		s = "0"
	}
	precision, err := strconv.Atoi(p)
	if err != nil {
		return 0, 0, false
	}
	scale, err = strconv.Atoi(s)
	return precision, scale, err == nil && precision > 0 && precision <= 1000 && scale >= 0 && scale <= precision
}
