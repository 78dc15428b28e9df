package dcs

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// importer makes the document of an ODCS file.
type importer struct {
	*report
	source  contract.Value // the whole file
	root    *keys
	out     built
	objects []*object // schema[]
	native  bool      // written as v3.2.0, which has enums and maps
	fields  int       // so far, with every $ref written out
	copied  int       // bytes that $ref repeated so far
	pii     []string  // terms.pii_fields

	promises  []contract.Value // slaProperties
	promised  map[string]contract.Value
	inSLA     []contract.Value // the promises that stood in sla rather than in servicelevels
	leftLevel built            // what service levels say beyond their promises
}

// versions are those of the specification that are read; older ones are subsets of 0.9.3.
func versions() []string {
	return []string{"0.9.0", "0.9.1", "0.9.2", "0.9.3", "1.1.0", "1.2.0", "1.2.1"}
}

// contract is the whole document; it is of no use if there are errors.
func (i *importer) contract() contract.Value {
	i.root, i.promised = keysOf(i.source), map[string]contract.Value{}
	if !i.identify() {
		return contract.Value{}
	}
	own := keysOf(i.root.takeIf("odcs", isMap))
	if v := own.take("apiVersion"); v.Text == "v3.2.0" {
		i.native = true
	}
	info := i.info()
	terms := i.terms()
	i.servers()
	i.models()
	i.levels()
	i.quality()
	i.finish(info, terms)
	for _, o := range i.objects {
		i.out.set("schema", listOf(append(i.out.get("schema").Items, o.value())))
	}
	if i.native {
		i.out.set("apiVersion", textOf("v3.2.0"))
	}
	i.own(&i.out, own)
	return i.out.value()
}

// identify tells whether this is a contract in this specification, and notes which version.
func (i *importer) identify() bool {
	version := i.root.take("dataContractSpecification")
	if kind := i.root.Get("kind"); version.Kind == strict.Absent && kind.Text == "DataContract" {
		i.at(contract.SeverityError, RuleKind, kind, "this is an ODCS contract already: it needs no import")
		return false
	}
	models, loose := i.root.Get("models"), i.root.Get("schema").Get("fields")
	if version.Kind == strict.Absent && models.Kind == strict.Absent && loose.Kind == strict.Absent {
		i.at(contract.SeverityError, RuleKind, i.source, "this is no data contract: it has neither dataContractSpecification nor models nor schema.fields")
		return false
	}
	switch {
	case version.Kind == strict.Absent:
		i.at(contract.SeverityNote, RuleVersion, i.source, "dataContractSpecification is missing: read as the looser shape of 0.9.3")
	case !slices.Contains(versions(), version.Text):
		i.at(contract.SeverityWarning, RuleVersion, version, "dataContractSpecification %s is not known, and is read as 1.2.1; known are %s", strict.Quote(version.Text), strings.Join(versions(), ", "))
	}
	i.out.set("apiVersion", textOf("v3.1.0"))
	i.out.set("kind", textOf("DataContract"))
	if version = asText(version); version.Kind == strict.Absent {
		version = textOf("none")
	}
	i.out.keep("dataContractSpecification", version)
	return true
}

// info reads who and what. Older files have it at the top.
func (i *importer) info() *keys {
	info := keysOf(i.root.takeIf("info", isMap))
	said := func(names ...string) contract.Value {
		for _, name := range names {
			if v := info.Get(name); isScalar(v) {
				return asText(info.take(name))
			}
		}
		for _, name := range names {
			if v := i.root.Get(name); isScalar(v) {
				return asText(i.root.take(name))
			}
		}
		return contract.Value{}
	}
	id, title, version := asText(i.root.take("id")), said("title", "name"), said("version")
	if id.Kind == strict.Absent {
		if id = textOf(values.Slug(title.Text)); id.Kind == strict.Absent {
			i.at(contract.SeverityError, RuleMissing, i.source, "id is missing, and there is no info.title to make one of: add id")
		} else {
			i.at(contract.SeverityWarning, RuleMissing, i.source, "id is missing: %s is made of the title; give the contract an id", strict.Quote(id.Text))
		}
	}
	if version.Kind == strict.Absent {
		version = textOf("0.0.0")
		i.at(contract.SeverityWarning, RuleMissing, i.root.Get("info"), "info.version is missing: taken as 0.0.0; add it")
	}
	status := said("status")
	if status.Kind == strict.Absent {
		status = textOf("draft")
	}
	i.out.set("id", id)
	i.out.set("name", title)
	i.out.set("version", version)
	i.out.set("status", status)
	i.out.set("domain", said("domain"))
	i.out.set("dataProduct", said("dataProduct"))
	i.out.set("tenant", said("tenant"))
	i.out.set("tags", i.root.takeIf("tags", isTexts))
	i.out.set("description", mapOf("purpose", said("description")))
	i.out.set("team", mapOf("name", said("owner")))
	i.contact(info)
	return info
}

// contact makes a support channel of each way to reach the owners.
func (i *importer) contact(info *keys) {
	from := info
	if info.Get("contact").Kind == strict.Absent {
		from = i.root
	}
	contact := from.take("contact")
	if isScalar(contact) {
		contact = mapOf(toolOf(contact.Text), contact)
	}
	c := keysOf(contact)
	var support []contract.Value
	for _, tool := range []string{"slack", "teams", "email", "url"} {
		v := asText(c.takeIf(tool, isText))
		if v.Kind == strict.Absent {
			continue
		}
		channel := built{}
		channel.set("channel", v)
		if address := strings.TrimPrefix(v.Text, "mailto:"); tool == "email" {
			channel.set("url", textOf("mailto:"+address))
		} else if strings.Contains(v.Text, "://") {
			channel.set("url", v)
		}
		if tool == "url" {
			tool = "other"
		}
		channel.set("tool", textOf(tool))
		support = append(support, channel.value())
	}
	i.out.set("support", listOf(support))
	for _, e := range c.rest() {
		i.out.keep("info.contact."+e.Key, e.Value)
	}
}

func toolOf(address string) string {
	switch {
	case strings.HasPrefix(address, "#"):
		return "slack"
	case strings.Contains(address, "://"):
		return "url"
	case strings.Contains(address, "@"):
		return "email"
	}
	return "name"
}

// terms reads what one may do with the data.
func (i *importer) terms() *keys {
	terms := keysOf(i.root.takeIf("terms", isMap))
	description := built{entries: i.out.get("description").Entries}
	description.set("usage", asText(terms.takeIf("usage", isScalar)))
	description.set("limitations", asText(terms.takeIf("limitations", isScalar)))
	i.out.set("description", description.value())
	if v := terms.Get("pii_fields"); isTexts(v) {
		for _, field := range v.Items {
			i.pii = append(i.pii, field.Text)
		}
	}
	return terms
}

// finish keeps what has no place of its own.
func (i *importer) finish(info, terms *keys) {
	if v := i.root.takeIf("links", isLinks); v.Kind != strict.Absent {
		i.out.set("authoritativeDefinitions", definitionsOf(v))
	}
	i.out.set("slaProperties", listOf(i.promises))
	i.out.keep("sla", listOf(i.inSLA))
	for _, e := range info.rest() {
		i.out.keep("info."+e.Key, e.Value)
	}
	for _, e := range terms.rest() {
		i.out.keep("terms."+e.Key, e.Value)
	}
	for _, e := range i.leftLevel.entries {
		i.out.keep(e.Key, e.Value)
	}
	known := []string{"info", "terms", "servers", "models", "definitions", "examples", "links", "tags", "servicelevels", "quality", "schema", "history", "sla", "name", "owner", "contact"}
	for _, e := range i.root.rest() {
		if !slices.Contains(known, e.Key) {
			i.at(contract.SeverityNote, RuleKept, e.Value, "the specification has no key %s: kept as %s", strict.Quote(e.Key), strict.Quote(prefix+e.Key))
		}
		i.out.keep(e.Key, e.Value)
	}
}

// own takes what Export wrote for ODCS alone. What the specification itself says wins; lists of customProperties, quality
// and definitions go together.
func (i *importer) own(out *built, own *keys) {
	for _, e := range own.rest() {
		switch given := out.get(e.Key); {
		case given.Kind == strict.Absent, e.Key == "support", e.Key == "servers" && isList(e.Value):
			out.set(e.Key, e.Value)
		case given.Kind == strict.List && e.Value.Kind == strict.List:
			out.set(e.Key, listOf(append(slices.Clip(given.Items), e.Value.Items...)))
		case given.Kind == strict.Map && e.Value.Kind == strict.Map:
			both := built{entries: slices.Clone(given.Entries)}
			i.own(&both, keysOf(e.Value))
			out.set(e.Key, both.value())
		}
	}
}

// definitionsOf makes authoritative definitions of links.
func definitionsOf(links contract.Value) contract.Value {
	var list []contract.Value
	for _, e := range links.Entries {
		list = append(list, mapOf("type", textOf(e.Key), "url", e.Value))
	}
	return listOf(list)
}
