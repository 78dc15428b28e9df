package mesh

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// crew is who runs a data product, and how.
type crew struct {
	names []string // of all instances that run it or ran it last, sorted
	state lifecycle.State
	cause string // of the state, where somebody gave one
	// instance is one that has the state.
	instance string
	tiers    map[string]string // how those that live work on records, by input port
}

// member is a data product in one instance.
type member struct {
	instance string
	state    lifecycle.State
	cause    string
	tiers    map[string]string
}

// crew puts together the state of a data product over its instances: the worst of the living ones, degraded if
// fewer live than wanted or one failed; if none lives, the worst of failed, lost and stopped; declared if none
// ever ran it. Names of instances that are gone do not count while enough others live: a replaced host leaves
// its name behind.
func (s *state) crew(id string, wanted int) crew {
	c := crew{state: lifecycle.Declared}
	var living, gone []member
	for _, name := range s.runners[id] {
		m, ok := s.member(name, id)
		if !ok {
			continue
		}
		c.names = append(c.names, name)
		if m.state.Alive() {
			living = append(living, m)
		} else {
			gone = append(gone, m)
		}
	}
	switch {
	case len(living) > 0:
		c.follow(living)
		c.tiers = tiersOf(living)
		failed := slices.ContainsFunc(gone, func(m member) bool { return m.state == lifecycle.Failed })
		if failed || len(living) < min(wanted, len(c.names)) {
			c.state = lifecycle.Worst(c.state, lifecycle.Degraded)
		}
	case len(gone) > 0:
		c.follow(gone)
	}
	return c
}

// tiersOf puts together how members work on records; while they differ, as during a rolling update, a port has each in order.
func tiersOf(members []member) map[string]string {
	tiers := make(map[string]string)
	for _, m := range members {
		for port, tier := range m.tiers {
			all := strings.Split(tiers[port], ", ")
			if tiers[port] == "" {
				all = nil
			}
			if !slices.Contains(all, tier) {
				all = append(all, tier)
				slices.Sort(all)
				tiers[port] = strings.Join(all, ", ")
			}
		}
	}
	return tiers
}

func (c *crew) follow(members []member) {
	for i, m := range members {
		if i == 0 || m.state != c.state && lifecycle.Worst(c.state, m.state) == m.state {
			c.state, c.cause, c.instance = m.state, m.cause, m.instance
		}
	}
}

// member is false if the instance's present incarnation does not run the data product.
func (s *state) member(instance, id string) (member, bool) {
	l, ok := s.life(instance)
	if !ok {
		return member{}, false
	}
	held, at, ok := s.held(l, id)
	m := member{instance: instance, state: lifecycle.Parse(held.State), cause: l.cause, tiers: held.Tiers}
	if sub := s.subjects[event.SubjectDataProduct(id, instance)]; sub != nil && sub.own != nil && sub.own.Incarnation == l.incarnation {
		word := lifecycle.Parse(sub.own.State)
		if word == m.state { // a heartbeat has no cause
			m.cause = sub.own.Cause
		}
		if !sub.own.At.Before(at) {
			m.state, m.cause, ok = word, sub.own.Cause, true
		}
	}
	if l.dead() {
		m.state, m.cause = l.state, l.cause
	}
	return m, ok
}
