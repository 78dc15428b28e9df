package confluent_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/cel"
	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/format/confluent"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	ruleName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)
	tagKey   = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*\.)+[A-Za-z_][A-Za-z0-9_]*$`)
	tagName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	guard    = regexp.MustCompile(`^fullName == '([A-Za-z0-9_.]+)' && typeName != 'NULL' ; (.+)$`)
)

// read holds an export against what the registry takes: no other keys, its words, a schema that parses.
func read(t *testing.T, text []byte) (confluent.Registration, *avro.Schema) {
	t.Helper()
	var r confluent.Registration
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	s, err := avro.Parse([]byte(r.Schema))
	if err != nil || r.SchemaType != "AVRO" {
		t.Fatal(r.SchemaType, err)
	}
	if r.RuleSet == nil || r.RuleSet.MigrationRules == nil || len(r.RuleSet.MigrationRules) > 0 {
		t.Error("migration rules", r.RuleSet)
	}
	seen := map[string]bool{}
	for _, rule := range r.RuleSet.DomainRules {
		onFailure := rule.OnFailure == "ERROR" || rule.OnFailure == "NONE"
		if !ruleName.MatchString(rule.Name) || seen[rule.Name] || rule.Kind != "CONDITION" || rule.Mode != "WRITE" || !onFailure {
			t.Errorf("%+v", rule)
		}
		seen[rule.Name] = true
		switch m := guard.FindStringSubmatch(rule.Expr); {
		case rule.Type == "CEL_FIELD" && m == nil, rule.Type == "CEL" && strings.Contains(rule.Expr, ";"), rule.Type != "CEL" && rule.Type != "CEL_FIELD":
			t.Errorf("%+v", rule)
		case m != nil:
			f, ok := fieldNamed(s, m[1], map[*avro.Schema]bool{})
			if !ok {
				t.Fatalf("%s is no field", m[1])
			}
			if !strings.Contains(m[2], ".is") { // functions of the registry's clients
				compiles(t, m[2], "value", f.Type().Value())
			}
		default:
			compiles(t, rule.Expr, "message", s)
		}
	}
	for key, tags := range r.Metadata.Tags {
		if _, ok := fieldNamed(s, key, map[*avro.Schema]bool{}); !ok || !tagKey.MatchString(key) {
			t.Errorf("%s is no field", key)
		}
		for _, tag := range tags {
			if !tagName.MatchString(tag) {
				t.Errorf("tag %q", tag)
			}
		}
	}
	for _, name := range r.Metadata.Sensitive {
		if _, ok := r.Metadata.Properties[name]; !ok {
			t.Errorf("%s is no property", name)
		}
	}
	return r, s
}

// compiles wants an expression about one variable.
func compiles(t *testing.T, expr, name string, of *avro.Schema) {
	t.Helper()
	s, err := avro.Parse([]byte(`{"type":"record","name":"Around","fields":[{"name":"` + name + `","type":` + of.String() + `}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cel.Compile(s, expr); err != nil {
		t.Errorf("%s: %v", expr, err)
	}
}

// fieldNamed finds a field by its record's fullname and its own.
func fieldNamed(s *avro.Schema, name string, seen map[*avro.Schema]bool) (avro.SchemaField, bool) {
	if seen[s] {
		return avro.SchemaField{}, false
	}
	seen[s] = true
	below := append(s.Branches(), s.Items(), s.Values())
	for _, f := range s.Fields() {
		if s.Name()+"."+f.Name() == name {
			return f, true
		}
		below = append(below, f.Type())
	}
	for _, b := range below {
		if b == nil {
			continue
		}
		if f, ok := fieldNamed(b, name, seen); ok {
			return f, true
		}
	}
	return avro.SchemaField{}, false
}

func TestContracts(t *testing.T) {
	set, _ := contract.Load(os.DirFS("../../../contracts"))
	rules := 0
	for _, c := range set.Contracts() {
		text, findings := confluent.Export(c)
		r, s := read(t, text)
		if s.String() != c.Schema().String() {
			t.Error(c.File, "the schema is another")
		}
		rules += len(r.RuleSet.DomainRules)
		left := 0
		for _, f := range findings {
			if f.Severity != contract.SeverityNote || f.File != c.File {
				t.Error(f)
			}
			left++
		}
		all, _ := c.Rules()
		if want := len(all) + len(c.Expressions()) + len(c.Metrics()) + len(c.Uniques()); left+len(r.RuleSet.DomainRules) != want {
			t.Errorf("%s: %d rules and %d findings of %d", c.File, len(r.RuleSet.DomainRules), left, want)
		}
	}
	if rules < 20 {
		t.Error("only", rules)
	}
}

func bound(t *testing.T, properties, more, fields string) *contract.Contract {
	t.Helper()
	text := `{apiVersion: v3.2.0, kind: DataContract, id: "urn:datamesh:a:b:c:1", version: 1.0.0, name: C, domain: a, tags: [x],
  team: {name: t, members: [{username: ann}, {username: bob, dateOut: "2020-01-01"}]},
  slaProperties: [{property: freshness, value: 5, unit: minutes}],
  schema: [{name: T, physicalName: a.b.c.v1, physicalType: topic, properties: [` + properties + `]` + more + `}]}`
	c, findings := contract.ParseContract("c.odcs.yaml", []byte(text))
	if c == nil {
		t.Fatal(findings)
	}
	if findings := c.Bind("c.avsc", []byte(`{"type":"record","name":"a.b.T","fields":[`+fields+`]}`)); contract.HasErrors(findings) {
		t.Fatal(findings)
	}
	return c
}

// Every kind of rule that is translated judges a value as the contract does: CEL runs it on a good and on a bad one.
func TestRulesJudgeAlike(t *testing.T) {
	translated := 0
	for _, k := range contracttest.Kinds() {
		required := ", required: true"
		if strings.HasPrefix(k.Type, "[") {
			required = ""
		}
		name, _, _ := strings.Cut(k.Rule, ".")
		c := bound(t, "{name: "+name+", "+k.Property+required+"}", "", `{"name":"`+name+`","type":`+k.Type+`}`)
		text, findings := confluent.Export(c)
		r, s := read(t, text)
		if len(r.RuleSet.DomainRules) == 0 {
			if len(findings) == 0 {
				t.Error(k.Rule, "is lost")
			}
			continue
		}
		for _, rule := range r.RuleSet.DomainRules {
			if strings.Contains(rule.Expr, ".is") || rule.Expr == "has(message."+name+")" {
				continue // functions of the registry's clients; and Tidemark's has() is true of null
			}
			translated++
		}
		good, bad := true, true
		for _, rule := range r.RuleSet.DomainRules {
			if strings.Contains(rule.Expr, ".is") || strings.HasPrefix(rule.Expr, "has(") {
				good, bad = true, false
				break
			}
			good, bad = good && holds(t, rule, s, k.Good), bad && holds(t, rule, s, k.Bad)
		}
		if !good || bad {
			t.Errorf("%s: good %t, bad %t: %+v", k.Rule, good, bad, r.RuleSet.DomainRules)
		}
	}
	if translated < 10 {
		t.Error("only", translated)
	}
}

// holds runs a rule on a value of the only field: as the variable value, or within message.
func holds(t *testing.T, rule confluent.Rule, s *avro.Schema, value string) bool {
	t.Helper()
	f := s.Fields()[0]
	expr, schema := rule.Expr, `{"type":"record","name":"M","fields":[{"name":"message","type":`+s.String()+`}]}`
	record := `{"message":{"` + f.Name() + `":` + value + `}}`
	if m := guard.FindStringSubmatch(rule.Expr); m != nil {
		expr, schema, record = m[2], `{"type":"record","name":"V","fields":[{"name":"value","type":`+f.Type().Value().String()+`}]}`, `{"value":`+value+`}`
	}
	types, err := avro.Parse([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	x, err := cel.Compile(types, expr)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	payload, err := avro.EncodeJSON(types, []byte(record))
	if err != nil {
		t.Fatal(err)
	}
	program, err := avro.Compile(types, avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := program.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	ok, err := x.Holds(cel.Values(types, decoded.(avro.Record)))
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestGolden(t *testing.T) {
	c := bound(t, `
    {name: id, logicalType: string, required: true, tags: [Key, "a b", "1"], logicalTypeOptions: {pattern: "^[a-z';]+\\d$", maxLength: 9}},
    {name: email, logicalType: string, required: true, classification: pii, logicalTypeOptions: {format: email}},
    {name: n, logicalType: integer, logicalTypeOptions: {minimum: -3, multipleOf: 5}, required: true},
    {name: rate, logicalType: number, required: true, logicalTypeOptions: {exclusiveMaximum: 3, minimum: 0.1}},
    {name: kind, logicalType: string, required: true, quality: [{metric: invalidValues, mustBe: 0, severity: warning, arguments: {validValues: ["it's", "b;c"]}}]},
    {name: price, logicalType: number, required: true, logicalTypeOptions: {minimum: 0}},
    {name: home, logicalType: object, required: true, properties: [{name: city, logicalType: string, required: true, classification: confidential, logicalTypeOptions: {minLength: 1}}]},
    {name: lines, logicalType: array, required: true, logicalTypeOptions: {minItems: 1}, items: {logicalType: object, required: true, properties: [{name: sku, logicalType: string, required: true, unique: true, logicalTypeOptions: {minLength: 2}}]}}`,
		`, quality: [{type: custom, engine: cel, implementation: "lines.all(l, l.sku != id) && n < 100 // all"}, {type: custom, engine: cel, implementation: "email != null"},
    {type: custom, engine: cel, implementation: "price > 1.0"}, {type: custom, engine: cel, implementation: 'home.city != "id" && id != "; n"'}, {type: custom, engine: cel, implementation: "lines.all(n, n.sku != '')"}, {metric: rowCount, mustBeGreaterThan: 0}]`,
		`{"name":"id","type":"string"},{"name":"email","type":["null","string"]},{"name":"n","type":"int"},{"name":"rate","type":"double"},{"name":"kind","type":"string"},
     {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},{"name":"home","type":{"type":"record","name":"Home","fields":[{"name":"city","type":"string"}]}},
     {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[{"name":"sku","type":"string"}]}}}`)
	text, findings := confluent.Export(c)
	read(t, text)
	for _, f := range findings {
		text = fmt.Appendf(text, "// %s\n", f)
	}
	goldentest.Equal(t, "testdata/registration.txt", text, *update)
}

func TestNoSchema(t *testing.T) {
	text, findings := confluent.Export(&contract.Contract{File: "x"})
	if text != nil || !contract.HasErrors(findings) {
		t.Errorf("%s %v", text, findings)
	}
}
