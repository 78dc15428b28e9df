package mesh

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// subject is what lifecycle events say of one thing. Two may speak under one key: who runs it, and the
// platform. They are kept apart, because neither waits for the other: the platform's lost may land after the
// instance's own stopped.
type subject struct {
	own, platform *event.Lifecycle
}

// platformSaid tells the platform's words from an instance's: only the platform enters lost, deprecated or
// retired, and only it takes them back.
func platformSaid(e *event.Lifecycle) bool {
	return lifecycle.ByPlatform(lifecycle.Parse(e.State)) || lifecycle.ByPlatform(lifecycle.Parse(e.Previous))
}

func (s *state) applyLifecycle(e *event.Lifecycle) bool {
	sub := s.subjects[e.Subject]
	if sub == nil {
		sub = &subject{}
		s.subjects[e.Subject] = sub
	}
	if platformSaid(e) {
		sub.platform = e
	} else {
		sub.own = e
	}
	kind, name, _ := strings.Cut(e.Subject, "/")
	switch kind {
	case "instance":
		s.heardOf(name)
	case "data-product":
		if id, instance, ok := strings.Cut(name, "@"); ok {
			s.mayRun(id, instance)
		}
	}
	return true
}

const (
	// missed heartbeats make an instance lost.
	missed = 3
	// usualInterval between heartbeats, for an instance that did not say its own yet.
	usualInterval = 5 * time.Second
)

// life is what heartbeats and lifecycle together say of an instance.
type life struct {
	incarnation string
	state       lifecycle.State
	cause       string
	// sign is the newest sign of life, by the instance's clock, and interval how often one is due.
	sign     time.Time
	interval time.Duration
	// spoke is when the instance itself last said what state it is in; zero if it never did.
	spoke time.Time
	// heartbeat is the newest of this incarnation, nil before the first.
	heartbeat *event.Heartbeat
	// lost is the platform's word that the instance is lost, if it was the platform's last: refuted or not.
	lost *event.Lifecycle
}

// life is false for an instance that nobody ever spoke of.
func (s *state) life(instance string) (life, bool) {
	beat := s.heartbeats[instance]
	var own, platform *event.Lifecycle
	if sub := s.subjects[event.SubjectInstance(instance)]; sub != nil {
		own, platform = sub.own, sub.platform
	}
	l := life{state: lifecycle.Running, interval: usualInterval}
	switch {
	case beat == nil && own == nil && platform == nil:
		return l, false
	case beat == nil && own == nil: // compaction left the platform's word only
		l.incarnation, l.sign = platform.Incarnation, platform.At.Add(-missed*usualInterval)
	case beat == nil || own != nil && own.Incarnation != beat.Incarnation && own.At.After(beat.At):
		l.incarnation, l.sign = own.Incarnation, own.At
	default:
		l.incarnation, l.sign, l.heartbeat = beat.Incarnation, beat.At, beat
		if beat.IntervalMillis > 0 {
			l.interval = time.Duration(beat.IntervalMillis) * time.Millisecond
		}
	}
	if own != nil && own.Incarnation == l.incarnation {
		l.state, l.cause, l.spoke = lifecycle.Parse(own.State), own.Cause, own.At
		if own.At.After(l.sign) {
			l.sign = own.At
		}
	}
	if platform != nil && lifecycle.Parse(platform.State) == lifecycle.Lost {
		l.lost = platform
		// A newer incarnation refutes it, and so does a later sign of life of this one.
		holds := platform.Incarnation == l.incarnation && !l.overdue().After(platform.At)
		if holds && lifecycle.Legal(l.state, lifecycle.Lost) {
			l.state, l.cause = lifecycle.Lost, platform.Cause
		}
	}
	return l, true
}

// overdue is when the instance is lost unless it gives a sign of life before, by its own clock.
func (l life) overdue() time.Time { return l.sign.Add(missed * l.interval) }

// dead says whether nobody runs the instance any more, as far as is known.
func (l life) dead() bool { return l.state == lifecycle.Lost || l.state == lifecycle.Stopped }

// held is what the newest heartbeat says of a data product, and when it said so.
func (s *state) held(l life, id string) (held event.HeldDataProduct, at time.Time, ok bool) {
	if l.heartbeat == nil {
		return held, at, false
	}
	i, ok := slices.BinarySearchFunc(l.heartbeat.DataProducts, id, func(h event.HeldDataProduct, id string) int {
		return cmp.Compare(h.ID, id)
	})
	if ok {
		held = l.heartbeat.DataProducts[i]
	}
	return held, l.heartbeat.At, ok
}
