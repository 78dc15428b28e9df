package mesh

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// judge turns silence into events. It remembers what the log does not say; see the package comment.
type judge struct {
	turn    uint64
	seen    map[string]sighting
	watches map[string]*watch
	sent    map[string]time.Time
}

// sighting is the last sign of life of an instance that the judge saw, and when it saw it first, by the
// platform's own clock: so an instance's clock may be wrong, and a replay starts everybody's time anew.
type sighting struct {
	incarnation string
	sign        time.Time
	heartbeat   *event.Heartbeat
	at          time.Time
}

func newJudge() *judge {
	return &judge{seen: map[string]sighting{}, watches: map[string]*watch{}, sent: map[string]time.Time{}}
}

// resend is how long the judge waits for its own word to come back through the topics before it says it again.
const resend = 10 * time.Second

// decide looks at everything once and returns what is to be said. It is called from when the fold has caught up.
func (j *judge) decide(s *state, now time.Time) []event.Event {
	j.turn++
	k := s.look(now)
	var say []event.Event
	for _, name := range s.instances {
		if e := j.instance(k, name); e != nil {
			say = j.once(say, now, e, e.Subject+" "+e.Incarnation+" "+e.State)
		}
	}
	for _, id := range k.catalog.portIDs {
		p := k.catalog.ports[id]
		if e := j.ending(k, p); e != nil {
			say = j.once(say, now, e, e.Subject+" "+e.State)
		}
		backfilling := j.backfilling(k, p, 0)
		for _, e := range j.freshness(k, p, backfilling) {
			say = j.once(say, now, e, fmt.Sprintf("%s %t", e.ID, e.End == nil))
		}
	}
	for id := range s.breaches.byPort {
		if k.catalog.ports[id] == nil { // the port was purged: nobody promises anything any more
			for _, open := range s.breaches.open(id) {
				say = j.once(say, now, ended(open, now), open.ID+" purged")
			}
		}
	}
	for key, at := range j.sent {
		if now.Sub(at) > 2*resend {
			delete(j.sent, key)
		}
	}
	return say
}

// once appends an event unless it was said a moment ago.
func (j *judge) once(say []event.Event, now time.Time, e event.Event, key string) []event.Event {
	if at, said := j.sent[key]; said && now.Sub(at) < resend {
		return say
	}
	j.sent[key] = now
	return append(say, e)
}

// instance says that an instance is lost, or that a lost one is back; nil if there is nothing to say.
func (j *judge) instance(k *look, name string) *event.Lifecycle {
	l, ok := k.life(name)
	if !ok {
		return nil
	}
	before, known := j.seen[name]
	changed := before.incarnation != l.incarnation || !before.sign.Equal(l.sign) || before.heartbeat != l.heartbeat
	if changed {
		j.seen[name] = sighting{l.incarnation, l.sign, l.heartbeat, k.now}
	}
	say := &event.Lifecycle{Subject: event.SubjectInstance(name), Instance: name, Incarnation: l.incarnation}
	switch {
	case l.state == lifecycle.Lost:
		if !known || !changed {
			return nil
		}
		// It gave a sign although its own clock, set back meanwhile, puts the sign before the loss.
		say.State, say.At = string(lifecycle.Running), l.lost.At.Add(time.Millisecond)
	case l.lost != nil:
		if l.spoke.After(l.lost.At) {
			return nil // it said itself what it is now
		}
		say.State, say.At = string(l.state), l.sign
	case lifecycle.Legal(l.state, lifecycle.Lost) && !changed && k.now.Sub(before.at) >= missed*l.interval:
		say.State, say.Previous, say.At = string(lifecycle.Lost), string(l.state), l.overdue()
		say.Cause = fmt.Sprintf("%d heartbeats missed; the last sign of life was at %s", missed, stamp(l.sign))
		return say
	default:
		return nil
	}
	say.Previous, say.Cause = string(lifecycle.Lost), "it gives signs of life again"
	return say
}

// freshness says that a breach of the port's freshness begins or ends.
func (j *judge) freshness(k *look, p *port, backfilling bool) []*event.Breach {
	promise := p.promised().freshness
	var open []*event.Breach
	for _, b := range k.breaches.open(p.id) {
		if b.SLA == slaFreshness {
			open = append(open, b)
		}
	}
	if promise <= 0 || len(open) > 0 {
		if len(open) == 0 || promise > 0 && (backfilling || k.stale(p, promise)) {
			return nil
		}
		for i, b := range open {
			open[i] = ended(b, k.now)
		}
		return open
	}
	if backfilling || k.now.Sub(j.watches[p.id].judgedFrom) < promise {
		return nil
	}
	deadline, due := k.deadline(p, promise, false)
	if !due || !k.now.After(deadline) {
		return nil
	}
	return []*event.Breach{k.begin(p, promise, deadline)}
}

// stale says whether an open breach goes on.
func (k *look) stale(p *port, promise time.Duration) bool {
	t, due := k.deadline(p, promise, true)
	return due && k.now.After(t)
}

// begin makes the event of a breach that starts at the deadline, or where the one before ended: ids are made of
// starts, and a breach that ended stays ended.
func (k *look) begin(p *port, promise time.Duration, start time.Time) *event.Breach {
	for _, b := range k.breaches.byPort[p.id] {
		if b.SLA == slaFreshness && b.End != nil && !b.End.Before(start) {
			start = b.End.Add(time.Millisecond)
		}
	}
	observed := "nothing accepted yet"
	if reached, ok := freshness.Reached(claimed(k.inputs(p), nil)); ok {
		observed = "complete up to " + stamp(reached)
	}
	start = start.UTC().Truncate(time.Millisecond)
	return &event.Breach{
		ID:   p.id + "/" + slaFreshness + "/" + strconv.FormatInt(start.UnixMilli(), 10),
		Port: p.id, SLA: slaFreshness, Start: start,
		Promised: p.promised().freshnessText, Observed: observed, Cause: k.cause(p, promise),
		ContractDigest: p.contract.Digest,
	}
}

// ended is the breach with its end.
func ended(b *event.Breach, now time.Time) *event.Breach {
	e := *b
	end := now.UTC().Truncate(time.Millisecond)
	if end.Before(e.Start) {
		end = e.Start
	}
	e.End = &end
	return &e
}
