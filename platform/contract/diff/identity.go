package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// evidence is what tells that two documents of different ids are one.
type evidence[T any] func(old, now T) bool

// pair pairs what only OLD has with what only NEW has, by the strongest evidence, which comes first. Each is in one pair
// at most.
func pair[T comparable](gone, fresh []T, by ...evidence[T]) map[T]T {
	pairs, taken := make(map[T]T), make(map[T]bool)
	for _, same := range by {
		for _, old := range gone {
			if _, paired := pairs[old]; paired {
				continue
			}
			for _, now := range fresh {
				if !taken[now] && same(old, now) {
					pairs[old], taken[now] = now, true
					break
				}
			}
		}
	}
	return pairs
}

// unpaired are the documents of each side whose id the other has not.
func unpaired[T any](before, after []*T, old, now map[string]*T, id func(*T) string) (gone, fresh []*T) {
	for _, d := range before {
		if now[id(d)] == nil {
			gone = append(gone, d)
		}
	}
	for _, d := range after {
		if old[id(d)] == nil {
			fresh = append(fresh, d)
		}
	}
	return gone, fresh
}

// changedIDs pairs contracts of OLD and NEW whose ids differ: what somebody holds against each other, else what has the
// same topic, else what is in the same file, else what the same output port publishes by.
func (c *comparer) changedIDs() map[*contract.Contract]*contract.Contract {
	gone, fresh := unpaired(c.before.Contracts, c.after.Contracts, c.oldContracts, c.newContracts, contractID)
	if len(gone) == 1 && len(fresh) == 1 && c.lone() {
		return map[*contract.Contract]*contract.Contract{gone[0]: fresh[0]}
	}
	oldPorts, newPorts := c.ports(c.before), c.ports(c.after)
	beside := func(same evidence[*contract.Contract]) evidence[*contract.Contract] {
		return func(old, now *contract.Contract) bool { return same(old, now) && !follows(old, now) }
	}
	return pair(gone, fresh,
		beside(func(old, now *contract.Contract) bool { return old.Topic() != "" && old.Topic() == now.Topic() }),
		beside(func(old, now *contract.Contract) bool { return c.before.name(old.File) == c.after.name(now.File) }),
		beside(func(old, now *contract.Contract) bool {
			return oldPorts[old.ID] != "" && oldPorts[old.ID] == newPorts[now.ID]
		}),
	)
}

// renamedProducts pairs data products whose ids differ: what is in the same file, else what publishes a contract of the
// same id, else what has the same name for people, else what has the same ports.
func (c *comparer) renamedProducts() map[*contract.DataProduct]*contract.DataProduct {
	gone, fresh := unpaired(c.before.DataProducts, c.after.DataProducts, c.oldProducts, c.newProducts, productID)
	if len(gone) == 1 && len(fresh) == 1 && len(c.before.DataProducts) == 1 && len(c.after.DataProducts) == 1 && len(c.before.Contracts)+len(c.after.Contracts) == 0 {
		return map[*contract.DataProduct]*contract.DataProduct{gone[0]: fresh[0]}
	}
	return pair(gone, fresh,
		func(old, now *contract.DataProduct) bool { return c.before.name(old.File) == c.after.name(now.File) },
		publishSame,
		func(old, now *contract.DataProduct) bool {
			return old.Name != "" && old.Name == now.Name && old.Domain == now.Domain
		},
		func(old, now *contract.DataProduct) bool {
			return len(old.OutputPorts) > 0 && old.Domain == now.Domain && portsText(old) == portsText(now)
		},
	)
}

// publishSame tells whether two data products have a contract of an output port in common.
func publishSame(old, now *contract.DataProduct) bool {
	return slices.ContainsFunc(old.OutputPorts, func(o contract.Port) bool {
		return o.ContractID != "" && slices.ContainsFunc(now.OutputPorts, func(n contract.Port) bool { return n.ContractID == o.ContractID })
	})
}

// portsText is what a data product reads, and what its output ports are called.
func portsText(p *contract.DataProduct) string {
	var b strings.Builder
	for _, port := range p.InputPorts {
		b.WriteString(port.ContractID + " ")
	}
	for _, port := range p.OutputPorts {
		fmt.Fprintf(&b, "%s %d ", port.Name, port.Major())
	}
	return b.String()
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

// ports are the output ports of a side by their contract's id; of a data product that has another id now, by its old one.
func (c *comparer) ports(s *Side) map[string]string {
	oldID := make(map[*contract.DataProduct]string)
	for old, now := range c.renamed {
		oldID[now] = old.ID
	}
	byContract := make(map[string]string)
	for _, p := range s.DataProducts {
		id := p.ID
		if old, ok := oldID[p]; ok {
			id = old
		}
		for _, port := range p.OutputPorts {
			byContract[port.ContractID] = fmt.Sprintf("%s %s %d", id, port.Name, port.Major())
		}
	}
	return byContract
}
