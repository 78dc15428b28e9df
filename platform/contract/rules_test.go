package contract

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// TestRules translates contracts to rules. A case is an archive of a contract, its schema, and as its last file the rules
// and what is not enforced.
func TestRules(t *testing.T) {
	goldentest.Archives(t, "testdata/rules/*.txtar", "rules", *update, func(t *testing.T, archive *txtar.Archive) []byte {
		var got bytes.Buffer
		c, findings := ParseContract(archive.Files[0].Name, archive.Files[0].Data)
		if c != nil {
			findings = append(findings, c.Bind(archive.Files[1].Name, archive.Files[1].Data)...)
		}
		for _, f := range findings {
			fmt.Fprintln(&got, f)
		}
		if c == nil {
			t.Fatalf("not read:\n%s", got.String())
		}
		rules, notes := c.Rules()
		for _, r := range rules {
			fmt.Fprintf(&got, "%-7s %s: %s\n", r.Severity, r.ID, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Kind, r.Text, strings.Join(r.Values, "|"))))
		}
		for _, u := range c.Uniques() {
			fmt.Fprintf(&got, "unique  %s: %q, keyed %t\n", u.ID, u.Fields, u.Keyed)
		}
		metrics := c.Metrics()
		for _, m := range metrics {
			fmt.Fprintf(&got, "metric  %s: %s, %s\n", m.ID, m.Promise(), m.Severity)
			for _, b := range m.Bad {
				fmt.Fprintln(&got, "        counts", strings.TrimSpace(fmt.Sprintf("%s %s %q", b.Kind, b.Text, b.Values)))
			}
			if m.Fields != nil {
				fmt.Fprintf(&got, "        compares %q, keyed %t\n", m.Fields, m.Keyed)
			}
		}
		for _, e := range c.Expressions() {
			fmt.Fprintf(&got, "%-7s %s: %s\n", e.Severity, e.ID, e.Text)
		}
		for _, f := range notes {
			fmt.Fprintln(&got, f)
		}
		for _, path := range c.Classified() {
			fmt.Fprintln(&got, "classified:", PathText(path))
		}
		o := avro.Options{Rules: rules}
		for _, u := range c.Uniques() {
			metrics = append(metrics, u.Metric())
		}
		quality.NewPlan(metrics, &o)
		if _, err := avro.Compile(c.Schema(), o); err != nil {
			t.Error(err)
		}
		return got.Bytes()
	})
}

func TestRulesWithoutASchema(t *testing.T) {
	c, findings := ParseContract("a.odcs.yaml", []byte(`{apiVersion: v3.1.0, kind: DataContract, id: a, version: 1.0.0, status: active,
		schema: [{name: a, properties: [{name: b, required: true}]}]}`))
	if c == nil {
		t.Fatal(findings)
	}
	rules, _ := c.Rules()
	if len(rules) != 1 || rules[0].ID != "b.required" {
		t.Errorf("%v: without a schema everything may be null", rules)
	}
}
