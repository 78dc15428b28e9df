package contract

import "slices"

// NotEnforced says of every promise in the tree that nothing enforces why not: what Rules says of each contract, also of one
// that has errors elsewhere, and
// what cannot be told where the port is published. All of it are notes; the tree can be used.
func (s *Set) NotEnforced() []Finding {
	var all []Finding
	for _, c := range slices.Concat(s.Contracts(), s.refused) {
		_, notes := c.Rules()
		all = append(all, notes...)
	}
	for _, p := range s.products {
		if p.Mode() != Source && p.Mode() != Transform {
			continue
		}
		r := &report{file: p.File}
		for _, port := range p.OutputPorts {
			if c, ok := s.contracts[port.ContractID]; ok {
				p.countsUniques(r, port, c)
				if p.Mode() == Source && c.SLA().Latency > 0 {
					r.add(RuleNotEnforced, SeverityNote, port.Place, "contractId", "not enforced here: the latency that %s promises: %s", c.File, LatencyOfSource)
				}
			}
		}
		all = append(all, r.findings...)
	}
	return SortFindings(all)
}

// countsUniques says which of an output port's promises nobody can enforce while it is published: instances work on
// inputs of their own, and two of them may publish the same. A guard has the input's partitions, and can.
func (p *DataProduct) countsUniques(r *report, port Port, c *Contract) {
	for _, u := range c.Uniques() {
		if u.Keyed {
			r.add(RuleNotEnforced, SeverityNote, port.Place, "contractId",
				"not enforced here: the rule %s of %s is counted, and rejects nothing: the instances of a %s do not know what the others publish. A guard rejects duplicates", u.ID, c.File, p.Mode())
		}
	}
}
