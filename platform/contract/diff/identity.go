package diff

import (
	"fmt"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// changedIDs pairs contracts of OLD and NEW whose ids differ: what somebody holds against each other, else what has the
// same topic, else what is in the same file, else what the same output port publishes by. Each is in one pair at most, and
// those that have their id on both sides are paired already.
func (c *comparer) changedIDs() map[*contract.Contract]*contract.Contract {
	var gone, fresh []*contract.Contract
	for _, old := range c.before.Contracts {
		if c.newContracts[old.ID] == nil {
			gone = append(gone, old)
		}
	}
	for _, now := range c.after.Contracts {
		if c.oldContracts[now.ID] == nil {
			fresh = append(fresh, now)
		}
	}
	pairs := make(map[*contract.Contract]*contract.Contract)
	if len(gone) == 1 && len(fresh) == 1 && c.lone() {
		pairs[gone[0]] = fresh[0]
		return pairs
	}
	taken := make(map[*contract.Contract]bool)
	oldPorts, newPorts := ports(c.before), ports(c.after)
	for _, by := range []struct {
		old, now func(*contract.Contract) string
	}{
		{(*contract.Contract).Topic, (*contract.Contract).Topic},
		{func(o *contract.Contract) string { return c.before.name(o.File) }, func(n *contract.Contract) string { return c.after.name(n.File) }},
		{func(o *contract.Contract) string { return oldPorts[o.ID] }, func(n *contract.Contract) string { return newPorts[n.ID] }},
	} {
		for _, old := range gone {
			for _, now := range fresh {
				if pairs[old] == nil && !taken[now] && by.old(old) != "" && by.old(old) == by.now(now) && !follows(old, now) {
					pairs[old], taken[now] = now, true
				}
			}
		}
	}
	return pairs
}

// lone tells whether both sides are one contract and nothing else, in files of different names or of no next major version.
func (c *comparer) lone() bool {
	if len(c.before.Contracts) != 1 || len(c.after.Contracts) != 1 || len(c.before.DataProducts)+len(c.after.DataProducts) > 0 {
		return false
	}
	old, now := c.before.Contracts[0], c.after.Contracts[0]
	return c.before.name(old.File) != c.after.name(now.File) || !follows(old, now)
}

// follows tells whether a contract is of a higher major version of another one's port, on a topic of its own: it is a
// contract beside the other then, wherever it is written. On the same topic only the id changed.
func follows(old, now *contract.Contract) bool {
	before, from, okOld := stem(old.ID)
	after, to, okNew := stem(now.ID)
	return okOld && okNew && before == after && to.compare(from) > 0 && old.Topic() != now.Topic()
}

// ports are the output ports of a side by their contract's id.
func ports(s *Side) map[string]string {
	byContract := make(map[string]string)
	for _, p := range s.DataProducts {
		for _, port := range p.OutputPorts {
			byContract[port.ContractID] = fmt.Sprintf("%s %s %d", p.ID, port.Name, port.Major())
		}
	}
	return byContract
}
