package asyncapi

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// Versions that are written.
const (
	version = "3.1.0" // of AsyncAPI
	binding = "0.5.0" // of the Kafka binding
)

// Export writes an AsyncAPI 3.1.0 document, as indented JSON: the topics of a data product's ports, which it sends (output
// ports) or receives (input ports), or, where p is nil, the topics of the contracts. The contracts are looked up by the ports'
// contract ids; those that no port names are left out. The same input gives the same bytes. The findings say what could not be
// carried.
//
// A payload is Avro, the schema beside the contract or the one that it makes; or JSON Schema where the contract has none and its
// servers' format is json. Security is written only where it is known, from an import.
func Export(p *contract.DataProduct, contracts []*contract.Contract) ([]byte, []contract.Finding) {
	v, findings := Document(p, contracts)
	return values.JSON(v), findings
}

// Document is what Export writes, as one value.
func Document(p *contract.DataProduct, contracts []*contract.Contract) (contract.Value, []contract.Finding) {
	w := &writer{names: make(map[string]bool), servers: contract.Value{Kind: strict.Map}, channels: contract.Value{Kind: strict.Map}}
	contracts = slices.Clone(contracts)
	for i, c := range contracts {
		contracts[i] = parsed(c)
	}
	if p != nil {
		w.ports(p, contracts)
	} else {
		for _, c := range contracts {
			w.contract(c, "")
		}
	}
	document := w.document(p)
	w.extend(document)
	return values.With(document, "channels", w.channels), contract.SortFindings(w.findings)
}

// parsed is a contract with what Tidemark derives from it, which one that was built by hand lacks.
func parsed(c *contract.Contract) *contract.Contract {
	if c.Partitions() > 0 { // a contract that was read always has some
		return c
	}
	if read, _ := contract.ParseContract(c.File, values.Compact(c.Document())); read != nil {
		return read
	}
	return c
}

// writer writes one document.
type writer struct {
	servers    contract.Value
	channels   contract.Value
	operations contract.Value
	written    []written
	names      map[string]bool // of channels and operations
	findings   []contract.Finding
}

// written is a contract with the channel that it became.
type written struct {
	channel  string
	contract *contract.Contract
}

func (w *writer) warn(file, path, what, message string, args ...any) {
	w.findings = append(w.findings, contract.Finding{
		Rule: "format." + format + "." + what, Severity: contract.SeverityWarning, File: file, Path: path, Message: fmt.Sprintf(message, args...),
	})
}

// ports writes the contracts that the ports name, each once.
func (w *writer) ports(p *contract.DataProduct, contracts []*contract.Contract) {
	byID := make(map[string]*contract.Contract, len(contracts))
	for _, c := range contracts {
		byID[c.ID] = c
	}
	for _, side := range []struct {
		ports        []contract.Port
		name, action string
	}{{p.OutputPorts, "outputPorts", send}, {p.InputPorts, "inputPorts", receive}} {
		for i, port := range side.ports {
			c := byID[port.ContractID]
			if c == nil {
				w.warn(p.File, fmt.Sprintf("%s[%d]", side.name, i), "port", "the contract %s of the port %s is not at hand: the port is left out", strict.Quote(port.ContractID), port.Name)
				continue
			}
			w.contract(c, side.action)
		}
	}
}

// document is everything but the channels.
func (w *writer) document(p *contract.DataProduct) contract.Value {
	return values.Object(
		values.Key("asyncapi", values.Text(version)),
		values.Key("id", w.id(p)),
		values.Key("info", w.info(p)),
		values.Key("servers", w.servers),
		values.Key("channels", w.channels),
		values.Key("operations", w.operations),
	)
}

// id is the data product's, or what the contracts' document had.
func (w *writer) id(p *contract.DataProduct) contract.Value {
	if p != nil {
		if domain, product, ok := strings.Cut(p.ID, "."); ok && isSlug(domain) && isSlug(product) {
			return values.Text("urn:datamesh:" + domain + ":" + product)
		}
		return contract.Value{}
	}
	for _, x := range w.written {
		if id := values.Kept(x.contract.CustomProperties, "asyncapi.id"); isURI(id.Text) {
			return id
		}
	}
	return contract.Value{}
}

func isURI(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.IsAbs()
}

// info says what the document is about: the data product, or else the first contract.
func (w *writer) info(p *contract.DataProduct) contract.Value {
	if p != nil {
		title := p.Name
		if title == "" {
			title = p.ID
		}
		return info(title, p.Version, p.Description, p.Support, p.Tags)
	}
	if len(w.written) == 0 {
		return info("Contracts", "", nil, nil, nil)
	}
	c := w.written[0].contract
	was := unref(values.Kept(c.CustomProperties, "asyncapi.info"))
	title := first(was.Get("title"), values.Text(c.Name), values.Text(c.ID))
	about := info(title, c.Version, c.Description, c.Support, c.Tags)
	if d := was.Get("description"); d.Kind == strict.Text {
		about = values.With(about, "description", d)
	}
	if terms := was.Get("termsOfService"); !isURI(terms.Text) {
		was = values.Without(was, "termsOfService")
	}
	return values.Under(about, was)
}

func info(title, version string, d *contract.Description, support []contract.Support, tags []string) contract.Value {
	if version == "" {
		version = "0.1.0"
	}
	var purpose string
	if d != nil {
		purpose = d.Purpose
	}
	return values.Object(
		values.Key("title", values.Text(title)),
		values.Key("version", values.Text(version)),
		values.Key("description", values.Text(purpose)),
		values.Key("contact", contact(support)),
		values.Key("tags", tagList(tags)),
	)
}

// contact is the first channel to reach the owners by a page and the first by mail.
func contact(support []contract.Support) contract.Value {
	var name, page, mail string
	for _, s := range support {
		address, isMail := strings.CutPrefix(s.URL, "mailto:")
		switch {
		case isMail && mail == "" && strings.Contains(address, "@") && !strings.ContainsAny(address, " <>?"):
			mail = address
		case !isMail && page == "" && isURI(s.URL):
			page = s.URL
		default:
			continue
		}
		if name == "" {
			name = s.Channel
		}
	}
	return values.Object(values.Key("name", values.Text(name)), values.Key("url", values.Text(page)), values.Key("email", values.Text(mail)))
}

func tagList(tags []string) contract.Value {
	var list []contract.Value
	seen := make(map[string]bool)
	for _, t := range tags {
		if t != "" && !seen[t] {
			seen[t] = true
			list = append(list, values.Object(values.Key("name", values.Text(t))))
		}
	}
	return values.List(list...)
}

// extend gives each channel what only ODCS has: it reads the document as Import would, and keeps what is missing.
func (w *writer) extend(document contract.Value) {
	for _, x := range w.written {
		marked := values.With(w.channels.Get(x.channel), extension, contract.Value{Kind: strict.Map})
		w.channels = values.With(w.channels, x.channel, marked)
	}
	imported, _ := ImportPart("", values.With(document, "channels", w.channels))
	byTopic := make(map[string]*contract.Contract, len(imported))
	for _, i := range imported {
		byTopic[i.Contract.Objects[0].PhysicalName] = i.Contract
	}
	for _, x := range w.written {
		full := x.contract.Document()
		rest := full
		if i := byTopic[topicOf(x.contract).PhysicalName]; i != nil {
			rest = values.Remainder(full, i.Document())
		}
		if rest.Kind != absent {
			w.channels = values.With(w.channels, x.channel, values.With(w.channels.Get(x.channel), extension, rest))
		}
	}
}

// unique is a name that no other channel or operation has.
func (w *writer) unique(kind, name string) string {
	for n := 1; ; n++ {
		candidate := name
		if n > 1 {
			candidate += "-" + strconv.Itoa(n)
		}
		if key := kind + "/" + candidate; !w.names[key] {
			w.names[key] = true
			return candidate
		}
	}
}

// unref makes references that led nowhere extensions: what came from another file cannot be referred to in this one.
func unref(v contract.Value) contract.Value {
	switch v.Kind {
	case strict.List:
		items := make([]contract.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = unref(item)
		}
		v.Items = items
	case strict.Map:
		entries := make([]strict.Entry, len(v.Entries))
		for i, e := range v.Entries {
			if e.Key == "$ref" {
				e.Key = "x-ref"
			}
			entries[i] = strict.Entry{Key: e.Key, Value: unref(e.Value)}
		}
		v.Entries = entries
	}
	return v
}

// isSlug tells whether a name can stand in an id as it is.
func isSlug(name string) bool { return name != "" && values.Slug(name) == name }
