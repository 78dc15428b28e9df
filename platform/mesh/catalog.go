package mesh

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// catalog is what the descriptors say together: data products, contracts, ports and the lineage between ports.
// It is derived from the state, never changed, and built anew when a descriptor arrived or something was heard
// of for the first time.
type catalog struct {
	products  map[string]*product
	contracts map[string]*contractVersions
	ports     map[string]*port
	index     []searchable

	// Sorted ids of the above.
	productIDs, contractIDs, portIDs []string
}

// product is a data product; document is nil if only heartbeats or freshness events name it.
type product struct {
	id              string
	versions        []string // oldest publication first
	document        *document
	mode            string
	wanted          int
	inputs, outputs []string // port ids
}

type contractVersions struct {
	versions []string // oldest publication first
	document *document
}

// port is a port that a data product answers for.
type port struct {
	id, name, version    string
	topic                string
	mode                 string
	product              *product
	contractID           string
	contract             *document // nil if it is not published
	upstream, downstream []string
	readers              []string // data product ids
}

// catalogue gives the catalog of the state as it is.
func (s *state) catalogue() *catalog {
	if s.catalog == nil {
		s.catalog = s.buildCatalog()
	}
	return s.catalog
}

func (s *state) buildCatalog() *catalog {
	c := &catalog{products: map[string]*product{}, contracts: map[string]*contractVersions{}, ports: map[string]*port{}}
	published := slices.SortedFunc(maps.Values(s.documents), publication)
	for _, d := range published {
		if d.contract != nil {
			c.addContract(d)
		}
	}
	for _, d := range published {
		if d.product != nil {
			c.addProduct(d)
		}
	}
	for id := range s.runners {
		c.heardOf(id)
	}
	for id, p := range s.ports {
		c.heardOfPort(id, p.inputs[0].Freshness)
	}
	c.link()
	c.productIDs = slices.Sorted(maps.Keys(c.products))
	c.contractIDs = slices.Sorted(maps.Keys(c.contracts))
	c.portIDs = slices.Sorted(maps.Keys(c.ports))
	c.index = buildIndex(c)
	return c
}

// publication orders documents by when they were published. The newest publication of an id speaks for it, not
// the highest version, so that going back to an older version works like going on to a newer one.
func publication(a, b *document) int {
	return cmp.Or(a.PublishedAt.Compare(b.PublishedAt), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
}

func (c *catalog) addContract(d *document) {
	v := c.contracts[d.ID]
	if v == nil {
		v = &contractVersions{}
		c.contracts[d.ID] = v
	}
	v.versions, v.document = append(v.versions, d.Version), d
}

func (c *catalog) addProduct(d *document) {
	p := c.heardOf(d.ID)
	p.versions, p.document = append(p.versions, d.Version), d
	p.mode, p.wanted = cmp.Or(d.product.mode, d.Mode), d.product.wanted
	p.inputs = nil
	for _, in := range d.product.inputs {
		p.inputs = append(p.inputs, c.topicOf(d.ID, in))
	}
	// Ports of older versions stay, since their topics do: another major runs beside this one.
	answersFor := d.product.outputs
	if p.mode == modeObserve {
		answersFor = d.product.inputs
	}
	for _, out := range answersFor {
		topic := c.topicOf(d.ID, out)
		id := topic
		if p.mode == modeObserve {
			id = portID(d.ID, out)
		}
		if !slices.Contains(p.outputs, id) {
			p.outputs = append(p.outputs, id)
		}
		made := &port{
			id: id, name: out.name, version: out.version, topic: topic, mode: p.mode, product: p,
			contractID: out.contractID, upstream: upstreamOf(p.inputs, id),
		}
		if v := c.contracts[out.contractID]; v != nil {
			made.contract = v.document
		}
		c.ports[id] = made
	}
}

const (
	modeSource  = "source"
	modeObserve = "observe"
)

func upstreamOf(inputs []string, id string) []string {
	up := slices.DeleteFunc(slices.Clone(inputs), func(in string) bool { return in == id })
	slices.Sort(up)
	return slices.Compact(up)
}

// topicOf is the topic of a port: what its contract says if that is known, else what its contract's id or its
// own name must come to.
func (c *catalog) topicOf(dataProduct string, p portDocument) string {
	if v := c.contracts[p.contractID]; v != nil && v.document.contract.topic != "" {
		return v.document.contract.topic
	}
	if name, ok := strings.CutPrefix(p.contractID, "urn:datamesh:"); ok {
		if parts := strings.Split(name, ":"); len(parts) == 4 {
			return parts[0] + "." + parts[1] + "." + parts[2] + ".v" + parts[3]
		}
	}
	return portID(dataProduct, p)
}

func portID(dataProduct string, p portDocument) string {
	major, _, _ := strings.Cut(strings.TrimPrefix(p.version, "v"), ".")
	return dataProduct + "." + p.name + ".v" + cmp.Or(major, "1")
}

// heardOf makes sure that a data product is known, if only by name.
func (c *catalog) heardOf(id string) *product {
	p := c.products[id]
	if p == nil {
		p = &product{id: id, wanted: 1}
		c.products[id] = p
	}
	return p
}

// heardOfPort makes sure that a port which something runs is known, if no descriptor names it.
func (c *catalog) heardOfPort(id string, e *event.Freshness) {
	if c.ports[id] != nil {
		return
	}
	p := c.heardOf(e.DataProduct)
	p.mode = cmp.Or(p.mode, e.Mode)
	p.outputs = append(p.outputs, id)
	slices.Sort(p.outputs)
	made := &port{id: id, topic: id, mode: e.Mode, product: p}
	if rest, ok := strings.CutPrefix(id, e.DataProduct+"."); ok {
		made.name, made.version, _ = strings.Cut(rest, ".v")
	}
	if e.Mode != modeSource {
		made.upstream = upstreamOf([]string{e.InputTopic}, id)
	}
	if e.Mode == modeObserve {
		made.topic = e.InputTopic
	}
	c.ports[id] = made
}

// link fills in who reads what, the other way round.
func (c *catalog) link() {
	for id, p := range c.ports {
		for _, up := range p.upstream {
			if from := c.ports[up]; from != nil {
				from.downstream = append(from.downstream, id)
			}
		}
	}
	for id, p := range c.products {
		for _, in := range p.inputs {
			if from := c.ports[in]; from != nil && !slices.Contains(from.readers, id) {
				from.readers = append(from.readers, id)
			}
		}
	}
	for _, p := range c.ports {
		slices.Sort(p.downstream)
		slices.Sort(p.readers)
	}
}

// promised is what the contract of the port says; the zero value if it is not published.
func (p *port) promised() *contractDocument {
	if p.contract == nil {
		return &contractDocument{}
	}
	return p.contract.contract
}
