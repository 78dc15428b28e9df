package contract

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// Metrics are the quality rules that take more than one record to judge: all about duplicateValues and rowCount, and
// those about other metrics that allow a number or a share of bad values. They are counted on the port that the
// contract is about, by whoever publishes or observes it.
func (c *Contract) Metrics() []quality.Rule {
	t := c.translate()
	metrics := make([]quality.Rule, len(t.metrics))
	for i, m := range t.metrics {
		metrics[i] = m.Rule
	}
	return metrics
}

// QualityWindow is the stretch of the port over which Metrics are counted.
func (c *Contract) QualityWindow() quality.Window { return c.settings.quality }

// counted is a metric and where the contract says it.
type counted struct {
	quality.Rule
	place Place
	bad   []translated
}

// metric takes a rule that is judged over many records, about the values at a path; a nil path is the record itself.
func (t *translator) metric(q *Quality, path []string) {
	m := counted{place: q.Place, Rule: quality.Rule{
		ID:     PathText(append(slices.Clone(path), q.metric())),
		Metric: quality.Metric(q.metric()), Unit: q.unit(), Operator: q.operator(), Bounds: q.bounds(),
		Severity: severities()[strings.ToLower(q.Severity)],
	}}
	switch m.Metric {
	case quality.RowCount:
	case quality.DuplicateValues:
		if m.Fields = t.fields(q, path); m.Fields == nil {
			t.unenforced(q.Place, "metric", "duplicateValues of a whole object needs arguments.properties; or say it at a property")
			return
		}
		for _, f := range m.Fields {
			why := t.incomparable(f)
			if inMany(f) {
				why = "one record has many of them"
			}
			if why != "" {
				t.unenforced(q.Place, "metric", "duplicateValues of %s: %s", PathText(f), why)
				return
			}
		}
		m.Keyed = slices.ContainsFunc(m.Fields, func(f []string) bool { return slices.Equal(f, t.contract.settings.key) })
	default:
		var enough bool
		if m.bad, enough = t.bad(q, path, avro.Count); !enough {
			return
		}
		for i := range m.bad {
			m.bad[i].ID = m.ID
			m.Bad = append(m.Bad, m.bad[i].Rule)
		}
	}
	same := 0
	for _, other := range t.metrics {
		if other.ID == m.ID || strings.HasPrefix(other.ID, m.ID+"#") {
			same++
		}
	}
	if same > 0 {
		m.ID += "#" + strconv.Itoa(same+1)
	}
	t.metrics = append(t.metrics, m)
}

// fields are what a rule about duplicates compares: the property that it stands at, or those that it lists.
func (t *translator) fields(q *Quality, path []string) [][]string {
	var fields [][]string
	if q.Arguments != nil {
		for _, name := range q.Arguments.Properties {
			fields = append(fields, t.named(name))
		}
	}
	if fields == nil && path != nil {
		fields = [][]string{path}
	}
	return fields
}

// unit is rows where the rule says nothing.
func (q *Quality) unit() quality.Unit {
	switch strings.ToLower(q.Unit) {
	case "percent", "percentage", "%":
		return quality.Percent
	}
	return quality.Rows
}

// bounds are the operator's numbers.
func (q *Quality) bounds() []float64 {
	values := append(slices.Clone(q.MustBeBetween), q.MustNotBeBetween...)
	for _, v := range []Value{q.MustBe, q.MustNotBe, q.MustBeGreaterThan, q.MustBeGreaterOrEqualTo, q.MustBeLessThan, q.MustBeLessOrEqualTo} {
		if v.IsNumber() {
			values = append(values, v)
		}
	}
	var bounds []float64
	for _, v := range values {
		if f, err := strconv.ParseFloat(plainNumber(v), 64); err == nil {
			bounds = append(bounds, f)
		}
	}
	return bounds
}
