package provision

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// leftovers finds what is Tidemark's, of the domains that the contracts speak for, and is wanted no more.
func (p *planner) leftovers() {
	for _, name := range slices.Sorted(maps.Keys(p.actual.topics)) {
		r := Resource{Kind: Topic, Name: name}
		id := p.known.productOf(name)
		if _, wanted := p.resources[r]; wanted || !p.speaksFor(id, name) {
			continue
		}
		p.prune(Step{
			Action: Delete, Resource: r, From: p.actual.topic(name), Destructive: true, DataLoss: true,
			Note: "the topic is deleted with every record in it",
		}, id, name)
	}
	for _, name := range slices.Sorted(maps.Keys(p.actual.subjects)) {
		topic := subjectTopic(name)
		id := p.known.productOf(topic)
		if _, wanted := p.resources[Resource{Kind: Schema, Name: name}]; wanted || topic == name || !p.speaksFor(id, name, topic) {
			continue
		}
		p.prune(Step{
			Action: Delete, Resource: Resource{Kind: Schema, Name: name}, From: State{}, Destructive: true, DataLoss: true,
			Note: "records that were written by its schemas cannot be read any more",
		}, id, name, topic)
	}
	if p.actual.authorizer {
		p.access()
	}
	p.forget()
}

// forget takes descriptors off the control topic: those of data products and of ports that are gone from the contracts, with
// them, when they are named to be pruned. Others are left alone, and are no drift: the control topic keeps all versions, and
// what is published need not run.
func (p *planner) forget() {
	for _, key := range slices.Sorted(maps.Keys(p.actual.descriptors)) {
		d, r := p.actual.descriptors[key], Resource{Kind: Descriptor, Name: key}
		if _, wanted := p.resources[r]; wanted {
			continue
		}
		id, gone := p.subjectOf(d)
		names := []string{key}
		if gone != "" {
			names = append(names, id, gone)
		}
		if !p.named(names...) {
			continue
		}
		s := Step{
			Action: Delete, Resource: r, From: p.actual.state(r), Destructive: true, Forgets: gone,
			Why: p.gone(id), Note: "the mesh forgets it, and what was told of it",
		}
		if held := p.heldOf(id); held != nil && gone != "" {
			p.hold(s, held.Needs, "%s %s is still there, and is known as Tidemark's by this", held.Kind, held.Resource)
			continue
		}
		p.step(s)
	}
}

// subjectOf is the data product that a descriptor is of, and what goes with it where the contracts have none of its versions: the
// data product itself, or a port's topic. A contract of a topic that no data product publishes goes with nothing.
func (p *planner) subjectOf(d *event.Descriptor) (dataProduct, gone string) {
	if d.Mode != "" {
		if !p.products[d.ID] {
			gone = d.ID
		}
		return d.ID, gone
	}
	c, _ := contract.ParseContract(d.ID, []byte(d.Document))
	if c == nil {
		return "", ""
	}
	dataProduct = p.known.productOf(c.Topic())
	if _, wanted := p.resources[Resource{Kind: Topic, Name: c.Topic()}]; dataProduct != "" && !wanted {
		gone = c.Topic()
	}
	return dataProduct, gone
}

// heldOf is a step that would delete something else of a data product, and is held back; nil if there is none.
func (p *planner) heldOf(id string) *Held {
	for i := range p.plan.Held {
		h := &p.plan.Held[i]
		if h.Action != Delete || h.Kind == Descriptor {
			continue
		}
		if id != "" && (p.known.productOf(h.Name) == id || p.known.productOf(subjectTopic(h.Name)) == id || p.known.groupProduct(h.Name) == id) {
			return h
		}
	}
	return nil
}

// speaksFor tells whether a data product, if it is one, is the contracts' to decide on: another tree may hold the other
// domains. What is named to be pruned is.
func (p *planner) speaksFor(id string, names ...string) bool {
	if id == "" {
		return false
	}
	domain, _, _ := strings.Cut(id, ".")
	return p.domains[domain] || slices.Contains(p.options.Prune, id) ||
		slices.ContainsFunc(names, func(n string) bool { return slices.Contains(p.options.Prune, n) })
}

// access finds what principals of the mesh may do and do not need, about what is in the mesh; and users that nobody has.
func (p *planner) access() {
	principals, users := p.principals()
	for _, r := range slices.SortedFunc(maps.Keys(p.actual.operations), compareResources) {
		if _, wanted := p.resources[r]; wanted || !principals[r.Principal] || !p.ours(r) {
			continue
		}
		p.revoke(r, p.actual.state(r), nil)
	}
	for _, user := range slices.Sorted(maps.Keys(users)) {
		for _, r := range []Resource{{Kind: User, Name: user}, {Kind: Quota, Name: user}} {
			seen := p.actual.state(r)
			_, wanted := p.resources[r]
			if wanted || seen == nil || r.Kind == User && p.options.Passwords == "" {
				continue
			}
			p.prune(Step{Action: Delete, Resource: r, From: seen, Destructive: true}, "", user, userType+user)
		}
	}
}

// principals are those of the domains that the contracts speak for, with the operators. Those of domains that are gone
// altogether, and those that were a domain's before, are among them when they are named to be pruned; users are theirs only.
func (p *planner) principals() (principals, users map[string]bool) {
	principals, users = make(map[string]bool), make(map[string]bool)
	add := func(principal string, named bool) {
		user, isUser := strings.CutPrefix(principal, userType)
		if named && !slices.Contains(p.options.Prune, principal) && (!isUser || !slices.Contains(p.options.Prune, user)) {
			return
		}
		principals[principal] = true
		if isUser && named {
			users[user] = true
		}
	}
	for domain := range p.domains {
		add(p.options.Principals.For(domain), false)
	}
	for id := range p.known.products {
		domain, _, _ := strings.Cut(id, ".")
		add(p.options.Principals.Runs(id), !p.domains[domain])
	}
	for _, o := range p.options.Operators {
		principals[o] = true
	}
	for _, principal := range p.options.Prune {
		if principals[principal] || !p.was(principal) {
			continue
		}
		principals[principal] = true
		if user, isUser := strings.CutPrefix(principal, userType); isUser && !p.elsewhere(principal) {
			users[user] = true
		}
	}
	return principals, users
}

// ours tells whether an ACL of a principal of the mesh is about something in the mesh, in a form that Tidemark writes.
func (p *planner) ours(r Resource) bool {
	if !p.runs(r.Principal) && p.elsewhere(r.Principal) {
		domain, _, _ := strings.Cut(cmp.Or(p.known.productOf(r.Name), p.known.groupProduct(r.Name)), ".")
		if !p.domains[domain] {
			return false // what it needs for the data products of another tree
		}
	}
	switch r.On {
	case kafka.OnTopic:
		return !r.Prefixed && (p.known.productOf(r.Name) != "" || p.known.inputs[r.Name] || slices.Contains(event.ControlTopics(), r.Name))
	case kafka.OnGroup:
		return !r.Prefixed && p.known.groupProduct(r.Name) != ""
	case kafka.OnTransactionalID:
		return r.Prefixed && strings.HasSuffix(r.Name, ":") && p.known.groupProduct(r.Name) != ""
	}
	return r.On == kafka.OnCluster && r.Principal == p.options.Principals.For(controlDomain)
}
