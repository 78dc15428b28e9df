package contract

import (
	"fmt"
	"slices"

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
//	primaryKey, where the schema allows null                 required
//	quality nullValues, missingValues, mustBe 0              required, minLength, noneOf
//	quality invalidValues, mustBe 0, validValues or pattern  enum, pattern
//
// A rule's id is <path>.<kind>, such as lines[].quantity.minimum; a second of one id has #2. Rules from
// quality have the quality's severity, all others reject. What takes more than one record to tell is in Uniques and Metrics.
// What the contract promises and nothing enforces comes back as a finding with its reason.
func (c *Contract) Rules() ([]avro.Rule, []Finding) {
	t := c.translate()
	t.promises()
	rules := make([]avro.Rule, len(t.rules))
	for i, r := range t.rules {
		rules[i] = r.Rule
	}
	return rules, SortFindings(t.findings)
}

// checkRules wants rules that the schema can carry.
func (c *Contract) checkRules(r *report) {
	t := c.translate()
	all := t.rules
	for _, m := range t.metrics {
		all = append(all, m.bad...)
	}
	var rules []avro.Rule
	for _, r := range all {
		rules = append(rules, r.Rule)
	}
	if _, err := avro.Compile(c.schema, avro.Options{Rules: rules}); err == nil {
		return
	}
	for _, rule := range all {
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
	contract *Contract
	schema   *avro.Schema // nil if the contract has none yet: then everything may be null
	object   *SchemaObject
	rules    []translated
	ids      map[string][]int // indexes of rules by id, without its number
	uniques  []Unique
	metrics  []counted

	expressions []placedExpression
}

func (c *Contract) translate() *translator {
	t := &translator{report: report{file: c.File, refused: c.refused, faulty: c.faulty}, contract: c, schema: c.schema, ids: make(map[string][]int)}
	for i := range c.Objects {
		t.object = &c.Objects[i]
		for p, path := range t.object.all() {
			t.property(p, path)
		}
		t.primaryKey(c.Objects[i].Properties, nil)
		for j := range c.Objects[i].Quality {
			t.objectQuality(&c.Objects[i].Quality[j])
		}
		for j := range c.Objects[i].Relationships {
			t.relationship(&c.Objects[i].Relationships[j])
		}
	}
	return t
}

// rule adds a rule unless the same is there already.
func (t *translator) rule(place Place, key string, r avro.Rule) {
	if len(t.faulty) > 0 {
		if path, _ := place.At(key); t.incomplete(path) {
			return // what it demands is not known
		}
	}
	if r.ID == "" {
		r.ID = PathText(r.Path) + "." + string(r.Kind)
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
	if path, _ := place.At(key); t.incomplete(path) {
		return // what is wrong with it is reported
	}
	t.add(RuleNotEnforced, SeverityNote, place, key, "not enforced here: "+format, args...)
}

func (t *translator) property(p *Property, path []string) {
	switch {
	case p.Required:
		t.required(p.Place, "required", path, avro.Error)
	case p.PrimaryKey: // what identifies a record is there
		t.required(p.Place, "primaryKey", path, avro.Error)
	}
	if p.Unique {
		t.unique(p.Place, "unique", PathText(path)+".unique", [][]string{path})
	}
	t.primaryKey(p.Properties, path)
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
	for i := range p.Relationships {
		t.relationship(&p.Relationships[i])
	}
	if p.Map != nil && p.Map.Key != nil {
		t.keys(p.Map.Key)
	}
}

// relationship is a promise about another topic.
func (t *translator) relationship(rel *Relationship) {
	if t.broken(rel.Place.Path()) {
		return
	}
	to := rel.To.Text
	if rel.To.Kind == strict.List {
		to = "others"
	}
	t.unenforced(rel.Place, "to", "that the values are those of %s: they are in another record", to)
}

// keys says that nothing judges the keys of a map: no path leads to them.
func (t *translator) keys(p *Property) {
	for _, key := range []string{"logicalTypeOptions", "enum", "quality", "unique", "relationships"} {
		if p.Has(key) {
			t.unenforced(p.Place, key, "the %s of a map's keys; say it of its values, or in an expression", key)
		}
	}
}

// required adds the rule where the schema lets the value be null; elsewhere the schema itself sees to it.
func (t *translator) required(place Place, key string, path []string, severity avro.Severity) {
	if t.mayBeNull(path) {
		t.rule(place, key, avro.Rule{Path: path, Kind: avro.Required, Severity: severity})
	}
}

func (t *translator) mayBeNull(path []string) bool {
	if t.schema == nil {
		return true
	}
	s, ok := t.schema.Lookup(path...)
	return !ok || s.Nullable()
}

// oneOf allows these values only. Null is not for it to judge.
func (t *translator) oneOf(place Place, key string, path []string, values []Value, severity avro.Severity) {
	t.rule(place, key, avro.Rule{Path: path, Kind: avro.Enum, Severity: severity, Values: plainTexts(values)})
}

// plainTexts are values as a rule has them, without null.
func plainTexts(values []Value) []string {
	var texts []string
	for _, v := range values {
		switch {
		case v.Kind == strict.Null:
		case v.IsNumber():
			texts = append(texts, plainNumber(v))
		default:
			texts = append(texts, v.Text)
		}
	}
	return texts
}
