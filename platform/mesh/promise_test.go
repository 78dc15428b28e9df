package mesh

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

// promising is a world with one source whose contract promises something, a line each.
func promising(t *testing.T, sla ...string) *world {
	w := newWorld(t)
	c := contractOf(placed, "")
	c.Document += "slaProperties:\n"
	for _, p := range sla {
		c.Document += "  - {property: " + p + "}\n"
	}
	w.hear(c, productOf("orders.checkout", "source", 1, nil, []string{placed}))
	for _, c := range w.Contracts() {
		if len(c.Problems) > 0 {
			t.Fatalf("fixture: %s", c.Problems)
		}
	}
	return w
}

// breachesSaid are what the platform said of breaches, with what it saw.
func (w *world) breachesSaid() (lines []string) {
	for _, e := range w.said {
		b, ok := e.(*event.Breach)
		switch {
		case !ok:
		case b.End != nil:
			lines = append(lines, fmt.Sprintf("%s ends %s", b.SLA, b.End.Format("15:04:05")))
		default:
			lines = append(lines, fmt.Sprintf("%s (%s) begins %s: %s: %s", b.SLA, b.Promised, b.Start.Format("15:04:05"), b.Observed, b.Cause))
		}
	}
	return lines
}

// promisesSaid are a port's promises: <property> <value> <unit> <holds>, with why it is not judged.
func (w *world) promisesSaid(port string) (lines []string) {
	w.t.Helper()
	p, _ := w.Port(port)
	for _, p := range p.Promises {
		value, holds := "?", "?"
		if p.Value != nil {
			value = fmt.Sprint(*p.Value)
		}
		if p.Holds != nil {
			holds = fmt.Sprint(*p.Holds)
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s: %s %s %s %s", p.Property, p.Text, value, p.Unit, holds, p.NotJudged)))
	}
	return lines
}

// teller counts up a source's records, as its process says it.
type teller struct {
	p                  *process
	accepted, rejected int64
	latency            freshness.Sketch
}

func (c *teller) tell(accepted, rejected int64, change ...func(*event.Freshness)) {
	c.accepted, c.rejected = c.accepted+accepted, c.rejected+rejected
	c.p.flows(placed, placed, 0, c.p.w.now, append([]func(*event.Freshness){func(e *event.Freshness) {
		e.Accepted, e.Rejected, e.Latency = c.accepted, map[string]int64{"rule.broken": c.rejected - 1, "frame.bad": min(1, c.rejected)}, c.latency.Bytes()
		maps.DeleteFunc(e.Rejected, func(_ string, n int64) bool { return n <= 0 })
	}}, change...)...)
}

const between = "from 2026-11-21T12:%02d:00Z to 2026-11-21T12:%02d:00Z"

// Completeness is judged when a window of five minutes is over, by what came in it; where nothing came, what was said
// stands. A breach ends with the first window that keeps the promise.
func TestCompletenessIsJudged(t *testing.T) {
	for _, late := range []time.Duration{0, 137 * time.Millisecond} {
		w := promising(t, "completeness, value: 99, unit: percent", "errorRate, value: 0.02")
		w.wait(late) // of two platforms that look at other times, each says the same
		w.now = noon.Add(late)
		p := w.start("shop", "a", "orders.checkout")
		c, beat := teller{p: p}, p.beating()
		w.wait(time.Second, beat)
		c.tell(970, 30)
		w.wait(4*time.Minute+58*time.Second, beat)
		w.expectLines("in the first window", w.breachesSaid())
		w.wait(2*time.Second, beat)
		why := ": 30 records rejected, 29 of them for rule.broken"
		begun := []string{
			"completeness (99 percent) begins 12:05:00: 97 percent of 1000 records accepted, " + fmt.Sprintf(between, 0, 5) + why,
			"errorRate (0.02) begins 12:05:00: 3 percent of 1000 records rejected, " + fmt.Sprintf(between, 0, 5) + why,
		}
		w.expectLines("after it", w.breachesSaid(), begun...)
		w.expectLines("promises", w.promisesSaid(placed), "completeness: 99 percent: 97 percent false", "errorRate: 0.02: 3 percent false")
		if h := w.health(placed); h.Status != "breached" || h.Breaches != 2 {
			t.Errorf("health %+v", h)
		}
		w.wait(5*time.Minute, beat)
		w.expectLines("nothing came", w.breachesSaid(), begun...)
		c.tell(985, 15) // 98.5 percent: the one holds, the other does not
		w.wait(5*time.Minute, beat)
		begun = append(begun, "errorRate ends 12:15:00")
		w.expectLines("one holds", w.breachesSaid(), begun...)
		c.tell(999, 1)
		w.wait(5*time.Minute, beat)
		w.expectLines("both hold", w.breachesSaid(), append(begun, "completeness ends 12:20:00")...)
		w.expectLines("promises", w.promisesSaid(placed), "completeness: 99 percent: 99.9 percent true", "errorRate: 0.02: 0.1 percent true")
	}
}

// A platform that starts anew judges what it sees itself, and goes on with the breaches that the topics tell of.
func TestCompletenessAfterAReplay(t *testing.T) {
	w := promising(t, "completeness, value: 99, unit: percent")
	p := w.start("shop", "a", "orders.checkout")
	c, beat := teller{p: p}, p.beating()
	w.wait(time.Second, beat)
	c.tell(0, 1000)
	w.wait(6*time.Minute, beat)
	w.Mesh.judge, w.said = newJudge(), nil
	c.tell(900, 1) // what the platform did not see begin
	w.wait(30*time.Second, beat)
	c.tell(0, 1000)
	w.wait(4*time.Minute, beat)
	p1, _ := w.Port(placed)
	if v := p1.Promises[0]; v.Value == nil || *v.Value != 0 || v.Records != 1000 || !v.Start.Equal(noon.Add(6*time.Minute+1500*time.Millisecond)) || !v.End.Equal(noon.Add(10*time.Minute)) {
		t.Errorf("the first window: %+v", v)
	}
	w.expectLines("the breach goes on", w.breachesSaid())
	c.tell(1000, 0)
	w.wait(5*time.Minute, beat)
	w.expectLines("it holds", w.breachesSaid(), "completeness ends 12:15:00")
}

// Two platforms that counted a window a little differently do not contradict each other for as long as it is the newest.
func TestPlatformsDoNotContradictEachOther(t *testing.T) {
	for name, c := range map[string]struct {
		rejected int64
		other    event.Breach
		want     []string
	}{
		"the other found it broken": {0, event.Breach{Start: noon.Add(5 * time.Minute)}, []string{"completeness ends 12:10:00"}},
		"the other found it kept":   {900, event.Breach{Start: noon.Add(-time.Minute), End: ptr(noon.Add(5 * time.Minute))}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := promising(t, "completeness, value: 99, unit: percent")
			p := w.start("shop", "a", "orders.checkout")
			c2, beat := teller{p: p}, p.beating()
			w.wait(time.Second, beat)
			c2.tell(1000, c.rejected)
			w.wait(4*time.Minute+58*time.Second, beat)
			other := c.other
			other.ID, other.Port, other.SLA = "other", placed, "completeness"
			w.hear(&other)
			w.wait(4*time.Minute, beat)
			w.expectLines("of the window that the other judged", w.breachesSaid())
			c2.tell(1000, 0)
			w.wait(2*time.Minute, beat)
			w.expectLines("of the next", w.breachesSaid(), c.want...)
		})
	}
}

// Latency holds while 99 of 100 records are within it. The past does not count, and a new process counts anew.
func TestLatencyIsJudged(t *testing.T) {
	w := promising(t, "latency, value: 30, unit: seconds")
	w.expectLines("of a source", w.promisesSaid(placed), "latency: 30 seconds: ?  ? a source has no input that its records could be late of")
	guard := productOf("orders.checkout", "guard", 1, nil, []string{placed})
	guard.PublishedAt = noon
	w.hear(guard)
	p := w.start("shop", "a", "orders.checkout")
	c, beat := teller{p: p}, p.beating()
	add := func(n int, seconds float64) {
		for range n {
			c.latency.Add(seconds)
		}
	}
	add(100, 3600)
	c.tell(100, 0, backfill)
	w.wait(5*time.Minute, beat)
	c.tell(0, 0)
	w.wait(5*time.Minute, beat) // a window in which the backfill ended
	w.expectLines("of the past", w.breachesSaid())
	add(200, 0.2)
	add(2, 31)
	c.tell(100, 0, behind(7))
	w.wait(5*time.Minute, beat)
	w.expectLines("99 of 100", w.breachesSaid())
	w.expectLines("promises", w.promisesSaid(placed), "latency: 30 seconds: 99.0099 percent in time true")
	add(20, 31)
	c.tell(100, 0, behind(7))
	w.wait(5*time.Minute, beat)
	begun := "latency (30 seconds) begins 12:20:00: 0 percent of 20 records in time, " + fmt.Sprintf(between, 15, 20) + ": orders.checkout is behind: 7 input records have no outcome yet"
	w.expectLines("late", w.breachesSaid(), begun)
	p.incarnation, c.latency = "b", freshness.Sketch{}
	add(20, 30) // just in time, also by a sketch
	c.tell(100, 0)
	w.wait(5*time.Minute, beat)
	w.expectLines("in time again", w.breachesSaid(), begun, "latency ends 12:25:00")
}

// Frequency is the time from one accepted record to the next; it is known when it is over.
func TestFrequencyIsJudged(t *testing.T) {
	w := promising(t, "frequency, value: 10, unit: minutes")
	p := w.start("shop", "a", "orders.checkout")
	c, beat := teller{p: p}, p.beating()
	w.wait(time.Minute, beat)
	c.tell(1, 0)
	first := w.now
	again := func() { c.tell(0, 0, func(e *event.Freshness) { e.UpdatedAt = &first }) }
	w.wait(10*time.Minute, beat, again)
	w.expectLines("just in time", w.breachesSaid())
	w.wait(time.Second, beat, again)
	begun := "frequency (10 minutes) begins 12:11:00: the last record was accepted at 2026-11-21T12:01:00Z: orders.checkout published nothing newer than 2026-11-21T12:11:00Z"
	if got := w.breachesSaid(); len(got) != 1 || !strings.HasPrefix(got[0], begun[:strings.LastIndex(begun, "newer")]) {
		t.Fatalf("said %q", got)
	}
	w.said = nil
	w.wait(time.Minute, beat)
	c.tell(1, 0)
	w.wait(time.Second, beat)
	w.expectLines("again", w.breachesSaid(), "frequency ends 12:12:01")
	w.expectLines("promises", w.promisesSaid(placed), "frequency: 10 minutes: 0.016666666666666666 minutes true")
}

// A quality rule that a closed window does not keep is a breach under its own name, from that window's end to the end of
// the first one that keeps it. A warning is told and breaks nothing, and what nobody demands any more ends.
func TestQualityIsJudged(t *testing.T) {
	w := promising(t, "availability, value: 99.9, unit: percent", "throughput, value: 5", "shininess, value: 5")
	p := w.start("shop", "a", "orders.checkout")
	beat := p.beating()
	window := func(hour int, bad, rows int64, change ...func(*event.Freshness)) {
		start := noon.Add(time.Duration(hour) * time.Hour)
		end := start.Add(time.Hour)
		w.now = end.Add(time.Second)
		rule := func(id, severity string) event.QualityCount {
			return event.QualityCount{Rule: id, Metric: "nullValues", Unit: "percent", Operator: "mustBeLessThan", Bounds: []float64{5}, Severity: severity,
				Start: start, End: &end, Closed: true, Whole: true, Rows: rows, Bad: bad}
		}
		count := rule("rowCount", "error")
		count.Metric, count.Unit, count.Operator = "rowCount", "rows", "mustBeGreaterThan"
		quality := []event.QualityCount{rule("email.nullValues", "error"), rule("note.nullValues", "warning"), count}
		p.flows(placed, placed, 0, w.now, append([]func(*event.Freshness){func(e *event.Freshness) { e.Quality = quality }}, change...)...)
		w.wait(time.Second, beat)
	}
	window(0, 1, 100)
	w.expectLines("kept", w.breachesSaid())
	window(1, 6, 100)
	begun := []string{"email.nullValues (mustBeLessThan 5 percent) begins 14:00:00: 6 percent, in 100 records from 2026-11-21T13:00:00Z to 2026-11-21T14:00:00Z: "}
	w.expectLines("broken", w.breachesSaid(), begun...)
	w.expectLines("promises", w.promisesSaid(placed),
		"availability: 99.9 percent: ?  ? its share of a month needs a record of a month",
		"throughput: 5: ?  ? the standard gives it no unit",
		"shininess: 5: ?  ? no such promise is known",
		"email.nullValues: mustBeLessThan 5 percent: 6 percent false",
		"note.nullValues: mustBeLessThan 5 percent: 6 percent false",
		"rowCount: mustBeGreaterThan 5 rows: 100 rows true")
	window(2, 7, 100)
	w.expectLines("still broken", w.breachesSaid(), begun...)
	window(3, 0, 100)
	begun = append(begun, "email.nullValues ends 16:00:00")
	w.expectLines("kept again", w.breachesSaid(), begun...)
	window(4, 0, 3, backfill)
	w.expectLines("few rows in a backfill", w.breachesSaid(), begun...)
	window(5, 0, 3)
	begun = append(begun, "rowCount (mustBeGreaterThan 5 rows) begins 18:00:00: 3 rows, in 3 records from 2026-11-21T17:00:00Z to 2026-11-21T18:00:00Z: ")
	w.expectLines("few rows", w.breachesSaid(), begun...)
	p.flows(placed, placed, 0, w.now) // another contract, without the rules
	w.wait(time.Second, beat)
	w.expectLines("demanded no more", w.breachesSaid(), append(begun, "rowCount ends "+w.now.Add(-500*time.Millisecond).Format("15:04:05"))...)
}

// A quality rule is promised before anything was counted for it, and a contract tells its promises without measurements.
func TestPromisesOfAContract(t *testing.T) {
	w := newWorld(t)
	c := contractOf(placed, "5 minutes")
	c.Document = strings.Replace(c.Document, "        required: true\n", "        required: true\n        quality: [{metric: nullValues, mustBeLessThan: 5, unit: percent, severity: warning}]\n", 1)
	w.hear(c, productOf("orders.checkout", "source", 1, nil, []string{placed}))
	w.expectLines("promises", w.promisesSaid(placed), "freshness: 5 minutes: ? minutes ?", "orderId.nullValues: mustBeLessThan 5 percent: ?  ?")
	got, err := json.Marshal(w.Contracts()[0].Promises)
	want := `[{"kind":"sla","property":"freshness","text":"5 minutes"},{"kind":"quality","property":"orderId.nullValues","text":"mustBeLessThan 5 percent","severity":"warning"}]`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// Without an event time nobody knows how fresh a port is, and a breach of it would never end.
func TestFreshnessWithoutEventTimeIsNotJudged(t *testing.T) {
	w := newWorld(t)
	c := contractOf(placed, "5 minutes")
	c.Document = strings.Replace(c.Document, "customProperties:\n  - property: tidemark.eventTime\n    value: at\n", "", 1)
	w.hear(c, productOf("orders.checkout", "source", 1, nil, []string{placed}))
	p := w.start("shop", "a", "orders.checkout")
	w.wait(time.Hour, p.beating())
	w.expectLines("breaches", w.breachesSaid())
	w.expectLines("promises", w.promisesSaid(placed), "freshness: 5 minutes: ? minutes ? nobody knows when something happened: name the field in tidemark.eventTime")
}

// That there are no errors at all is a promise like another.
func TestNoErrorsAtAllIsAPromise(t *testing.T) {
	w := promising(t, "errorRate, value: 0")
	p := w.start("shop", "a", "orders.checkout")
	c, beat := teller{p: p}, p.beating()
	w.wait(time.Second, beat)
	c.tell(1000, 0)
	w.wait(5*time.Minute, beat)
	w.expectLines("no errors", w.promisesSaid(placed), "errorRate: 0: 0 percent true")
	c.tell(999, 1)
	w.wait(5*time.Minute, beat)
	w.expectLines("one error", w.promisesSaid(placed), "errorRate: 0: 0.1 percent false")
}
