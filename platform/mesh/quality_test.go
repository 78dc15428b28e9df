package mesh

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// A port's quality is its partitions' together, judged once all of them have told of the window that closed last; what cannot be merged is left
// out, and what was counted for another contract does not count.
func TestQuality(t *testing.T) {
	w := shop(t)
	p := w.start("shop", "a", "orders.checkout")
	counted := func(rows, bad int64, closed bool, start time.Time) func(*event.Freshness) {
		end := start.Add(time.Hour)
		return func(e *event.Freshness) {
			e.Quality = []event.QualityCount{
				{Rule: "email.nullValues", Metric: "nullValues", Unit: "percent", Operator: "mustBeLessThan", Bounds: []float64{5}, Severity: "warning",
					Start: start, End: &end, Closed: closed, Whole: true, Rows: rows, Bad: bad},
				{Rule: "rowCount", Metric: "rowCount", Unit: "rows", Operator: "mustBeGreaterThan", Bounds: []float64{150}, Severity: "error",
					Start: start, End: &end, Closed: closed, Whole: rows != 1, Rows: rows, Bad: bad},
				{Rule: "broken", Metric: "duplicateValues", Start: start, Distinct: []byte("no sketch")},
			}
		}
	}
	hour := noon.Add(-time.Hour)
	for _, step := range []struct {
		partition int32
		change    []func(*event.Freshness)
		want      string
	}{
		{0, []func(*event.Freshness){counted(100, 3, false, hour)}, "email.nullValues 3 percent ? of 100; rowCount 100 rows ? of 100"},
		{0, []func(*event.Freshness){counted(100, 3, true, hour)}, "email.nullValues 3 percent true of 100; rowCount 100 rows false of 100"},
		{1, []func(*event.Freshness){counted(100, 17, true, hour)}, "email.nullValues 10 percent false of 200; rowCount 200 rows true of 200"},
		{1, []func(*event.Freshness){counted(1, 0, true, noon)}, "email.nullValues 0 percent ? of 1; rowCount 1 rows ? of 1"},
		{0, []func(*event.Freshness){counted(9, 9, true, noon), func(e *event.Freshness) { e.ContractDigest, e.At = "sha256:other", w.now.Add(time.Second) }},
			"email.nullValues 100 percent false of 9; rowCount 9 rows false of 9"},
	} {
		p.flows(placed, placed, step.partition, noon, step.change...)
		var said []string
		for _, q := range w.health(placed).Quality {
			holds := "?"
			if q.Holds != nil {
				holds = fmt.Sprint(*q.Holds)
			}
			said = append(said, fmt.Sprintf("%s %g %s %s of %d", q.Rule, q.Value, q.Unit, holds, q.Records))
		}
		if got := strings.Join(said, "; "); got != step.want {
			t.Errorf("%s, want %s", got, step.want)
		}
	}
	q := w.health(placed).Quality[0]
	if q.Promise != "mustBeLessThan 5 percent" || q.Severity != "warning" || !q.Start.Equal(noon) || q.End == nil || !q.End.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v", q)
	}
}
