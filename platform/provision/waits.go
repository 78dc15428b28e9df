package provision

import "slices"

// await holds back the descriptors that speak of a topic, or of its subject, of which something is held back: what is published
// must be true.
func (p *planner) await() {
	held := make(map[string][]Held) // by topic
	for _, h := range p.plan.Held {
		if topic := topicOf(h.Resource); topic != "" && h.Action != Delete {
			held[topic] = append(held[topic], h)
		}
	}
	p.plan.Steps = slices.DeleteFunc(p.plan.Steps, func(s Step) bool {
		if s.Kind != Descriptor {
			return false
		}
		var first Held
		n := 0
		for _, topic := range p.about[s.Resource] {
			for _, h := range held[topic] {
				if n++; n == 1 || first.Needs != "" && h.Needs == "" { // what nothing lets be taken is the one to name
					first = h
				}
			}
		}
		switch {
		case n == 0:
			return false
		case n == 1:
			p.hold(s, first.Needs, "waits for %s %s, which is held back", first.Kind, first.Resource)
		default:
			p.hold(s, first.Needs, "waits for %s %s, which is held back with %d more", first.Kind, first.Resource, n-1)
		}
		return true
	})
}

// topicOf is the topic that a resource is of, by its name; "" for what is of none.
func topicOf(r Resource) string {
	switch r.Kind {
	case Topic, Partitions, Replicas, Setting:
		return r.Name
	case Level, Schema:
		return subjectTopic(r.Name)
	}
	return ""
}
