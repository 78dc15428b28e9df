package provision

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// was tells whether a principal is one that data products of these contracts' domains ran as before: it has the name that a
// domain has when nobody says another, or it may be a member of a group that only such a data product has.
func (p *planner) was(principal string) bool {
	if p.runs(principal) {
		return false
	}
	for domain := range p.domains {
		if principal == userType+domain || principal == strings.ReplaceAll(p.options.Principals.Template, domainPlace, domain) {
			return true
		}
	}
	for domain := range p.members()[principal] {
		if p.domains[domain] {
			return true
		}
	}
	return false
}

// elsewhere tells whether a principal may be a member of a group that only a data product of another domain has: another tree
// may run that as it.
func (p *planner) elsewhere(principal string) bool {
	for domain := range p.members()[principal] {
		if !p.domains[domain] {
			return true
		}
	}
	return false
}

// members are the principals that may be members of data products' groups, and those data products' domains.
func (p *planner) members() map[string]map[string]bool {
	if p.groups != nil {
		return p.groups
	}
	p.groups = make(map[string]map[string]bool)
	for r, ops := range p.actual.operations {
		id := p.known.groupProduct(r.Name)
		if r.On != kafka.OnGroup || r.Prefixed || id == "" || !slices.Contains(ops, kafka.Read) {
			continue
		}
		if p.groups[r.Principal] == nil {
			p.groups[r.Principal] = make(map[string]bool)
		}
		domain, _, _ := strings.Cut(id, ".")
		if p.domains[domain] || p.options.Principals.Runs(id) != r.Principal { // else it is what it is when its domain is gone
			p.groups[r.Principal][domain] = true
		}
	}
	return p.groups
}

// runs tells whether a principal is one that these contracts give rights.
func (p *planner) runs(principal string) bool {
	if p.current == nil {
		p.current = make(map[string]bool)
		for r := range p.resources {
			if r.Kind == ACL {
				p.current[r.Principal] = true
			}
		}
	}
	return p.current[principal]
}

// advice says what to do about somebody who may write a port and is not to.
func (p *planner) advice(principal string) string {
	const otherwise = "delete the ACL, or name the principal in --principals"
	if p.was(principal) {
		return fmt.Sprintf("if its domain ran as it before, \"tidemark apply --prune %s\" takes away what Tidemark gave it; else %s", principal, otherwise)
	}
	return otherwise
}

// Check refuses exceptions for domains and data products that are not in the contracts: such a name is mistyped, and would change
// nothing. pruned are names that may be deleted, with whose domains it may belong that are gone.
func (p Principals) Check(set *contract.Set, pruned []string) error {
	domains, products := map[string]bool{controlDomain: true}, make(map[string]bool)
	for _, d := range set.DataProducts() {
		domains[d.Domain], products[d.ID] = true, true
	}
	for _, c := range set.Contracts() {
		domains[c.Domain] = true
	}
	for _, name := range pruned {
		domain, product, _ := strings.Cut(name, ".")
		product, _, _ = strings.Cut(product, ".")
		domains[domain], products[domain+"."+product] = true, true
	}
	for _, owner := range slices.Sorted(maps.Keys(p.Of)) {
		principal := p.Of[owner]
		domain, product, _ := strings.Cut(owner, ".")
		user, _ := strings.CutPrefix(principal, userType)
		switch {
		case slices.Contains(pruned, principal), slices.Contains(pruned, user):
		case !domains[domain]:
			return fmt.Errorf("no contract has the domain %s, which is to be %s; there are %s", domain, principal, list(domains))
		case product != "" && !products[owner]:
			return fmt.Errorf("there is no data product %s, which is to run as %s; there are %s", owner, principal, list(products))
		}
	}
	return nil
}

func list(names map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}
