package dcs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// exporter makes the document of a 1.2.1 file.
type exporter struct {
	*report
	contract *contract.Contract
	product  *contract.DataProduct
	plain    bool           // for Plain: an enum is a quality rule, too
	odcs     contract.Value // the ODCS document; absent if it is still to be made
	said     *keys          // what of it is still to be said
	out      built
	own      built    // below the key odcs
	listed   []string // the keys below any odcs
	topic    string   // of the one schema object
	aside    *keys    // what an import kept, without the prefix
}

// document is the whole file.
func (e exporter) document() contract.Value {
	if e.odcs.Kind == strict.Absent {
		newest := *e.contract
		newest.APIVersion = "v3.2.0" // nothing is left out of the newest version
		e.odcs = newest.Document()
	}
	e.said = keysOf(e.odcs)
	e.aside = e.asides(e.said, &e.own)
	e.aside.take("dataContractSpecification")
	e.said.take("kind")
	if e.said.take("apiVersion"); e.contract.APIVersion == "v3.2.0" {
		e.own.set("apiVersion", textOf(e.contract.APIVersion))
	}
	e.topic = e.contract.Topic()
	if !slices.ContainsFunc(e.contract.Servers, func(s contract.Server) bool { return s.Type == "kafka" }) {
		e.topic = ""
	}
	e.out.set("dataContractSpecification", textOf("1.2.1"))
	e.out.set("id", e.said.take("id"))
	e.info()
	e.servers()
	e.terms()
	definitions := e.aside.takeIf("definitions", func(v contract.Value) bool { return fits("root", "definitions", v) })
	e.models(definitions)
	e.out.set("definitions", definitions)
	e.levels()
	e.out.set("links", e.links(e.said, &e.own))
	e.out.set("tags", e.said.take("tags"))
	e.put(&e.out, &e.own, "root", e.aside)
	e.leave(&e.own, e.said)
	e.finish(&e.out, e.own)
	if len(e.listed) > 0 {
		e.add(contract.Finding{Rule: RuleExtension, Severity: contract.SeverityNote, File: e.file, Message: fmt.Sprintf(
			"the specification has no place for %s: it stands below keys odcs, which other tools may not read", strings.Join(e.listed, ", "))})
	}
	return e.out.value()
}

// asides takes an object's custom properties: those that an import kept, without their prefix; the others go below odcs.
func (e *exporter) asides(k *keys, own *built) *keys {
	var aside []strict.Entry
	var left []contract.Value
	for _, c := range k.take("customProperties").Items {
		key, ok := strings.CutPrefix(c.Get("property").Text, prefix)
		if !ok || key == "" || len(c.Entries) != 2 || slices.ContainsFunc(aside, func(e strict.Entry) bool { return strings.EqualFold(e.Key, key) }) {
			left = append(left, c)
			continue
		}
		aside = append(aside, strict.Entry{Key: key, Value: c.Get("value")})
	}
	own.set("customProperties", listOf(left))
	return keysOf(contract.Value{Kind: strict.Map, Entries: aside})
}

// put returns what was kept to its keys. What does not fit there stays a custom property.
func (e *exporter) put(out, own *built, kind string, aside *keys) {
	for _, kept := range aside.rest() {
		clash := slices.ContainsFunc(out.entries, func(there strict.Entry) bool { return strings.EqualFold(there.Key, kept.Key) })
		if !clash && fits(kind, kept.Key, kept.Value) {
			out.set(kept.Key, kept.Value)
			continue
		}
		own.set("customProperties", listOf(append(own.get("customProperties").Items, mapOf("property", textOf(prefix+kept.Key), "value", kept.Value))))
	}
}

// putBelow returns what was kept below a key such as info.
func (e *exporter) putBelow(out *built, kind, key string) {
	below := built{}
	for _, kept := range e.aside.rest() {
		if name, ok := strings.CutPrefix(kept.Key, key+"."); ok && name != "" {
			e.aside.take(kept.Key)
			below.set(name, kept.Value)
		}
	}
	own := built{}
	e.put(out, &own, kind, keysOf(contract.Value{Kind: strict.Map, Entries: below.entries}))
	for _, c := range own.get("customProperties").Items {
		name := strings.TrimPrefix(c.Get("property").Text, prefix)
		e.own.set("customProperties", listOf(append(e.own.get("customProperties").Items, mapOf("property", textOf(prefix+key+"."+name), "value", c.Get("value")))))
	}
}

// leave puts what nothing took below odcs.
func (e *exporter) leave(own *built, k *keys) {
	for _, rest := range k.rest() {
		own.set(rest.Key, rest.Value)
	}
}

// finish gives an object its key odcs.
func (e *exporter) finish(out *built, own built) {
	for _, entry := range own.entries {
		if !slices.Contains(e.listed, entry.Key) {
			e.listed = append(e.listed, entry.Key)
		}
	}
	out.set("odcs", own.value())
}

// links are the definitions that are no more than a name and an address; the others stand below odcs.
func (e *exporter) links(k *keys, own *built) contract.Value {
	links := built{}
	var left []contract.Value
	for _, d := range k.take("authoritativeDefinitions").Items {
		name := d.Get("type").Text
		if len(d.Entries) == 2 && modelName.MatchString(name) && isURI(d.Get("url")) &&
			!slices.ContainsFunc(links.entries, func(e strict.Entry) bool { return strings.EqualFold(e.Key, name) }) {
			links.set(name, d.Get("url"))
		} else {
			left = append(left, d)
		}
	}
	own.set("authoritativeDefinitions", listOf(left))
	return links.value()
}

func (e *exporter) info() {
	info := built{}
	title := e.said.take("name")
	if !isText(title) {
		title = e.said.Get("id")
	}
	info.set("title", title)
	info.set("version", e.said.take("version"))
	info.set("status", e.said.take("status"))
	description := keysOf(e.said.take("description"))
	info.set("description", description.take("purpose"))
	description.take("usage") // are terms
	description.take("limitations")
	e.own.set("description", contract.Value{Kind: kindIf(description.rest()), Entries: description.rest()})
	owner, domain := e.contract.Owner(), e.said.take("domain")
	if e.product != nil && owner == "" {
		owner = e.product.Owner()
	}
	if e.product != nil && domain.Kind == strict.Absent {
		domain = textOf(e.product.Domain)
	}
	info.set("owner", textOf(owner))
	team := keysOf(e.said.take("team"))
	team.take("name")
	e.own.set("team", contract.Value{Kind: kindIf(team.rest()), Entries: team.rest()})
	info.set("domain", domain)
	info.set("dataProduct", e.said.take("dataProduct"))
	info.set("tenant", e.said.take("tenant"))
	e.contact(&info)
	e.putBelow(&info, "info", "info")
	e.out.set("info", info.value())
}

// kindIf is an object's, where there is anything in it.
func kindIf(entries []strict.Entry) strict.Kind {
	if len(entries) == 0 {
		return strict.Absent
	}
	return strict.Map
}

// contact is the first channel of each kind. The channels stand below odcs where that does not say it all.
func (e *exporter) contact(info *built) {
	contact := built{}
	support := e.said.take("support")
	for _, s := range support.Items {
		key, v := s.Get("tool").Text, s.Get("channel")
		switch {
		case key == "slack" || key == "teams":
		case key == "email" || strings.HasPrefix(s.Get("url").Text, "mailto:"):
			key = "email"
			if address, ok := strings.CutPrefix(s.Get("url").Text, "mailto:"); ok {
				v = textOf(address)
			}
		case isURI(s.Get("url")):
			key, v = "url", s.Get("url")
		default:
			continue
		}
		if contact.get(key).Kind == strict.Absent && (fits("contact", key, v) || key == "slack" || key == "teams") {
			contact.set(key, v)
		}
	}
	again := &importer{report: &report{}, root: keysOf(contract.Value{})}
	again.contact(keysOf(mapOf("contact", contact.value())))
	if !equal(again.out.get("support"), support) {
		e.own.set("support", support)
	}
	e.putBelow(&contact, "contact", "info.contact")
	info.set("contact", contact.value())
}

func (e *exporter) terms() {
	terms := built{}
	description := e.contract.Description
	if description != nil {
		terms.set("usage", textOf(description.Usage))
		terms.set("limitations", textOf(description.Limitations))
	}
	e.putBelow(&terms, "terms", "terms")
	e.out.set("terms", terms.value())
}

func (e *exporter) servers() {
	servers := built{}
	list := e.said.take("servers")
	whole := true
	for _, v := range list.Items {
		name := v.Get("server").Text
		if name == "" || slices.ContainsFunc(servers.entries, func(s strict.Entry) bool { return strings.EqualFold(s.Key, name) }) {
			whole = false
			continue
		}
		servers.set(name, e.server(v))
	}
	if !whole { // two servers of one name
		e.own.set("servers", list)
	}
	e.out.set("servers", servers.value())
}

func (e *exporter) server(v contract.Value) contract.Value {
	k, out, own := keysOf(v), built{}, built{}
	k.take("server")
	aside := e.asides(k, &own)
	kind := k.take("type")
	if given := aside.takeIf("type", isText); given.Kind != strict.Absent {
		kind = given
	}
	out.set("type", kind)
	for _, key := range []string{"description", "environment"} {
		out.set(key, k.take(key))
	}
	for _, key := range slices.Sorted(strings.FieldsSeq(strings.ReplaceAll(contract.ServerKeys()["custom"], "*", ""))) {
		out.set(key, k.takeIf(key, isScalar))
	}
	if topic := textOf(e.topic); v.Get("type").Text == "kafka" && aside.Get("topic").Kind == strict.Absent {
		out.set("topic", topic)
	}
	var roles, left []contract.Value
	for _, r := range k.take("roles").Items {
		role, one, more := keysOf(r), built{}, built{}
		one.set("name", role.take("role"))
		one.set("description", role.take("description"))
		e.put(&one, &more, "role", e.asides(role, &more))
		e.leave(&more, role)
		e.finish(&one, more)
		roles = append(roles, one.value())
	}
	out.set("roles", listOf(roles))
	for _, c := range own.get("customProperties").Items {
		if c.Get("property").Text == "schemaRegistryUrl" && len(c.Entries) == 2 && isText(c.Get("value")) && out.get("schemaRegistryUrl").Kind == strict.Absent {
			out.set("schemaRegistryUrl", c.Get("value"))
			continue
		}
		left = append(left, c)
	}
	own.entries = slices.DeleteFunc(own.entries, func(e strict.Entry) bool { return e.Key == "customProperties" })
	own.set("customProperties", listOf(left))
	e.put(&out, &own, "server", aside)
	e.leave(&own, k)
	e.finish(&out, own)
	return out.value()
}
