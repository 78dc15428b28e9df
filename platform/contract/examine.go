package contract

import (
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/cel"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Examine says everything that one contract's file shows alone: what ParseContract finds, whether it agrees with the
// schema beside it, what it promises and nothing enforces, and which of its ends are over by now. Without a schema, rules
// and expressions are held against the types that its properties imply. schema is the text of the file that schemaFile
// names; nil where there is none.
func Examine(file string, text []byte, schemaFile string, schema []byte, now time.Time) []Finding {
	r, about := &report{file: file}, &report{file: schemaFile}
	c := parseContract(r, text)
	if !c.Given() {
		return SortFindings(r.findings)
	}
	if schema != nil {
		c.bind(about, schema)
	}
	c.checkTopic(r)
	c.agreeAnyway(r)
	c.refused, c.faulty = r.refused, r.faulty
	_, notes := c.Rules()
	return SortFindings(slices.Concat(r.findings, about.findings, notes, c.Overdue(now)))
}

// ExamineDataProduct says everything that a data product's file shows alone: what ParseDataProduct finds, and where it says how
// it runs here, what a tree wants of it, but for its contracts.
func ExamineDataProduct(file string, text []byte) []Finding {
	l := &loader{reports: make(map[string]*report)}
	r := l.about(file)
	p := parseDataProduct(r, text)
	if p.Given() && r.structured() && p.settings.said["tidemark.mode"] != nil {
		s := &Set{contracts: make(map[string]*Contract), claims: make(map[string]claim)}
		x := &resolver{loader: l, set: s, unreadIDs: map[string]bool{"": true}, used: make(map[string]bool), alone: true}
		x.product(p)
	}
	return SortFindings(r.findings)
}

// checkTopic wants what a contract of a topic needs wherever it stands.
func (c *Contract) checkTopic(r *report) {
	if topic := c.Topic(); topic != "" && !topicForm.MatchString(topic) {
		r.at(RuleName, c.Objects[0].Place, "physicalName", "%s is no topic: letters, digits, dots, dashes and underscores, at most 249", strict.Quote(topic))
	}
	if c.Major() < 0 && (c.Has("version") || !r.incomplete("")) {
		r.at(RuleMajor, c.Place, "version", "a contract needs a semantic version, such as 1.0.0")
	}
	for i := range c.Servers {
		if server := &c.Servers[i]; server.Type == "kafka" && server.Format != "avro" {
			r.add(RuleAgree, SeverityWarning, server.Place, "format", "records are Avro: say format: avro (the standard's default is json)")
		}
	}
}

// agreeAnyway holds the contract against its schema, or where it has none against the types that it implies; errors
// elsewhere in the file do not keep it from that.
func (c *Contract) agreeAnyway(r *report) {
	c.refused, c.faulty = r.refused, r.faulty
	switch {
	case !r.structured():
	case c.schema != nil:
		c.agree(r)
	default:
		c.agreeAlone(r)
	}
}

// agreeAlone holds what names fields, and what the fields' types must carry, against the properties.
func (c *Contract) agreeAlone(r *report) {
	if len(c.Objects) != 1 || len(c.Objects[0].Properties) == 0 || r.incomplete(c.Objects[0].Place.Path()) {
		return
	}
	o := &c.Objects[0]
	c.checkNamed(r, o, "tidemark.key", c.settings.key, "a key is a string or an integer", "string", "integer")
	c.checkNamed(r, o, "tidemark.eventTime", c.settings.eventTime, "it must be a date or a timestamp", "date", "timestamp")
	if c.Topic() != "" {
		c.checkFields(r, o)
	}
	var schemas []*avro.Schema
	for variant := range variants {
		if s := o.impliedSchema(c.number(), variant); s != nil && !slices.ContainsFunc(schemas, func(other *avro.Schema) bool { return other.String() == s.String() }) {
			schemas = append(schemas, s)
		}
	}
	if len(schemas) == 0 {
		return
	}
	t := c.translate()
	rules := t.rules
	for _, m := range t.metrics {
		rules = append(rules, m.bad...)
	}
	for _, rule := range rules {
		// What cannot be told is left open, as a union of several types.
		if s, ok := schemas[0].Lookup(rule.Path...); !ok || s.Value().Type() == avro.TypeUnion {
			continue
		}
		if err := every(schemas, func(s *avro.Schema) error {
			_, err := avro.Compile(s, avro.Options{Rules: []avro.Rule{rule.Rule}})
			return err
		}); err != nil {
			r.at(RuleAgree, rule.place, rule.key, "%v", err)
		}
	}
	for _, e := range t.expressions {
		refuseCompiled(r, e, every(schemas, func(s *avro.Schema) error { return compiled(r, s, e) }))
	}
}

// checkFields wants properties that a field of an Avro record can be, whatever its schema.
func (c *Contract) checkFields(r *report, o *SchemaObject) {
	for p, path := range o.all() {
		name := path[len(path)-1]
		switch {
		case r.broken(p.Place.Path()):
		case name != "[]" && name != "{}" && !avroName.MatchString(name):
			r.at(RuleAgree, p.Place, "name", "%s is no name that an Avro field can have: letters, digits and underscores; say the field's as physicalName", strict.Quote(name))
		case p.LogicalType == "array" && p.Items == nil:
			r.at(RuleAgree, p.Place, "items", "the items of %s are not described: add items", PathText(path))
		default:
			c.checkPhysical(r, p, path)
		}
	}
}

// checkPhysical wants a logicalType that Avro's type of the physicalType can be. Other words than Avro's are left to the schema.
func (c *Contract) checkPhysical(r *report, p *Property, path []string) {
	word := strings.ToLower(strings.ReplaceAll(p.PhysicalType, " ", ""))
	word, _, _ = strings.Cut(word, "(")
	word, _, _ = strings.Cut(word, "<")
	var logical []string
	switch base := avro.Type(word); avro.Logical(word) {
	case avro.Decimal:
		logical = []string{"number"}
	case avro.UUID, avro.Duration:
		logical = []string{"string"}
	case avro.Date:
		logical = []string{"date"}
	case avro.TimeMillis, avro.TimeMicros:
		logical = sinceODCS310(c.number(), "time")
	case avro.TimestampMillis, avro.TimestampMicros, avro.TimestampNanos, avro.LocalTimestampMillis, avro.LocalTimestampMicros, avro.LocalTimestampNanos:
		logical = sinceODCS310(c.number(), "timestamp")
	default:
		switch base {
		case avro.TypeString, avro.TypeEnum:
			logical = []string{"string"}
		case avro.TypeBoolean:
			logical = []string{"boolean"}
		case avro.TypeFloat, avro.TypeDouble:
			logical = []string{"number"}
		case avro.TypeInt, avro.TypeLong: // with a logicalType in the schema also times
			logical = []string{"integer", "date", "time", "timestamp"}
		case avro.TypeBytes, avro.TypeFixed: // or decimals
			logical = []string{"string", "number"}
		case avro.TypeRecord:
			logical = []string{"object"}
		case avro.TypeArray:
			logical = []string{"array", "vector"}
		case avro.TypeMap:
			logical = []string{"map", "object"}
		default:
			return
		}
	}
	if p.LogicalType != "" && !slices.Contains(logical, p.LogicalType) {
		r.at(RuleAgree, p.Place, "physicalType", "%s is %s, and no Avro %s is that: change the logicalType or the physicalType", PathText(path), p.LogicalType, word)
	}
}

// every is the first of the errors where there is one for each schema.
func every(schemas []*avro.Schema, judge func(*avro.Schema) error) error {
	var first error
	for _, s := range schemas {
		err := judge(s)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// checkNamed wants the property that a setting names, of a type that it may be of.
func (c *Contract) checkNamed(r *report, o *SchemaObject, setting string, path []string, wants string, types ...string) {
	said := c.settings.said[setting]
	if path == nil || said == nil {
		return
	}
	for p, at := range o.all() {
		if !slices.Equal(at, path) {
			continue
		}
		if p.LogicalType != "" && !slices.Contains(types, p.LogicalType) {
			r.at(RuleField, said.Place, "value", "%s names %s, which is %s: %s", setting, PathText(path), p.LogicalType, wants)
		}
		return
	}
	if name, _, ok := o.find(PathText(path)); ok { // by the name that people have for it
		r.at(RuleField, said.Place, "value", "%s names %s, whose field is %s: name the field", setting, PathText(path), name.field())
		return
	}
	r.at(RuleField, said.Place, "value", "%s names %s, and no property describes it%s", setting, PathText(path), strict.Hint(PathText(path), o.names()))
}

// compiled holds an expression against a schema; what comes to the same for every record is reported.
func compiled(r *report, s *avro.Schema, e placedExpression) error {
	if _, err := cel.Compile(s, e.Text); err != nil {
		return err
	}
	holds, constant, err := cel.Constant(s, e.Text)
	if constant && err == nil {
		refuseConstant(r, e.place, holds)
	}
	return err
}
