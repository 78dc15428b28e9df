package avsc_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
)

func parse(t *testing.T, text string) *avro.Schema {
	t.Helper()
	s, err := avro.Parse([]byte(text))
	if err != nil {
		t.Fatal(err, text)
	}
	return s
}

// back makes a schema of what describes one.
func back(t *testing.T, s *avro.Schema, properties []contract.Property) (*avro.Schema, []contract.Finding) {
	t.Helper()
	namespace, name := "", s.Name()
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		namespace, name = name[:i], name[i+1:]
	}
	c := &contract.Contract{Objects: []contract.SchemaObject{{Name: name, Properties: properties}}}
	text, findings := avsc.Schema(c, namespace)
	if text == nil {
		t.Fatal(findings)
	}
	return parse(t, string(text)), findings
}

// shape is all of a schema that readers and writers of it can tell.
func shape(s *avro.Schema, seen map[*avro.Schema]bool) any {
	if seen[s] && s.Name() != "" {
		return s.Name()
	}
	seen[s] = true
	m := map[string]any{"type": s.Type(), "logical": s.Logical(), "name": s.Name(), "size": s.Size(), "symbols": s.Symbols(), "precision": s.Precision(), "scale": s.Scale()}
	if d, ok := s.Default(); ok {
		m["default"] = d
	}
	for i, f := range s.Fields() {
		deflt, ok := f.Default()
		m[fmt.Sprintf("field %d", i)] = []any{f.Name(), shape(f.Type(), seen), string(deflt), ok, f.Aliases(), f.Doc()}
	}
	for i, b := range s.Branches() {
		m[fmt.Sprintf("branch %d", i)] = shape(b, seen)
	}
	if s.Items() != nil {
		m["items"] = shape(s.Items(), seen)
	}
	if s.Values() != nil {
		m["values"] = shape(s.Values(), seen)
	}
	return m
}

func equal(t *testing.T, want, got *avro.Schema) {
	t.Helper()
	w, _ := json.MarshalIndent(shape(want, map[*avro.Schema]bool{}), "", " ")
	g, _ := json.MarshalIndent(shape(got, map[*avro.Schema]bool{}), "", " ")
	if string(w) != string(g) {
		t.Errorf("want\n%s\ngot\n%s", want, got)
	}
}

// roundTrip are fields of a record that come back as they were.
func roundTrip() map[string]string {
	return map[string]string{
		"primitives": `{"name":"a","type":"boolean"},{"name":"b","type":"int"},{"name":"c","type":"long"},{"name":"d","type":"float"},{"name":"e","type":"double"},{"name":"f","type":"bytes"},{"name":"g","type":"string"}`,
		"nullable":   `{"name":"a","type":["null","string"],"default":null},{"name":"b","type":["int","null"],"default":7}`,
		"logical types": `{"name":"a","type":{"type":"int","logicalType":"date"}},{"name":"b","type":{"type":"int","logicalType":"time-millis"}},
			{"name":"c","type":{"type":"long","logicalType":"time-micros"}},{"name":"d","type":{"type":"long","logicalType":"timestamp-millis"}},
			{"name":"e","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"f","type":{"type":"long","logicalType":"timestamp-nanos"}},
			{"name":"g","type":{"type":"long","logicalType":"local-timestamp-millis"}},{"name":"h","type":{"type":"string","logicalType":"uuid"}},
			{"name":"i","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}}`,
		"fixed": `{"name":"hash","type":{"type":"fixed","name":"Hash","size":32}},{"name":"wait","type":{"type":"fixed","name":"Wait","size":12,"logicalType":"duration"}},
			{"name":"money","type":{"type":"fixed","name":"Money","size":9,"logicalType":"decimal","precision":20,"scale":2}},
			{"name":"id","type":{"type":"fixed","name":"Id","size":16,"logicalType":"uuid"}}`,
		"enums":    `{"name":"status","type":{"type":"enum","name":"Status","symbols":["unknown","paid"],"default":"unknown"},"default":"paid"},{"name":"other","type":["null",{"type":"enum","name":"other.Kind","symbols":["A"]}],"default":null}`,
		"defaults": `{"name":"a","type":"string","default":"it's \"x\" é"},{"name":"b","type":{"type":"array","items":"int"},"default":[1,-2]},{"name":"c","type":{"type":"map","values":"double"},"default":{"k":1.5}},{"name":"d","type":"bytes","default":"ÿ"},{"name":"e","type":"boolean","default":false}`,
		"records": `{"name":"shipTo","doc":"Where to.","type":{"type":"record","name":"Address","fields":[{"name":"city","type":"string"},{"name":"kind","type":{"type":"enum","name":"AddressKind","symbols":["home"]}}]}},
			{"name":"billTo","doc":"Who pays.","type":["null","Address"],"default":null}`,
		"collections": `{"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[{"name":"tags","type":{"type":"array","items":["null","string"]}}]}}},
			{"name":"counts","type":{"type":"map","values":"long"}},{"name":"prices","type":{"type":"map","values":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}},
			{"name":"notes","type":{"type":"map","values":["null","string"]}},{"name":"grid","type":{"type":"array","items":{"type":"array","items":"int"}}}`,
		"aliases": `{"name":"id","type":"string","aliases":["key","number"]}`,
	}
}

// Everything that ODCS or a custom property can say comes back as it was.
func TestRoundTrip(t *testing.T) {
	for name, f := range roundTrip() {
		t.Run(name, func(t *testing.T) {
			s := parse(t, `{"type":"record","name":"orders.Order","fields":[`+f+`]}`)
			properties, findings := avsc.Properties(s)
			again, more := back(t, s, properties)
			if all := slices.Concat(findings, more); len(all) > 0 {
				t.Error(all)
			}
			equal(t, s, again)
		})
	}
}

func TestWhatODCSCannotSay(t *testing.T) {
	for name, test := range map[string]struct{ field, rule, logical, physical string }{
		"numbers": {`["null","int","double"]`, avsc.RuleUnion, "number", "double"},
		"mixed":   {`["string","long"]`, avsc.RuleUnion, "string", "string"},
		"records": {`[{"type":"record","name":"A","fields":[]},{"type":"record","name":"B","fields":[]}]`, avsc.RuleUnion, "string", "string"},
		"null":    {`"null"`, avsc.RuleType, "string", "null"},
		"itself":  {`["null","T"]`, avsc.RuleRecursion, "object", "record"},
		"a map":   {`{"type":"map","values":{"type":"array","items":"int"}}`, avsc.RuleType, "object", "map"},
	} {
		t.Run(name, func(t *testing.T) {
			properties, findings := avsc.Properties(parse(t, `{"type":"record","name":"T","fields":[{"name":"x","type":`+test.field+`}]}`))
			if len(findings) != 1 || findings[0].Rule != test.rule || findings[0].Path != "x" || findings[0].Severity != contract.SeverityWarning {
				t.Error(findings)
			}
			if p := properties[0]; p.LogicalType != test.logical || p.PhysicalType != test.physical {
				t.Errorf("%+v", p)
			}
		})
	}
	if p, findings := avsc.Properties(parse(t, `"string"`)); p != nil || len(findings) != 1 {
		t.Error(p, findings)
	}
}

// A type that contains itself comes back as it was.
func TestRecursion(t *testing.T) {
	s := parse(t, `{"type":"record","name":"Tree","fields":[{"name":"left","type":["null","Tree"],"default":null},{"name":"all","type":{"type":"array","items":"Tree"}}]}`)
	properties, findings := avsc.Properties(s)
	if len(findings) != 2 {
		t.Error(findings)
	}
	again, _ := back(t, s, properties)
	equal(t, s, again)
}

// Twenty records of which each has the next one twice are a million fields.
func TestManyUsesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, `{"type":"record","name":"R%d","fields":[{"name":"a","type":{"type":"array","items":`, i)
	}
	b.WriteString(`"int"`)
	for i := 19; i >= 0; i-- {
		next := fmt.Sprintf("R%d", i+1)
		if i == 19 {
			next = "int"
		}
		fmt.Fprintf(&b, `}},{"name":"b","type":{"type":"array","items":%q}}]}`, next)
	}
	_, findings := avsc.Properties(parse(t, b.String()))
	if len(findings) != 1 || findings[0].Rule != avsc.RuleLimit {
		t.Error(findings)
	}
}

// One long text that is said often does not become many.
func TestLongDescriptionsAreBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<18)
	c := &contract.Contract{Objects: []contract.SchemaObject{{Name: "T", Properties: make([]contract.Property, 1000)}}}
	for i := range c.Objects[0].Properties {
		c.Objects[0].Properties[i] = contract.Property{Name: fmt.Sprintf("f%d", i), LogicalType: "string", Description: long}
	}
	text, findings := avsc.Schema(c, "")
	if len(text) == 0 || len(text) > 1<<20 || rules(findings) != avsc.RuleLimit || len(findings) != 1 {
		t.Error(len(text), findings)
	}
}

func TestConfluentTags(t *testing.T) {
	properties, _ := avsc.Properties(parse(t, `{"type":"record","name":"T","fields":[{"name":"mail","type":"string","confluent:tags":["PII","GDPR"]}]}`))
	if p := properties[0]; p.Classification != "pii" || !slices.Equal(p.Tags, []string{"PII", "GDPR"}) {
		t.Errorf("%+v", p)
	}
}

// The words of other systems, and what becomes of them.
func TestPhysicalTypes(t *testing.T) {
	for _, test := range []struct{ logical, physical, want, rule string }{
		{"integer", "bigint", `"long"`, ""},
		{"integer", "INTEGER", `"int"`, ""},
		{"integer", "number(10)", `"long"`, ""},
		{"integer", "", `"long"`, ""},
		{"number", "decimal(12, 2)", `{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}`, ""},
		{"number", "NUMERIC", `{"type":"bytes","logicalType":"decimal","precision":38,"scale":9}`, avsc.RuleType},
		{"number", "decimal(2,4)", `{"type":"bytes","logicalType":"decimal","precision":38,"scale":9}`, avsc.RuleType},
		{"number", "", `"double"`, ""},
		{"number", "bigint", `"double"`, avsc.RuleType},
		{"string", "varchar(40)", `"string"`, ""},
		{"string", "character varying(40)", `"string"`, ""},
		{"string", "fixed(16)", `{"type":"fixed","name":"Field","size":16}`, ""},
		{"string", "fixed", `"bytes"`, avsc.RuleType},
		{"string", "enum", `"string"`, avsc.RuleType},
		{"string", "timestamp", `"string"`, avsc.RuleType},
		{"date", "", `{"type":"int","logicalType":"date"}`, ""},
		{"timestamp", "timestamp(6) with time zone", `{"type":"long","logicalType":"timestamp-micros"}`, ""},
		{"timestamp", "timestamp without time zone", `{"type":"long","logicalType":"local-timestamp-millis"}`, ""},
		{"timestamp", "timestamp(9)", `{"type":"long","logicalType":"timestamp-nanos"}`, ""},
		{"time", "time(6)", `{"type":"long","logicalType":"time-micros"}`, ""},
		{"boolean", "bool", `"boolean"`, ""},
		{"object", "map<decimal(9,2)>", `{"type":"map","values":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}`, ""},
		{"object", "map<string,bigint>", `{"type":"map","values":"long"}`, ""},
		{"object", "", `{"type":"map","values":"string"}`, avsc.RuleType},
		{"map", "", `{"type":"map","values":"string"}`, avsc.RuleType},
		{"array", "array<date>", `{"type":"array","items":{"type":"int","logicalType":"date"}}`, ""},
		{"array", "", `{"type":"array","items":"string"}`, avsc.RuleType},
		{"vector", "", `{"type":"array","items":"double"}`, ""},
		{"", "smallint", `"int"`, ""},
		{"", "geometry", `"string"`, avsc.RuleType},
		{"string", "geometry", `"string"`, ""},
	} {
		t.Run(test.logical+" "+test.physical, func(t *testing.T) {
			p := contract.Property{Name: "field", LogicalType: test.logical, PhysicalType: test.physical, Required: true}
			c := &contract.Contract{Objects: []contract.SchemaObject{{Name: "T", Properties: []contract.Property{p}}}}
			s, findings := avsc.Of(c, "")
			want := parse(t, `{"type":"record","name":"T","fields":[{"name":"field","type":`+test.want+`}]}`)
			equal(t, want, s)
			if rule := rules(findings); rule != test.rule {
				t.Errorf("findings %s, want %s", rule, test.rule)
			}
		})
	}
}

func rules(findings []contract.Finding) string {
	var ids []string
	for _, f := range findings {
		ids = append(ids, f.Rule)
	}
	return strings.Join(slices.Compact(ids), " ")
}

func TestNames(t *testing.T) {
	c := &contract.Contract{Objects: []contract.SchemaObject{{Name: "order lines", Properties: []contract.Property{
		{Name: "order-id", LogicalType: "string"}, {Name: "order.id", LogicalType: "string"}, {Name: "1st", LogicalType: "string"}, {Name: "größe", LogicalType: "string"},
		{Name: "seen", PhysicalName: "seen_at", LogicalType: "timestamp"},
		{Name: "int", LogicalType: "object", Properties: []contract.Property{{Name: "a", LogicalType: "string"}}},
		{Name: "Int", LogicalType: "object", Properties: []contract.Property{{Name: "b", LogicalType: "string"}}},
	}}}}
	text, findings := avsc.Schema(c, "orders.order-lines.2")
	s := parse(t, string(text))
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name()+" "+f.Type().Value().Name())
	}
	want := []string{"order_id ", "order_id_2 ", "_1st ", "gr__e ", "seen_at ", "int orders.order_lines._2.Int", "Int orders.order_lines._2.order_linesInt"}
	if s.Name() != "orders.order_lines._2.order_lines" || !slices.Equal(names, want) {
		t.Error(s.Name(), names)
	}
	if len(findings) != 5 || rules(findings) != avsc.RuleName {
		t.Error(findings)
	}
}

func TestNoSchemaObject(t *testing.T) {
	text, findings := avsc.Schema(&contract.Contract{File: "x.odcs.yaml"}, "")
	if text != nil || len(findings) != 1 || findings[0].Severity != contract.SeverityError || findings[0].File != "x.odcs.yaml" {
		t.Error(string(text), findings)
	}
}

// The contracts of this repository: what is made of a schema describes the schema, and the schema comes back.
func TestContracts(t *testing.T) {
	set, _ := contract.Load(os.DirFS("../../../contracts"))
	if len(set.Contracts()) == 0 {
		t.Fatal("no contracts")
	}
	for _, c := range set.Contracts() {
		text, findings := avsc.Schema(c, "ignored")
		if len(findings) > 0 || parse(t, string(text)).String() != c.Schema().String() {
			t.Error(c.File, findings)
		}
		properties, findings := avsc.Properties(c.Schema())
		if len(findings) > 0 {
			t.Error(c.File, findings)
		}
		again, findings := back(t, c.Schema(), properties)
		if len(findings) > 0 {
			t.Error(c.File, findings)
		}
		if string(again.Canonical()) != string(c.Schema().Canonical()) {
			t.Errorf("%s:\n%s\n%s", c.File, c.Schema().Canonical(), again.Canonical())
		}
		alone, _ := contract.ParseContract(c.File, c.Raw)
		if s, _ := avsc.Of(alone, "x"); s == nil || !slices.Equal(names(s), names(c.Schema())) {
			t.Error(c.File, "made from the contract alone:", s)
		}
	}
}

// A contract that is made of a schema is a file that parses, and agrees with the schema.
func TestPropertiesAgreeWithTheirSchema(t *testing.T) {
	agree := func(t *testing.T, s *avro.Schema) {
		t.Helper()
		properties, _ := avsc.Properties(s)
		c := &contract.Contract{ID: "urn:x", Name: "X", Version: "1.0.0", Status: "draft", Objects: []contract.SchemaObject{{
			Name: "X", PhysicalName: "x", PhysicalType: "topic", LogicalType: "object", Properties: properties,
		}}}
		text, lost := c.Encode("")
		if len(lost) > 0 {
			t.Error(lost)
		}
		read, findings := contract.ParseContract("x.odcs.yaml", text)
		if read == nil {
			t.Fatalf("%v\n%s", findings, text)
		}
		if findings := append(findings, read.Bind("x.avsc", []byte(s.String()))...); len(findings) > 0 {
			t.Errorf("%v\n%s", findings, text)
		}
		again, _ := back(t, s, read.Objects[0].Properties)
		equal(t, s, again)
	}
	for name, f := range roundTrip() {
		t.Run(name, func(t *testing.T) { agree(t, parse(t, `{"type":"record","name":"orders.Order","fields":[`+f+`]}`)) })
	}
}

func names(s *avro.Schema) (list []string) {
	for _, f := range s.Fields() {
		list = append(list, f.Name())
	}
	slices.Sort(list)
	return list
}

// Whatever a contract says, the schema is one that Avro accepts, and it is the same each time.
func TestAnyContractGivesASchema(t *testing.T) {
	for seed := range uint64(1500) {
		g := generator{rand.New(rand.NewPCG(seed, 5))}
		c := &contract.Contract{Objects: []contract.SchemaObject{{Name: g.name(), Description: "d\x00\xff</script>", Properties: g.properties(0)}}}
		namespace := g.name() + "." + g.name()
		text, findings := avsc.Schema(c, namespace)
		if text == nil {
			t.Fatal(seed, findings)
		}
		s := parse(t, string(text))
		again, _ := avsc.Schema(c, namespace)
		if string(again) != string(text) {
			t.Fatal(seed, "differs the second time")
		}
		described, _ := avsc.Properties(s)
		same, more := back(t, s, described)
		if string(same.Canonical()) != string(s.Canonical()) && rules(more) == "" {
			t.Fatalf("%d:\n%s\n%s", seed, s, same)
		}
		if len(findings) == 0 {
			keepsTypes(t, seed, c.Objects[0].Properties, described)
		}
	}
}

// keepsTypes wants each property's logicalType as it was, where nothing was found to say about it.
func keepsTypes(t *testing.T, seed uint64, want, got []contract.Property) {
	t.Helper()
	for i := range want {
		if want[i].LogicalType != got[i].LogicalType || (want[i].Required || want[i].PrimaryKey) != got[i].Required || len(want[i].Properties) != len(got[i].Properties) {
			t.Fatalf("%d: %+v\n%+v", seed, want[i], got[i])
		}
		keepsTypes(t, seed, want[i].Properties, got[i].Properties)
	}
}

type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g generator) name() string {
	return g.pick("id", "city", "Address", "order-id", "1st", "", "string", "größe", "a.b", "shipTo", "Line", "x y", "_", "record")
}

func (g generator) properties(depth int) (list []contract.Property) {
	for range 1 + g.IntN(5) {
		list = append(list, g.property(depth))
	}
	return list
}

func (g generator) property(depth int) contract.Property {
	p := contract.Property{
		Name: g.name(), Required: g.IntN(2) == 0, PrimaryKey: g.IntN(9) == 0, Description: g.pick("", "text", "\"\\\u2028"),
		LogicalType:  g.pick("string", "integer", "number", "date", "time", "timestamp", "boolean", "object", "array", "string"),
		PhysicalType: g.pick("", "", "", "enum", "fixed", "fixed(3)", "uuid", "decimal(9,2)", "map<int>", "array<string>", "nonsense", "bigint", "record", "duration", "null", "(", "<", "map<>", "decimal(99999)"),
	}
	if depth < 4 && p.LogicalType == "object" {
		p.Properties = g.properties(depth + 1)
	}
	if depth < 4 && p.LogicalType == "array" {
		item := g.property(depth + 1)
		item.Name = ""
		p.Items = &item
	}
	if g.IntN(3) == 0 {
		p.CustomProperties = append(p.CustomProperties, contract.CustomProperty{
			Property: g.pick("avro.name", "avro.default", "avro.size", "avro.enumDefault", "avro.nullable", "avro.aliases"),
			Value:    contract.Value{Kind: 2, Text: g.pick("x.Address", "Address", "string", "4", "-1", "a b", "true", "id")},
		})
	}
	if g.IntN(3) == 0 {
		q := contract.Quality{Metric: "invalidValues", Arguments: &contract.Arguments{}}
		for range g.IntN(3) {
			q.Arguments.ValidValues = append(q.Arguments.ValidValues, contract.Value{Kind: 2, Text: g.pick("a", "b", "not a symbol", "")})
		}
		p.Quality = append(p.Quality, q)
	}
	return p
}
