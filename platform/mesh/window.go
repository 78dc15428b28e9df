package mesh

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

// judgedOver is the length of the windows over which promises about shares of records (completeness, errorRate, latency)
// are judged: long enough that a few records are not everything, and short enough that somebody hears of it. Windows
// are aligned to the clock, so that two platforms judge the same ones.
const judgedOver = 5 * time.Minute

// inTime is the share of records that must keep a promised latency.
const inTime = 0.99

// window is what is counted of a port for those promises. Counts are cumulative, so it is how much there was when the
// window began. The judge remembers it: what was before it looked first is not judged again.
type window struct {
	start    time.Time
	base     map[*input]counted
	backfill bool     // one was under way in it
	last     *stretch // the newest window that closed; nil before
}

// counted is what one input partition has counted, over its life.
type counted struct {
	incarnation     string // latencies are counted by process
	accepted        int64
	rejected        map[string]int64
	timed, punctual int64 // records whose latency is known, and those within the promise
}

// stretch is what became of a port's input in a window that closed.
type stretch struct {
	start, end         time.Time
	accepted, rejected int64
	reasons            map[string]int64
	timed, punctual    int64
	backfill           bool
}

// follow counts on, and closes the window whose time is over.
func (w *window) follow(k *look, p *port, backfilling bool) {
	sla := p.promised().sla
	if sla.Completeness <= 0 && sla.ErrorRate <= 0 && sla.Latency <= 0 {
		*w = window{}
		return
	}
	w.backfill = w.backfill || backfilling
	aligned := k.now.Truncate(judgedOver)
	if aligned.Equal(w.start.Truncate(judgedOver)) {
		return
	}
	now := k.counted(p, sla.Latency)
	start := k.now // it looks for the first time, or the clock was set back
	if !w.start.IsZero() && aligned.After(w.start) {
		start, w.last = aligned, w.close(now, aligned)
	}
	w.start, w.base, w.backfill = start, now, backfilling
}

func (k *look) counted(p *port, latency time.Duration) map[*input]counted {
	now := make(map[*input]counted)
	for _, i := range k.inputs(p) {
		c := counted{incarnation: i.Incarnation, accepted: i.Accepted, rejected: i.Rejected}
		if latency > 0 {
			k.scratch.Reset()
			// What is no sketch is left out, as in the quantiles.
			_ = k.scratch.Merge(i.Latency)
			c.timed, c.punctual = k.scratch.Count(), k.scratch.Within(latency.Seconds())
		}
		now[i] = c
	}
	return now
}

// close tells what became of the input since the window began. Where counts began anew, all of them are new.
func (w *window) close(now map[*input]counted, end time.Time) *stretch {
	s := &stretch{start: w.start, end: end, reasons: map[string]int64{}, backfill: w.backfill}
	for i, c := range now {
		before := w.base[i]
		if c.accepted < before.accepted {
			before = counted{}
		}
		s.accepted += c.accepted - before.accepted
		for reason, n := range c.rejected {
			if n -= before.rejected[reason]; n > 0 {
				s.rejected += n
				s.reasons[reason] += n
			}
		}
		if c.incarnation != before.incarnation || c.timed < before.timed {
			before.timed, before.punctual = 0, 0
		}
		s.timed, s.punctual = s.timed+c.timed-before.timed, s.punctual+c.punctual-before.punctual
	}
	return s
}

// completeness is the share of judged records that were accepted; false where there were none.
func (s *stretch) completeness() (float64, bool) {
	return freshness.Completeness(s.accepted, s.rejected)
}

// punctuality is the share of records within the promised latency; false where none is known, or the past was loaded.
func (s *stretch) punctuality() (float64, bool) {
	if s.backfill || s.timed <= 0 {
		return 0, false
	}
	return float64(s.punctual) / float64(s.timed), true
}

// judge says whether a promise was kept in the window: the measured share, of how many records; false where nothing can
// be said.
func (s *stretch) judge(sla contract.SLA, property string) (share float64, records int64, holds, ok bool) {
	complete, ok := s.completeness()
	switch property {
	case slaCompleteness:
		return complete, s.accepted + s.rejected, complete >= sla.Completeness, ok
	case slaErrorRate:
		share = float64(s.rejected) / float64(max(1, s.accepted+s.rejected))
		return share, s.accepted + s.rejected, share <= sla.ErrorRate, ok
	}
	share, ok = s.punctuality()
	return share, s.timed, share >= inTime, ok
}

// measure adds to a promise what the window says of it.
func (s *stretch) measure(sla contract.SLA, promise *Promise) {
	promise.Start, promise.End = ptr(s.start.UTC()), ptr(s.end.UTC())
	share, records, holds, ok := s.judge(sla, promise.Property)
	if !ok {
		return
	}
	promise.Value, promise.Unit, promise.Records, promise.Holds = ptr(percent(share)), "percent", records, ptr(holds)
	if promise.Property == slaLatency {
		promise.Unit = "percent in time"
	}
}

// ruling is the judge's word on such a promise.
func (s *stretch) ruling(k *look, p *port, property string) ruling {
	r := ruling{sla: property, promised: p.promised().sla.Text(property), windowed: true}
	if s == nil {
		return r
	}
	share, records, holds, ok := s.judge(p.promised().sla, property)
	if !ok {
		return r
	}
	r.holds, r.at = &holds, s.end
	if holds {
		return r
	}
	says := map[string]string{slaCompleteness: "accepted", slaErrorRate: "rejected", slaLatency: "in time"}[property]
	r.observed = fmt.Sprintf("%s percent of %d records %s, from %s to %s",
		strconv.FormatFloat(percent(share), 'f', -1, 64), records, says, stamp(s.start), stamp(s.end))
	if property == slaLatency {
		r.cause = k.slowness(p)
	} else {
		r.cause = s.mostly()
	}
	return r
}

// mostly names the reason that most rejected records had.
func (s *stretch) mostly() string {
	type reason struct {
		name string
		n    int64
	}
	var reasons []reason
	for name, n := range s.reasons {
		reasons = append(reasons, reason{name, n})
	}
	if len(reasons) == 0 {
		return ""
	}
	most := slices.MinFunc(reasons, func(a, b reason) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name)) })
	return fmt.Sprintf("%d records rejected, %d of them for %s", s.rejected, most.n, most.name)
}
