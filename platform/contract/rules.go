package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Rules are what a record must hold, for the walker:
//
//	of the contract                                          becomes
//	required: true, where the schema allows null             required
//	logicalTypeOptions minimum, maxLength, pattern, ...      the rule of that name
//	logicalTypeOptions format of a string; of an integer     format; minimum and maximum
//	enum (3.2.0)                                             enum
//	quality nullValues, missingValues, mustBe 0              required, minLength
//	quality invalidValues, mustBe 0, validValues or pattern  enum, pattern
//
// A rule's id is <path>.<kind>, such as lines[].quantity.minimum; a second of one id has #2. Rules from
// quality have the quality's severity, all others reject. What the contract promises and no rule enforces
// comes back as a finding with its reason.
func (c *Contract) Rules() ([]avro.Rule, []Finding) {
	t := c.translate()
	rules := make([]avro.Rule, len(t.rules))
	for i, r := range t.rules {
		rules[i] = r.Rule
	}
	return rules, SortFindings(t.findings)
}

// checkRules wants rules that the schema can carry.
func (c *Contract) checkRules(r *report) {
	rules, _ := c.Rules()
	if _, err := avro.Compile(c.schema, avro.Options{Rules: rules}); err == nil {
		return
	}
	for _, rule := range c.translate().rules {
		if _, ok := c.schema.Lookup(rule.Path...); !ok {
			continue // contract and schema do not agree about the field, which is reported
		}
		// One at a time, so that each is reported where it stands.
		if _, err := avro.Compile(c.schema, avro.Options{Rules: []avro.Rule{rule.Rule}}); err != nil {
			r.at(RuleAgree, rule.place, rule.key, "%v", err)
		}
	}
}

// translated is a rule and where the contract says it.
type translated struct {
	avro.Rule
	place Place
	key   string
}

// translator collects the rules of a contract, and in its report what is not enforced.
type translator struct {
	report
	schema *avro.Schema // nil if the contract has none yet: then everything may be null
	rules  []translated
	ids    map[string][]int // indexes of rules by id, without its number
}

func (c *Contract) translate() *translator {
	t := &translator{report: report{file: c.File}, schema: c.schema, ids: make(map[string][]int)}
	for p, path := range c.properties() {
		t.property(p, path)
	}
	for i := range c.Objects {
		t.primaryKey(c.Objects[i].Properties)
		for j := range c.Objects[i].Quality {
			t.objectQuality(&c.Objects[i].Quality[j])
		}
	}
	return t
}

// primaryKey says that nobody looks for a second record of one key; a key may have several parts.
func (t *translator) primaryKey(siblings []Property) {
	var parts []string
	var first *Property
	for i := range siblings {
		if p := &siblings[i]; p.PrimaryKey {
			parts = append(parts, p.Name)
			if first == nil {
				first = p
			}
		}
	}
	if first != nil {
		t.unenforced(first.Place, "primaryKey", "that the primary key (%s) is unique, since it takes more than one record to tell", strings.Join(parts, ", "))
	}
}

// rule adds a rule unless the same is there already.
func (t *translator) rule(place Place, key string, r avro.Rule) {
	if r.ID == "" {
		r.ID = pathText(r.Path) + "." + string(r.Kind)
	}
	same := t.ids[r.ID]
	for _, i := range same {
		if other := t.rules[i]; other.Kind == r.Kind && other.Severity == r.Severity && other.Text == r.Text && slices.Equal(other.Values, r.Values) {
			return
		}
	}
	t.ids[r.ID] = append(same, len(t.rules))
	if len(same) > 0 {
		r.ID = fmt.Sprintf("%s#%d", r.ID, len(same)+1)
	}
	t.rules = append(t.rules, translated{r, place, key})
}

// unenforced says what the contract promises and nothing checks, and why.
func (t *translator) unenforced(place Place, key, format string, args ...any) {
	t.add(RuleNotEnforced, SeverityNote, place, key, "not enforced here: "+format, args...)
}

func (t *translator) property(p *Property, path []string) {
	if p.Required {
		t.required(p.Place, "required", path, avro.Error)
	}
	if p.Unique {
		t.unenforced(p.Place, "unique", "that %s is unique, since it takes more than one record to tell", pathText(path))
	}
	t.primaryKey(p.Properties)
	if p.Options != nil {
		t.options(p, path)
	}
	if len(p.Enum) > 0 {
		values := make([]Value, len(p.Enum))
		for i, e := range p.Enum {
			values[i] = e.Value
		}
		t.oneOf(p.Place, "enum", path, values, avro.Error)
	}
	for i := range p.Quality {
		t.quality(&p.Quality[i], path)
	}
}

// required adds the rule where the schema lets the value be null; elsewhere the schema itself sees to it.
func (t *translator) required(place Place, key string, path []string, severity avro.Severity) {
	if t.schema != nil {
		if s, ok := t.schema.Lookup(path...); ok && !s.Nullable() {
			return
		}
	}
	t.rule(place, key, avro.Rule{Path: path, Kind: avro.Required, Severity: severity})
}

// oneOf allows these values only. Null is not for it to judge.
func (t *translator) oneOf(place Place, key string, path []string, values []Value, severity avro.Severity) {
	rule := avro.Rule{Path: path, Kind: avro.Enum, Severity: severity}
	for _, v := range values {
		switch {
		case v.Kind == strict.Null:
		case v.IsNumber():
			rule.Values = append(rule.Values, plainNumber(v))
		default:
			rule.Values = append(rule.Values, v.Text)
		}
	}
	t.rule(place, key, rule)
}
