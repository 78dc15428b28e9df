package dpds

import (
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// ports takes the ports of one kind.
func (r *reader) ports(k kind, list contract.Value) {
	if list.Kind == absent {
		if k.list == "outputPorts" {
			r.Warn(r.Root.Get("interfaceComponents"), "missing", "the list outputPorts is missing")
		}
		return
	}
	for _, item := range list.Items {
		v := r.Follow(item)
		if v.Kind != strict.Map {
			r.external = values.With(r.external, k.list, values.List(append(r.external.Get(k.list).Items, item)...))
			continue
		}
		r.port(k, r.Inline(v))
	}
}

func (r *reader) port(k kind, v contract.Value) {
	name, version := r.need(v, "name"), values.TextOf(v.Get("version"))
	if version == "" {
		r.Warn(v, "version", "the port has no version: it is given the data product's")
		version = r.product.Version
	}
	for _, key := range []string{"promises", "expectations", "obligations"} { // what is referred to has been written out
		if ref, ok := values.Ref(v.Get(key)); ok {
			r.Note(v.Get(key), "reference", "the %s are in %s: they stay a reference", key, strict.Quote(ref))
		}
	}
	promises := v.Get("promises")
	services := values.TextOf(promises.Get("servicesType"))
	if services == "" {
		services = values.TextOf(promises.Get("serviceType"))
	}
	promises = values.Without(promises, "servicesType", "serviceType")
	rest := values.Without(v, "version", "tags", "promises")
	if kebab(name) == name {
		rest = values.Without(rest, "name")
	}
	rest = r.identified(rest, componentFQN(r.fqn, k.urn, name), k.entity)
	p := port{reader: r, kind: k, name: name, version: version, services: services, promises: promises, rest: rest, at: v}
	switch {
	case k.content != "":
		p.management()
	case k.list == "inputPorts":
		p.input()
	default:
		p.output()
	}
}

// port is one that is being taken: rest and promises are what nobody has taken yet.
type port struct {
	*reader
	kind                    kind
	name, version, services string
	promises, rest, at      contract.Value
}

// take takes a text from what is left.
func (p *port) take(key string) string {
	text := values.TextOf(p.rest.Get(key))
	if text != "" {
		p.rest = values.Without(p.rest, key)
	}
	return text
}

// left is what ODPS has no place for.
func (p *port) left() []contract.CustomProperty {
	var properties []contract.CustomProperty
	values.Keep(&properties, "dpds.port", values.With(p.rest, "promises", p.promises))
	return properties
}

func (p *port) tags() []string { return values.TextsOf(p.at.Get("tags")) }

func (p *port) input() {
	in := contract.Port{Name: kebab(p.name), Version: p.version, Tags: p.tags(), ContractID: p.take("x-contract-id")}
	if p.services != "" {
		p.promises = values.With(p.promises, "servicesType", values.Text(p.services))
	}
	if in.ContractID == "" {
		p.Warn(p.at, "input", "nothing says which contract the input port %s reads: set its contractId", in.Name)
	}
	in.CustomProperties = p.left()
	p.product.InputPorts = append(p.product.InputPorts, in)
}

func (p *port) output() {
	out := contract.Port{
		Name: kebab(p.name), Version: p.version, Tags: p.tags(), Type: portType(p.services),
		Description: p.take("description"), ContractID: p.take("x-contract-id"),
	}
	if made := p.api(&out); made != nil {
		if out.ContractID == "" {
			out.ContractID = made[0].ID
		}
		if len(made) > 1 {
			p.Warn(p.at, "contracts", "the API of the port %s has %d contracts, and a port has one: it names %s", out.Name, len(made), out.ContractID)
		}
		p.contracts = append(p.contracts, made...)
	}
	out.CustomProperties = p.left()
	p.product.OutputPorts = append(p.product.OutputPorts, out)
}

// management takes a port of discovery, observability or control, and where it is reached, if its API says so.
func (p *port) management() {
	m := contract.ManagementPort{
		Name: kebab(p.name), Content: p.kind.content, Type: portType(p.services), Tags: p.tags(),
		Description: p.take("description"), URL: p.take("x-url"), Channel: p.take("x-channel"),
	}
	definition := p.promises.Get("api").Get("definition")
	if servers := definition.Get("servers").Items; m.URL == "" && len(servers) > 0 { // OpenAPI
		m.URL = values.TextOf(servers[0].Get("url"))
	}
	if channels := definition.Get("channels").Entries; m.Channel == "" && len(channels) == 1 { // AsyncAPI
		if m.Channel = values.TextOf(channels[0].Value.Get("address")); m.Channel == "" {
			m.Channel = channels[0].Key
		}
	}
	if p.version != p.product.Version {
		p.rest = values.With(p.rest, "version", values.Text(p.version))
	}
	m.CustomProperties = p.left()
	p.product.ManagementPorts = append(p.product.ManagementPorts, m)
}
