package quality

import "time"

// Saved is a counter's windows as they are kept beside the position that they belong to, so that another process goes
// on where this one ended. Counts are whole; the sets of different values are not among them, since they do not fit:
// a duplicateValues whose window was resumed is told as not whole, and so is not judged, until the next window closes.
type Saved struct {
	Open   SavedSpan  `json:"o"`
	Closed *SavedSpan `json:"c,omitempty"` // nil before the first window has closed
}

// SavedSpan is one window's counts.
type SavedSpan struct {
	Start int64 `json:"s"`           // Unix milliseconds
	End   int64 `json:"e,omitempty"` // Unix milliseconds; 0 while a window of records is open
	Whole bool  `json:"w,omitempty"`
	// Resumed: sets of different values were lost in it once.
	Resumed bool  `json:"x,omitempty"`
	Rows    int64 `json:"n,omitempty"`
	// Bad are the records that each rule counts, by the rule's id; of duplicateValues those that were there before. What
	// is 0 is left out.
	Bad map[string]int64 `json:"b,omitempty"`
}

// Save gives what the counter comes to if the running round is committed.
func (c *Counter) Save() *Saved {
	s := &Saved{Open: c.save(&c.working.open)}
	if c.working.hasClosed {
		closed := c.save(&c.working.closed)
		s.Closed = &closed
	}
	return s
}

func (c *Counter) save(s *span) SavedSpan {
	out := SavedSpan{Start: s.start.UnixMilli(), Whole: s.whole, Resumed: s.resumed, Rows: s.rows}
	if !s.end.IsZero() {
		out.End = s.end.UnixMilli()
	}
	for i := range c.plan.rules {
		n := s.bad[i]
		if s.sets[i] != nil {
			n = s.duplicates(i)
		}
		if n == 0 {
			continue
		}
		if out.Bad == nil {
			out.Bad = make(map[string]int64)
		}
		out.Bad[c.plan.rules[i].ID] = n
	}
	return out
}

// Resume is NewCounter that goes on with what an earlier process of the same rules and window saved. Nil begins anew.
func Resume(p *Plan, w Window, now time.Time, from *Saved) (*Counter, error) {
	c, err := NewCounter(p, w, now)
	if err != nil || from == nil || !c.fits(from) {
		return c, err
	}
	if c.committed.open, err = c.resume(&from.Open, false); err != nil {
		return c, err
	}
	if from.Closed != nil {
		if c.committed.closed, err = c.resume(from.Closed, true); err != nil {
			return c, err
		}
		c.committed.hasClosed = true
	}
	c.roll(now, &c.committed)
	c.Begin(now)
	return c, nil
}

// fits says whether saved counts are of such windows: a contract may have changed the window, and a clock may have been
// set back.
func (c *Counter) fits(s *Saved) bool {
	if c.window.Records > 0 {
		return s.Open.End == 0 && s.Open.Rows < int64(c.window.Records)
	}
	start := time.UnixMilli(s.Open.Start)
	return start.Equal(start.Truncate(c.window.Age)) && s.Open.End == start.Add(c.window.Age).UnixMilli() && !start.After(c.committed.open.start)
}

func (c *Counter) resume(from *SavedSpan, closed bool) (span, error) {
	start := time.UnixMilli(from.Start).UTC()
	s, err := c.span(start, from.Whole)
	if err != nil {
		return s, err
	}
	s.start, s.whole, s.rows, s.end = start, from.Whole, from.Rows, time.Time{}
	if from.End != 0 {
		s.end = time.UnixMilli(from.End).UTC()
	}
	s.resumed = from.Resumed || !closed && from.Rows > 0
	for i := range c.plan.rules {
		n := from.Bad[c.plan.rules[i].ID]
		switch {
		case s.sets[i] == nil:
			s.bad[i] = n
		case closed:
			if s.twice == nil {
				s.twice = make([]int64, len(c.plan.rules))
			}
			s.twice[i] = n
		}
	}
	return s, nil
}
