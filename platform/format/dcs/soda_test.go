package dcs_test

import (
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
)

// imported is a contract of one model with the fields a, b (numbers), s (text) and t, and checks.
func imported(t *testing.T, checks string) (*contract.Contract, []contract.Finding) {
	t.Helper()
	c, findings := dcs.Import("soda.yaml", []byte(`dataContractSpecification: 0.9.3
id: soda
info: {title: Soda, version: 1.0.0}
models:
  m:
    fields: {a: {type: int}, b: {type: int}, s: {type: text}, t: {type: timestamp}}
quality:
  type: SodaCL
  specification:
    checks for m:
      - `+checks+"\n"))
	if c == nil {
		t.Fatalf("%s: %v", checks, findings)
	}
	return c, findings
}

// said is what a contract says of quality and freshness, in one line for each.
func said(t *testing.T, c *contract.Contract) string {
	t.Helper()
	var lines []string
	document := c.Document()
	schema := document.Get("schema").Items[0]
	for _, q := range schema.Get("quality").Items {
		lines = append(lines, marshal(t, q))
	}
	for _, p := range schema.Get("properties").Items {
		for _, q := range p.Get("quality").Items {
			lines = append(lines, p.Get("name").Text+" "+marshal(t, q))
		}
		if o := p.Get("logicalTypeOptions"); len(o.Entries) > 0 {
			lines = append(lines, p.Get("name").Text+" "+marshal(t, o))
		}
	}
	for _, p := range document.Get("slaProperties").Items {
		lines = append(lines, marshal(t, p))
	}
	return strings.Join(lines, "\n")
}

// Each check becomes what ODCS can judge.
func TestSodaCL(t *testing.T) {
	for checks, want := range map[string]string{
		`row_count > 0`:                                      `{"metric":"rowCount","severity":"error","mustBeGreaterThan":0}`,
		`row_count >= 5000`:                                  `{"metric":"rowCount","severity":"error","mustBeGreaterOrEqualTo":5000}`,
		`row_count between 10 and 20`:                        `{"metric":"rowCount","severity":"error","mustBeBetween":[10,20]}`,
		`row_count not between 10 and 20`:                    `{"metric":"rowCount","severity":"error","mustNotBeBetween":[10,20]}`,
		`duplicate_count(a) = 0`:                             `a {"metric":"duplicateValues","severity":"error","mustBe":0}`,
		`duplicate_count(a, b) = 0`:                          `{"metric":"duplicateValues","arguments":{"properties":["a","b"]},"severity":"error","mustBe":0}`,
		`duplicate_percent("a") < 1%`:                        `a {"metric":"duplicateValues","unit":"percent","severity":"error","mustBeLessThan":1}`,
		`missing_count(s) = 0`:                               `s {"metric":"nullValues","severity":"error","mustBe":0}`,
		"missing_count(s) = 0: {missing values: [NA]}":       `s {"metric":"missingValues","arguments":{"missingValues":[null,"NA"]},"severity":"error","mustBe":0}`,
		`missing_percent(s) <= 5`:                            `s {"metric":"nullValues","unit":"percent","severity":"error","mustBeLessOrEqualTo":5}`,
		"invalid_percent(s) < 0.1%: {valid values: [x, y]}":  `s {"metric":"invalidValues","arguments":{"validValues":["x","y"]},"unit":"percent","severity":"error","mustBeLessThan":0.1}`,
		`invalid_count(s) = 0: {valid regex: "^a"}`:          `s {"metric":"invalidValues","arguments":{"pattern":"^a"},"severity":"error","mustBe":0}`,
		"invalid_count(a) = 0: {valid min: 0, valid max: 9}": `a {"minimum":0,"maximum":9}`,
		"invalid_count(s) = 0: {valid max length: 9}":        `s {"maxLength":9}`,
		"invalid_percent(a) < 0.1%: {valid min: 0}":          `{"type":"custom","severity":"error","engine":"soda","implementation":{"invalid_percent(a) \u003c 0.1%":{"valid min":0}}}`,
		`freshness(t) < 1h`:                                  `{"property":"freshness","value":1,"unit":"hours","element":"m.t"}`,
		`freshness(t::datetime) < 5d`:                        `{"property":"freshness","value":5,"unit":"days","element":"m.t"}`,
		`freshness(x) < 1h`:                                  `{"type":"custom","severity":"error","engine":"soda","implementation":"freshness(x) \u003c 1h"}`,
		`missing_count(x) = 0`:                               `{"type":"custom","severity":"error","engine":"soda","implementation":"missing_count(x) = 0"}`,
		`avg(a) between 1 and 2`:                             `{"type":"custom","severity":"error","engine":"soda","implementation":"avg(a) between 1 and 2"}`,
		"row_count: {warn: when < 10, fail: when = 0, name: rows}": `{"name":"rows","metric":"rowCount","severity":"error","mustNotBe":0}` + "\n" +
			`{"name":"rows","metric":"rowCount","severity":"warning","mustBeGreaterOrEqualTo":10}`,
		"missing_percent(s): {warn: when > 5%}":      `s {"metric":"nullValues","unit":"percent","severity":"warning","mustBeLessOrEqualTo":5}`,
		"schema: {warn: {when schema changes: any}}": `{"type":"custom","severity":"warning","engine":"soda","implementation":{"schema":{"warn":{"when schema changes":"any"}}}}`,
		"row_count > 0: {filter: a > 1}":             `{"type":"custom","severity":"error","engine":"soda","implementation":{"row_count \u003e 0":{"filter":"a \u003e 1"}}}`,
		`missing_percent(s) < 150%`:                  `s {"type":"text"`,
	} {
		c, findings := imported(t, checks)
		got := said(t, c)
		if got != want && (want != `s {"type":"text"` || !strings.Contains(got, `"type":"text"`)) {
			t.Errorf("%s\ngot  %s\nwant %s", checks, got, want)
		}
		if strings.Contains(want, `"type"`) != (len(findings) > 0) {
			t.Errorf("%s: findings %v", checks, findings)
		}
		exported, _ := dcs.Export(c, nil)
		stable(t, "soda", c, exported)
	}
}
