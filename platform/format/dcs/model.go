package dcs

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// object is a schema object that is being made of a model.
type object struct {
	built
	name       string
	properties []*property
	rules      []contract.Value
}

func (o *object) value() contract.Value {
	o.set("properties", valuesOf(o.properties))
	o.set("quality", listOf(append(o.get("quality").Items, o.rules...)))
	return o.built.value()
}

// property is a property that is being made of a field.
type property struct {
	built
	name             string
	properties       []*property
	items, key, held *property // of an array; of a map: its keys, its values
	rules            []contract.Value
}

func (p *property) value() contract.Value {
	p.set("properties", valuesOf(p.properties))
	if p.items != nil {
		p.set("items", p.items.value())
	}
	if p.held != nil {
		p.set("map", mapOf("key", p.key.value(), "value", p.held.value()))
	}
	p.set("quality", listOf(append(p.get("quality").Items, p.rules...)))
	return p.built.value()
}

func valuesOf(properties []*property) contract.Value {
	var list []contract.Value
	for _, p := range properties {
		list = append(list, p.value())
	}
	return listOf(list)
}

// find is a property by its path, such as address.city.
func find(properties []*property, path string) *property {
	for _, p := range properties {
		if p.name == path {
			return p
		}
		if rest, ok := strings.CutPrefix(path, p.name+"."); ok && p.name != "" {
			if found := find(p.properties, rest); found != nil {
				return found
			}
			if p.items != nil {
				if found := find(p.items.properties, rest); found != nil {
					return found
				}
			}
		}
	}
	return nil
}

// models reads the models, or the one schema of the looser shape.
func (i *importer) models() {
	models := i.root.takeIf("models", isMap)
	for _, e := range models.Entries {
		i.model(e.Key, e.Value)
	}
	loose := func(v contract.Value) bool { return isMap(v) && v.Get("fields").Kind != strict.Absent || isList(v) }
	if models.Kind == strict.Absent {
		switch schema := i.root.takeIf("schema", loose); {
		case isMap(schema):
			i.model(i.looseName(schema), schema)
		case isList(schema):
			for n, item := range schema.Items {
				if name := item.Get("name").Text; name != "" {
					i.model(name, item)
				} else {
					i.at(contract.SeverityWarning, RuleMissing, item, "the schema's item %d has no name: left out", n+1)
				}
			}
		}
	}
	if len(i.objects) == 0 {
		i.at(contract.SeverityWarning, RuleMissing, i.source, "there are no models: the contract describes no data")
	}
	for _, path := range i.pii {
		i.protect(path)
	}
	for _, o := range i.objects {
		number(o.properties)
	}
}

// looseName is what the one schema is called, where it does not say.
func (i *importer) looseName(schema contract.Value) string {
	for _, key := range []string{"name", "table"} {
		if v := schema.Get(key); isText(v) {
			return v.Text
		}
	}
	id := i.out.get("id").Text
	if name := strings.Trim(id[strings.LastIndexAny(id, ":/.")+1:], "-"); name != "" {
		return name
	}
	return "data"
}

func (i *importer) model(name string, v contract.Value) {
	if name == "" || !isMap(v) {
		i.at(contract.SeverityError, RuleValue, v, "a model is an object with a name, not %s", v.Kind)
		return
	}
	m, o := keysOf(v), &object{name: name}
	i.objects = append(i.objects, o)
	o.set("name", textOf(name))
	o.set("logicalType", textOf("object"))
	own := keysOf(m.takeIf("odcs", isMap))
	if v := own.take("name"); isText(v) { // the specification allows fewer letters
		o.name = v.Text
		o.set("name", v)
	}
	if topic := i.topic(); topic != "" {
		o.set("physicalName", textOf(topic))
		o.set("physicalType", textOf("topic"))
		if m.Get("type").Text == "table" { // the specification's default
			m.take("type")
		}
	} else {
		o.set("physicalType", asText(m.takeIf("type", isText)))
	}
	o.set("businessName", asText(m.takeIf("title", isScalar)))
	o.set("description", asText(m.takeIf("description", isScalar)))
	o.set("tags", m.takeIf("tags", isTexts))
	if v := m.takeIf("links", isLinks); v.Kind != strict.Absent {
		o.set("authoritativeDefinitions", definitionsOf(v))
	}
	m.takeIf("name", func(v contract.Value) bool { return v.Text == name })
	o.properties = i.fieldsOf(m.take("fields"), 1)
	i.primaryKey(o, m)
	o.rules = append(o.rules, i.rules(m.takeIf("quality", isList))...)
	for _, e := range m.rest() {
		o.keep(e.Key, e.Value)
	}
	i.own(&o.built, own)
}

// primaryKey gives the fields of a compound key their positions.
func (i *importer) primaryKey(o *object, m *keys) {
	key := m.takeIf("primaryKey", func(v contract.Value) bool {
		return isTexts(v) && !slices.ContainsFunc(v.Items, func(f contract.Value) bool { return find(o.properties, f.Text) == nil })
	})
	if v := m.Get("primaryKey"); isTexts(v) && key.Kind == strict.Absent {
		i.at(contract.SeverityWarning, RuleValue, v, "primaryKey names a field that there is not: kept aside")
	}
	for n, f := range key.Items {
		p := find(o.properties, f.Text)
		p.set("primaryKey", boolOf(true))
		if p.get("primaryKeyPosition").Kind == strict.Absent {
			p.set("primaryKeyPosition", intOf(n+1))
		}
	}
}

// number gives the fields of a primary key that nobody numbered their positions, in their order.
func number(properties []*property) {
	n := 0
	for _, p := range properties {
		if isTrue(p.get("primaryKey")) && p.get("primaryKeyPosition").Kind != strict.Absent {
			return
		}
	}
	for _, p := range properties {
		if isTrue(p.get("primaryKey")) {
			n++
			p.set("primaryKeyPosition", intOf(n))
		}
	}
}

// protect makes a field that terms.pii_fields names a classified one.
func (i *importer) protect(path string) {
	found := false
	for _, o := range i.objects {
		name := path
		if rest, ok := strings.CutPrefix(path, o.name+"."); ok {
			name = rest
		}
		if p := find(o.properties, name); p != nil {
			found = true
			i.classify(p, contract.Value{}, boolOf(true), p.get("classification"))
		}
	}
	if !found {
		i.at(contract.SeverityWarning, RuleClass, i.root.Get("terms").Get("pii_fields"), "terms.pii_fields names %s, and there is no such field", strict.Quote(path))
	}
}

// masked are the classifications whose fields are masked wherever a person looks.
func masked(classification string) bool {
	return slices.Contains([]string{"pii", "confidential", "restricted", "sensitive", "secret"}, strings.ToLower(classification))
}

// classify brings pii and classification together. A field that is personal data is classified as pii, unless its
// classification protects it already.
func (i *importer) classify(p *property, at, pii, class contract.Value) {
	switch {
	case !isTrue(pii):
		p.set("classification", class)
	case class.Kind == strict.Absent:
		p.set("classification", textOf("pii"))
		p.keepOnce("pii", boolOf(true))
	case masked(class.Text):
		p.set("classification", class)
		if !strings.EqualFold(class.Text, "pii") {
			p.keepOnce("pii", boolOf(true))
		}
	default:
		i.at(contract.SeverityWarning, RuleClass, at, "%s is personal data, and its classification %s does not protect it: classified as pii", strict.Quote(p.name), strict.Quote(class.Text))
		p.set("classification", textOf("pii"))
		p.keepOnce("pii", boolOf(true))
		p.keepOnce("classification", class)
	}
	if pii.Kind == strict.Bool && !isTrue(pii) {
		p.keepOnce("pii", pii)
	}
}

// keepOnce is keep, unless it is kept already.
func (b *built) keepOnce(key string, v contract.Value) {
	if !slices.ContainsFunc(b.kept, func(c contract.Value) bool { return c.Get("property").Text == prefix+key }) {
		b.keep(key, v)
	}
}
