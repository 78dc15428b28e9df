package contract

import (
	"path"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// resolve builds the set and holds the files against each other.
func (l *loader) resolve() *Set {
	s := &Set{products: make(map[string]*DataProduct), contracts: make(map[string]*Contract), claims: make(map[string]claim)}
	x := &resolver{loader: l, set: s, brokenIDs: make(map[string]bool), unread: make(map[string]bool), used: make(map[string]bool)}
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
	return s
}

// resolver applies the rules between files.
type resolver struct {
	*loader
	set       *Set
	brokenIDs map[string]bool // contracts with errors of their own, which are not to be called missing too
	unread    map[string]bool // folders of data products with errors of their own, whose ports are not known
	used      map[string]bool // contract ids that some port names
}

func (x *resolver) addContract(c *Contract) {
	switch first, twice := x.set.contracts[c.ID]; {
	case x.broken(c.File):
		x.brokenIDs[c.ID] = true
		if c.schema != nil && x.about(c.File).structured() {
			c.agree(x.about(c.File)) // what else is wrong is said at once
		}
	case twice:
		x.about(c.File).at(RuleUnique, c.Place, "id", "the contract %s has this id too: give each its own", first.File)
	default:
		x.set.contracts[c.ID] = c
	}
}

func (x *resolver) addProduct(p *DataProduct) {
	switch first, twice := x.set.products[p.ID]; {
	case x.broken(p.File):
		x.unread[path.Dir(p.File)] = true
	case twice:
		x.about(p.File).at(RuleUnique, p.Place, "id", "the data product %s has this id too: give each its own", first.File)
	default:
		x.set.products[p.ID] = p
	}
}

// product judges a data product: its names, then its ports and their contracts, then its mode.
func (x *resolver) product(p *DataProduct) {
	r := x.about(p.File)
	domain, product, _ := strings.Cut(p.ID, ".")
	switch {
	case !isName(domain) || !isName(product):
		r.at(RuleName, p.Place, "id", "%s is not <domain>.<product>, each of lower-case letters, digits and single dashes", strict.Quote(p.ID))
	case p.Domain != domain:
		r.at(RuleName, p.Place, "domain", "domain and id do not agree: the id says %s", domain)
	default:
		x.folder(r, p, domain, product)
	}
	if p.Major() < 0 {
		r.at(RuleMajor, p.Place, "version", "a data product needs a semantic version, such as 1.0.0")
	}
	if p.Owner() == "" {
		r.add(RuleOwner, SeverityWarning, p.Place, "team", "nobody answers for it: give it a team with a name")
	}
	outputs := x.ports(r, p, p.OutputPorts, true)
	inputs := x.ports(r, p, p.InputPorts, false)
	x.mode(r, p, inputs, outputs)
	x.inherit(r, p, outputs)
}

// folder wants the file where its id says, as far up as the tree goes.
func (x *resolver) folder(r *report, p *DataProduct, domain, product string) {
	folder := path.Dir(p.File)
	if folder == "." {
		return // loaded on its own
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
		switch {
		case !isName(port.Name):
			r.at(RuleName, port.Place, "name", "%s is no port name: lower-case letters, digits and single dashes", strict.Quote(port.Name))
		case isReserved(port.Name):
			r.at(RuleName, port.Place, "name", "%s is the name of the data product's own topic of dead letters or replays: choose another", port.Name)
		}
		if slices.ContainsFunc(ports[:i], func(o Port) bool { return o.Name == port.Name && (!output || o.Major() == port.Major()) }) {
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
		if port.Version != "" && port.Major() != c.Major() {
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
		r.at(RuleUnresolved, port.Place, "contractId", "the port has no contractId: a port without a contract promises nothing")
		return nil
	}
	x.used[port.ContractID] = true
	c, ok := x.set.Contract(port.ContractID)
	if ok || x.brokenIDs[port.ContractID] {
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
		r.at(RuleMajor, port.Place, "version", "an output port needs a semantic version, such as 1.0.0")
		return
	}
	if c.Major() != major {
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
	switch {
	case len(c.Objects) != 1:
		r.at(RuleName, c.Place, "schema", "a port's contract has exactly one schema object, its topic; this has %d", len(c.Objects))
	case c.Topic() == "":
		r.at(RuleName, c.Objects[0].Place, "physicalName", "the topic is missing: say physicalType: topic and physicalName: <topic>")
	case !topicForm.MatchString(c.Topic()):
		r.at(RuleName, c.Objects[0].Place, "physicalName", "%s is no topic: letters, digits, dots, dashes and underscores, at most 249", strict.Quote(c.Topic()))
	}
	if c.Major() < 0 {
		r.at(RuleMajor, c.Place, "version", "a contract needs a semantic version, such as 1.0.0")
	}
	publisher, _, published := x.set.Publisher(c.ID)
	if !published && !x.used[c.ID] && !x.unread[path.Dir(c.File)] {
		r.add(RuleClaim, SeverityWarning, c.Place, "id", "no port has this contract: name it as a contractId, or remove the file")
	}
	if c.Owner() == "" && (!published || publisher.Owner() == "") {
		r.add(RuleOwner, SeverityWarning, c.Place, "team", "nobody answers for it: give it a team with a name")
	}
	for _, server := range c.Servers {
		if server.Type == "kafka" && server.Format != "avro" {
			r.add(RuleAgree, SeverityWarning, server.Place, "format", "records are Avro: say format: avro (the standard's default is json)")
		}
	}
	if c.schema != nil {
		c.agree(r)
	}
}
