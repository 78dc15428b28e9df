package dcs

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

var notInName = regexp.MustCompile(`[^a-zA-Z0-9_-]+`)

// models writes the schema objects. definitions are those that a $ref may lead to.
func (e *exporter) models(definitions contract.Value) {
	models := built{}
	for n, v := range e.said.take("schema").Items {
		given := v.Get("name").Text
		name := notInName.ReplaceAllString(given, "_")
		for name == "" || slices.ContainsFunc(models.entries, func(m strict.Entry) bool { return strings.EqualFold(m.Key, name) }) {
			name += "_" + strconv.Itoa(n+1)
		}
		models.set(name, e.model(name, v, definitions))
	}
	e.out.set("models", models.value())
}

func (e *exporter) model(name string, v, definitions contract.Value) contract.Value {
	k, out, own := keysOf(v), built{}, built{}
	aside := e.asides(k, &own)
	if given := k.take("name"); given.Text != name {
		own.set("name", given)
	}
	k.take("logicalType") // is always object
	out.set("title", k.take("businessName"))
	out.set("description", k.take("description"))
	isType := func(v contract.Value) bool { return slices.Contains([]string{"table", "view", "object"}, v.Text) }
	switch {
	case e.topic != "": // is the server's
		k.take("physicalName")
		k.take("physicalType")
		if kind := aside.takeIf("type", isType); kind.Kind != strict.Absent {
			out.set("type", kind)
		} else {
			out.set("type", textOf("table"))
		}
	default:
		out.set("type", k.takeIf("physicalType", isType))
	}
	out.set("tags", k.take("tags"))
	properties := k.take("properties")
	key := compoundKey(properties)
	fields := built{}
	var left []contract.Value
	for _, p := range properties.Items {
		if name := p.Get("name").Text; name != "" && fields.get(name).Kind == strict.Absent {
			fields.set(name, e.field(p, definitions, key))
		} else {
			left = append(left, p)
		}
	}
	own.set("properties", listOf(left))
	out.set("fields", fields.value())
	out.set("primaryKey", key)
	out.set("quality", e.rules(k.take("quality").Items, &own))
	out.set("links", e.links(k, &own))
	e.put(&out, &own, "model", aside)
	e.leave(&own, k)
	e.finish(&out, own)
	if len(out.entries) == 0 {
		return contract.Value{Kind: strict.Map}
	}
	return out.value()
}

// compoundKey are the names of the fields of a primary key of several, in their order.
func compoundKey(properties contract.Value) contract.Value {
	type part struct {
		name     contract.Value
		position int
	}
	var parts []part
	for _, p := range properties.Items {
		if isTrue(p.Get("primaryKey")) {
			position, _ := p.Get("primaryKeyPosition").Int()
			parts = append(parts, part{p.Get("name"), position})
		}
	}
	if len(parts) < 2 {
		return contract.Value{}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.position, b.position) })
	var names []contract.Value
	for _, p := range parts {
		names = append(names, p.name)
	}
	return listOf(names)
}

// field writes a property. key is its model's primary key of several fields, if it has one.
func (e *exporter) field(v, definitions, key contract.Value) contract.Value {
	k, out, own := keysOf(v), built{}, built{}
	aside := e.asides(k, &own)
	k.take("name")
	out.set("title", k.take("businessName"))
	out.set("description", k.take("description"))
	e.fieldType(&out, k, aside)
	for _, key := range []string{"required", "unique"} {
		out.set(key, k.take(key))
	}
	n := slices.IndexFunc(key.Items, func(part contract.Value) bool { return part.Text == v.Get("name").Text })
	if primary := k.take("primaryKey"); n < 0 || !isTrue(primary) {
		out.set("primaryKey", primary)
	}
	k.takeIf("primaryKeyPosition", func(v contract.Value) bool { return isTrue(k.Get("primaryKey")) && v.Text == strconv.Itoa(max(n, 0)+1) })
	e.fieldClass(&out, k, aside)
	e.fieldOptions(&out, &own, k)
	e.fieldEnum(&out, &own, k)
	e.fieldRefers(&out, &own, k)
	out.set("examples", k.take("examples"))
	out.set("tags", k.take("tags"))
	out.set("links", e.links(k, &own))
	if lineage := lineageOf(built{entries: v.Entries}); lineage.Kind != strict.Absent && aside.Get("lineage").Kind == strict.Absent {
		out.set("lineage", lineage)
	}
	if out.get("lineage").Kind != strict.Absent || fits("field", "lineage", aside.Get("lineage")) {
		k.take("transformSourceObjects")
		k.take("transformDescription")
		k.take("transformLogic")
	}
	inner := built{}
	for _, p := range k.take("properties").Items {
		if name := p.Get("name").Text; name != "" {
			inner.set(name, e.field(p, definitions, contract.Value{}))
		}
	}
	out.set("fields", inner.value())
	if items := k.take("items"); items.Kind != strict.Absent {
		out.set("items", e.field(items, definitions, contract.Value{}))
	}
	if m := k.take("map"); m.Kind != strict.Absent {
		out.set("keys", e.field(m.Get("key"), definitions, contract.Value{}))
		out.set("values", e.field(m.Get("value"), definitions, contract.Value{}))
	}
	out.set("quality", e.rules(k.take("quality").Items, &own))
	if ref, local := strings.CutPrefix(aside.Get("$ref").Text, "#/definitions/"); local && !isMap((&importer{source: mapOf("definitions", definitions)}).definition(ref)) {
		own.set("customProperties", listOf(append(own.get("customProperties").Items, mapOf("property", textOf(prefix+"$ref"), "value", aside.take("$ref")))))
	}
	e.put(&out, &own, "field", aside)
	e.leave(&own, k)
	e.finish(&out, own)
	if len(out.entries) == 0 {
		return contract.Value{Kind: strict.Map}
	}
	return out.value()
}

// fieldType writes the type. How the data is stored stands in config.physicalType where the type does not tell.
func (e *exporter) fieldType(out *built, k, aside *keys) {
	logical, physical := k.Get("logicalType").Text, k.take("physicalType").Text
	name := fieldType(logical, physical)
	if name != "" || logical == "" {
		k.take("logicalType")
	}
	out.set("type", textOf(name))
	t := parseType(physical)
	if named := parseType(name); named.isDecimal() && t.isDecimal() && t.precision != "" {
		out.set("precision", plainNumber(t.precision))
		if t.scale != "" {
			out.set("scale", plainNumber(t.scale))
		}
	}
	config := built{entries: slices.Clone(aside.takeIf("config", func(v contract.Value) bool { return fits("field", "config", v) }).Entries)}
	if physicalOf(name, out.get("precision").Text, out.get("scale").Text) != physical {
		config.set("physicalType", contract.Value{Kind: strict.Text, Text: physical})
	}
	out.set("config", config.value())
}

// fieldClass writes who may see the field.
func (e *exporter) fieldClass(out *built, k, aside *keys) {
	class, pii := k.take("classification"), aside.takeIf("pii", isBool)
	given := aside.takeIf("classification", isText)
	switch {
	case isTrue(pii) && strings.EqualFold(class.Text, "pii"):
		class = given // what the file that was imported said
	case pii.Kind == strict.Absent && strings.EqualFold(class.Text, "pii"):
		pii = boolOf(true)
	}
	out.set("pii", pii)
	out.set("classification", class)
}

// fieldOptions writes what a value must be like. What the specification has no key for, or no such value, stands below odcs.
func (e *exporter) fieldOptions(out, own *built, k *keys) {
	options := keysOf(k.take("logicalTypeOptions"))
	for _, key := range strings.Fields("minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum") {
		out.set(key, options.takeIf(key, func(v contract.Value) bool { return fits("field", key, v) }))
	}
	own.set("logicalTypeOptions", contract.Value{Kind: kindIf(options.rest()), Entries: options.rest()})
}

// fieldEnum writes the allowed values: texts only, as the specification has it.
func (e *exporter) fieldEnum(out, own *built, k *keys) {
	texts := func(v contract.Value) bool { return len(v.Items) > 0 && isTexts(v) }
	if native := k.take("enum"); native.Kind != strict.Absent {
		own.set("enum", native)
		var values []contract.Value
		for _, item := range native.Items {
			values = append(values, item.Get("value"))
		}
		if v := listOf(values); texts(v) {
			out.set("enum", v)
		}
		return
	}
	rules := k.Get("quality").Items
	first := slices.IndexFunc(rules, func(r contract.Value) bool { return texts(valuesAllowed(r)) })
	for n, rule := range rules { // one that an import makes of the enum again, and that no other rule says too
		values := valuesAllowed(rule)
		alone := !slices.ContainsFunc(slices.Concat(rules[:n], rules[n+1:]), func(other contract.Value) bool { return equal(valuesAllowed(other), values) })
		if texts(values) && alone && equal(rule, oneOf(values)) {
			out.set("enum", values)
			if e.plain {
				return
			}
			k.Entries = slices.Clone(k.Entries)
			at := slices.IndexFunc(k.Entries, func(e strict.Entry) bool { return e.Key == "quality" })
			k.Entries[at].Value.Items = slices.Delete(slices.Clone(rules), n, n+1)
			return
		}
	}
	if first >= 0 {
		out.set("enum", valuesAllowed(rules[first]))
	}
}

// fieldRefers writes the one field that this one refers to. Others stand below odcs.
func (e *exporter) fieldRefers(out, own *built, k *keys) {
	var left []contract.Value
	for _, r := range k.take("relationships").Items {
		plain := len(r.Entries) == 2 && r.Get("type").Text == "foreignKey" && reference.MatchString(r.Get("to").Text)
		if plain && out.get("references").Kind == strict.Absent {
			out.set("references", r.Get("to"))
			continue
		}
		left = append(left, r)
	}
	own.set("relationships", listOf(left))
}
