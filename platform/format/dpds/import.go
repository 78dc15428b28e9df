package dpds

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// format begins the ids of the rules here, and the names of custom properties.
const format = "dpds"

// extension holds, in info, what only ODPS has: the remainder of the data product.
const extension = "x-odps"

const absent = strict.Absent

// Import reads a descriptor, JSON or YAML: the data product, and a contract for each output port whose API has a schema that is
// understood (AsyncAPI, Avro, JSON Schema, ODCS, or tables of those). The data product is nil if a finding is an error. The file's
// name is used in findings only. Names become Tidemark's (tripExecution is trip-execution), and what they were is kept.
func Import(file string, text []byte) (*contract.DataProduct, []*contract.Contract, []contract.Finding) {
	d := values.Read(file, text, format)
	if d.Root.Kind == absent {
		return nil, nil, d.Findings()
	}
	p, contracts := read(d)
	findings := d.Findings()
	if contract.HasErrors(findings) {
		return nil, nil, findings
	}
	return p, contracts, findings
}

func read(d *values.Document) (*contract.DataProduct, []*contract.Contract) {
	d.Opaque = "definition"
	r := &reader{Document: d}
	version := d.Root.Get("dataProductDescriptor")
	switch {
	case version.Kind == absent:
		r.Error(d.Root, "version", "the key dataProductDescriptor is missing: it says the version, such as 1.0.0")
		return nil, nil
	case !strings.HasPrefix(version.Text, "1."):
		r.Error(version, "version", "DPDS %s is not supported; supported is 1.0.0", strict.Quote(version.Text))
		return nil, nil
	}
	for _, key := range []string{"info", "interfaceComponents"} {
		if d.Root.Get(key).Kind != strict.Map {
			r.Error(d.Root, "missing", "the object %s is missing", key)
			return nil, nil
		}
	}
	r.info(d.Root.Get("info"))
	interfaces := d.Root.Get("interfaceComponents")
	for _, k := range kinds() {
		r.ports(k, interfaces.Get(k.list))
	}
	r.keep("dpds.external", r.external)
	r.keep("dpds.internalComponents", r.Inline(d.Root.Get("internalComponents")))
	r.keep("dpds.components", r.unused(d.Root.Get("components")))
	r.keep("dpds.root", r.Inline(values.Without(d.Root, "dataProductDescriptor", "info", "interfaceComponents", "internalComponents", "components", "tags")))
	if contract.HasErrors(r.Findings()) {
		return nil, nil
	}
	return r.finish(), r.contracts
}

// reader makes a data product of a descriptor.
type reader struct {
	*values.Document
	fqn       string // of the data product
	product   contract.DataProduct
	contracts []*contract.Contract
	external  contract.Value // ports that are outside the file, by the list that they stand in
}

// keep puts what ODPS has no place for into the data product's customProperties.
func (r *reader) keep(name string, v contract.Value) {
	values.Keep(&r.product.CustomProperties, name, v)
}

// need is a text that must be there.
func (r *reader) need(v contract.Value, key string) string {
	text := values.TextOf(v.Get(key))
	if text == "" {
		r.Error(v, "missing", "the key %s is missing, or is no text", key)
	}
	return text
}

// info takes what is said about the data product as a whole.
func (r *reader) info(v contract.Value) {
	p := &r.product
	p.File, p.Status = r.File, "draft"
	name, domain := r.need(v, "name"), r.need(v, "domain")
	p.Version = r.need(v, "version")
	p.Domain = kebab(domain)
	p.ID = p.Domain + "." + kebab(name)
	p.Name = values.TextOf(v.Get("displayName"))
	if p.Name == "" {
		p.Name = name
	}
	if purpose := values.TextOf(v.Get("description")); purpose != "" {
		p.Description = &contract.Description{Purpose: purpose}
	}
	p.Tags = values.TextsOf(r.Root.Get("tags"))
	r.owner(v.Get("owner"))
	for _, c := range v.Get("contactPoints").Items {
		s := contract.Support{
			Channel: values.TextOf(c.Get("name")), Description: values.TextOf(c.Get("description")),
			Tool: values.TextOf(c.Get("channel")), URL: values.TextOf(c.Get("address")),
		}
		if s.Channel == "" {
			s.Channel = s.URL
		}
		if s.Channel != "" {
			p.Support = append(p.Support, s)
		}
	}
	rest := values.Without(v, "version", "displayName", "description", "owner", "contactPoints", extension)
	if kebab(name) == name {
		rest = values.Without(rest, "name")
	}
	if p.Domain == domain {
		rest = values.Without(rest, "domain")
	}
	r.fqn = productFQN(DefaultMesh, p.Domain, name, p.Version)
	rest = r.identified(rest, r.fqn, "dataproduct")
	if said := values.TextOf(rest.Get("fullyQualifiedName")); said != "" {
		r.fqn = said
	}
	r.keep("dpds.info", r.Inline(rest))
}

func (r *reader) owner(v contract.Value) {
	id, name := values.TextOf(v.Get("id")), values.TextOf(v.Get("name"))
	if id == "" {
		r.Warn(r.Root.Get("info"), "owner", "info.owner.id is missing: say in the data product who owns it")
		return
	}
	team := &contract.Team{Members: []contract.TeamMember{{Username: id, Name: name, Role: "owner"}}}
	values.Keep(&team.Members[0].CustomProperties, "dpds.owner", r.Inline(values.Without(v, "id", "name")))
	r.product.Team = team
}

// unused are the reusable components that nothing refers to; the others stand where they are used.
func (r *reader) unused(components contract.Value) contract.Value {
	var left contract.Value
	for _, group := range components.Entries {
		for _, e := range group.Value.Entries {
			if !r.Used("components/" + group.Key + "/" + e.Key) {
				left = values.With(left, group.Key, values.With(left.Get(group.Key), e.Key, r.Inline(e.Value)))
			}
		}
	}
	return left
}

// finish restores what only ODPS has, and reads the data product as a file would be read.
func (r *reader) finish() *contract.DataProduct {
	r.product.APIVersion = "v1.0.0"
	for _, port := range r.product.InputPorts {
		if port.ContractID == "" { // which 1.0.0 wants
			r.product.APIVersion = "v1.1.0"
		}
	}
	at := r.Root.Get("info")
	rest := at.Get(extension)
	plain := r.product.Document()
	p, findings := contract.ParseDataProduct(r.File, values.Compact(values.Restore(plain, rest)))
	if p == nil && rest.Kind == strict.Map {
		r.report(rest, findings, contract.SeverityWarning)
		r.Warn(rest, "extension", "%s does not fit the descriptor any more, and is left out: mend it or remove it", extension)
		p, findings = contract.ParseDataProduct(r.File, values.Compact(plain))
	}
	r.report(at, findings, contract.SeverityError)
	if p != nil {
		p.Raw = nil
	}
	return p
}

// report says what was found in something that was made from a part of the file, at most that severely.
func (r *reader) report(part contract.Value, findings []contract.Finding, most contract.Severity) {
	for i := range findings {
		findings[i].Severity = max(findings[i].Severity, most)
		findings[i].Line, findings[i].Column = 0, 0
	}
	r.Report(part, findings)
}
