package dcs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
)

// FuzzImport: any bytes give a contract or errors, never both, never a panic; every finding lies within the file. What was
// imported can be written, read, exported and imported once more, and the export is what the standard takes.
func FuzzImport(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join("testdata", "import", "*.yaml"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range hostile() {
		if len(text) < 10_000 {
			f.Add([]byte(text))
		}
	}
	var s *jsonschema.Schema
	if dir := os.Getenv("TIDEMARK_STANDARDS"); dir != "" {
		s, _ = jsonschema.NewCompiler().Compile(filepath.Join(dir, "dcs", "datacontract-1.2.1.schema.json"))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		holds(t, s, text)
	})
}

// holds is what holds of any bytes.
func holds(t *testing.T, s *jsonschema.Schema, text []byte) {
	t.Helper()
	c, findings := dcs.Import("fuzz.yaml", text)
	if (c == nil) != contract.HasErrors(findings) {
		t.Fatalf("a contract and errors, or neither: %v", findings)
	}
	lines := strings.Count(string(text), "\n") + strings.Count(string(text), "\r") + strings.Count(string(text), "\u2028") + strings.Count(string(text), "\u2029") + strings.Count(string(text), "\u0085") + 2
	for _, x := range findings {
		if x.Line < 0 || x.Line > 2*lines || x.Column < 0 || x.Message == "" || x.Rule == "" || x.File != "fuzz.yaml" {
			t.Fatalf("%+v in %d lines", x, lines)
		}
	}
	dcs.PlainOf("fuzz.yaml", text)
	if c == nil {
		return
	}
	written, lost := c.Encode("")
	if again, findings := contract.ParseContract("fuzz.odcs.yaml", written); again == nil || len(lost) > 0 {
		t.Fatalf("%v, lost %v in\n%s", findings, lost, written)
	}
	dcs.Plain(c, nil)
	exported, _ := dcs.Export(c, nil)
	if s != nil {
		valid(t, s, exported)
	}
	again, findings := dcs.Import("fuzz.yaml", exported)
	if again == nil {
		t.Fatalf("%v in\n%s", findings, exported)
	}
	twice, _ := dcs.Export(again, nil)
	if got, want := canonical(t, twice), canonical(t, exported); got != want {
		t.Errorf("exported again, %s\n%s", difference(got, want), exported)
	}
}

// hostile are files that want too much.
func hostile() map[string]string {
	bomb := "dataContractSpecification: 1.2.1\nid: a\ninfo: {title: a, version: 1.0.0}\nmodels:\n  m:\n    fields:\n      f: {$ref: '#/definitions/d0'}\ndefinitions:\n"
	for n := range 14 {
		bomb += "  d" + string(rune('0'+n)) + ": {type: object, fields: {"
		for f := range 6 {
			bomb += string(rune('a'+f)) + ": {$ref: '#/definitions/d" + string(rune('0'+n+1)) + "'}, "
		}
		bomb += "}}\n"
	}
	head := "dataContractSpecification: 1.2.1\nid: a\ninfo: {title: a, version: 1.0.0}\n"
	return map[string]string{
		"ref bomb":       bomb,
		"ref to itself":  head + "models: {m: {fields: {f: {$ref: '#/definitions/d'}}}}\ndefinitions: {d: {type: object, fields: {g: {$ref: '#/definitions/d'}}}}\n",
		"large text":     head + "models: {m: {fields: {" + refs(2000) + "}}}\ndefinitions: {d: {type: string, description: " + strings.Repeat("x", 9000) + "}}\n",
		"deep":           head + "models: {m: {fields: " + strings.Repeat("{a: {fields: ", 15) + "{}" + strings.Repeat("}}", 15) + "}}\n",
		"deeper":         head + "models: {m: {fields: " + strings.Repeat("{a: {fields: ", 5000) + "{}" + strings.Repeat("}}", 5000) + "}}\n",
		"aliases":        head + "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d]\n",
		"many fields":    head + "models: {m: {fields: {" + many(12_000, func(n int) string { return "f" + itoa(n) + ": {}," }) + "}}}\n",
		"many bad":       head + "models: {m: {fields: {" + many(5_000, func(n int) string { return "f" + itoa(n) + ": []," }) + "}}}\n",
		"many warnings":  head + "models: {m: {fields: {" + many(5_000, func(n int) string { return "f" + itoa(n) + ": {type: q}," }) + "}}}\n",
		"many bad rules": head + "models: {m: {quality: [" + many(3_000, func(int) string { return "{metric: rowCount, mustBeLessThan: -1}," }) + "]}}\n",
		"bad text block": head + "models: {m: {}}\nquality: {type: SodaCL, specification: \"a: [\"}\n",
		"tidemark":       head + "models: {m: {}}\nodcs: {customProperties: [{property: tidemark.nothing, value: 1}]}\n",
		"odcs of a list": head + "models: {m: {odcs: {properties: 5, quality: {a: b}}}}\nodcs: {id: 5, servers: 1}\n",
		"all null":       "dataContractSpecification:\nid:\ninfo:\nmodels:\nservers:\nterms:\nquality:\nsla:\n",
		"wrong kinds":    "dataContractSpecification: [1]\nid: {a: b}\ninfo: 5\nmodels: [1]\nschema: {fields: 5}\nservers: 5\nterms: [1]\nquality: 7\nsla: 9\nservicelevels: 1\ntags: {a: b}\nlinks: [1]\n",
		"not yaml":       "{",
		"empty":          "",
	}
}
