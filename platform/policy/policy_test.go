package policy_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

// bundle is a folder of the files name, text, name, text …
func bundle(files ...string) fstest.MapFS {
	tree := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		tree[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return tree
}

// judged renders the findings of a bundle of one or more files about a small contract.
func judged(t *testing.T, tree fstest.MapFS) []string {
	t.Helper()
	b, _ := policy.Load(tree)
	v := b.Judge(t.Context(), input(t))
	if v.Denied() != contract.HasErrors(v.Findings) || v.Digest != b.Digest() {
		t.Errorf("%+v", v)
	}
	return rendered(v.Findings)
}

func rendered(findings []contract.Finding) []string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, f.String())
	}
	return lines
}

func input(t *testing.T) policy.Input {
	t.Helper()
	c, findings := contract.ParseContract("orders.odcs.yaml", []byte(`apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:shop:orders:orders:1
version: 1.2.0
status: active
schema:
  - name: Order
    physicalName: shop.orders.orders.v1
    physicalType: topic
    properties:
      - {name: id, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: email, logicalType: string, classification: pii}
slaProperties:
  - {property: freshness, value: 15, unit: minutes}
customProperties:
  - {property: size, value: 1e999999999}
`))
	if c == nil {
		t.Fatal(findings)
	}
	p, findings := contract.ParseDataProduct("product.odps.yaml", []byte("apiVersion: v1.0.0\nkind: DataProduct\nid: shop.orders\nstatus: active\nteam:\n  name: orders-team\n"))
	if p == nil {
		t.Fatal(findings)
	}
	return policy.Input{Contract: c, DataProduct: p, Environment: "production", Now: now()}
}

// TestVerdicts: what rules in each style come to.
func TestVerdicts(t *testing.T) {
	const file = "orders.odcs.yaml:1:1: "
	for name, c := range map[string]struct {
		files []string
		want  []string
	}{
		"v0": {
			[]string{"a.rego", "package contracts.rules\ndeny[msg] { re_match(`^urn:`, input.contract.id); msg := sprintf(\"%s is denied\", [input.contract.id]) }"},
			[]string{file + "error policy.contracts.rules: urn:datamesh:shop:orders:orders:1 is denied"},
		},
		"v1":           {[]string{"a.rego", "package a\ndeny contains \"no\" if input.environment == \"production\""}, []string{file + "error policy.a: no"}},
		"v1 by import": {[]string{"a.rego", "package a\nimport rego.v1\ndeny contains \"no\" if input.previous == null"}, []string{file + "error policy.a: no"}},
		"v0 with future keywords": {
			[]string{"a.rego", "package a\nimport future.keywords.in\ndeny[msg] { some p in input.contract.schema[0].properties; p.name == \"email\"; msg := p.name }"},
			[]string{file + "error policy.a: email"},
		},
		"both, that use each other": {
			[]string{
				"lib.rego", "package lib\nplain(text) { re_match(`^[a-z]+$`, text) }\nupper_name = name { name := upper(input.contract.schema[0].name) }",
				"new.rego", "package new\nimport data.lib\ndeny contains lib.upper_name if lib.plain(\"abc\")",
				"old.rego", "package old\nimport data.new\ndeny[x] { new.deny[x] }",
			},
			[]string{file + "error policy.new: ORDER", file + "error policy.old: ORDER"},
		},
		"functions alone, with what only v0 has": {
			[]string{"lib.rego", "package lib\nplain(text) = re_match(`^urn:`, text)", "a.rego", "package a\nimport data.lib\ndeny contains \"no\" if lib.plain(input.contract.id)"},
			[]string{file + "error policy.a: no"},
		},
		"violation, warn and suffixes": {
			[]string{"a.rego", "package a\nviolation contains {\"msg\": \"v\"} if true\nwarn contains \"w\" if true\ndeny_more contains \"d\" if true\nwarn_less contains \"l\" if true\ndenying contains \"never\" if true"},
			[]string{file + "error policy.a: v", file + "error policy.a.deny_more: d", file + "warning policy.a: w", file + "warning policy.a.warn_less: l"},
		},
		"objects with a place": {
			[]string{"a.rego", `package a
deny contains {"msg": "key", "path": "schema[0].properties[1].classification"} if true
deny contains {"msg": "list", "path": ["schema", 0, "properties", 0]} if true
deny contains {"msg": "missing", "path": "schema[0].properties[0].description", "more": 1} if true
deny contains {"msg": "product", "path": "data_product.team.name"} if true
deny contains {"msg": "nowhere", "path": "team"} if true
deny contains {"msg": "strange", "path": {"a": 1}} if true`},
			[]string{
				file + "error policy.a: strange",
				file + "error policy.a: team: nowhere",
				"orders.odcs.yaml:11:9: error policy.a: schema[0].properties[0]: list",
				"orders.odcs.yaml:11:9: error policy.a: schema[0].properties[0].description: missing",
				"orders.odcs.yaml:12:60: error policy.a: schema[0].properties[1].classification: key",
				"product.odps.yaml:6:9: error policy.a: team.name: product",
			},
		},
		"true, a text, a list, an object": {
			[]string{"a.rego", "package a\ndeny if true", "b.rego", "package b\ndeny := \"b\" if true", "c.rego", "package c\ndeny := [\"c\", \"d\"] if true", "d.rego", "package d\ndeny[key] := msg if { key := \"k\"; msg := \"e\" }", "e.rego", "package e\ndeny if false", "f.rego", "package f\ndeny := false if true"},
			[]string{file + "error policy.a: deny of a holds, and says no more", file + "error policy.b: b", file + "error policy.c: c", file + "error policy.c: d", file + "error policy.d: e"},
		},
		"a text without a word": {
			[]string{"a.rego", "package a\ndeny contains \" \" if true\nwarn contains {\"msg\": \"\", \"path\": \"id\"} if true"},
			[]string{file + "error policy.a: deny of a holds, and says no more", "orders.odcs.yaml:3:5: warning policy.a: id: warn of a holds, and says no more"},
		},
		"what is no message denies": {
			[]string{"a.rego", "package a\ndeny contains 7 if true\nwarn contains {\"message\": \"x\"} if true\ndeny_null contains null if true"},
			[]string{
				file + `error policies.result: a.rego:2: a deny gave 7, which denies: give a text, or an object with the text as msg`,
				file + `error policies.result: a.rego:3: a warn gave {"message":"x"}, which denies: give a text, or an object with the text as msg`,
				file + `error policies.result: a.rego:4: a deny_null gave null, which denies: give a text, or an object with the text as msg`,
			},
		},
		"a built-in function's error denies, and the others still judge": {
			[]string{"a.rego", "package a\ndeny contains \"no\" if to_number(\"x\") > 1", "b.rego", "package b\ndeny contains \"b\" if true"},
			[]string{file + `error policies.error: a.rego:2: a deny could not judge, which denies: to_number: strconv.ParseFloat: parsing "x": invalid syntax (a.rego:2)`, file + "error policy.b: b"},
		},
		"two values denies": {
			[]string{"a.rego", "package a\ndeny := \"x\" if true\ndeny := \"y\" if true"},
			[]string{file + `error policies.error: a.rego:2: a deny could not judge, which denies: rule data.a.deny produced conflicting values: "x" at a.rego:2 "y" at a.rego:3 (a.rego:3)`},
		},
		"owner missing and blank": {
			[]string{"a.rego", "package a\ndeny contains \"blank\" if input.contract.team.name == \"\"\ndeny contains \"missing\" if not input.contract.team.name\ndeny contains \"product\" if input.data_product.team.name == \"orders-team\""},
			[]string{file + "error policy.a: missing", file + "error policy.a: product"},
		},
		"the looser shape": {
			[]string{"a.rego", `package datacontract
deny[msg] { input.environment == "production"; not input.data_contract.servers.production; msg := "no server for production" }
deny[msg] { f := input.data_contract.schema.fields[_]; f.pii; not f.encrypted; msg := sprintf("%s is personal: %s", [f.name, input.data_contract.terms.classification]) }
deny[msg] { not input.data_contract.sla.freshness; msg := "no freshness" }
deny[msg] { input.data_contract.info.owner == ""; msg := "no owner" }`},
			[]string{file + "error policy.datacontract: email is personal: pii", file + "error policy.datacontract: no server for production"},
		},
		"all of the input": {
			[]string{"a.rego", "package a\ndeny contains concat(\" \", sort([key | some key, _ in input])) if true"},
			[]string{file + "error policy.a: contract data_contract data_product environment now previous"},
		},
		"time": {[]string{"a.rego", "package a\ndeny contains input.now if time.parse_rfc3339_ns(input.now) > 0"}, []string{file + "error policy.a: 2026-11-21T12:00:00Z"}},
		"a number without bounds is text": {
			[]string{"a.rego", "package a\ndeny contains v if v := input.contract.customProperties[0].value\ndeny contains \"15\" if input.contract.slaProperties[0].value + 0 == 15"},
			[]string{file + "error policy.a: 15", file + "error policy.a: 1e999999999"},
		},
		"data": {
			[]string{"a.rego", "package a\ndeny contains \"no\" if input.environment in data.where.environments\ndeny contains data.other.name if true", "where/data.json", `{"environments": ["production"]}`, "other/data.yaml", "name: 007\n"},
			[]string{file + "error policy.a: 007", file + "error policy.a: no"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := judged(t, bundle(c.files...)); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

// TestUnsound: what is wrong with a bundle is found when it is loaded, and denies.
func TestUnsound(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  string
		warns bool
	}{
		"empty folder":         {nil, ".:1:1: error policies.empty: no rule decides anything", false},
		"no decision":          {[]string{"a.rego", "package a\nallow if true"}, ".:1:1: error policies.empty: no rule decides anything", false},
		"tests alone":          {[]string{"a_test.rego", "package a\ndeny contains \"x\" if true"}, ".:1:1: error policies.empty: no rule decides anything", false},
		"an idle package":      {[]string{"a.rego", "package a\ndeny contains \"x\" if false", "b.rego", "package b\ndenny contains \"x\" if true"}, "b.rego:1:1: error policies.empty: the package b has no rule deny", false},
		"a package not there":  {[]string{"a.rego", "package a\ndeny contains \"x\" if data.lib.owner"}, "a.rego:2:22: error policies.undefined: data.lib.owner is not there", false},
		"an import not there":  {[]string{"a.rego", "package a\nimport data.lib\ndeny contains \"x\" if lib.owner"}, "a.rego:3:22: error policies.undefined: data.lib.owner is not there", false},
		"a rule not there":     {[]string{"a.rego", "package a\ndeny contains \"x\" if data.a.denied"}, "a.rego:2:22: error policies.undefined: data.a.denied is not there", false},
		"an input not there":   {[]string{"a.rego", "package a\ndeny contains \"x\" if input.contarct.id"}, `a.rego:2:22: warning policies.undefined: input has no "contarct", so nothing that asks for it ever holds; did you mean "contract"?`, true},
		"broken":               {[]string{"a.rego", "package a\ndeny contains \"x\" if {"}, "a.rego:2:22: error policies.load: ", false},
		"broken v0":            {[]string{"a.rego", "package a\ndeny[x] { x := 1"}, "a.rego:2:", false},
		"marked v1, and v0":    {[]string{"a.rego", "package a\nimport rego.v1\ndeny[x] { x := 1 }"}, "a.rego:3:1: error policies.load: `contains` keyword is required for partial set rules", false},
		"nothing in a file":    {[]string{"a.rego", "\n"}, "a.rego:1:1: error policies.load: the file holds no package", false},
		"comments alone":       {[]string{"a.rego", "# later\n"}, "a.rego:1:1: error policies.load: the file holds no package", false},
		"no package":           {[]string{"a.rego", "deny contains \"x\" if true"}, "a.rego:1:1: error policies.load: ", false},
		"network":              {[]string{"a.rego", "package a\ndeny contains \"x\" if http.send({\"url\": \"https://shop.example\"})"}, "a.rego:2:22: error policies.load: http.send is not there for policies", false},
		"names":                {[]string{"a.rego", "package a\ndeny[x] { x := net.lookup_ip_addr(\"shop.example\") }"}, "a.rego:2:16: error policies.load: net.lookup_ip_addr is not there for policies", false},
		"clock":                {[]string{"a.rego", "package a\ndeny contains \"x\" if time.now_ns() > 0"}, "a.rego:2:22: error policies.load: time.now_ns is not there for policies", false},
		"chance":               {[]string{"a.rego", "package a\ndeny contains \"x\" if rand.intn(\"a\", 2) == 0"}, "a.rego:2:22: error policies.load: rand.intn is not there for policies", false},
		"surroundings":         {[]string{"a.rego", "package a\ndeny contains \"x\" if opa.runtime().env.HOME"}, "a.rego:2:22: error policies.load: opa.runtime is not there for policies", false},
		"remote schema":        {[]string{"a.rego", "package a\ndeny contains \"x\" if json.match_schema({}, {\"$ref\": \"https://shop.example\"})[0]"}, "a.rego:2:22: error policies.load: json.match_schema is not there for policies", false},
		"unknown function":     {[]string{"a.rego", "package a\ndeny contains \"x\" if no.such(1)"}, "a.rego:2:22: error policies.load: undefined function no.such", false},
		"data that is none":    {[]string{"a.rego", "package a\ndeny contains \"x\" if true", "data.json", "[1]"}, "data.json:1:1: error policies.load: must hold an object", false},
		"data said twice":      {[]string{"a.rego", "package a\ndeny contains \"x\" if true", "data.json", `{"b": {"c": 1}}`, "b/data.yaml", "c: 2"}, "data.json:1:1: error policies.load: \"b\": \"c\" is said by another data file too", false},
		"data where a rule is": {[]string{"a.rego", "package a\ndeny contains \"x\" if true", "data.json", `{"a": {"deny": 1}}`}, "a.rego:2:1: error policies.load: ", false},
	} {
		t.Run(name, func(t *testing.T) {
			b, findings := policy.Load(bundle(c.files...))
			if len(findings) == 0 || !strings.HasPrefix(findings[0].String(), c.want) {
				t.Errorf("got %v", rendered(findings))
			}
			v := b.Judge(t.Context(), input(t))
			if v.Denied() == c.warns {
				t.Errorf("verdict %v", rendered(v.Findings))
			}
		})
	}
	if v := new(policy.Bundle).Judge(t.Context(), input(t)); !v.Denied() {
		t.Error("no bundle at all denies nothing")
	}
}

// TestTime: a rule that would take 10^10 steps is stopped, and denies; so does the end of the caller's context.
func TestTime(t *testing.T) {
	tree := bundle("a.rego", "package a\ndeny contains \"never\" if {\n\tsome i in numbers.range(1, 100000)\n\tsome j in numbers.range(1, 100000)\n\ti * j < 0\n}", "b.rego", "package b\ndeny contains \"b\" if true")
	b, findings := policy.Load(tree)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	start := time.Now()
	v := b.WithTimeout(100*time.Millisecond).Judge(t.Context(), input(t))
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if got := rendered(v.Findings); len(got) != 1 || !strings.HasPrefix(got[0], "orders.odcs.yaml:1:1: error policies.time: a.rego:2: a deny was not done after 100ms") {
		t.Errorf("got %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := rendered(b.Judge(ctx, input(t)).Findings); len(got) != 1 || !strings.Contains(got[0], "the policies were stopped, which denies: context canceled") {
		t.Errorf("got %v", got)
	}
}

// TestMany: what a rule may say is bounded.
func TestMany(t *testing.T) {
	tree := bundle("a.rego", "package a\ndeny contains sprintf(\"%d\", [i]) if some i in numbers.range(1, 5000)\ndeny_long contains concat(\"\", [\"é\" | some i in numbers.range(1, 5000)]) if true")
	b, _ := policy.Load(tree)
	v := b.Judge(t.Context(), input(t))
	if len(v.Findings) != 1002 || !slices.ContainsFunc(v.Findings, func(f contract.Finding) bool { return f.Message == "4000 more of the same rule" }) {
		t.Error(len(v.Findings))
	}
	for _, f := range v.Findings {
		if len(f.Message) > 2003 || strings.ContainsRune(f.Message, '\uFFFD') {
			t.Error(len(f.Message))
		}
	}
}

// TestDigest: it names what judges, and nothing else.
func TestDigest(t *testing.T) {
	digest := func(files ...string) string {
		b, _ := policy.Load(bundle(files...))
		return b.Digest()
	}
	one := digest("a.rego", "package a", "b.rego", "package b")
	if again := digest("b.rego", "package b", "a.rego", "package a", "a_test.rego", "package c", "README.md", "x"); one != again || !strings.HasPrefix(one, "sha256:") {
		t.Error(one, again)
	}
	for _, other := range []string{digest("a.rego", "package a", "b.rego", "package c"), digest("a.rego", "package a", "c.rego", "package b"), digest("a.rego", "package ab.regopackage b"), digest("a.rego", "package a", "b.rego", "package b", "data.json", "{}")} {
		if other == one {
			t.Error("two bundles have one digest")
		}
	}
}

func TestRules(t *testing.T) {
	rules := load(t, shipped()).Rules()
	for _, r := range rules {
		if r.Title == "" || r.Description == "" || r.Line == 0 || r.Rego != "v1" || !strings.HasPrefix(r.ID, "policy.mesh.") {
			t.Errorf("%+v", r)
		}
	}
	if len(rules) < 12 {
		t.Errorf("only %d rules", len(rules))
	}
	b := load(t, bundle("a.rego", "# METADATA\n# title: Of the package\npackage a\n\ndeny[x] { x := \"1\"; false }\n\n# METADATA\n# title: Of the rule\n# description: More.\nwarn_two[x] { x := \"1\"; false }\n"))
	want := []policy.Rule{
		{ID: "policy.a", Package: "a", Name: "deny", Severity: "error", File: "a.rego", Line: 5, Rego: "v0", Title: "Of the package"},
		{ID: "policy.a.warn_two", Package: "a", Name: "warn_two", Severity: "warning", File: "a.rego", Line: 10, Rego: "v0", Title: "Of the rule", Description: "More."},
	}
	if got := b.Rules(); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

// TestTests: each way in which a test may end.
func TestTests(t *testing.T) {
	b := load(t, bundle("a.rego", "package a\ndeny contains \"x\" if input.environment == \"production\"", "a_test.rego", `package a_test
test_passes if "x" in data.a.deny with input as {"environment": "production"}
test_fails if count(data.a.deny) > 5 with input as {}
test_errs if to_number("x") == 1
todo_test_later if false
`))
	results, findings := b.Test(t.Context())
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprint(r.Name, " ", r.Line, " ", r.Passed, " ", r.Skipped, " ", r.Error))
	}
	want := []string{"test_passes 2 true false ", "test_fails 3 false false ", `test_errs 4 false false to_number: strconv.ParseFloat: parsing "x": invalid syntax (a_test.rego:4)`, "todo_test_later 5 false true "}
	if !slices.Equal(got, want) || len(findings) > 0 {
		t.Errorf("got %q %v", got, findings)
	}
	for text, want := range map[string]string{
		"package a_test\ntest_x if {":                                "a_test.rego:2:",
		"package a_test\ntest_x if http.send({\"url\": \"x\"})":      "a_test.rego:2:11: error policies.load: http.send is not there",
		"package a_test\ntest_x if data.a.deny with input as nobody": "a_test.rego:2:",
	} {
		b := load(t, bundle("a.rego", "package a\ndeny contains \"x\" if false", "a_test.rego", text))
		if _, findings := b.Test(t.Context()); len(findings) == 0 || !strings.HasPrefix(findings[0].String(), want) {
			t.Errorf("%s: %v", text, rendered(findings))
		}
		if b.Judge(t.Context(), input(t)).Denied() {
			t.Error("a broken test changes a verdict")
		}
	}
}
