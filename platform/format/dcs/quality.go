package dcs

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// operators are ODCS's, of which a rule has one.
func operators() []string {
	return []string{
		"mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
		"mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
	}
}

// metricName is ODCS's metric for what files call it.
func metricName(s string) string {
	switch strings.ToLower(strings.ReplaceAll(s, "_", "")) {
	case "nullvalues", "nullcount", "nullcheck":
		return "nullValues"
	case "missingvalues", "missingcount":
		return "missingValues"
	case "invalidvalues", "invalidcount":
		return "invalidValues"
	case "duplicatevalues", "duplicatecount", "uniquecheck":
		return "duplicateValues"
	case "rowcount", "countcheck":
		return "rowCount"
	}
	return ""
}

// rules reads the list of rules that files since 1.1.0 have.
func (i *importer) rules(list contract.Value) []contract.Value {
	var rules []contract.Value
	for _, v := range list.Items {
		switch {
		case isMap(v):
			rules = append(rules, i.rule(v))
		case isText(v):
			rules = append(rules, mapOf("type", textOf("text"), "description", v))
		default:
			i.at(contract.SeverityWarning, RuleQuality, v, "a quality rule is an object, not %s: left out", v.Kind)
		}
	}
	return rules
}

// rule reads one rule. What is no whole rule of ODCS becomes a text for people, and keeps its keys.
func (i *importer) rule(v contract.Value) contract.Value {
	k, out := keysOf(v), built{}
	own := keysOf(k.takeIf("odcs", isMap))
	for _, key := range []string{"name", "description"} {
		out.set(key, asText(k.takeIf(key, isScalar)))
	}
	out.set("dimension", k.takeIf("dimension", func(v contract.Value) bool {
		return slices.Contains([]string{"accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"}, v.Text)
	}))
	out.set("severity", k.takeIf("severity", isText))
	kind := ruleType(v)
	switch {
	case kind == "sql" && isText(v.Get("query")) && i.operator(&out, k, false):
		k.take("type")
		out.set("type", textOf(kind))
		out.set("query", k.take("query"))
		out.set("unit", k.takeIf("unit", isText))
	case kind == "library" && metricName(metricOf(v)) != "" && i.operator(&out, k, true):
		k.takeIf("type", func(v contract.Value) bool { return v.Text == "library" })
		k.take("rule")
		out.set("metric", textOf(metricName(metricOf(v))))
		k.take("metric")
		i.arguments(&out, k)
		out.set("unit", k.takeIf("unit", isUnit(metricName(metricOf(v)))))
	case kind == "custom" && isText(v.Get("engine")) && v.Get("implementation").Kind > strict.Null:
		k.take("type")
		out.set("type", textOf(kind))
		out.set("engine", k.take("engine"))
		out.set("implementation", implementation(k.take("implementation")))
	case kind == "text":
		k.takeIf("type", func(v contract.Value) bool { return v.Text == "text" })
		out.set("type", textOf(kind))
	default:
		out.set("type", textOf("text"))
		if out.get("name").Kind == strict.Absent && out.get("description").Kind == strict.Absent {
			out.set("description", textOf(inWords(v)))
		}
		i.at(contract.SeverityNote, RuleQuality, v, "the rule is kept as a text for people: a %s rule needs %s", kind, needs(kind))
	}
	for _, e := range k.rest() {
		out.keep(e.Key, e.Value)
	}
	i.own(&out, own)
	rule := out.value()
	rule.Position = v.Position
	return rule
}

// inWords is what a rule says in its keys: metric freshness, mustBeLessThan 5.
func inWords(v contract.Value) string {
	var words []string
	for _, e := range v.Entries {
		if isScalar(e.Value) && e.Key != "type" {
			words = append(words, e.Key+" "+e.Value.Text)
		}
	}
	return strings.Join(words, ", ")
}

func ruleType(v contract.Value) string {
	if t := v.Get("type"); slices.Contains([]string{"text", "library", "sql", "custom"}, t.Text) {
		return t.Text
	}
	for _, other := range [][2]string{{"query", "sql"}, {"metric", "library"}, {"rule", "library"}, {"engine", "custom"}} {
		if v.Get(other[0]).Kind != strict.Absent {
			return other[1]
		}
	}
	return "text"
}

func needs(kind string) string {
	switch kind {
	case "sql":
		return "a query and one of " + strings.Join(operators(), ", ")
	case "library":
		return "a metric (nullValues, missingValues, invalidValues, duplicateValues, rowCount) and one of " + strings.Join(operators(), ", ") + " with a number"
	}
	return "an engine and an implementation"
}

func isUnit(metric string) func(contract.Value) bool {
	return func(v contract.Value) bool {
		unit := strings.ToLower(v.Text)
		return slices.Contains([]string{"rows", "row"}, unit) || metric != "rowCount" && slices.Contains([]string{"percent", "percentage", "%"}, unit)
	}
}

// operator reads the one operator of a rule; false where there is none, or several, or it is held against no number.
func (i *importer) operator(out *built, k *keys, number bool) bool {
	var found []string
	for _, op := range append(operators(), "mustBeGreaterThanOrEqualTo", "mustBeLessThanOrEqualTo") {
		if k.Get(op).Kind > strict.Null {
			found = append(found, op)
		}
	}
	if len(found) != 1 {
		return false
	}
	op, v := found[0], k.Get(found[0])
	switch {
	case strings.HasSuffix(op, "Between"):
		if len(v.Items) != 2 || !isNumber(v.Items[0]) || !isNumber(v.Items[1]) || v.Items[0].Text == v.Items[1].Text {
			return false
		}
	case (op == "mustBe" || op == "mustNotBe") && !number:
	case !isNumber(v):
		return false
	}
	out.set(strings.Replace(op, "ThanOrEqualTo", "OrEqualTo", 1), k.take(op))
	return true
}

// arguments takes those that ODCS knows.
func (i *importer) arguments(out *built, k *keys) {
	given := keysOf(k.takeIf("arguments", isMap))
	arguments := built{}
	for _, key := range []string{"missingValues", "validValues"} {
		arguments.set(key, given.takeIf(key, isList))
	}
	arguments.set("pattern", given.takeIf("pattern", i.isPattern))
	for _, key := range []string{"properties", "columns", "fields"} {
		arguments.set("properties", given.takeIf(key, isTexts))
	}
	out.set("arguments", arguments.value())
	if rest := given.rest(); len(rest) > 0 {
		out.keep("arguments", contract.Value{Kind: strict.Map, Entries: rest})
	}
}

// implementation is an object or text in ODCS; a list stands in an object's key items.
func implementation(v contract.Value) contract.Value {
	switch v.Kind {
	case strict.Text, strict.Map:
		return v
	case strict.List:
		return contract.Value{Kind: strict.Map, Entries: []strict.Entry{{Key: "items", Value: v}}}
	}
	return asText(v)
}

// quality reads the block at the top: 0.9.3's type and specification, or a list.
func (i *importer) quality() {
	block := i.root.Get("quality")
	switch {
	case isMap(block) && strings.EqualFold(block.Get("type").Text, "SodaCL"):
		i.root.take("quality")
		i.soda(block.Get("specification"))
	case isMap(block) && isText(block.Get("type")):
		i.root.take("quality")
		i.engine(block)
	case isList(block):
		i.root.take("quality")
		i.looseRules(block)
	case isMap(block): // checks without a word about their language
		i.root.take("quality")
		i.soda(block)
	}
}

// engine keeps a suite of another engine with the object that it is about, or with the first.
func (i *importer) engine(block contract.Value) {
	name := block.Get("type").Text
	suites, whole := block.Get("specification"), true
	for _, o := range i.objects {
		if v := suites.Get(o.name); v.Kind > strict.Null {
			o.rules = append(o.rules, mapOf("type", textOf("custom"), "engine", textOf(name), "implementation", implementation(v)))
			whole = false
		}
	}
	switch {
	case suites.Kind <= strict.Null || len(i.objects) == 0:
		i.out.keep("quality", block)
	case whole:
		i.objects[0].rules = append(i.objects[0].rules, mapOf("type", textOf("custom"), "engine", textOf(name), "implementation", implementation(suites)))
	}
	i.at(contract.SeverityNote, RuleQuality, block, "the checks of %s are kept as custom rules: no engine of that name runs here", strict.Quote(name))
}

// looseRules reads a list at the top, whose rules name the field that they are about.
func (i *importer) looseRules(list contract.Value) {
	if len(i.objects) == 0 {
		i.out.keep("quality", list)
		return
	}
	var left []contract.Value
	for _, v := range list.Items {
		if isText(v) || len(v.Entries) == 1 {
			i.sodaChecks(i.objectNamed(""), []contract.Value{v})
			continue
		}
		if !isMap(v) {
			left = append(left, v)
			continue
		}
		o, p := i.objects[0], (*property)(nil)
		about := ""
		for _, key := range []string{"field", "column"} {
			if f := v.Get(key); isText(f) {
				about = key
			}
		}
		if named := i.objectNamed(v.Get("model").Text); named != nil {
			o = named
		}
		if about != "" {
			p = find(o.properties, v.Get(about).Text)
		}
		rule := i.looseRule(v, about, p != nil)
		if p != nil {
			p.rules = append(p.rules, rule)
		} else {
			o.rules = append(o.rules, rule)
		}
	}
	i.out.keep("quality", listOf(left))
}

// looseRule is a rule by a common name, such as notNull; or what rule makes of it.
func (i *importer) looseRule(v contract.Value, about string, placed bool) contract.Value {
	metric := ""
	switch strings.ToLower(strings.ReplaceAll(v.Get("type").Text, "_", "")) {
	case "notnull", "required", "nonnull":
		metric = "nullValues"
	case "unique", "uniqueness", "noduplicates":
		metric = "duplicateValues"
	}
	if metric == "" || !placed {
		return i.rule(v)
	}
	k := keysOf(v)
	k.take("type")
	k.take(about)
	out := built{}
	out.set("metric", textOf(metric))
	out.set("mustBe", intOf(0))
	for _, key := range []string{"name", "description"} {
		out.set(key, asText(k.takeIf(key, isScalar)))
	}
	out.set("severity", k.takeIf("severity", isText))
	for _, e := range k.rest() {
		out.keep(e.Key, e.Value)
	}
	return out.value()
}

// objectNamed is the schema object of a model's name; the only one has every name. nil where there is none.
func (i *importer) objectNamed(name string) *object {
	for _, o := range i.objects {
		if o.name == name {
			return o
		}
	}
	if len(i.objects) == 1 || name == "" && len(i.objects) > 0 {
		return i.objects[0]
	}
	return nil
}
