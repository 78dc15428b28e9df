package dcs

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Plain is a contract in the looser shape of the Data Contract Specification, which policies see as input.data_contract. It is what
// Export writes, with these differences, on which rules may rely:
//
//   - schema.fields is a list of every field of every model; each has name, type, required, unique, primaryKey and pii, whatever
//     the contract says, and model where there are several. Fields within fields are lists in fields, too. pii is true where
//     the field is personal data: its classification is pii, it says pii, or terms.pii_fields names it. Definitions are written out.
//   - sla has each promise by its name, as text such as 30m or 99.9%: freshness, latency, retention, availability, completeness …
//   - terms.classification is the strictest classification of any field, terms.retention the promised one, terms.pii_fields
//     the fields that are personal data. They are absent where nothing says so.
//   - quality is the list of all rules, with field where a rule is about one; it is absent where there is none.
//   - models, definitions and what Export writes below odcs are not in it: schema says the same.
//   - info.owner is the owning team's name, absent where the contract has no owner; servers.<name> is each server.
//
// So a contract of one topic becomes:
//
//	{
//	  "dataContractSpecification": "1.2.1",
//	  "id": "urn:datamesh:orders:orders:orders:1",
//	  "info": {"title": "Orders", "version": "1.0.0", "status": "active", "owner": "orders-team", "contact": {"slack": "#orders"}},
//	  "servers": {"production": {"type": "kafka", "host": "broker:9092", "format": "avro", "topic": "orders.orders.orders.v1"}},
//	  "terms": {"usage": "…", "classification": "pii", "retention": "365d", "pii_fields": ["email"]},
//	  "schema": {"type": "table", "name": "Order", "fields": [
//	    {"name": "orderId", "type": "string", "required": true, "unique": false, "primaryKey": true, "pii": false},
//	    {"name": "email", "type": "string", "required": true, "unique": false, "primaryKey": false, "pii": true, "classification": "pii"}
//	  ]},
//	  "sla": {"freshness": "30m", "completeness": "99%"},
//	  "quality": [{"type": "library", "metric": "rowCount", "mustBeGreaterThan": 0}],
//	  …
//	}
//
// A contract that was imported keeps its terms as its file has them. The data product may be nil.
func Plain(c *contract.Contract, p *contract.DataProduct) contract.Value {
	return PlainOfDocument(c, contract.Value{}, p)
}

// PlainOfDocument is Plain for who has the contract's Document already, which is half of the work.
func PlainOfDocument(c *contract.Contract, document contract.Value, p *contract.DataProduct) contract.Value {
	if !c.Given() || !slices.Contains([]string{"v3.1.0", "v3.2.0"}, c.APIVersion) { // what the newest version says may differ
		document = contract.Value{}
	}
	r := &report{file: c.File}
	imported := slices.ContainsFunc(c.CustomProperties, func(p contract.CustomProperty) bool { return p.Property == prefix+"dataContractSpecification" })
	doc := exporter{report: r, contract: c, product: p, odcs: document, plain: !imported}.document()
	plain := loosen(r, doc)
	out := built{entries: plain.Entries}
	sla := built{}
	for _, e := range out.get("sla").Entries {
		if v := e.Value.Get("value"); isScalar(v) {
			e.Value = v
		}
		sla.set(e.Key, e.Value)
	}
	out.set("sla", sla.value())
	if !imported {
		terms := built{entries: out.get("terms").Entries}
		fields := out.get("schema").Get("fields").Items
		terms.set("classification", textOf(strictest(fields)))
		terms.set("retention", asText(sla.get("retention")))
		terms.set("pii_fields", listOf(personalPaths(fields, "")))
		out.set("terms", terms.value())
	}
	return out.value()
}

// PlainOf is the same document for a file in the Data Contract Specification of any version and shape, as it is: what the file
// does not say is not made up, so that a rule can deny it. The value is absent if any of the findings is an error.
func PlainOf(file string, text []byte) (contract.Value, []contract.Finding) {
	r := &report{file: file}
	doc, ok := r.parse(text)
	i := &importer{report: r, source: doc, root: keysOf(doc)}
	if !ok || !i.identify() {
		return contract.Value{}, contract.SortFindings(r.findings)
	}
	plain := loosen(r, doc)
	if contract.HasErrors(r.findings) {
		return contract.Value{}, contract.SortFindings(r.findings)
	}
	return plain, contract.SortFindings(r.findings)
}

// loosener turns models into one list of fields.
type loosener struct {
	importer
	named   []string // terms.pii_fields
	quality []contract.Value
	several bool
}

func loosen(r *report, doc contract.Value) contract.Value {
	l := &loosener{importer: importer{report: r, source: doc}}
	k, out := keysOf(doc), built{}
	for _, key := range []string{"dataContractSpecification", "id"} {
		out.set(key, k.take(key))
	}
	info := built{entries: slices.Clone(k.take("info").Entries)}
	for _, key := range []string{"title", "version", "status", "description", "owner", "domain", "contact"} {
		if info.get(key).Kind == strict.Absent { // older files have it at the top
			info.set(key, k.take(key))
		}
	}
	out.set("info", info.value())
	for _, key := range []string{"servers", "terms", "servicelevels"} {
		out.set(key, withoutODCS(k.take(key)))
	}
	for _, v := range out.get("terms").Get("pii_fields").Items {
		l.named = append(l.named, v.Text)
	}
	schema := l.schema(k)
	out.set("schema", schema)
	k.take("models") // say the same
	k.take("definitions")
	out.set("sla", l.promises(k, out.get("servicelevels")))
	switch given := k.take("quality"); {
	case isList(given):
		out.set("quality", listOf(append(slices.Clone(given.Items), l.quality...)))
	case given.Kind != strict.Absent:
		out.set("quality", given)
	default:
		out.set("quality", listOf(l.quality))
	}
	for _, e := range k.rest() {
		if e.Key != "odcs" {
			out.set(e.Key, e.Value)
		}
	}
	return out.value()
}

// schema is the one list of fields, and what the one model says of itself.
func (l *loosener) schema(k *keys) contract.Value {
	models, loose := k.Get("models"), k.Get("schema")
	out := built{}
	var fields []contract.Value
	switch {
	case isMap(models) && len(models.Entries) > 0:
		l.several = len(models.Entries) > 1
		out.set("type", textOf("table"))
		for n, m := range models.Entries {
			if n == 0 {
				out.set("type", m.Value.Get("type"))
				out.set("name", textOf(m.Key))
				out.set("description", m.Value.Get("description"))
			}
			fields = append(fields, l.model(m.Key, m.Value)...)
		}
		if l.several {
			out = built{}
			out.set("type", textOf("table"))
		}
	case isMap(loose):
		k.take("schema")
		out.entries = slices.Clone(loose.Entries)
		fields = l.model(loose.Get("name").Text, loose)
	case isList(loose):
		k.take("schema")
		l.several = true
		out.set("type", textOf("table"))
		for _, m := range loose.Items {
			fields = append(fields, l.model(m.Get("name").Text, m)...)
		}
	default:
		return contract.Value{}
	}
	out.set("fields", contract.Value{Kind: strict.List, Items: fields})
	return out.value()
}

func (l *loosener) model(name string, m contract.Value) []contract.Value {
	if !isMap(m) {
		l.at(contract.SeverityError, RuleValue, m, "a model is an object with a name, not %s", m.Kind)
	}
	fields := l.list(m.Get("fields"), name, "", 1)
	for n := range fields {
		at := fields[n].Get("name").Text
		if isList(m.Get("primaryKey")) && slices.ContainsFunc(m.Get("primaryKey").Items, func(v contract.Value) bool { return v.Text == at }) {
			field := built{entries: fields[n].Entries}
			field.set("primaryKey", boolOf(true))
			fields[n] = field.value()
		}
	}
	l.rulesOf(m.Get("quality"), name, "")
	return fields
}

// rulesOf gathers rules with what they are about.
func (l *loosener) rulesOf(rules contract.Value, model, field string) {
	for _, rule := range rules.Items {
		out := built{}
		if l.several {
			out.set("model", textOf(model))
		}
		out.set("field", textOf(field))
		if !isMap(rule) {
			out.set("description", asText(rule))
		}
		for _, e := range rule.Entries {
			if e.Key != "odcs" {
				out.set(e.Key, e.Value)
			}
		}
		if len(out.entries) > 0 {
			l.quality = append(l.quality, out.value())
		}
	}
}

// list is fields as a list, whichever way they are written.
func (l *loosener) list(fields contract.Value, model, above string, depth int) []contract.Value {
	var list []contract.Value
	add := func(name string, v contract.Value) {
		if field := l.field(name, v, model, above, depth); field.Kind != strict.Absent {
			list = append(list, field)
		}
	}
	if fields.Kind > strict.Null && !isMap(fields) && !isList(fields) {
		l.at(contract.SeverityError, RuleValue, fields, "fields are an object or a list, not %s", fields.Kind)
	}
	for _, e := range fields.Entries {
		add(e.Key, e.Value)
	}
	for _, item := range fields.Items {
		if len(item.Entries) == 1 && item.Get("name").Kind == strict.Absent {
			add(item.Entries[0].Key, item.Entries[0].Value)
			continue
		}
		add(item.Get("name").Text, item)
	}
	return list
}

func (l *loosener) field(name string, v contract.Value, model, above string, depth int) contract.Value {
	if l.fields++; l.fields > maxFields || depth > maxDepth {
		l.at(contract.SeverityError, RuleLimit, v, "more than %d fields, or deeper than %d, with every $ref written out: split the contract", maxFields, maxDepth)
		return contract.Value{}
	}
	if isText(v) {
		v = mapOf("type", v)
	}
	if v.Kind > strict.Null && !isMap(v) { // a rule must not overlook it
		l.at(contract.SeverityError, RuleValue, v, "a field is an object, not %s", v.Kind)
		return contract.Value{}
	}
	merged, ok := l.resolve(v)
	if !ok {
		return contract.Value{}
	}
	f, out := keysOf(merged), built{}
	path := strings.TrimPrefix(above+"."+name, ".")
	f.take("name")
	out.set("name", textOf(name))
	out.set("type", f.take("type"))
	for _, key := range []string{"required", "unique"} {
		out.set(key, boolOf(isTrue(flagOf(f.take(key)))))
	}
	out.set("primaryKey", boolOf(isTrue(flagOf(f.take("primaryKey"))) || isTrue(flagOf(f.take("primary")))))
	named := slices.Contains(l.named, path) || slices.Contains(l.named, model+"."+path)
	out.set("pii", boolOf(isTrue(l.personal(f)) || named || strings.EqualFold(f.Get("classification").Text, "pii")))
	if l.several && above == "" {
		out.set("model", textOf(model))
	}
	l.rulesOf(f.Get("quality"), model, path)
	if inner := f.take("fields"); inner.Kind != strict.Absent {
		out.set("fields", listOf(l.list(inner, model, path, depth+1)))
	}
	for _, key := range []string{"items", "keys", "values"} {
		if inner := f.take(key); inner.Kind != strict.Absent {
			out.set(key, l.field("", inner, model, path, depth+1))
		}
	}
	for _, e := range f.rest() {
		if e.Key != "odcs" {
			out.set(e.Key, e.Value)
		}
	}
	return out.value()
}

// withoutODCS is each of some objects without its key odcs.
func withoutODCS(v contract.Value) contract.Value {
	v.Entries = slices.Clone(v.Entries)
	for n := range v.Entries {
		if inner := &v.Entries[n].Value; inner.Get("odcs").Kind != strict.Absent {
			inner.Entries = slices.DeleteFunc(slices.Clone(inner.Entries), func(e strict.Entry) bool { return e.Key == "odcs" })
		}
	}
	return v
}

// promises are sla with what servicelevels promise.
func (l *loosener) promises(k *keys, levelled contract.Value) contract.Value {
	sla := built{entries: slices.Clone(k.take("sla").Entries)}
	for _, level := range levels() {
		if v := levelled.Get(level.name).Get(level.value); sla.get(level.name).Kind == strict.Absent && isScalar(v) {
			sla.set(level.name, v)
		}
	}
	return sla.value()
}

// strictest is the classification that protects most; a word that is not known protects as confidential does.
func strictest(fields []contract.Value) string {
	order := []string{"public", "internal", "confidential", "sensitive", "pii", "restricted", "secret"}
	best, rank := "", -1
	var look func(contract.Value)
	look = func(f contract.Value) {
		if class := f.Get("classification"); isText(class) {
			n := slices.Index(order, strings.ToLower(class.Text))
			if n < 0 {
				n = slices.Index(order, "confidential")
			}
			if n > rank {
				best, rank = class.Text, n
			}
		}
		for _, inner := range f.Get("fields").Items {
			look(inner)
		}
		for _, key := range []string{"items", "keys", "values"} {
			if inner := f.Get(key); isMap(inner) {
				look(inner)
			}
		}
	}
	for _, f := range fields {
		look(f)
	}
	return best
}

// personalPaths are the paths of the fields that are personal data.
func personalPaths(fields []contract.Value, above string) []contract.Value {
	var paths []contract.Value
	for _, f := range fields {
		path := strings.TrimPrefix(above+"."+f.Get("name").Text, ".")
		if isTrue(f.Get("pii")) {
			paths = append(paths, textOf(path))
			continue
		}
		inner := slices.Clone(f.Get("fields").Items)
		for _, key := range []string{"items", "values"} {
			v := f.Get(key)
			if isTrue(v.Get("pii")) {
				paths = append(paths, textOf(path))
			}
			inner = append(inner, v.Get("fields").Items...)
		}
		paths = append(paths, personalPaths(inner, path)...)
	}
	return paths
}
