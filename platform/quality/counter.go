package quality

import (
	"fmt"
	"time"
)

// Counter counts one port's records of one input partition. What is added counts once it is committed, so that counts
// follow the transaction that the records are in: Begin, Add..., then Commit, or Begin again, which undoes.
// It belongs to one goroutine.
type Counter struct {
	plan      *Plan
	window    Window
	working   spans
	committed spans
}

// spans are the window that is being counted and the one before it.
type spans struct {
	open, closed span
	hasClosed    bool
}

// span is one window's counts.
type span struct {
	start, end time.Time // end is not known while a window of records is open
	whole      bool      // counted from its start
	rows       int64
	bad        []int64 // by rule; of duplicateValues, the records that have all fields
	// sets are by rule, nil but of duplicateValues. They are shared between what is working and what is committed: a
	// value of an undone round comes again, and then is in the set already.
	sets []*distinct
	// resumed windows were begun by an earlier process: their sets lack what that one saw. Of one that it closed as
	// well, twice has by rule how many duplicates it found.
	resumed bool
	twice   []int64
}

// NewCounter begins to count now.
func NewCounter(p *Plan, w Window, now time.Time) (*Counter, error) {
	c := &Counter{plan: p, window: w}
	open, err := c.span(now, w.Records > 0)
	if err != nil {
		return nil, err
	}
	c.committed.open = open
	c.Begin(now)
	return c, nil
}

// span is an empty window at a time.
func (c *Counter) span(now time.Time, whole bool) (span, error) {
	s := span{start: now, whole: whole, bad: make([]int64, len(c.plan.rules)), sets: make([]*distinct, len(c.plan.rules))}
	if c.window.Records == 0 {
		s.start = now.Truncate(c.window.Age)
		s.end = s.start.Add(c.window.Age)
		s.whole = whole || s.start.Equal(now)
	}
	for i, captures := range c.plan.captures {
		if len(captures) == 0 {
			continue
		}
		var err error
		if s.sets[i], err = newDistinct(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Begin starts a round at a time, and undoes what was added since the last Commit.
func (c *Counter) Begin(now time.Time) {
	c.working.become(&c.committed)
	c.roll(now, &c.working)
}

// Commit makes the round's counts count.
func (c *Counter) Commit() { c.committed.become(&c.working) }

// Roll closes the window whose time is over, and says whether it did. It is for when no round is under way; the next one
// starts with Begin.
func (c *Counter) Roll(now time.Time) bool {
	start := c.committed.open.start
	c.roll(now, &c.committed)
	return !c.committed.open.start.Equal(start)
}

// Add counts a record, as Plan.Sample gave it.
func (c *Counter) Add(samples []Sample, now time.Time) {
	s := &c.working.open
	s.rows++
	for i := range samples {
		switch {
		case samples[i].bad:
			s.bad[i]++
		case samples[i].keyed:
			s.bad[i]++
			s.sets[i].add(samples[i].key)
		}
	}
	if c.window.Records > 0 && s.rows >= int64(c.window.Records) {
		c.close(now, &c.working)
	}
}

func (c *Counter) roll(now time.Time, s *spans) {
	if c.window.Records > 0 || now.Before(s.open.end) {
		return
	}
	c.close(now, s)
	if last := s.open.start.Add(-c.window.Age); s.closed.end.Before(s.open.start) {
		// Nothing asked for a while: the window before this one was empty.
		empty, err := c.span(last, true)
		if err == nil {
			s.closed = empty
		}
	}
}

// close ends the open window and begins the next. What it allocates is a window's, not a record's.
func (c *Counter) close(now time.Time, s *spans) {
	next, err := c.span(now, true)
	if err != nil {
		return // the library refused a constant that it has taken before; go on counting into this window
	}
	s.closed, s.hasClosed = s.open, true
	if c.window.Records > 0 {
		s.closed.end = now
	}
	s.open = next
}

// become copies counts and shares sets, without allocating where the slices have room.
func (s *spans) become(o *spans) {
	s.open.become(&o.open)
	s.hasClosed = o.hasClosed
	if o.hasClosed {
		s.closed.become(&o.closed)
	}
}

func (s *span) become(o *span) {
	bad, sets := append(s.bad[:0], o.bad...), append(s.sets[:0], o.sets...)
	*s = *o // twice never changes
	s.bad, s.sets = bad, sets
}

// Counts tells each rule's newest window: the last that closed, else the one that is open. They hold only what is
// committed.
func (c *Counter) Counts() ([]Count, error) {
	s := &c.committed.open
	if c.committed.hasClosed {
		s = &c.committed.closed
	}
	counts := make([]Count, len(c.plan.rules))
	for i := range c.plan.rules {
		var err error
		if counts[i], err = c.count(s, i); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

func (c *Counter) count(s *span, i int) (Count, error) {
	r := &c.plan.rules[i]
	n := Count{Rule: r, Start: s.start, End: s.end, Records: c.window.Records, Closed: c.committed.hasClosed, Whole: s.whole, Rows: s.rows, Bad: s.bad[i]}
	set := s.sets[i]
	if set == nil {
		return n, nil
	}
	n.Seen, n.Bad = s.bad[i], s.duplicates(i)
	if s.resumed || s.twice != nil && !r.Keyed { // the other partitions' equal values cannot be found any more
		n.Whole = false
	}
	if r.Keyed || s.twice != nil {
		return n, nil
	}
	sketch, err := set.sketch.MarshalBinary()
	if err != nil {
		return n, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	n.Distinct = sketch
	return n, nil
}

// duplicates are those of a rule that has a set. Of a resumed window that is what was found since, at least.
func (s *span) duplicates(i int) int64 {
	if s.twice != nil {
		return s.twice[i]
	}
	return s.sets[i].duplicates(s.bad[i])
}
