package quality

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

const schema = `{"type":"record","name":"R","fields":[
	{"name":"id","type":["null","string"]},{"name":"n","type":["null","long"]},{"name":"day","type":{"type":"int","logicalType":"date"},"default":0}]}`

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func rules() []Rule {
	path := func(s ...string) []string { return s }
	return []Rule{
		{ID: "n.nullValues", Metric: NullValues, Unit: Percent, Operator: "mustBeLessThan", Bounds: []float64{30},
			Bad: []avro.Rule{{ID: "a", Path: path("n"), Kind: avro.Required}}},
		{ID: "id.missingValues", Metric: MissingValues, Unit: Rows, Operator: "mustBeLessOrEqualTo", Bounds: []float64{1},
			Bad: []avro.Rule{{ID: "b", Path: path("id"), Kind: avro.Required}, {ID: "c", Path: path("id"), Kind: avro.NoneOf, Values: []string{"n/a"}}}},
		{ID: "n.invalidValues", Metric: InvalidValues, Unit: Rows, Operator: "mustBe", Bounds: []float64{1},
			Bad: []avro.Rule{{ID: "d", Path: path("n"), Kind: avro.Maximum, Text: "9"}}},
		{ID: "duplicateValues", Metric: DuplicateValues, Unit: Rows, Operator: "mustBe", Bounds: []float64{0}, Fields: [][]string{{"id"}, {"n"}}},
		{ID: "rowCount", Metric: RowCount, Unit: Rows, Operator: "mustBeBetween", Bounds: []float64{4, 5}},
	}
}

// meter counts JSON records as a port would.
type meter struct {
	*Counter
	t       testing.TB
	program *avro.Program
	notes   *avro.Notes
	plan    *Plan
	hasher  Hasher
	samples []Sample
}

func newMeter(t testing.TB, rules []Rule, w Window) *meter {
	t.Helper()
	s, err := avro.Parse([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	o := avro.Options{Captures: []avro.Capture{{Name: "key", Path: []string{"id"}}}}
	m := &meter{t: t, plan: NewPlan(rules, &o)}
	if m.program, err = avro.Compile(s, o); err != nil {
		t.Fatal(err)
	}
	m.notes = m.program.NewNotes()
	if m.Counter, err = NewCounter(m.plan, w, noon); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *meter) payload(text string) []byte {
	m.t.Helper()
	payload, err := avro.EncodeJSON(m.program.Writer(), []byte(text))
	if err != nil {
		m.t.Fatal(err)
	}
	return payload
}

func (m *meter) add(payload []byte, now time.Time) {
	if v := m.program.Walk(payload, m.notes); !v.OK() {
		m.t.Fatal(m.program.Rejection(v))
	}
	m.samples = m.plan.Sample(m.samples[:0], m.notes, &m.hasher)
	m.Add(m.samples, now)
}

// told is what Merge says of every rule of some meters: <metric>=<value>, with ! where it does not hold and ? where
// that is not known.
func told(t testing.TB, meters ...*meter) string {
	t.Helper()
	var said []string
	for i := range meters[0].plan.Rules() {
		var counts []Count
		for _, m := range meters {
			all, err := m.Counts()
			if err != nil {
				t.Fatal(err)
			}
			counts = append(counts, all[i])
		}
		r, err := Merge(counts)
		if err != nil {
			t.Fatal(err)
		}
		mark := ""
		if r.Holds == nil {
			mark = "?"
		} else if !*r.Holds {
			mark = "!"
		}
		said = append(said, fmt.Sprintf("%s=%g%s", r.Rule.Metric, r.Value, mark))
	}
	return strings.Join(said, " ")
}

const (
	good    = `{"id":"a","n":1,"day":0}`
	nulls   = `{"id":null,"n":null,"day":0}`
	missing = `{"id":"n/a","n":2,"day":0}`
	invalid = `{"id":"b","n":10,"day":0}`
)

func TestMetrics(t *testing.T) {
	for _, c := range []struct {
		records []string
		want    string
	}{
		{[]string{good, invalid, missing, `{"id":"a","n":2,"day":0}`}, "nullValues=0 missingValues=1 invalidValues=1 duplicateValues=0 rowCount=4"},
		{[]string{good, good, good, nulls, missing, nulls}, "nullValues=33.333333333333336! missingValues=3! invalidValues=0! duplicateValues=2! rowCount=6!"},
		{nil, "nullValues=0 missingValues=0 invalidValues=0! duplicateValues=0 rowCount=0!"},
	} {
		m := newMeter(t, rules(), Window{Age: time.Hour})
		for _, r := range c.records {
			m.add(m.payload(r), noon)
		}
		m.Commit()
		if got := told(t, m); strings.Count(got, "?") != 5 {
			t.Errorf("judged before the window closed: %s", got)
		}
		m.Begin(noon.Add(time.Hour))
		m.Commit()
		if got := told(t, m); got != c.want {
			t.Errorf("%d records: %s, want %s", len(c.records), got, c.want)
		}
	}
}

func TestOperators(t *testing.T) {
	holds := map[string]string{ // at 4, 5, 6, 7, 8, with bounds 5 (and 7)
		"mustBe": ".x...", "mustNotBe": "x.xxx", "mustBeGreaterThan": "..xxx", "mustBeGreaterOrEqualTo": ".xxxx",
		"mustBeLessThan": "x....", "mustBeLessOrEqualTo": "xx...", "mustBeBetween": ".xxx.", "mustNotBeBetween": "x...x",
	}
	if len(holds) != len(Operators()) {
		t.Fatal("operators without a case")
	}
	for _, op := range Operators() {
		r := Rule{Operator: op, Bounds: []float64{5}, Unit: Rows}
		if strings.Contains(op, "Between") {
			r.Bounds = []float64{5, 7}
		}
		got := ""
		for v := 4.0; v <= 8; v++ {
			got += map[bool]string{true: "x", false: "."}[r.Holds(v)]
		}
		if got != holds[op] {
			t.Errorf("%s: %s, want %s", r.Promise(), got, holds[op])
		}
	}
	if (&Rule{Operator: "shiny", Bounds: []float64{1}}).Holds(1) || (&Rule{Operator: "mustNotBe"}).Holds(1) {
		t.Error("what cannot be judged holds")
	}
}

// A round that is undone leaves no trace, also where it closed a window; its records come again and count once.
func TestRollback(t *testing.T) {
	m := newMeter(t, rules(), Window{Records: 4})
	records := []string{good, good, missing, invalid, nulls}
	m.add(m.payload(records[0]), noon)
	m.Commit()
	for range 3 {
		m.Begin(noon)
		for _, r := range records[1:] {
			m.add(m.payload(r), noon)
		}
	}
	if got, want := told(t, m), "nullValues=0? missingValues=0? invalidValues=0? duplicateValues=0? rowCount=1?"; got != want {
		t.Errorf("before the commit: %s", got)
	}
	m.Commit()
	if got, want := told(t, m), "nullValues=0 missingValues=1 invalidValues=1 duplicateValues=1! rowCount=4"; got != want {
		t.Errorf("after it: %s, want %s", got, want)
	}
}

// Windows of time are the same stretch in every partition. One in which a partition came anew is no count of rows, and
// one in which nothing happened is empty.
func TestWindowsOfTime(t *testing.T) {
	m := newMeter(t, rules()[4:], Window{Age: time.Hour})
	late, err := NewCounter(m.plan, Window{Age: time.Hour}, noon.Add(10*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	m.Counter = late
	for _, step := range []struct {
		minutes int
		records int
		want    string
	}{
		{20, 4, "rowCount=4?"}, {59, 1, "rowCount=5?"}, {60, 3, "rowCount=5?"}, {119, 1, "rowCount=5?"}, {120, 0, "rowCount=4"}, {600, 1, "rowCount=0!"},
	} {
		now := noon.Add(time.Duration(step.minutes) * time.Minute)
		m.Begin(now)
		for range step.records {
			m.add(m.payload(good), now)
		}
		m.Commit()
		if got := told(t, m); got != step.want {
			t.Errorf("minute %d: %s, want %s", step.minutes, got, step.want)
		}
	}
	m.Roll(noon.Add(11 * time.Hour))
	if got := told(t, m); got != "rowCount=1!" {
		t.Errorf("rolled between rounds: %s", got)
	}
}

// What two partitions have in common is found by their sketches, beyond the sketches' error; values that only one can
// have are added up.
func TestMerge(t *testing.T) {
	unique := Rule{ID: "d", Metric: DuplicateValues, Unit: Rows, Operator: "mustBe", Bounds: []float64{0}, Fields: [][]string{{"n"}}}
	const n = 20_000
	for _, c := range []struct {
		name        string
		keyed       bool
		firstOfTwo  int
		least, most float64
	}{
		{"nothing in common", false, n, 0, 0},
		{"all in common", false, 0, 0.85 * n, n},
		{"keyed", true, 0, 0, 0},
	} {
		rule := unique
		rule.Keyed = c.keyed
		one, two := newMeter(t, []Rule{rule}, Window{Records: n}), newMeter(t, []Rule{rule}, Window{Records: n})
		for i := range n {
			one.add(one.payload(fmt.Sprintf(`{"id":null,"n":%d,"day":0}`, i)), noon)
			two.add(two.payload(fmt.Sprintf(`{"id":null,"n":%d,"day":0}`, c.firstOfTwo+i)), noon)
		}
		one.Commit()
		two.Commit()
		var counts []Count
		for _, m := range []*meter{one, two} {
			all, err := m.Counts()
			if err != nil {
				t.Fatal(err)
			}
			if len(all[0].Distinct) > 5000 || c.keyed && all[0].Distinct != nil {
				t.Errorf("%s: a sketch of %d bytes", c.name, len(all[0].Distinct))
			}
			counts = append(counts, all[0])
		}
		r, err := Merge(counts)
		if err != nil || r.Rows != 2*n || r.Value < c.least || r.Value > c.most || r.Holds == nil || *r.Holds != (c.most == 0) {
			t.Errorf("%s: %+v, %v", c.name, r, err)
		}
	}
}

// Beyond the exact set, duplicates are what is certain.
func TestManyDistinct(t *testing.T) {
	d, err := newDistinct()
	if err != nil {
		t.Fatal(err)
	}
	const n = 3 * exactMost
	for i := range n {
		sum := sha256.Sum256([]byte(fmt.Sprint(i)))
		d.add(Key(sum[:16]))
	}
	if d.exact != nil {
		t.Error("it kept an exact set of everything")
	}
	if got := d.duplicates(10 * n); got < 8*n || got > 9*n {
		t.Errorf("%d duplicates among %d of %d values", got, 10*n, n)
	}
}

// The newest closed window counts; of windows of time, only the partitions that have it.
func TestNewestWindow(t *testing.T) {
	at := func(minute int, closed bool) Count {
		start := noon.Add(time.Duration(minute) * time.Minute)
		return Count{Rule: &rules()[4], Start: start, End: start.Add(time.Minute), Closed: closed, Whole: true, Rows: int64(1 + minute)}
	}
	for _, c := range []struct {
		counts []Count
		rows   int64
	}{
		{[]Count{at(1, true), at(1, true)}, 4}, {[]Count{at(1, true), at(2, true)}, 3}, {[]Count{at(2, true), at(1, true)}, 3},
		{[]Count{at(1, true), at(5, false)}, 2}, {[]Count{at(5, false), at(1, true)}, 2}, {[]Count{at(5, false), at(5, false)}, 12},
	} {
		if r, err := Merge(c.counts); err != nil || r.Rows != c.rows {
			t.Errorf("%+v: %+v, %v", c.counts, r, err)
		}
	}
	if _, err := Merge(nil); err == nil {
		t.Error("nothing was merged")
	}
	if _, err := Merge([]Count{{Rule: &Rule{}, Distinct: []byte{1, 2, 3}}}); err == nil {
		t.Error("a broken sketch was merged")
	}
}

// A key is the same for the same values, and differs where the fields share their text differently.
func TestKey(t *testing.T) {
	m := newMeter(t, rules(), Window{Records: 4})
	key := func(text string) (Key, bool) {
		if v := m.program.Walk(m.payload(text), m.notes); !v.OK() {
			t.Fatal(m.program.Rejection(v))
		}
		return m.hasher.Key(m.notes, m.plan.captures[3])
	}
	a, ok := key(good)
	again, _ := key(`{"id":"a","n":1,"day":9}`)
	other, _ := key(missing)
	if !ok || a != again || a == other {
		t.Error(a, again, other)
	}
	if _, ok := key(`{"id":"a","n":null,"day":0}`); ok {
		t.Error("null has a key")
	}
}

// Counting a record costs no allocation, whatever the metric.
func TestCountingDoesNotAllocate(t *testing.T) {
	m := newMeter(t, rules(), Window{Age: time.Hour})
	payload := m.payload(invalid)
	for range 100 {
		m.add(payload, noon)
	}
	if allocs := testing.AllocsPerRun(1000, func() { m.add(payload, noon) }); allocs != 0 {
		t.Errorf("%v allocations for a record", allocs)
	}
	if allocs := testing.AllocsPerRun(100, func() { m.Commit(); m.Begin(noon) }); allocs != 0 {
		t.Errorf("%v allocations for a round", allocs)
	}
}

func TestCaptureOf(t *testing.T) {
	o := avro.Options{}
	a, b, again := CaptureOf(&o, []string{"a"}), CaptureOf(&o, []string{"b", "c"}), CaptureOf(&o, []string{"a"})
	if a != 0 || b != 1 || again != 0 {
		text, _ := json.Marshal(o.Captures)
		t.Errorf("%d %d %d in %s", a, b, again, text)
	}
}

// moved is the counter as another process takes it over: through the text that it is kept in.
func (m *meter) moved(now time.Time) *meter {
	m.t.Helper()
	text, err := json.Marshal(m.Save())
	if err != nil {
		m.t.Fatal(err)
	}
	var saved Saved
	if err := json.Unmarshal(text, &saved); err != nil {
		m.t.Fatal(err)
	}
	next := *m
	if next.Counter, err = Resume(m.plan, m.window, now, &saved); err != nil {
		m.t.Fatal(err)
	}
	return &next
}

// Counts go on in another process, in the open window and in the one that closed; what a set of different values knew
// is lost, and said to be.
func TestResume(t *testing.T) {
	for _, w := range []Window{{Age: time.Hour}, {Records: 5}} {
		t.Run(w.String(), func(t *testing.T) {
			m := newMeter(t, rules(), w)
			round := func(minute int, records ...string) {
				now := noon.Add(time.Duration(minute) * time.Minute)
				m.Begin(now)
				for _, r := range records {
					m.add(m.payload(r), now)
				}
				m.Commit()
			}
			round(1, good, good, nulls)
			m = m.moved(noon.Add(2 * time.Minute))
			if got, want := told(t, m), "nullValues=33.333333333333336? missingValues=1? invalidValues=0? duplicateValues=0? rowCount=3?"; got != want {
				t.Errorf("taken over: %s, want %s", got, want)
			}
			round(3, invalid, missing)
			round(60, good)
			want := "nullValues=20 missingValues=2! invalidValues=1 duplicateValues=0? rowCount=5"
			if got := told(t, m); got != want {
				t.Errorf("closed by the next process: %s, want %s", got, want)
			}
			m = m.moved(noon.Add(61 * time.Minute))
			if got := told(t, m); got != want {
				t.Errorf("taken over after it closed: %s, want %s", got, want)
			}
		})
	}
}

// A window that a process counted from its start to its end is told the same by the next one; of values that equal ones
// in other partitions belong to, that they cannot be told apart any more.
func TestResumeAfterAWholeWindow(t *testing.T) {
	keyed := Rule{ID: "id.unique", Metric: DuplicateValues, Unit: Rows, Operator: "mustBe", Bounds: []float64{0}, Fields: [][]string{{"id"}}, Keyed: true}
	m := newMeter(t, append(rules(), keyed), Window{Records: 4})
	for _, r := range []string{good, good, missing, invalid, nulls} {
		m.add(m.payload(r), noon)
	}
	m.Commit()
	if got, want := told(t, m), "nullValues=0 missingValues=1 invalidValues=1 duplicateValues=1! rowCount=4 duplicateValues=1!"; got != want {
		t.Errorf("before: %s, want %s", got, want)
	}
	m = m.moved(noon).moved(noon)
	if got, want := told(t, m), "nullValues=0 missingValues=1 invalidValues=1 duplicateValues=1? rowCount=4 duplicateValues=1!"; got != want {
		t.Errorf("after: %s, want %s", got, want)
	}
}

// What was saved of other windows, or by a clock that was ahead, begins anew.
func TestResumeOfOtherWindows(t *testing.T) {
	m := newMeter(t, rules()[4:], Window{Age: time.Hour})
	m.Begin(noon)
	m.add(m.payload(good), noon)
	m.Commit()
	saved := m.Save()
	for name, c := range map[string]struct {
		w   Window
		now time.Time
		n   int64
	}{
		"the same": {Window{Age: time.Hour}, noon, 1}, "longer": {Window{Age: 2 * time.Hour}, noon, 0}, "of records": {Window{Records: 9}, noon, 0},
		"ahead": {Window{Age: time.Hour}, noon.Add(-time.Hour), 0},
	} {
		next, err := Resume(m.plan, c.w, c.now, saved)
		if err != nil {
			t.Fatal(err)
		}
		counts, err := next.Counts()
		if err != nil || counts[0].Rows != c.n {
			t.Errorf("%s: %d rows, want %d (%v)", name, counts[0].Rows, c.n, err)
		}
	}
}

// A closed window of time is judged once everybody has told of it who had a part in it.
func TestMergeWaitsForEveryPartition(t *testing.T) {
	rule := &Rule{Metric: RowCount, Unit: Rows, Operator: "mustBeGreaterThan", Bounds: []float64{5}}
	hour := func(n int, closed bool, heard time.Duration) Count {
		start := noon.Add(time.Duration(n) * time.Hour)
		return Count{Rule: rule, Start: start, End: start.Add(time.Hour), Closed: closed, Whole: true, Rows: 4, Heard: noon.Add(heard)}
	}
	closed := hour(1, true, 2*time.Hour)
	for _, c := range []struct {
		name  string
		other Count
		want  string
	}{
		{"has told", hour(1, true, 2*time.Hour), "8 true"},
		{"is about to tell", hour(0, true, 2*time.Hour-time.Second), "4 ?"},
		{"tells only of what it counts", hour(1, false, 2*time.Hour), "4 ?"},
		{"fell silent meanwhile", hour(0, true, 90*time.Minute), "4 ?"},
		{"was gone before", hour(0, true, 59*time.Minute), "4 false"},
		{"came later", hour(2, false, 2*time.Hour), "4 ?"},
	} {
		r, err := Merge([]Count{c.other, closed})
		if err != nil {
			t.Fatal(err)
		}
		holds := "?"
		if r.Holds != nil {
			holds = fmt.Sprint(*r.Holds)
		}
		if got := fmt.Sprintf("%g %s", r.Value, holds); got != c.want {
			t.Errorf("the other %s: %s, want %s", c.name, got, c.want)
		}
	}
}
