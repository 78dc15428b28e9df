package dcs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// fieldsOf reads fields, which a map names or a list, as in the looser shape.
func (i *importer) fieldsOf(v contract.Value, depth int) []*property {
	var list []*property
	seen := map[string]bool{}
	add := func(name string, field contract.Value) {
		switch {
		case name == "":
			i.at(contract.SeverityError, RuleMissing, field, "a field has no name: add name")
		case seen[name]:
			i.at(contract.SeverityError, RuleValue, field, "a second field is named %s: keep one", strict.Quote(name))
		default:
			seen[name] = true
			if p := i.field(name, field, depth); p != nil {
				list = append(list, p)
			}
		}
	}
	switch v.Kind {
	case strict.Map:
		for _, e := range v.Entries {
			add(e.Key, e.Value)
		}
	case strict.List:
		for _, item := range v.Items {
			if len(item.Entries) == 1 && item.Get("name").Kind == strict.Absent { // - order_id: {type: string}
				add(item.Entries[0].Key, item.Entries[0].Value)
				continue
			}
			add(item.Get("name").Text, item)
		}
	case strict.Absent:
	default:
		i.at(contract.SeverityError, RuleValue, v, "fields are an object or a list, not %s", v.Kind)
	}
	return list
}

// field reads one field; nil where there are too many or it is none. name is "" for an array's items and a map's parts.
func (i *importer) field(name string, v contract.Value, depth int) *property {
	if i.fields++; i.fields > maxFields {
		if i.fields == maxFields+1 {
			i.at(contract.SeverityError, RuleLimit, v, "more than %d fields, with every $ref written out: split the contract", maxFields)
		}
		return nil
	}
	if depth > maxDepth {
		i.at(contract.SeverityError, RuleLimit, v, "fields within fields deeper than %d, with every $ref written out", maxDepth)
		return nil
	}
	if isText(v) { // order_id: string
		v = contract.Value{Kind: strict.Map, Entries: []strict.Entry{{Key: "type", Value: v}}, Position: v.Position}
	}
	if v.Kind == strict.Null {
		v = contract.Value{Kind: strict.Map, Position: v.Position}
	}
	if !isMap(v) {
		i.at(contract.SeverityError, RuleValue, v, "a field is an object, not %s", v.Kind)
		return nil
	}
	p := &property{name: name}
	merged, ok := i.resolve(v)
	if !ok {
		return nil
	}
	f := keysOf(merged)
	own := keysOf(f.takeIf("odcs", isMap))
	if name != "" {
		p.set("name", textOf(name))
		f.takeIf("name", func(v contract.Value) bool { return v.Text == name })
	}
	p.set("businessName", asText(f.takeIf("title", isScalar)))
	p.set("description", asText(f.takeIf("description", isScalar)))
	i.readType(p, f)
	i.options(p, f, own.take("logicalTypeOptions"))
	for _, key := range []string{"required", "unique"} {
		p.set(key, flagOf(f.takeIf(key, isFlag)))
	}
	primary := flagOf(f.takeIf("primaryKey", isFlag))
	if old := flagOf(f.takeIf("primary", isFlag)); primary.Kind == strict.Absent {
		primary = old
	}
	p.set("primaryKey", primary)
	i.classify(p, v, i.personal(f), asText(f.takeIf("classification", isScalar)))
	p.set("tags", f.takeIf("tags", isTexts))
	if links := f.takeIf("links", isLinks); links.Kind != strict.Absent {
		p.set("authoritativeDefinitions", definitionsOf(links))
	}
	p.set("examples", examples(f))
	if to := f.takeIf("references", func(v contract.Value) bool { return reference.MatchString(v.Text) }); to.Kind != strict.Absent {
		p.set("relationships", listOf([]contract.Value{mapOf("type", textOf("foreignKey"), "to", to)}))
	}
	lineage(p, f)
	i.below(p, f, depth)
	p.rules = i.rules(f.takeIf("quality", isList))
	i.enum(p, f, own.Get("enum"))
	i.checks(p, f)
	for _, e := range f.rest() {
		if name == "" || e.Key != "name" {
			p.keep(e.Key, e.Value)
		}
	}
	i.own(&p.built, own)
	return p
}

// personal tells whether the field is personal data. What cannot be understood is taken as a yes, which protects.
func (i *importer) personal(f *keys) contract.Value {
	v := f.Get("pii")
	if v.Kind > strict.Null && !isFlag(v) {
		i.at(contract.SeverityWarning, RuleClass, v, "pii is true or false, not %s: taken as true", v.Kind)
		f.take("pii")
		return boolOf(true)
	}
	return flagOf(f.take("pii"))
}

// reference is ODCS's notation of another property by names. A URN is none, and is kept aside.
var reference = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$`)

// readType reads the type, and how the data is stored.
func (i *importer) readType(p *property, f *keys) {
	given := f.takeIf("type", isText)
	t := parseType(given.Text)
	logical, known := t.logical()
	switch {
	case given.Kind != strict.Absent && !known:
		i.at(contract.SeverityWarning, RuleType, given, "the type %s is not known: it is the physicalType, and there is no logicalType%s", strict.Quote(given.Text), strict.Hint(t.word, fieldTypes()))
	case given.Kind == strict.Absent && f.Get("fields").Kind != strict.Absent:
		logical = "object"
	case given.Kind == strict.Absent && f.Get("items").Kind != strict.Absent:
		logical = "array"
	}
	if logical == "map" && (!isMap(f.Get("values")) || !isMap(f.Get("keys"))) {
		logical = "object" // nothing is known of what it holds
	}
	p.set("logicalType", textOf(logical))
	config := keysOf(f.takeIf("config", isMap))
	var precision, scale contract.Value
	if t.isDecimal() && t.precision == "" {
		if precision = f.takeIf("precision", isCount); precision.Kind != strict.Absent {
			scale = f.takeIf("scale", isCount)
		}
	}
	if own := config.takeIf("physicalType", func(v contract.Value) bool { return v.Kind == strict.Text }); own.Kind != strict.Absent {
		p.set("physicalType", textOf(own.Text)) // "" says that there is none
	} else {
		p.set("physicalType", textOf(physicalOf(given.Text, precision.Text, scale.Text)))
	}
	if rest := config.rest(); len(rest) > 0 {
		p.keep("config", contract.Value{Kind: strict.Map, Entries: rest})
	}
	if t.isText() && t.precision != "" && f.Get("maxLength").Kind == strict.Absent {
		n, _ := strconv.Atoi(t.precision)
		p.set("logicalTypeOptions", mapOf("maxLength", intOf(n)))
	}
}

// options reads what a value must be like. What the logicalType has no option for is kept aside.
func (i *importer) options(p *property, f *keys, own contract.Value) {
	o := built{entries: p.get("logicalTypeOptions").Entries}
	take := func(wanted func(contract.Value) bool, names ...string) {
		for _, name := range names {
			o.set(name, f.takeIf(name, wanted))
		}
	}
	switch logical := p.get("logicalType").Text; logical {
	case "string":
		take(isCount, "minLength", "maxLength")
		take(isText, "format")
		take(i.isPattern, "pattern")
	case "integer", "number":
		take(isNumber, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
		words := []string{"i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"}
		if logical == "number" {
			words = []string{"f32", "f64"}
		}
		take(func(v contract.Value) bool { return slices.Contains(words, v.Text) }, "format")
	case "date", "timestamp", "time":
		take(isText, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format")
	case "array":
		take(isCount, "minItems", "maxItems")
		take(isBool, "uniqueItems")
	}
	i.own(&o, keysOf(own))
	p.set("logicalTypeOptions", o.value())
}

// isPattern is a pattern that can be run: one without look-around and back-references.
func (i *importer) isPattern(v contract.Value) bool {
	if !isText(v) {
		return false
	}
	if _, err := regexp.Compile(v.Text); err != nil {
		i.at(contract.SeverityWarning, RuleValue, v, "the pattern is kept aside and not enforced: %v: patterns are RE2 (no look-around, no back-references)", err)
		return false
	}
	return true
}

// examples are a list; older files have one example.
func examples(f *keys) contract.Value {
	list := f.takeIf("examples", isList)
	if one := f.takeIf("example", func(v contract.Value) bool { return v.Kind != strict.Null }); one.Kind != strict.Absent && !slices.ContainsFunc(list.Items, func(v contract.Value) bool { return equal(v, one) }) {
		return listOf(append([]contract.Value{one}, list.Items...))
	}
	return listOf(list.Items)
}

// below reads what is within the field.
func (i *importer) below(p *property, f *keys, depth int) {
	switch logical := p.get("logicalType").Text; logical {
	case "object":
		p.properties = i.fieldsOf(f.take("fields"), depth+1)
	case "array":
		items := f.take("items")
		if inner := f.Get("fields"); items.Kind == strict.Absent && inner.Kind != strict.Absent { // fields of an array are its items'
			items = mapOf("type", textOf("object"), "fields", f.take("fields"))
		}
		if items.Kind != strict.Absent {
			p.items = i.field("", items, depth+1)
		}
	case "map":
		p.key, p.held = i.field("", f.take("keys"), depth+1), i.field("", f.take("values"), depth+1)
		i.native = true
		if p.key == nil || p.held == nil { // there are errors; nothing comes of it
			p.held = nil
		}
	}
}

// enum makes a quality rule of the allowed values, as 3.1.0 says it.
func (i *importer) enum(p *property, f *keys, own contract.Value) {
	enum := f.takeIf("enum", func(v contract.Value) bool {
		return isList(v) && len(v.Items) > 0 && !slices.ContainsFunc(v.Items, func(v contract.Value) bool { return !isScalar(v) })
	})
	if enum.Kind == strict.Absent || own.Kind != strict.Absent {
		return // none, or ODCS 3.2.0's own
	}
	if !slices.ContainsFunc(p.rules, func(rule contract.Value) bool { return equal(valuesAllowed(rule), enum) }) {
		p.rules = append([]contract.Value{oneOf(enum)}, p.rules...)
	}
}

// oneOf is the quality rule that a value is one of these.
func oneOf(values contract.Value) contract.Value {
	return mapOf("metric", textOf("invalidValues"), "arguments", mapOf("validValues", values), "mustBe", intOf(0),
		"dimension", textOf("conformity"), "severity", textOf("error"))
}

// valuesAllowed are those of a rule that allows no other; absent if the rule says something else.
func valuesAllowed(rule contract.Value) contract.Value {
	arguments := rule.Get("arguments")
	if metricOf(rule) != "invalidValues" || len(arguments.Entries) != 1 || rule.Get("mustBe").Text != "0" {
		return contract.Value{}
	}
	return arguments.Get("validValues")
}

func metricOf(rule contract.Value) string {
	if v := rule.Get("metric"); v.Kind != strict.Absent {
		return v.Text
	}
	return rule.Get("rule").Text // 3.0.x
}

// lineage reads where the values come from. Where ODCS cannot say all of it, it is also kept as a whole.
func lineage(p *property, f *keys) {
	v := f.takeIf("lineage", isMap)
	if v.Kind == strict.Absent {
		return
	}
	var sources []contract.Value
	for _, in := range v.Get("inputFields").Items {
		if name, field := in.Get("name"), in.Get("field"); isText(name) && field.Kind == strict.Text {
			sources = append(sources, textOf(strings.TrimSuffix(name.Text+"."+field.Text, ".")))
		}
	}
	p.set("transformSourceObjects", listOf(sources))
	p.set("transformDescription", asText(v.Get("transformationDescription")))
	p.set("transformLogic", asText(v.Get("transformLogic")))
	if !equal(lineageOf(p.built), v) {
		p.keep("lineage", v)
	}
}

// lineageOf is what ODCS says of where values come from; absent where it says nothing.
func lineageOf(p built) contract.Value {
	var inputs []contract.Value
	for _, source := range p.get("transformSourceObjects").Items {
		name, field := source.Text, ""
		if n := strings.LastIndexByte(name, '.'); n > 0 {
			name, field = name[:n], name[n+1:]
		}
		inputs = append(inputs, contract.Value{Kind: strict.Map, Entries: []strict.Entry{
			{Key: "namespace", Value: contract.Value{Kind: strict.Text}}, // ODCS has none
			{Key: "name", Value: textOf(name)},
			{Key: "field", Value: contract.Value{Kind: strict.Text, Text: field}},
		}})
	}
	if len(inputs) == 0 {
		return contract.Value{}
	}
	return mapOf("inputFields", listOf(inputs), "transformationDescription", p.get("transformDescription"), "transformLogic", p.get("transformLogic"))
}
