package avsc

import (
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// The rules of this package's findings.
const (
	RuleUnion     = "format.avsc.union"     // a union of several types
	RuleRecursion = "format.avsc.recursion" // a type that contains itself
	RuleLimit     = "format.avsc.limit"     // more than can be carried
	RuleType      = "format.avsc.type"      // a type that the other side does not have
	RuleName      = "format.avsc.name"      // a name that Avro does not allow, or that stands twice
	RuleDefault   = "format.avsc.default"   // a default that is not of its field's type
	RuleObject    = "format.avsc.object"    // a contract without one schema object
)

// maxProperties bounds what Properties gives: a schema may use one record in many places, and each is written out.
const maxProperties = 10_000

// Properties describes a record's fields as ODCS does. A field that is never null is required. The findings have a
// path below the schema object and no file, which the caller knows; they are warnings, for what is described less
// exactly than the schema says it.
func Properties(s *avro.Schema) (properties []contract.Property, findings []contract.Finding) {
	r := reader{within: map[*avro.Schema]bool{}}
	if s = s.Value(); s.Type() != avro.TypeRecord {
		r.warn(nil, RuleType, "the schema is %s: a topic's values are described as a record's fields; wrap it in a record", word(s))
		return nil, r.findings
	}
	return r.record(s, nil), r.findings
}

type reader struct {
	within   map[*avro.Schema]bool // the records that the current one is in
	count    int
	full     bool
	findings []contract.Finding
}

func (r *reader) warn(path []string, rule, format string, args ...any) {
	r.findings = append(r.findings, contract.Finding{
		Rule: rule, Severity: contract.SeverityWarning, Path: strings.Join(path, "."), Message: fmt.Sprintf(format, args...),
	})
}

func (r *reader) record(s *avro.Schema, path []string) []contract.Property {
	r.within[s] = true
	defer delete(r.within, s)
	var properties []contract.Property
	for _, f := range s.Fields() {
		if r.count++; r.count > maxProperties {
			if !r.full {
				r.full = true
				r.warn(path, RuleLimit, "the schema has more than %d fields with every use of a type written out: the rest is not described", maxProperties)
			}
			break
		}
		properties = append(properties, r.field(f, s, append(path[:len(path):len(path)], f.Name())))
	}
	return properties
}

func (r *reader) field(f avro.SchemaField, in *avro.Schema, path []string) contract.Property {
	p := contract.Property{Name: f.Name(), Description: f.Doc(), Required: !f.Type().Nullable()}
	r.describe(&p, f.Type(), path, typeName(f.Name()), in.Name())
	if p.Description == "" {
		p.Description = f.Type().Value().Doc()
	}
	if value, ok := f.Default(); ok && string(value) != "null" {
		custom(&p, "avro.default", valueOf(value))
	}
	if aliases := f.Aliases(); len(aliases) > 0 {
		custom(&p, "avro.aliases", texts(aliases))
	}
	if tags, ok := f.Prop("confluent:tags"); ok {
		for _, tag := range valueOf(tags).Items {
			p.Tags = append(p.Tags, tag.Text)
			if strings.EqualFold(tag.Text, "pii") {
				p.Classification = "pii"
			}
		}
	}
	return p
}

// describe fills in a type. name is what Schema would call a named type here, and in the fullname of the record around.
func (r *reader) describe(p *contract.Property, s *avro.Schema, path []string, name, in string) {
	if s = s.Value(); s.Type() == avro.TypeUnion {
		if s = r.union(s, path); s == nil {
			p.LogicalType, p.PhysicalType = "string", "string"
			return
		}
	}
	p.LogicalType, p.PhysicalType = physicalOf(s).logicalOf(), word(s)
	if s.Name() != "" && s.Name() != qualified(name, in) {
		custom(p, "avro.name", text(s.Name()))
	}
	switch s.Type() {
	case avro.TypeNull:
		r.warn(path, RuleType, "the type null has no values, and ODCS no name for it: remove the field")
	case avro.TypeRecord:
		if r.within[s] {
			r.warn(path, RuleRecursion, "the record %s contains itself: its fields are described where it stands first", s.Name())
			return
		}
		p.Properties = r.record(s, path)
	case avro.TypeArray:
		p.Items = r.element(s.Items(), append(path[:len(path):len(path)], "[]"), name+"Item", in)
	case avro.TypeMap:
		r.values(p, s.Values(), path)
	case avro.TypeEnum:
		p.Quality = []contract.Quality{oneOf(s.Symbols())}
		if symbol, ok := s.Default(); ok {
			custom(p, "avro.enumDefault", text(symbol))
		}
	case avro.TypeFixed:
		if s.Logical() != avro.Duration {
			custom(p, "avro.size", number(s.Size()))
		}
	}
}

// element describes an array's items or a map's values.
func (r *reader) element(s *avro.Schema, path []string, name, in string) *contract.Property {
	p := &contract.Property{Required: !s.Nullable(), Description: s.Value().Doc()}
	if r.count++; r.count > maxProperties { // a chain of arrays counts too
		p.LogicalType = "string"
		return p
	}
	r.describe(p, s, path, name, in)
	if s.Nullable() {
		custom(p, "avro.nullable", contract.Value{Kind: strict.Bool, Text: "true"})
	}
	return p
}

// values describes a map's values by their type's name: before 3.2.0 ODCS has a place for no more.
func (r *reader) values(p *contract.Property, s *avro.Schema, path []string) {
	if s.Nullable() {
		custom(p, "avro.nullable", contract.Value{Kind: strict.Bool, Text: "true"})
	}
	if s = s.Value(); !isScalar(s) {
		r.warn(path, RuleType, "the map's values are of type %s, which ODCS before 3.2.0 has no place for: they are not described", word(s))
		return
	}
	p.PhysicalType = "map<" + word(s) + ">"
}

// isScalar tells whether a type's name says all about it.
func isScalar(s *avro.Schema) bool {
	switch s.Type() {
	case avro.TypeRecord, avro.TypeArray, avro.TypeMap, avro.TypeEnum, avro.TypeUnion, avro.TypeNull:
		return false
	case avro.TypeFixed:
		return s.Logical() == avro.Duration
	}
	return true
}

// union picks the type that says most about all of a union's types; nil is text.
func (r *reader) union(s *avro.Schema, path []string) *avro.Schema {
	var branches []*avro.Schema
	var names []string
	for _, b := range s.Branches() {
		if b.Type() != avro.TypeNull {
			branches, names = append(branches, b), append(names, word(b))
		}
	}
	if len(branches) == 1 { // a union of one type without null
		return branches[0]
	}
	best, as := widest(branches), "string"
	if best != nil {
		as = word(best)
	}
	r.warn(path, RuleUnion, "a union of %s is described as %s, since ODCS has no unions: give each type a field of its own", strings.Join(names, ", "), as)
	return best
}

// widest is the number that holds the numbers of all the others; nil where there are others than numbers.
func widest(branches []*avro.Schema) (best *avro.Schema) {
	rank := map[avro.Type]int{avro.TypeInt: 1, avro.TypeLong: 2, avro.TypeFloat: 3, avro.TypeDouble: 4}
	for _, b := range branches {
		if b.Logical() != "" || rank[b.Type()] == 0 {
			return nil
		}
		if best == nil || rank[b.Type()] > rank[best.Type()] {
			best = b
		}
	}
	return best
}

// word is Avro's name of a type as a physicalType says it.
func word(s *avro.Schema) string { return physicalOf(s).text() }

func physicalOf(s *avro.Schema) physical {
	return physical{typ: s.Type(), logical: s.Logical(), precision: s.Precision(), scale: s.Scale(), size: s.Size()}
}
