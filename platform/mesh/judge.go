package mesh

import (
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
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
		for _, e := range k.rule(p, j.rulings(k, p, backfilling)) {
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
