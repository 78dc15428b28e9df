package mesh

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// ruling is what the judge finds of one promise of a port.
type ruling struct {
	sla      string // the slaProperties entry, or the quality rule's id
	promised string
	// holds is nil where nothing can be said: then a breach goes on, and none begins.
	holds *bool
	// at is since when it holds, or does not.
	at time.Time
	// windowed: it is of a window that closed at that time, on which nobody needs to be told twice.
	windowed        bool
	observed, cause string // where it does not hold
}

// rulings looks at all that the port promises and the mesh can judge. A promise that is not among them is not made.
func (j *judge) rulings(k *look, p *port, backfilling bool) []ruling {
	var all []ruling
	open := k.breaches.open(p.id)
	breached := func(sla string) bool {
		for _, b := range open {
			if b.SLA == sla {
				return true
			}
		}
		return false
	}
	sla, w := p.promised().sla, j.watches[p.id]
	w.window.follow(k, p, backfilling)
	if sla.Freshness > 0 {
		all = append(all, w.freshness(k, p, backfilling, breached(slaFreshness)))
	}
	if sla.Frequency > 0 {
		all = append(all, w.frequency(k, p, backfilling, breached(slaFrequency)))
	}
	if sla.Latency > 0 {
		all = append(all, w.window.last.ruling(k, p, slaLatency))
	}
	if sla.Completeness > 0 {
		all = append(all, w.window.last.ruling(k, p, slaCompleteness))
	}
	if sla.ErrorRate > 0 {
		all = append(all, w.window.last.ruling(k, p, slaErrorRate))
	}
	for _, q := range k.quality(p) {
		if q.Severity != avro.Warning.String() { // a warning is told, and breaks no promise
			all = append(all, q.ruling(backfilling))
		}
	}
	return all
}

// freshness is judged by deadlines, with more patience for a breach to begin than to go on; see look.deadline.
func (w *watch) freshness(k *look, p *port, backfilling, breached bool) ruling {
	promise := p.promised().sla.Freshness
	r := ruling{sla: slaFreshness, promised: p.promised().sla.Text(slaFreshness)}
	switch {
	case backfilling:
	case breached:
		if !k.stale(p, promise) {
			r.holds, r.at = ptr(true), k.now
		}
	case k.now.Sub(w.judgedFrom) >= promise:
		deadline, due := k.deadline(p, promise, false)
		if !due || !k.now.After(deadline) {
			break
		}
		r.holds, r.at, r.observed, r.cause = ptr(false), deadline, "nothing accepted yet", k.cause(p, promise)
		if reached, ok := freshness.Reached(claimed(k.inputs(p), nil)); ok {
			r.observed = "complete up to " + stamp(reached)
		}
	}
	return r
}

// stale says whether an open breach goes on.
func (k *look) stale(p *port, promise time.Duration) bool {
	t, due := k.deadline(p, promise, true)
	return due && k.now.After(t)
}

// frequency is how long it may take from one accepted record to the next, whatever its event time. Who was never heard of
// is not late.
func (w *watch) frequency(k *look, p *port, backfilling, breached bool) ruling {
	promise := p.promised().sla.Frequency
	r := ruling{sla: slaFrequency, promised: p.promised().sla.Text(slaFrequency)}
	var last, heard time.Time
	for _, i := range k.inputs(p) {
		if i.UpdatedAt != nil && i.UpdatedAt.After(last) {
			last = *i.UpdatedAt
		}
		if heard.IsZero() || i.since.Before(heard) {
			heard = i.since
		}
	}
	from := last
	if from.IsZero() {
		from = heard
	}
	deadline := from.Add(promise)
	switch {
	case backfilling || from.IsZero():
	case !k.now.After(deadline):
		r.holds, r.at = ptr(true), k.now
	case !breached && k.now.Sub(w.judgedFrom) >= promise:
		r.holds, r.at, r.cause = ptr(false), deadline, k.cause(p, promise)
		if r.observed = "the last record was accepted at " + stamp(last); last.IsZero() {
			r.observed = "nothing accepted yet"
		}
	}
	return r
}

// ruling on a quality rule is its newest window's. A backfill brings records of other times, so that their number says
// nothing.
func (q *Quality) ruling(backfilling bool) ruling {
	r := ruling{sla: q.Rule, promised: q.Promise, windowed: true}
	if q.Holds == nil || q.End == nil || backfilling && q.Metric == string(quality.RowCount) {
		return r
	}
	if r.holds, r.at = q.Holds, *q.End; *q.Holds {
		return r
	}
	r.observed = fmt.Sprintf("%s %s, in %d records from %s to %s", strconv.FormatFloat(q.Value, 'f', -1, 64), q.Unit, q.Records, stamp(q.Start), stamp(*q.End))
	return r
}

// rule says which breaches begin and end by the rulings on a port. Those of promises that are not made any more end.
func (k *look) rule(p *port, rulings []ruling) (say []*event.Breach) {
	open := map[string][]*event.Breach{}
	for _, b := range k.breaches.open(p.id) {
		open[b.SLA] = append(open[b.SLA], b)
	}
	for _, r := range rulings {
		switch lasting := open[r.sla]; {
		case r.holds == nil:
		case *r.holds:
			for _, b := range lasting {
				if r.at.After(b.Start) { // else another platform found that this window does not keep it
					say = append(say, ended(b, r.at))
				}
			}
		case len(lasting) == 0 && !(r.windowed && k.settled(p, r)):
			say = append(say, k.begin(p, r))
		}
		delete(open, r.sla)
	}
	for _, b := range k.breaches.open(p.id) {
		if _, over := open[b.SLA]; over {
			say = append(say, ended(b, k.now))
		}
	}
	return say
}

// settled says whether a breach ended with the ruling's window or later: then another platform found that it keeps the
// promise.
func (k *look) settled(p *port, r ruling) bool {
	return slices.ContainsFunc(k.breaches.byPort[p.id], func(b *event.Breach) bool {
		return b.SLA == r.sla && b.End != nil && !b.End.Before(r.at)
	})
}

// begin makes the event of a breach that starts when the ruling says, or where the one before ended: ids are made of
// starts, and a breach that ended stays ended.
func (k *look) begin(p *port, r ruling) *event.Breach {
	start := r.at
	for _, b := range k.breaches.byPort[p.id] {
		if b.SLA == r.sla && b.End != nil && !b.End.Before(start) {
			start = b.End.Add(time.Millisecond)
		}
	}
	start = start.UTC().Truncate(time.Millisecond)
	b := &event.Breach{
		ID:   p.id + "/" + r.sla + "/" + strconv.FormatInt(start.UnixMilli(), 10),
		Port: p.id, SLA: r.sla, Start: start, Promised: r.promised, Observed: r.observed, Cause: r.cause,
	}
	if p.contract != nil {
		b.ContractDigest = p.contract.Digest
	}
	return b
}

// ended is the breach with its end.
func ended(b *event.Breach, at time.Time) *event.Breach {
	e := *b
	end := at.UTC().Truncate(time.Millisecond)
	if end.Before(e.Start) {
		end = e.Start
	}
	e.End = &end
	return &e
}
