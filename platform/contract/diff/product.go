package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// products pairs data products by id; those whose id changed by what else they have in common.
func (c *comparer) products() {
	taken := make(map[*contract.DataProduct]bool)
	for _, old := range c.before.DataProducts {
		now := c.productNow(old)
		if now != nil {
			taken[now] = true
			d := &productDiff{pairDiff{comparer: c}, old, now}
			c.add(d.compare())
			continue
		}
		if c.after.unread[c.before.name(old.File)] {
			continue
		}
		p := Pair{ID: old.ID, OldFile: old.File, From: old.Version, Changes: []Change{}}
		p.version = c.change("", oldPlace(old.File, old.Place, "version"), "")
		rule, end := "product.removed", c.productDeprecation(old)
		if end.over || isDraft(old.Status) || isUnstable(old.Version) {
			rule = "product.retired"
		}
		at := oldPlace(old.File, old.Place, "status")
		at.from = &Span{File: c.after.prefix + c.before.name(old.File)}
		gone := c.change(rule, at, "%s is gone; %s", old.ID, end)
		end.advise(&gone)
		p.Changes = append(p.Changes, gone)
		c.add(p)
	}
	for _, now := range c.after.DataProducts {
		if c.oldProducts[now.ID] == nil && !taken[now] && !c.before.unread[c.after.name(now.File)] {
			added := c.change("product.added", newPlace(now.File, now.Place, "id"), "%s is new", now.ID)
			c.add(Pair{ID: now.ID, NewFile: now.File, To: now.Version, Changes: []Change{added}})
		}
	}
}

// productNow is the data product of NEW that one of OLD is; nil where it is gone.
func (c *comparer) productNow(old *contract.DataProduct) *contract.DataProduct {
	if now := c.newProducts[old.ID]; now != nil {
		return now
	}
	return c.renamed[old]
}

// productDiff compares two descriptors of one data product.
type productDiff struct {
	pairDiff
	old, now *contract.DataProduct
}

func (d *productDiff) compare() Pair {
	d.pair = Pair{
		ID: d.now.ID, OldFile: d.old.File, NewFile: d.now.File, From: d.old.Version, To: d.now.Version,
		Draft: isDraft(d.old.Status), Changes: []Change{},
	}
	d.pair.version = d.change("", newPlace(d.now.File, d.now.Place, "version"), "")
	if d.old.ID != d.now.ID {
		d.at("product.id", d.now.Place, "id", "the id is %s, was %s", d.now.ID, d.old.ID)
	}
	d.inputs()
	d.outputs()
	d.settings()
	if !isRetired(d.old.Status) && isRetired(d.now.Status) {
		rule, end := "product.removed", d.productDeprecation(d.old)
		if end.over || isDraft(d.old.Status) || isUnstable(d.old.Version) {
			rule = "product.retired"
		}
		d.at(rule, d.now.Place, "status", "%s is retired; %s", d.now.ID, end)
		end.advise(&d.pair.Changes[len(d.pair.Changes)-1])
	} else {
		d.status(d.old.Status, d.now.Status, d.productDeprecation(d.old), d.now.Place)
	}
	if old, now := d.old.Owner(), d.now.Owner(); old != now {
		d.at("owner.changed", d.now.Place, "team", "the owner is %s, was %s", orNone(now), orNone(old))
	}
	keys := differing(*d.old, *d.now, "ID", "Version", "Status", "InputPorts", "OutputPorts", "CustomProperties")
	if d.old.Owner() != d.now.Owner() {
		keys = slices.DeleteFunc(keys, func(key string) bool { return key == "team" })
	}
	if len(keys) > 0 {
		d.at("doc.changed", d.now.Place, keys[0], "%s", differ(keys, ""))
	}
	return d.pair
}

func (d *productDiff) inputs() {
	for _, p := range d.old.InputPorts {
		if i := slices.IndexFunc(d.now.InputPorts, func(q contract.Port) bool { return q.ContractID == p.ContractID }); i >= 0 {
			d.input(p, d.now.InputPorts[i])
		} else {
			d.was("input.removed", spot{p.Place, "contractId"}, spot{d.now.Place, "inputPorts"}, "the input port %s (%s) is gone", p.Name, p.ContractID)
		}
	}
	for _, p := range d.now.InputPorts {
		if !slices.ContainsFunc(d.old.InputPorts, func(q contract.Port) bool { return q.ContractID == p.ContractID }) {
			d.at("input.added", p.Place, "contractId", "the input port %s (%s) is new", p.Name, p.ContractID)
		}
	}
}

// input compares what is said of an input port beside its contract. Only its own code knows it by its name.
func (d *productDiff) input(old, now contract.Port) {
	if old.Name != now.Name {
		d.at("product.operations", now.Place, "name", "the input port %s is called %s now", old.Name, now.Name)
	}
	if keys := differing(old, now, "Name"); len(keys) > 0 {
		d.at("doc.changed", now.Place, keys[0], "%s", differ(keys, "the input port "+now.Name))
	}
}

// outputs pairs output ports by name and major version. A port of the next major version is another port.
func (d *productDiff) outputs() {
	find := func(in []contract.Port, p contract.Port) int {
		return slices.IndexFunc(in, func(q contract.Port) bool { return q.Name == p.Name && q.Major() == p.Major() })
	}
	for _, p := range d.old.OutputPorts {
		i := find(d.now.OutputPorts, p)
		switch {
		case i < 0:
			d.removedPort(p)
		case d.now.OutputPorts[i].ContractID != p.ContractID:
			n := d.now.OutputPorts[i]
			d.at("port.contract", n.Place, "contractId", "the port %s has the contract %s, had %s", n.Name, orNone(n.ContractID), orNone(p.ContractID))
		default:
			if keys := differing(p, d.now.OutputPorts[i], "Version"); len(keys) > 0 {
				n := d.now.OutputPorts[i]
				d.at("doc.changed", n.Place, keys[0], "%s", differ(keys, "the port "+n.Name))
			}
		}
	}
	for _, p := range d.now.OutputPorts {
		if find(d.old.OutputPorts, p) < 0 {
			d.at("port.added", p.Place, "name", "the port %s %s is new", p.Name, p.Version)
		}
	}
}

// removedPort goes by the deprecation of the port's contract.
func (d *productDiff) removedPort(p contract.Port) {
	rule, end := "port.removed", deprecation{}
	if c := d.oldContracts[p.ContractID]; c != nil {
		end = d.deprecationOf(c)
		if end.over || isDraft(c.Status) || isUnstable(c.Version) {
			rule = "port.retired"
		}
	}
	d.ends(rule, end, spot{p.Place, "name"}, spot{d.now.Place, "outputPorts"}, "the port %s %s is gone; %s", p.Name, p.Version, end)
}

func (d *productDiff) settings() {
	t := tidemark{&d.pairDiff, d.old.CustomProperties, d.now.CustomProperties, d.now.Place}
	t.differs("product.mode", "tidemark.mode", string(d.old.Mode()), string(d.now.Mode()))
	t.differs("product.filters", "tidemark.filters", strings.Join(d.old.Filters(), ", "), strings.Join(d.now.Filters(), ", "))
	t.differs("product.operations", "tidemark.instances", fmt.Sprint(d.old.Instances()), fmt.Sprint(d.now.Instances()))
	t.differs("product.operations", "tidemark.breaker", text(d.old.Breaker()), text(d.now.Breaker()))
	t.delivery(d.old.Delivery(), d.now.Delivery())
	if d.properties(d.old.CustomProperties, d.now.CustomProperties) {
		d.at("doc.changed", d.now.Place, "customProperties", "%s", differ([]string{"customProperties"}, ""))
	}
}
