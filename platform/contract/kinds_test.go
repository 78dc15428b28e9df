package contract_test

import (
	"fmt"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// Every kind of rule, from the contract's text to the walker's verdict: a record that keeps it and one that breaks it;
// and what keeps them all costs no allocation, with what is counted on top.
func TestEveryKindOfRule(t *testing.T) {
	c, findings := contract.ParseContract("kinds.odcs.yaml", fmt.Appendf(nil, `
apiVersion: v3.2.0
kind: DataContract
id: kinds
version: 1.0.0
schema:
  - name: Kinds
    physicalName: shop.all.kinds.v1
    physicalType: topic
    properties:
      - {name: id, logicalType: string, required: true, unique: true, quality: [{metric: duplicateValues, mustBe: 0}]}
%s      - {name: counted, logicalType: string, quality: [{metric: nullValues, mustBeLessThan: 5, unit: percent}, {metric: missingValues, mustBeLessThan: 5, arguments: {missingValues: [x]}}]}
    quality: [{metric: rowCount, mustBeGreaterThan: 5}]
customProperties: [{property: tidemark.key, value: id}]
`, contracttest.Properties(6)))
	if contract.HasErrors(findings) {
		t.Fatal(findings)
	}
	findings = c.Bind("kinds.avsc", fmt.Appendf(nil, `{"type":"record","name":"Kinds","fields":[{"name":"id","type":"string"},%s{"name":"counted","type":["null","string"]}]}`, contracttest.Fields()))
	if contract.HasErrors(findings) {
		t.Fatal(findings)
	}
	rules, notes := c.Rules()
	if len(notes) > 0 {
		t.Error(notes)
	}
	metrics := c.Metrics()
	for _, u := range c.Uniques() {
		metrics = append(metrics, u.Metric())
	}
	if len(metrics) != 5 {
		t.Errorf("%d metrics", len(metrics))
	}
	o := avro.Options{Rules: rules}
	plan := quality.NewPlan(metrics, &o)
	program, err := avro.Compile(c.Schema(), o)
	if err != nil {
		t.Fatal(err)
	}
	n := program.NewNotes()
	payload := func(bad int) []byte {
		t.Helper()
		b, err := avro.EncodeJSON(c.Schema(), []byte(`{"id":"a",`+contracttest.Values(bad)+`"counted":null}`))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for i, k := range contracttest.Kinds() {
		if v := program.Walk(payload(i), n); v.OK() || v.Rule < 0 || program.Rules()[v.Rule].ID != k.Rule {
			t.Errorf("%s: %s: %v", k.Property, k.Bad, program.Rejection(v))
		}
	}
	good := payload(-1)
	if v := program.Walk(good, n); !v.OK() {
		t.Fatal(program.Rejection(v))
	}
	var hasher quality.Hasher
	samples := plan.Sample(nil, n, &hasher)
	if allocs := testing.AllocsPerRun(1000, func() {
		program.Walk(good, n)
		samples = plan.Sample(samples[:0], n, &hasher)
	}); allocs != 0 {
		t.Errorf("%v allocations for an accepted record", allocs)
	}
}
