package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// agree holds the contract against its schema, field by field: each describes what the other does, types fit, and
// nothing that may be null is promised more than the rules can enforce.
func (c *Contract) agree(r *report) {
	if len(c.Objects) != 1 {
		return
	}
	a := agreement{r, c.number()}
	o := &c.Objects[0]
	a.record(o.Place, o.Properties, c.schema, nil)
	c.checkKey(r)
	c.checkEventTime(r)
	c.checkRules(r)
	c.checkExpressions(r)
}

type agreement struct {
	*report
	version int
}

// record compares the properties of an object with the fields of a record.
func (a agreement) record(place Place, properties []Property, s *avro.Schema, path []string) {
	described := make(map[string]bool, len(properties))
	for i := range properties {
		p := &properties[i]
		name := p.field()
		described[name] = true
		if a.incomplete(p.Place.Path()) { // what it lacks may be what is missing
			continue
		}
		at := append(slices.Clone(path), name)
		field, ok := s.Field(name)
		if !ok {
			a.at(RuleAgree, p.Place, "name", "the schema has no field %s%s", PathText(at), strict.Hint(name, fieldNames(s)))
			continue
		}
		a.property(p, field.Type(), at)
		if !field.Type().Nullable() && !p.Required && !p.PrimaryKey {
			a.add(RuleAgree, SeverityWarning, p.Place, "required", "%s is never null in the schema: say required: true, so that consumers may rely on it", PathText(at))
		}
	}
	if described[""] || a.incomplete(place.Path()) {
		return // which fields are described is not known
	}
	for _, field := range s.Fields() {
		if !described[field.Name()] {
			a.at(RuleAgree, place, "properties", "the schema's field %s is not described: add a property for it", PathText(append(slices.Clone(path), field.Name())))
		}
	}
}

func fieldNames(s *avro.Schema) []string {
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name())
	}
	return names
}

// property compares one property with one type, and what is below both.
func (a agreement) property(p *Property, s *avro.Schema, path []string) {
	s = s.Value()
	logical := logicalTypes(s, a.version)
	switch {
	case s.Type() == avro.TypeUnion:
		a.at(RuleAgree, p.Place, "logicalType", "%s is a union of several types, which no logicalType describes: use a union with null only", PathText(path))
		return
	case len(logical) == 0:
		a.at(RuleAgree, p.Place, "logicalType", "%s is always null: remove it", PathText(path))
		return
	case p.LogicalType == "" && p.Has("logicalType"): // a wrong one, which is reported
	case p.LogicalType == "":
		a.at(RuleAgree, p.Place, "logicalType", "%s has no logicalType: the schema says %s, which is %s", PathText(path), typeText(s), strings.Join(logical, " or "))
	case !slices.Contains(logical, p.LogicalType):
		a.at(RuleAgree, p.Place, "logicalType", "%s is %s in the schema, which is %s and not %s", PathText(path), typeText(s), strings.Join(logical, " or "), p.LogicalType)
		return
	}
	a.physical(p, s, path)
	switch {
	case s.Type() == avro.TypeRecord:
		a.record(p.Place, p.Properties, s, path)
	case p.LogicalType == "vector": // its items are its elementType
	case s.Type() == avro.TypeArray && p.Items == nil:
		a.at(RuleAgree, p.Place, "items", "the items of %s are not described: add items", PathText(path))
	case s.Type() == avro.TypeArray:
		a.property(p.Items, s.Items(), append(slices.Clone(path), "[]"))
	case s.Type() == avro.TypeMap && p.Map != nil && p.Map.Value != nil:
		a.property(p.Map.Value, s.Values(), append(slices.Clone(path), "{}"))
	}
}

// logicalTypes are ODCS's names for an Avro type. 3.0.x knows neither timestamp nor time: both are dates there; and
// before 3.2.0 a map is an object.
func logicalTypes(s *avro.Schema, version int) []string {
	switch s.Logical() {
	case avro.Decimal:
		return []string{"number"}
	case avro.Date:
		return []string{"date"}
	case avro.UUID, avro.Duration:
		return []string{"string"}
	case avro.TimeMillis, avro.TimeMicros:
		return sinceODCS310(version, "time")
	case "":
	default:
		return sinceODCS310(version, "timestamp")
	}
	switch s.Type() {
	case avro.TypeString, avro.TypeBytes, avro.TypeFixed, avro.TypeEnum:
		return []string{"string"}
	case avro.TypeInt, avro.TypeLong:
		return []string{"integer"}
	case avro.TypeFloat, avro.TypeDouble:
		return []string{"number"}
	case avro.TypeBoolean:
		return []string{"boolean"}
	case avro.TypeRecord:
		return []string{"object"}
	case avro.TypeArray:
		if version >= odcs320 {
			return []string{"array", "vector"}
		}
		return []string{"array"}
	case avro.TypeMap:
		if version >= odcs320 {
			return []string{"map", "object"}
		}
		return []string{"object"}
	}
	return nil
}

func sinceODCS310(version int, name string) []string {
	if version < odcs310 {
		return []string{"date", name}
	}
	return []string{name}
}

// physical compares the physicalType, which is Avro's word for the type: its name, or its logical type's.
func (a agreement) physical(p *Property, s *avro.Schema, path []string) {
	given := strings.ToLower(strings.ReplaceAll(p.PhysicalType, " ", ""))
	outer, _, _ := strings.Cut(given, "<")
	words := physicalTypes(s)
	switch {
	case given == "" || slices.Contains(words, given) || slices.Contains(words, outer):
	case isAvroWord(outer):
		a.at(RuleAgree, p.Place, "physicalType", "%s is %s in the schema, not %s", PathText(path), typeText(s), p.PhysicalType)
	default:
		a.add(RuleAgree, SeverityWarning, p.Place, "physicalType", "%s is no Avro type: the schema says %s", strict.Quote(p.PhysicalType), typeText(s))
	}
}

func physicalTypes(s *avro.Schema) []string {
	words := []string{string(s.Type())}
	switch {
	case s.Logical() == avro.Decimal:
		words = append(words, "decimal", decimalText(s))
	case s.Logical() != "":
		words = append(words, string(s.Logical()))
	}
	if name := strings.ToLower(s.Name()); name != "" {
		words = append(words, name, name[strings.LastIndexByte(name, '.')+1:])
	}
	return words
}

func isAvroWord(word string) bool {
	switch word, _, _ = strings.Cut(word, "("); avro.Type(word) {
	case avro.TypeNull, avro.TypeBoolean, avro.TypeInt, avro.TypeLong, avro.TypeFloat, avro.TypeDouble, avro.TypeBytes,
		avro.TypeString, avro.TypeRecord, avro.TypeEnum, avro.TypeArray, avro.TypeMap, avro.TypeUnion, avro.TypeFixed:
		return true
	}
	switch avro.Logical(word) {
	case avro.Decimal, avro.UUID, avro.Date, avro.TimeMillis, avro.TimeMicros, avro.Duration,
		avro.TimestampMillis, avro.TimestampMicros, avro.TimestampNanos,
		avro.LocalTimestampMillis, avro.LocalTimestampMicros, avro.LocalTimestampNanos:
		return true
	}
	return false
}

func decimalText(s *avro.Schema) string {
	return fmt.Sprintf("decimal(%d,%d)", s.Precision(), s.Scale())
}

// typeText names a type in messages as a contract's physicalType would.
func typeText(s *avro.Schema) string {
	switch {
	case s.Logical() == avro.Decimal:
		return decimalText(s)
	case s.Logical() != "":
		return string(s.Logical())
	case s.Name() != "":
		return string(s.Type()) + " " + s.Name()
	}
	return string(s.Type())
}
