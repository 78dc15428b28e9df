package mesh

import (
	"cmp"
	"slices"
	"strings"
)

// Queries answer from memory, at once, with copies. What depends on the time (freshness) is told for now.

// ask looks at the state under the lock.
func (m *Mesh) ask(query func(k *look)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	query(m.state.look(m.opts.Clock()))
}

// DataProducts lists all data products by id, without their documents.
func (m *Mesh) DataProducts() []DataProduct {
	all := []DataProduct{}
	m.ask(func(k *look) {
		for _, id := range k.catalog.productIDs {
			all = append(all, k.dataProduct(m.judge, k.catalog.products[id]))
		}
	})
	return all
}

// DataProduct is one data product with its document; false if the mesh does not know it.
func (m *Mesh) DataProduct(id string) (v DataProduct, ok bool) {
	m.ask(func(k *look) {
		var p *product
		if p, ok = k.catalog.products[id]; !ok {
			return
		}
		v = k.dataProduct(m.judge, p)
		if p.document != nil {
			v.Document = p.document.Document
		}
	})
	return v, ok
}

// Ports lists all ports by id, without their input partitions.
func (m *Mesh) Ports() []Port {
	all := []Port{}
	m.ask(func(k *look) {
		for _, id := range k.catalog.portIDs {
			all = append(all, k.port(m.judge, k.catalog.ports[id]))
		}
	})
	return all
}

// Port is one port with its input partitions; false if the mesh does not know it.
func (m *Mesh) Port(id string) (v Port, ok bool) {
	m.ask(func(k *look) {
		var p *port
		if p, ok = k.catalog.ports[id]; !ok {
			return
		}
		v = k.port(m.judge, p)
		v.Inputs = k.inputReports(p)
	})
	return v, ok
}

// Contracts lists all contracts by id, without documents and schemas.
func (m *Mesh) Contracts() []Contract {
	all := []Contract{}
	m.ask(func(k *look) {
		for _, id := range k.catalog.contractIDs {
			all = append(all, k.contract(k.catalog.contracts[id]))
		}
	})
	return all
}

// Contract is one contract with its document and schema; false if the mesh does not know it.
func (m *Mesh) Contract(id string) (v Contract, ok bool) {
	m.ask(func(k *look) {
		var c *contractVersions
		if c, ok = k.catalog.contracts[id]; !ok {
			return
		}
		v = k.contract(c)
		v.Document, v.Schema = c.document.Document, c.document.Schema
	})
	return v, ok
}

// Instances lists all instances by name, also those that are stopped or lost.
func (m *Mesh) Instances() []Instance {
	all := []Instance{}
	m.ask(func(k *look) {
		for _, name := range k.instances {
			if i, ok := k.instance(name); ok {
				all = append(all, i)
			}
		}
	})
	return all
}

// Instance is one instance; false if the mesh does not know it.
func (m *Mesh) Instance(name string) (v Instance, ok bool) {
	m.ask(func(k *look) { v, ok = k.instance(name) })
	return v, ok
}

// Breaches lists breaches: those that last first, then the newest start first. Of those that ended it has the
// newest 32 of each port.
func (m *Mesh) Breaches() []Breach {
	all := []Breach{}
	m.ask(func(k *look) {
		for _, e := range k.breaches.byID {
			all = append(all, k.breach(e))
		}
	})
	slices.SortFunc(all, func(a, b Breach) int {
		switch {
		case a.Open() && !b.Open():
			return -1
		case b.Open() && !a.Open():
			return 1
		}
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Search finds data products, ports, contracts and instances whose ids, names, owners, tags, field names or
// descriptions hold every word of the query, whole, as a beginning or inside of a word; the best first. A limit
// of 0 or less is none. An empty query finds nothing.
func (m *Mesh) Search(query string, limit int) []Hit {
	hits := []Hit{}
	m.ask(func(k *look) {
		index := slices.Clip(k.catalog.index)
		for _, name := range k.instances {
			t := searchable{kind: KindInstance, id: name}
			t.add("id", weighID, name)
			index = append(index, t)
		}
		hits = search(index, query, limit)
	})
	return hits
}

func splitID(id string) (domain, name string) {
	domain, name, _ = strings.Cut(id, ".")
	return domain, name
}
