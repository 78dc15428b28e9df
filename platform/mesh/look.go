package mesh

import (
	"time"

	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

// dueKey and due are a question for a deadline and its answer.
type (
	dueKey struct {
		port    *port
		promise time.Duration
		strict  bool
	}
	due struct {
		at time.Time
		ok bool
	}
)

// look is one look at the state at one time; what it works out more than once it remembers.
type look struct {
	*state
	catalog *catalog
	now     time.Time
	lives   map[string]life
	crews   map[string]crew
	dues    map[dueKey]due
	scratch freshness.Sketch
}

func (s *state) look(now time.Time) *look {
	return &look{state: s, catalog: s.catalogue(), now: now, lives: map[string]life{}, crews: map[string]crew{}, dues: map[dueKey]due{}}
}

// life is false for an instance that nobody ever spoke of.
func (k *look) life(instance string) (life, bool) {
	if l, ok := k.lives[instance]; ok {
		return l, true
	}
	l, ok := k.state.life(instance)
	if ok {
		k.lives[instance] = l
	}
	return l, ok
}

func (k *look) crew(p *product) crew {
	c, ok := k.crews[p.id]
	if !ok {
		c = k.state.crew(p.id, p.wanted)
		k.crews[p.id] = c
	}
	return c
}

// gone says whether the process that last spoke about an input partition is known to be gone, so that what it
// said of the present (idle, backfill) holds no longer.
func (k *look) gone(i *input) bool {
	l, ok := k.life(i.Instance)
	if !ok {
		return false
	}
	if l.incarnation != i.Incarnation {
		return l.sign.After(i.At)
	}
	return l.dead()
}

// partitions gives a port's input partitions to the arithmetic. Idle is believed as long as the writer can be
// expected to say otherwise; from then on the partition counts from its writer's last word.
func (k *look) partitions(p *port, into []freshness.Partition) []freshness.Partition {
	for _, i := range k.inputs(p) {
		if i.replayed() {
			continue
		}
		part := freshness.Partition{Newest: i.newest(), Since: i.since, Idle: i.Idle || i.untouched()}
		if part.Idle && (k.gone(i) || k.now.Sub(i.At) > silent) {
			part.Idle, part.Since = false, i.At
		}
		into = append(into, part)
	}
	return into
}

// claimed gives the partitions as their writers describe them: what freshness is told by.
func claimed(inputs []*input, into []freshness.Partition) []freshness.Partition {
	for _, i := range inputs {
		if !i.replayed() {
			into = append(into, freshness.Partition{Newest: i.newest(), Since: i.since, Idle: i.Idle || i.untouched()})
		}
	}
	return into
}

func (k *look) inputs(p *port) []*input {
	if f := k.ports[p.id]; f != nil {
		return f.inputs
	}
	return nil
}

// deadline is when the port is late by a promise, its own or that of a port downstream which asks whether it is
// to blame; false if nothing is due.
//
//   - Some partition is active: the promise counts from the slowest of them.
//   - All are idle: nothing came in. Somebody upstream may be late with it; else nothing happened.
//   - All are idle and nobody is upstream: silence is measured by the port's own promise, if it makes one.
//
// strict counts from event times alone, without the patience that a partition gets after it was idle. A breach
// begins at the deadline, and ends when the strict one has not passed, so that it does not flap.
func (k *look) deadline(p *port, promise time.Duration, strict bool) (time.Time, bool) {
	key := dueKey{p, promise, strict}
	d, known := k.dues[key]
	if !known {
		k.dues[key] = due{} // while it is worked out: lineage may have cycles
		d.at, d.ok = k.workOutDeadline(p, promise, strict)
		k.dues[key] = d
	}
	return d.at, d.ok
}

func (k *look) workOutDeadline(p *port, promise time.Duration, strict bool) (time.Time, bool) {
	var buffer [16]freshness.Partition
	parts := k.partitions(p, buffer[:0])
	if strict {
		for i := range parts {
			if !parts[i].Newest.IsZero() {
				parts[i].Since = time.Time{}
			}
		}
	}
	if t, ok := freshness.Deadline(promise, parts); ok || len(parts) == 0 {
		return t, ok
	}
	answered, late := k.upstreamDeadline(p, promise, strict)
	silence, ok := freshness.Silence(promise, parts)
	switch {
	case answered && late.IsZero():
		return time.Time{}, false // nothing happened
	case answered && ok && silence.After(late):
		return silence, true // who is upstream may promise more than this port
	case answered:
		return late, true
	}
	if own := p.promised().sla.Freshness; own > 0 {
		return freshness.Silence(own, parts)
	}
	return time.Time{}, false
}

// upstreamDeadline is the earliest deadline of the ports upstream; answered says whether there are any.
func (k *look) upstreamDeadline(p *port, promise time.Duration, strict bool) (answered bool, first time.Time) {
	for _, up := range p.upstream {
		from := k.catalog.ports[up]
		if from == nil {
			continue
		}
		answered = true
		if t, ok := k.deadline(from, promise, strict); ok && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return answered, first
}

// late says whether the port is late by a promise.
func (k *look) late(p *port, promise time.Duration) bool {
	t, ok := k.deadline(p, promise, false)
	return ok && k.now.After(t)
}
