package quality

import (
	"fmt"
	"time"

	"github.com/axiomhq/hyperloglog"
)

// Count is what one partition counted for a rule, in one window.
type Count struct {
	Rule       *Rule
	Start, End time.Time // End is zero for an open window of records
	Records    int       // of a window of records, how many; 0 for one of time
	Closed     bool
	Whole      bool  // counted from its start
	Rows       int64 // records
	Bad        int64 // records that the metric counts
	Seen       int64 // of duplicateValues: records that have all fields
	// Heard is when whoever counts last spoke; zero where that is not known.
	Heard time.Time
	// Distinct is a HyperLogLog (axiomhq, precision 12) of the different values; of duplicateValues where equal values may
	// be in several partitions.
	Distinct []byte
}

// Result is what a port says of a rule.
type Result struct {
	Rule       *Rule
	Start, End time.Time
	Value      float64 // in the rule's unit
	Rows       int64
	// Holds is nil while the window is open or a partition has not told of it yet, and of rowCount and duplicateValues
	// where not the whole window was counted: what is missing could turn the verdict.
	Holds *bool
}

// patience is how long a partition's word on a window that others have closed is waited for: who counts speaks every
// 30 s at least, and three times may be missed.
const patience = 90 * time.Second

// Merge puts the counts of one rule's partitions together. Of windows of time only the newest ones are the same
// stretch, so a partition that has not come so far is left out; of windows of records each partition's newest counts.
// The result is closed where all of them are.
func Merge(counts []Count) (Result, error) {
	if len(counts) == 0 {
		return Result{}, fmt.Errorf("no counts to merge")
	}
	newest := newestWindow(counts)
	r := Result{Rule: counts[0].Rule, Start: newest[0].Start, End: newest[0].End}
	waits, whole := lagging(counts, newest[0])
	closed := true
	var bad, seen int64
	all, sketches := (*hyperloglog.Sketch)(nil), 0
	for _, c := range newest {
		if c.Start.Before(r.Start) {
			r.Start = c.Start
		}
		if c.End.After(r.End) {
			r.End = c.End
		}
		r.Rows, bad, seen = r.Rows+c.Rows, bad+c.Bad, seen+c.Seen
		closed, whole = closed && c.Closed, whole && c.Whole
		if len(c.Distinct) == 0 {
			continue
		}
		sketch := &hyperloglog.Sketch{}
		if err := sketch.UnmarshalBinary(c.Distinct); err != nil {
			return r, fmt.Errorf("rule %s: its sketch of distinct values: %w", r.Rule.ID, err)
		}
		if sketches++; all == nil {
			all = sketch
		} else if err := all.Merge(sketch); err != nil {
			return r, fmt.Errorf("rule %s: its sketches of distinct values: %w", r.Rule.ID, err)
		}
	}
	if sketches > 1 { // what no partition sees alone, beyond the sketch's own error
		bad = max(bad, certain(seen, all))
	}
	r.Value = r.Rule.value(r.Rows, bad)
	if closed && !waits && (whole || !r.Rule.needsWhole()) {
		holds := r.Rule.Holds(r.Value)
		r.Holds = &holds
	}
	return r, nil
}

// lagging says of the partitions that have no count of a closed window of time whether one of them is still to be waited
// for, and whether the window is counted whole without them. Who said nothing since the window began has no part in it.
func lagging(counts []Count, newest Count) (waits, whole bool) {
	whole = true
	if newest.Records > 0 || !newest.Closed {
		return false, whole
	}
	var last time.Time
	for _, c := range counts {
		if c.Heard.After(last) {
			last = c.Heard
		}
	}
	for _, c := range counts {
		switch {
		case c.Closed && c.Start.Equal(newest.Start):
		case c.Start.After(newest.Start): // it came anew, and what was there before it is not known
			whole = false
		case c.Heard.Before(newest.Start):
		case last.Sub(c.Heard) <= patience:
			waits = true
		default:
			whole = false
		}
	}
	return waits, whole
}

// needsWhole: what was not counted could turn the verdict, where a share of bad values is one of what was.
func (r *Rule) needsWhole() bool { return r.Metric == RowCount || r.Metric == DuplicateValues }

// newestWindow leaves the counts of the newest closed window, or, where none has closed, of all open ones.
func newestWindow(counts []Count) []Count {
	var newest []Count
	for _, c := range counts {
		switch {
		case len(newest) == 0, c.Closed && !newest[0].Closed:
			newest = append(newest[:0], c)
		case c.Closed != newest[0].Closed:
		case c.Records > 0 || c.Start.Equal(newest[0].Start):
			newest = append(newest, c)
		case c.Start.After(newest[0].Start):
			newest = append(newest[:0], c)
		}
	}
	return newest
}

// value is the metric in the rule's unit.
func (r *Rule) value(rows, bad int64) float64 {
	switch {
	case r.Metric == RowCount:
		return float64(rows)
	case r.Unit != Percent:
		return float64(bad)
	case rows == 0:
		return 0
	}
	return 100 * float64(bad) / float64(rows)
}
