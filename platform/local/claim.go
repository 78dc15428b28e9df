package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
)

// claim is everything that a mesh makes on a cluster.
type claim struct {
	topics, subjects, groups []string
}

// claimOf lists what the mesh will make: of every source, since the shop runs them all, and of the data products that
// this process runs.
func claimOf(set *contract.Set, domains []Domain) (*claim, error) {
	c := &claim{}
	for _, topic := range event.ControlTopics() {
		c.port(topic)
	}
	run := map[string]bool{}
	for _, p := range traffic.DataProducts() {
		run[p.ID()] = true
	}
	for _, d := range domains {
		for _, p := range d.DataProducts {
			run[p.ID()] = true
		}
	}
	for _, p := range set.DataProducts() {
		if !run[p.ID] {
			continue
		}
		for _, out := range p.OutputPorts {
			of, ok := set.Contract(out.ContractID)
			if !ok {
				return nil, fmt.Errorf("data product %s: no contract with id %q", p.ID, out.ContractID)
			}
			c.port(of.Topic())
		}
		group := groupOf(p)
		c.groups = append(c.groups, group)
		switch p.Mode() {
		case contract.Source:
			c.groups = append(c.groups, group+".checkpoint")
		case contract.Observe:
		default:
			c.topics = append(c.topics, event.DeadLetterTopic(p.ID), event.RetryTopic(p.ID))
		}
	}
	careless, err := traffic.Subjects(set)
	c.subjects = append(c.subjects, careless...)
	slices.Sort(c.topics)
	slices.Sort(c.subjects)
	return c, err
}

func (c *claim) port(topic string) {
	c.topics = append(c.topics, topic)
	c.subjects = append(c.subjects, topic+"-value")
}

// groupOf is a data product's consumer group.
func groupOf(p *contract.DataProduct) string { return fmt.Sprintf("%s.v%d", p.ID, p.Major()) }

// OccupiedError says that a cluster has something already that the mesh would make.
type OccupiedError struct{ Topics, Subjects, Groups []string }

func (e *OccupiedError) Error() string {
	var what []string
	if len(e.Topics) > 0 {
		what = append(what, "topics "+strings.Join(e.Topics, ", "))
	}
	if len(e.Subjects) > 0 {
		what = append(what, "subjects "+strings.Join(e.Subjects, ", "))
	}
	if len(e.Groups) > 0 {
		what = append(what, "consumer groups "+strings.Join(e.Groups, ", "))
	}
	return "the cluster has already " + strings.Join(what, " and ")
}

// check gives an *OccupiedError when anything of the claim is there.
func (c *claim) check(ctx context.Context, cl *clients) error {
	topics, err := cl.admin.Topics(ctx)
	if err != nil {
		return err
	}
	subjects, err := cl.registry.Subjects(ctx)
	if err != nil {
		return err
	}
	found := &OccupiedError{Topics: both(c.topics, topics), Subjects: both(c.subjects, subjects)}
	for _, group := range c.groups {
		committed, err := cl.admin.GroupOffsets(ctx, group)
		if err != nil {
			return err
		}
		if len(committed) > 0 {
			found.Groups = append(found.Groups, group)
		}
	}
	if len(found.Topics)+len(found.Subjects)+len(found.Groups) > 0 {
		return found
	}
	return nil
}

func both(want, have []string) []string {
	var found []string
	for _, name := range want {
		if slices.Contains(have, name) {
			found = append(found, name)
		}
	}
	return found
}

// remove deletes all of the claim. Nothing of it was there before, so this is exactly what the mesh made.
func (c *claim) remove(ctx context.Context, cl *clients) error {
	errs := []error{cl.admin.DeleteTopics(ctx, c.topics...), cl.admin.DeleteGroups(ctx, c.groups...)}
	for _, subject := range c.subjects {
		errs = append(errs, cl.registry.DeleteSubject(ctx, subject))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove what the demo made: %w", err)
	}
	return nil
}
