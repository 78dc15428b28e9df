package dpds

import (
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// Export writes a data product as a DPDS 1.0.0 descriptor, as indented JSON. An output port's API is an AsyncAPI 3.1.0
// document of its contract, if it is among the contracts and is about a topic, and its SLO are the contract's promises. Ids are
// made from fully qualified names (see DefaultMesh). The same input gives the same bytes. The findings say what could not be
// carried.
func Export(p *contract.DataProduct, contracts []*contract.Contract) ([]byte, []contract.Finding) {
	if p.Instances() == 0 { // built by hand: what Tidemark derives from a file is not there yet
		if read, _ := contract.ParseDataProduct(p.File, values.Compact(p.Document())); read != nil {
			p = read
		}
	}
	w := &writer{product: p, contracts: make(map[string]*contract.Contract, len(contracts))}
	for _, c := range contracts {
		w.contracts[c.ID] = c
	}
	w.identity()
	said := len(w.findings)
	marked := w.document(contract.Value{Kind: strict.Map})
	rest := p.Document()
	if again, _ := read(values.Of("", marked, format)); again != nil {
		rest = values.Remainder(rest, again.Document())
	}
	w.findings = w.findings[:said]
	return values.JSON(w.document(rest)), contract.SortFindings(w.findings)
}

// writer writes one descriptor.
type writer struct {
	product   *contract.DataProduct
	contracts map[string]*contract.Contract
	findings  []contract.Finding

	was                        contract.Value // info as it was imported
	name, domain, version, fqn string
}

func (w *writer) warn(path, what, message string, args ...any) {
	w.findings = append(w.findings, contract.Finding{
		Rule: "format." + format + "." + what, Severity: contract.SeverityWarning, File: w.product.File, Path: path, Message: fmt.Sprintf(message, args...),
	})
}

// identity finds the names that everything else is named after.
func (w *writer) identity() {
	p := w.product
	w.was = values.Kept(p.CustomProperties, "dpds.info")
	domain, name, ok := strings.Cut(p.ID, ".")
	if !ok {
		domain, name = p.Domain, p.ID
	}
	if domain == "" {
		w.warn("domain", "domain", "the data product has no domain, which DPDS wants: it is written as unknown")
		domain = "unknown"
	}
	w.version = p.Version
	if w.version == "" {
		w.warn("version", "version", "the data product has no version, which DPDS wants: it is written as 0.1.0")
		w.version = "0.1.0"
	}
	mesh := values.TextOf(values.Kept(p.CustomProperties, "dpds.mesh"))
	if mesh == "" {
		mesh = DefaultMesh
	}
	w.name, w.domain = either(w.was.Get("name"), name), either(w.was.Get("domain"), domain)
	w.fqn = either(w.was.Get("fullyQualifiedName"), productFQN(mesh, domain, w.name, w.version))
}

func either(v contract.Value, otherwise string) string {
	if text := values.TextOf(v); text != "" {
		return text
	}
	return otherwise
}

// document is the descriptor with what only ODPS has.
func (w *writer) document(rest contract.Value) contract.Value {
	p := w.product
	return values.Under(values.Object(
		values.Key("dataProductDescriptor", values.Text("1.0.0")),
		values.Key("info", w.info(rest)),
		values.Key("interfaceComponents", w.interfaces()),
		values.Key("internalComponents", w.internal()),
		values.Key("components", values.Kept(p.CustomProperties, "dpds.components")),
		values.Key("tags", values.Texts(p.Tags)),
	), values.Kept(p.CustomProperties, "dpds.root"))
}

func (w *writer) info(rest contract.Value) contract.Value {
	p := w.product
	var purpose string
	if p.Description != nil {
		purpose = p.Description.Purpose
	}
	var contacts []contract.Value
	for _, s := range p.Support {
		contacts = append(contacts, values.Object(
			values.Key("name", values.Text(s.Channel)), values.Key("description", values.Text(s.Description)),
			values.Key("channel", values.Text(s.Tool)), values.Key("address", values.Text(s.URL)),
		))
	}
	return values.With(values.Under(values.Object(
		values.Key("id", values.Text(either(w.was.Get("id"), id(w.fqn)))),
		values.Key("fullyQualifiedName", values.Text(w.fqn)),
		values.Key("entityType", values.Text("dataproduct")),
		values.Key("name", values.Text(w.name)),
		values.Key("version", values.Text(w.version)),
		values.Key("displayName", values.Text(p.Name)),
		values.Key("description", values.Text(purpose)),
		values.Key("domain", values.Text(w.domain)),
		values.Key("owner", w.owner()),
		values.Key("contactPoints", values.List(contacts...)),
	), w.was), extension, rest)
}

// owner is the person who owns the data product, or else the team.
func (w *writer) owner() contract.Value {
	owner := w.product.Owner()
	if w.product.Team != nil {
		for _, m := range w.product.Team.Members {
			if strings.EqualFold(m.Role, "owner") {
				return values.Under(values.Object(values.Key("id", values.Text(m.Username)), values.Key("name", values.Text(m.Name))), values.Kept(m.CustomProperties, "dpds.owner"))
			}
		}
	}
	if owner == "" {
		w.warn("team", "owner", "the data product names no owner, which DPDS wants: it is written as unknown")
		owner = "unknown"
	}
	return values.Object(values.Key("id", values.Text(owner)))
}

// interfaces are the ports of all five kinds.
func (w *writer) interfaces() contract.Value {
	external := values.Kept(w.product.CustomProperties, "dpds.external")
	var all contract.Value
	for _, k := range kinds() {
		var list []contract.Value
		switch k.list {
		case "inputPorts":
			for _, port := range w.product.InputPorts {
				list = append(list, w.input(k, port))
			}
		case "outputPorts":
			for i, port := range w.product.OutputPorts {
				list = append(list, w.output(k, i, port))
			}
		default:
			for _, m := range w.product.ManagementPorts {
				if contentOf(m) == k.content {
					list = append(list, w.management(k, m))
				}
			}
		}
		list = append(list, external.Get(k.list).Items...)
		if list == nil && k.list != "outputPorts" { // which must be there
			continue
		}
		all = values.With(all, k.list, contract.Value{Kind: strict.List, Items: list})
	}
	return all
}

// contentOf is one of the three kinds of content that DPDS has: a dictionary is for those who look for data.
func contentOf(m contract.ManagementPort) string {
	if m.Content == "observability" || m.Content == "control" {
		return m.Content
	}
	return "discoverability"
}

// port is what ports of every kind have.
func (w *writer) port(k kind, name, version, description string, tags []string, was contract.Value) contract.Value {
	if version == "" {
		version = w.version
	}
	fqn := w.portFQN(k.urn, name, was)
	name = either(was.Get("name"), name)
	return values.Under(values.Object(
		values.Key("id", values.Text(either(was.Get("id"), id(fqn)))),
		values.Key("fullyQualifiedName", values.Text(fqn)),
		values.Key("entityType", values.Text(k.entity)),
		values.Key("name", values.Text(name)),
		values.Key("version", values.Text(either(was.Get("version"), version))),
		values.Key("description", values.Text(description)),
		values.Key("tags", values.Texts(tags)),
	), values.Without(was, "promises"))
}

func (w *writer) portFQN(urn, name string, was contract.Value) string {
	return either(was.Get("fullyQualifiedName"), componentFQN(w.fqn, urn, either(was.Get("name"), name)))
}

func (w *writer) input(k kind, p contract.Port) contract.Value {
	was := values.Kept(p.CustomProperties, "dpds.port")
	v := w.port(k, p.Name, p.Version, "", p.Tags, was)
	v = values.With(v, "x-contract-id", values.Text(p.ContractID))
	return w.leaves(values.With(v, "promises", was.Get("promises")))
}

func (w *writer) output(k kind, i int, p contract.Port) contract.Value {
	was := values.Kept(p.CustomProperties, "dpds.port")
	v := w.port(k, p.Name, p.Version, p.Description, p.Tags, was)
	v = values.With(v, "x-contract-id", values.Text(p.ContractID))
	promises := values.With(was.Get("promises"), "servicesType", values.Text(servicesType(p.Type)))
	name, version := values.TextOf(v.Get("name")), values.TextOf(v.Get("version"))
	c := w.contracts[p.ContractID]
	switch {
	case c == nil && p.ContractID != "":
		w.warn(fmt.Sprintf("outputPorts[%d]", i), "contract", "the contract %s of the port %s is not at hand: the port has no API", strict.Quote(p.ContractID), p.Name)
	case c != nil && c.Topic() == "": // AsyncAPI has no word for a table
		api := definition(name, version, "odcs", strings.TrimPrefix(c.Document().Get("apiVersion").Text, "v"), c.Document())
		promises = values.With(promises, "api", values.Under(was.Get("promises").Get("api"), api))
	case c != nil:
		document, findings := asyncapi.Document(nil, []*contract.Contract{c})
		w.findings = append(w.findings, findings...)
		api := definition(name, version, "asyncapi", values.TextOf(document.Get("asyncapi")), document)
		promises = values.With(promises, "api", values.Under(was.Get("promises").Get("api"), api))
		if slo := c.Document().Get("slaProperties"); slo.Kind != absent && promises.Get("slo").Kind == absent {
			object := values.Object(values.Key("slaProperties", slo))
			promises = values.With(promises, "slo", definition(name, version, "odcs", strings.TrimPrefix(c.Document().Get("apiVersion").Text, "v"), object))
		}
	}
	return w.leaves(values.With(v, "promises", promises))
}

// definition is a standard definition: what it is called, and in which standard it is written.
func definition(name, version, specification, of string, v contract.Value) contract.Value {
	return values.Object(
		values.Key("name", values.Text(name)),
		values.Key("version", values.Text(version)),
		values.Key("specification", values.Text(specification)),
		values.Key("specificationVersion", values.Text(of)),
		values.Key("definition", v),
	)
}

func (w *writer) management(k kind, m contract.ManagementPort) contract.Value {
	was := values.Kept(m.CustomProperties, "dpds.port")
	v := w.port(k, m.Name, "", m.Description, m.Tags, was)
	if was.Get("promises").Get("api").Kind == absent { // which says it otherwise
		v = values.With(v, "x-url", values.Text(m.URL))
		v = values.With(v, "x-channel", values.Text(m.Channel))
	}
	return w.leaves(values.With(v, "promises", values.With(was.Get("promises"), "servicesType", values.Text(servicesType(m.Type)))))
}

// internal is what was imported, or else the data product's application, which reads its input ports and writes its output
// ports.
func (w *writer) internal() contract.Value {
	if was := values.Kept(w.product.CustomProperties, "dpds.internalComponents"); was.Kind != absent {
		return w.completeInternal(was)
	}
	mode := w.product.Mode()
	if mode == "" {
		return contract.Value{}
	}
	name := w.name
	fqn := componentFQN(w.fqn, "applications", name)
	var reads, writes []string
	for _, p := range w.product.InputPorts {
		reads = append(reads, w.portFQN("inputports", p.Name, values.Kept(p.CustomProperties, "dpds.port")))
	}
	for _, p := range w.product.OutputPorts {
		writes = append(writes, w.portFQN("outputports", p.Name, values.Kept(p.CustomProperties, "dpds.port")))
	}
	return values.Object(values.Key("applicationComponents", values.List(values.Object(
		values.Key("id", values.Text(id(fqn))),
		values.Key("fullyQualifiedName", values.Text(fqn)),
		values.Key("entityType", values.Text("application")),
		values.Key("name", values.Text(name)),
		values.Key("version", values.Text(w.version)),
		values.Key("platform", values.Text("tidemark")),
		values.Key("applicationType", values.Text(string(mode))),
		values.Key("consumesFrom", values.Texts(reads)),
		values.Key("providesTo", values.Texts(writes)),
	))))
}
