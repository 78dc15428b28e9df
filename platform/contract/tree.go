package contract

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// resolve builds the set and holds the files against each other. What has errors of its own is judged with the others,
// as far as it could be read, and then left out.
func (l *loader) resolve() *Set {
	s := &Set{products: make(map[string]*DataProduct), contracts: make(map[string]*Contract), claims: make(map[string]claim)}
	x := &resolver{loader: l, set: s, unfit: make(map[string]bool), unread: make(map[string]bool), unreadIDs: make(map[string]bool), used: make(map[string]bool)}
	for _, c := range l.contracts {
		x.addContract(c)
	}
	for _, p := range l.products {
		x.addProduct(p)
	}
	for _, p := range s.DataProducts() {
		x.product(p)
	}
	for _, c := range s.Contracts() {
		x.contract(c)
	}
	for _, c := range s.refused { // what else is wrong is said at once
		if s.contracts[c.ID] != c {
			c.agreeAnyway(x.about(c.File))
		}
	}
	x.dropUnfit()
	return s
}

// resolver applies the rules between files.
type resolver struct {
	*loader
	set       *Set
	unfit     map[string]bool // files with errors of their own
	unread    map[string]bool // folders with data products of which nothing can be told
	unreadIDs map[string]bool // contracts of which nothing else can be told; "" is one without an id
	used      map[string]bool // contract ids that some port names
	alone     bool            // a file that is looked at by itself, whatever folder it is in
}

func (x *resolver) addContract(c *Contract) {
	r := x.about(c.File)
	x.unfit[c.File] = x.broken(c.File)
	if !c.Given() {
		id := ""
		if root, _ := strict.Parse(c.Raw); root != nil {
			id = strict.Top(root, "id").Text
		}
		x.unreadIDs[id] = true
		return
	}
	if x.unfit[c.File] {
		c.refused, c.faulty = r.refused, r.faulty
		x.set.refused = append(x.set.refused, c)
	}
	switch first, twice := x.set.contracts[c.ID]; {
	case c.ID == "": // reported
		x.unreadIDs[""] = true
	case twice:
		r.at(RuleUnique, c.Place, "id", "the contract %s has this id too: give each its own", first.File)
	default:
		x.set.contracts[c.ID] = c
	}
}

func (x *resolver) addProduct(p *DataProduct) {
	r := x.about(p.File)
	x.unfit[p.File] = x.broken(p.File)
	if !p.Given() || p.ID == "" || !r.structured() {
		x.unread[path.Dir(p.File)] = true
		return
	}
	if first, twice := x.set.products[p.ID]; twice {
		r.at(RuleUnique, p.Place, "id", "the data product %s has this id too: give each its own", first.File)
		return
	}
	x.set.products[p.ID] = p
}

// dropUnfit leaves out what has errors of its own.
func (x *resolver) dropUnfit() {
	s := x.set
	maps.DeleteFunc(s.products, func(_ string, p *DataProduct) bool { return x.unfit[p.File] })
	maps.DeleteFunc(s.contracts, func(_ string, c *Contract) bool { return x.unfit[c.File] })
	maps.DeleteFunc(s.claims, func(id string, c claim) bool { return s.contracts[id] == nil || x.unfit[c.product.File] })
}

// product judges a data product: its names, then its ports and their contracts, then its mode.
func (x *resolver) product(p *DataProduct) {
	r := x.about(p.File)
	domain, product, _ := strings.Cut(p.ID, ".")
	switch {
	case !isName(domain) || !isName(product):
		r.at(RuleName, p.Place, "id", "%s is not <domain>.<product>, each of lower-case letters, digits and single dashes", strict.Quote(p.ID))
	case p.Domain != domain && (p.Has("domain") || !r.incomplete("")):
		r.at(RuleName, p.Place, "domain", "domain and id do not agree: the id says %s", domain)
	default:
		x.folder(r, p, domain, product)
	}
	if p.Major() < 0 && (p.Has("version") || !r.incomplete("")) {
		r.at(RuleMajor, p.Place, "version", "a data product needs a semantic version, such as 1.0.0")
	}
	if p.Owner() == "" && !r.broken("team") && (p.Has("team") || !r.incomplete("")) {
		r.add(RuleOwner, SeverityWarning, p.Place, "team", "nobody answers for it: give it a team with a name")
	}
	outputs := x.ports(r, p, p.OutputPorts, true)
	inputs := x.ports(r, p, p.InputPorts, false)
	if r.broken("customProperties") || !p.Has("customProperties") && r.incomplete("") {
		return // how it runs is not known
	}
	settled(x, inputs)
	settled(x, outputs)
	x.mode(r, p, inputs, outputs)
	x.inherit(r, p, outputs)
}

// settled leaves out contracts whose settings cannot be relied on.
func settled(x *resolver, contracts []*Contract) {
	for i, c := range contracts {
		if c != nil && x.about(c.File).broken("customProperties") {
			contracts[i] = nil
		}
	}
}

// folder wants the file where its id says, as far up as the tree goes.
func (x *resolver) folder(r *report, p *DataProduct, domain, product string) {
	folder := path.Dir(p.File)
	if folder == "." || x.alone {
		return
	}
	if path.Base(folder) != product || path.Dir(folder) != "." && path.Base(path.Dir(folder)) != domain {
		r.at(RuleFile, p.Place, "id", "belongs into the folder %s/%s: move the file or fix the id", domain, product)
	}
}

// ports judges the ports of one direction and gives the contract of each, nil where it cannot be had.
func (x *resolver) ports(r *report, p *DataProduct, ports []Port, output bool) []*Contract {
	contracts := make([]*Contract, len(ports))
	for i, port := range ports {
		named := isName(port.Name) && !isReserved(port.Name)
		incomplete := r.incomplete(port.Place.Path())
		switch {
		case port.Name == "" && incomplete: // reported
		case !isName(port.Name):
			r.at(RuleName, port.Place, "name", "%s is no port name: lower-case letters, digits and single dashes", strict.Quote(port.Name))
		case isReserved(port.Name):
			r.at(RuleName, port.Place, "name", "%s is the name of the data product's own topic of dead letters or replays: choose another", port.Name)
		}
		if port.Name != "" && slices.ContainsFunc(ports[:i], func(o Port) bool { return o.Name == port.Name && (!output || o.Major() == port.Major()) }) {
			r.at(RuleUnique, port.Place, "name", "a port %s is there already", strict.Quote(port.Name))
		}
		c := x.portContract(r, port, output)
		contracts[i] = c
		if c == nil {
			continue
		}
		if slices.Contains(contracts[:i], c) {
			r.at(RuleUnique, port.Place, "contractId", "another port names this contract already")
		}
		if output {
			if x.claim(r, p, port, c) && named {
				x.outputPort(r, p, port, c)
			}
			continue
		}
		if port.Version != "" && c.Major() >= 0 && port.Major() != c.Major() {
			r.at(RuleMajor, port.Place, "version", "the port has version %s, and its contract %s has %s: a port follows its contract's major version", port.Version, c.File, c.Version)
		}
		if publisher, _, ok := x.set.Publisher(c.ID); ok && publisher == p {
			r.at(RuleMode, port.Place, "contractId", "reads what the data product itself publishes: it would never end")
		}
	}
	return contracts
}

// portContract finds a port's contract, or says that it is missing.
func (x *resolver) portContract(r *report, port Port, output bool) *Contract {
	if port.ContractID == "" {
		if r.incomplete(port.Place.Path()) {
			return nil
		}
		r.at(RuleUnresolved, port.Place, "contractId", "the port has no contractId: a port without a contract promises nothing")
		return nil
	}
	x.used[port.ContractID] = true
	c, ok := x.set.Contract(port.ContractID)
	if ok || x.unreadIDs[port.ContractID] || x.unreadIDs[""] { // it is, or may be, in a file that cannot be read
		return c
	}
	meant := ""
	if id := strict.Suggest(port.ContractID, sortedKeys(x.set.contracts)); id != "" {
		meant = "; did you mean " + strict.Quote(id) + "?"
	}
	r.at(RuleUnresolved, port.Place, "contractId", "there is no contract %s%s", strict.Quote(port.ContractID), meant)
	return nil
}

// claim gives a contract to the port; false if another has it.
func (x *resolver) claim(r *report, p *DataProduct, port Port, c *Contract) bool {
	if first, taken := x.set.claims[c.ID]; taken {
		r.at(RuleClaim, port.Place, "contractId", "the output port %s of %s (%s) has this contract: one data product publishes a port", first.port.Name, first.product.ID, first.product.File)
		return false
	}
	x.set.claims[c.ID] = claim{p, port}
	return true
}

// outputPort holds an output port and its contract against the naming convention, which the data product's id begins.
func (x *resolver) outputPort(r *report, p *DataProduct, port Port, c *Contract) {
	about, major := x.about(c.File), port.Major()
	domain, product, _ := strings.Cut(p.ID, ".")
	if major < 0 {
		if port.Version == "" && r.incomplete(port.Place.Path()) {
			return
		}
		r.at(RuleMajor, port.Place, "version", "an output port needs a semantic version, such as 1.0.0")
		return
	}
	if c.Major() != major && c.Major() >= 0 {
		about.at(RuleMajor, c.Place, "version", "the contract has version %s, and its port in %s has %s: their major versions must agree", c.Version, p.File, port.Version)
	}
	topic := topicName(p.ID, port.Name, major)
	if got := c.Topic(); got != "" && got != topic {
		about.at(RuleName, c.Objects[0].Place, "physicalName", "the topic of %s's port %s is %s, not %s: fix one of them", p.ID, port.Name, topic, strict.Quote(got))
	}
	if len(topic) > maxTopic {
		r.at(RuleName, port.Place, "name", "the topic %s has %d characters; Kafka takes at most %d: shorten a name", topic, len(topic), maxTopic)
	}
	if id := contractID(domain, product, port.Name, major); c.ID != id {
		about.at(RuleName, c.Place, "id", "the contract of %s's port %s has the id %s", p.ID, port.Name, id)
	}
	if c.Domain != "" && c.Domain != domain {
		about.at(RuleName, c.Place, "domain", "the data product in %s belongs to the domain %s", p.File, domain)
	}
	if c.DataProduct != "" && !slices.Contains([]string{p.ID, product, p.Name}, c.DataProduct) {
		about.add(RuleName, SeverityWarning, c.Place, "dataProduct", "the contract belongs to the data product %s", p.ID)
	}
	if file := path.Join(path.Dir(p.File), strings.TrimPrefix(topic, p.ID+".")+".odcs.yaml"); c.File != file {
		about.at(RuleFile, c.Place, "id", "the contract of %s's port %s belongs into %s: move or rename it, with its schema", p.ID, port.Name, file)
	}
	for _, in := range port.InputContracts {
		if !slices.ContainsFunc(p.InputPorts, func(i Port) bool { return i.ContractID == in.ID }) {
			r.at(RuleUnresolved, in.Place, "id", "no input port has the contract %s", strict.Quote(in.ID))
		}
	}
}

// contract judges what a contract must be to stand in a tree, whoever publishes it.
func (x *resolver) contract(c *Contract) {
	r := x.about(c.File)
	unknown := r.incomplete("") // it lacks a key, or has one that may have been meant for another
	switch {
	case len(c.Objects) != 1 && !r.broken("schema") && (len(c.Objects) > 0 || !unknown):
		r.at(RuleName, c.Place, "schema", "a port's contract has exactly one schema object, its topic; this has %d", len(c.Objects))
	case len(c.Objects) == 1 && c.Topic() == "" && !r.incomplete(c.Objects[0].Place.Path()):
		r.at(RuleName, c.Objects[0].Place, "physicalName", "the topic is missing: say physicalType: topic and physicalName: <topic>")
	}
	publisher, _, published := x.set.Publisher(c.ID)
	if !published && !x.used[c.ID] && !x.unread[path.Dir(c.File)] {
		r.add(RuleClaim, SeverityWarning, c.Place, "id", "no port has this contract: name it as a contractId, or remove the file")
	}
	if c.Owner() == "" && (!published || publisher.Owner() == "") && !r.broken("team") && (c.Has("team") || !unknown) {
		r.add(RuleOwner, SeverityWarning, c.Place, "team", "nobody answers for it: give it a team with a name")
	}
	c.checkTopic(r)
	c.agreeAnyway(r)
}
