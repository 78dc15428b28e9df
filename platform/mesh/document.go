package mesh

import (
	"cmp"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
)

// document is a descriptor and what the mesh needs to know of it: read once, when it arrives.
type document struct {
	*event.Descriptor
	owner, description string
	tags               []string
	product            *productDocument  // of a data product
	contract           *contractDocument // of a contract
	problems           []string
	replaced           *document // what the same version said before; nil if it always said this, or nobody remembers
}

// productDocument is what an ODPS file says.
type productDocument struct {
	domain, name, mode string
	wanted             int // instances
	inputs, outputs    []portDocument
}

// portDocument is a port of a data product.
type portDocument struct{ name, version, contractID string }

// contractDocument is what an ODCS file says.
type contractDocument struct {
	name, status, topic string
	fields              []string
	promises            []Promise
	sla                 contract.SLA
	endOfSupport        time.Time // zero if none is announced
	endOfLife           time.Time
}

// read parses a descriptor. One that cannot be parsed is kept with its problems, since it is what its owner runs:
// of a data product its id, version and mode are known anyway, of a contract its id and version.
func read(e *event.Descriptor) *document {
	d := &document{Descriptor: e}
	switch e.Kind {
	case "dataProduct":
		p, findings := contract.ParseDataProduct(e.Key()+".odps.yaml", []byte(e.Document))
		d.problems = problems(findings)
		d.readProduct(p)
	case "contract":
		c, findings := contract.ParseContract(e.Key()+".odcs.yaml", []byte(e.Document))
		d.problems = problems(findings)
		d.readContract(c)
	}
	return d
}

func problems(findings []contract.Finding) []string {
	var all []string
	for _, f := range findings {
		if f.Severity != contract.SeverityNote {
			all = append(all, f.String())
		}
	}
	return all
}

func (d *document) readProduct(p *contract.DataProduct) {
	d.product = &productDocument{mode: d.Mode, wanted: 1}
	d.product.domain, d.product.name, _ = strings.Cut(d.ID, ".")
	if p == nil {
		return
	}
	d.owner, d.description, d.tags = p.Owner(), prose(p.Description), p.Tags
	d.product.domain = cmp.Or(p.Domain, d.product.domain)
	d.product.name = cmp.Or(p.Name, d.product.name)
	d.product.mode = cmp.Or(string(p.Mode()), d.Mode)
	d.product.wanted = p.Instances()
	d.product.inputs, d.product.outputs = portDocuments(p.InputPorts), portDocuments(p.OutputPorts)
}

func portDocuments(ports []contract.Port) []portDocument {
	var all []portDocument
	for _, p := range ports {
		all = append(all, portDocument{p.Name, p.Version, p.ContractID})
	}
	return all
}

func (d *document) readContract(c *contract.Contract) {
	d.contract = &contractDocument{}
	if c == nil {
		return
	}
	d.owner, d.description, d.tags = c.Owner(), prose(c.Description), c.Tags
	sla := c.SLA()
	if len(c.EventTime()) == 0 {
		sla.Freshness = 0 // a breach of it could not end
	}
	d.contract.name, d.contract.status, d.contract.topic = c.Name, c.Status, c.Topic()
	d.contract.endOfSupport, d.contract.endOfLife = sla.EndOfSupport, sla.EndOfLife
	d.contract.sla, d.contract.promises = sla, promisesOf(c)
	for _, o := range c.Objects {
		d.contract.addFields("", o.Properties)
	}
}

// addFields lists the paths of fields, such as lines[].sku.
func (c *contractDocument) addFields(under string, fields []contract.Property) {
	for i := range fields {
		p := &fields[i]
		path := under + p.Name
		c.fields = append(c.fields, path)
		for p.Items != nil {
			p, path = p.Items, path+"[]"
		}
		c.addFields(path+".", p.Properties)
	}
}

// prose is what a thing says it is for.
func prose(d *contract.Description) string {
	if d == nil {
		return ""
	}
	return strings.TrimSpace(cmp.Or(d.Purpose, d.Usage))
}
