package dcs

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// sodaMetric gives a rule the metric and the arguments of a check, and says which property it belongs to, nil for the object. why
// tells what there is no metric for.
func (i *importer) sodaMetric(rule *built, o *object, c check, s *keys) (p *property, why string) {
	for _, column := range c.arguments {
		if !columnText.MatchString(column) || find(o.properties, column) == nil {
			return nil, "there is no field " + strict.Quote(column)
		}
	}
	if len(c.arguments) == 1 {
		p = find(o.properties, c.arguments[0])
	}
	kind, _, _ := strings.Cut(c.metric, "_")
	arguments := built{}
	switch {
	case c.metric == "row_count" && len(c.arguments) == 0:
		rule.set("metric", textOf("rowCount"))
		return nil, ""
	case kind == "duplicate" && counts(c) && len(c.arguments) > 1:
		rule.set("metric", textOf("duplicateValues"))
		var columns []contract.Value
		for _, column := range c.arguments {
			columns = append(columns, textOf(column))
		}
		rule.set("arguments", mapOf("properties", listOf(columns)))
		return nil, ""
	case !counts(c) || p == nil:
		return nil, "ODCS has no metric for it"
	case kind == "duplicate":
		rule.set("metric", textOf("duplicateValues"))
	case kind == "missing":
		rule.set("metric", textOf("nullValues"))
		if v := s.takeIf("missing values", isList); len(v.Items) > 0 {
			rule.set("metric", textOf("missingValues"))
			nothing := contract.Value{Kind: strict.Null} // null is missing too
			arguments.set("missingValues", listOf(append([]contract.Value{nothing}, v.Items...)))
		}
	case kind == "invalid":
		rule.set("metric", textOf("invalidValues"))
		arguments.set("validValues", s.takeIf("valid values", isList))
		if arguments.get("validValues").Kind == strict.Absent {
			arguments.set("pattern", s.takeIf("valid regex", i.isPattern))
		}
		if len(arguments.entries) == 0 {
			return nil, "ODCS knows validity by values and by pattern only"
		}
	}
	rule.set("arguments", arguments.value())
	return p, ""
}

// counts tells whether the check counts bad values, or their share.
func counts(c check) bool {
	switch c.metric {
	case "duplicate_count", "duplicate_percent", "missing_count", "missing_percent", "invalid_count", "invalid_percent":
		return true
	}
	return false
}

// sodaFreshness makes a promise of freshness(field) < 1h.
func (i *importer) sodaFreshness(o *object, v contract.Value, c check, s *keys) {
	name := asText(s.takeIf("name", isScalar))
	switch {
	case len(c.arguments) != 1 || c.unit == "" || c.operator != "mustBeLessThan" && c.operator != "mustBeLessOrEqualTo" || len(s.rest()) > 0:
		i.untranslated(o, v, "freshness is freshness(field) < 1h in ODCS, without filters or alerts")
		return
	case find(o.properties, c.arguments[0]) == nil:
		i.untranslated(o, v, "there is no field "+strict.Quote(c.arguments[0]))
		return
	}
	q, ok := parseQuantity("freshness", c.bounds[0]+c.unit)
	element := mapOf("element", textOf(o.name+"."+c.arguments[0]), "description", name)
	if !ok || !i.promise("freshness", v, q, element.Entries) {
		i.untranslated(o, v, "a contract promises one freshness, in a unit of time")
	}
}

// sodaOptions makes options of a field of a check that allows no value out of bounds; false where it is none.
func (i *importer) sodaOptions(o *object, c check, s *keys) bool {
	none := (c.operator == "mustBe" || c.operator == "mustBeLessOrEqualTo") && zero(c.bounds[0])
	if c.metric != "invalid_count" && c.metric != "invalid_percent" || !none || len(c.arguments) != 1 {
		return false
	}
	p := find(o.properties, c.arguments[0])
	if p == nil || len(s.Entries) == 0 {
		return false
	}
	options := built{entries: append([]strict.Entry(nil), p.get("logicalTypeOptions").Entries...)}
	for _, e := range s.Entries {
		logical := p.get("logicalType").Text
		number, words := logical == "integer" || logical == "number", logical == "string"
		option := map[string]string{"valid min": "minimum", "valid max": "maximum", "valid min length": "minLength", "valid max length": "maxLength"}[e.Key]
		switch {
		case e.Key == "name" || e.Key == "samples limit":
			continue
		case strings.HasSuffix(option, "imum") && number && isNumber(e.Value):
		case strings.HasSuffix(option, "Length") && words && isCount(e.Value):
		default:
			return false
		}
		if there := options.get(option); there.Kind != strict.Absent && !equal(there, e.Value) {
			return false
		}
		options.set(option, e.Value)
	}
	p.set("logicalTypeOptions", options.value())
	for _, key := range []string{"name", "samples limit"} { // which options have no place for
		if v := s.Get(key); v.Kind != strict.Absent {
			p.keepOnce("check "+key, v)
		}
	}
	return true
}

// untranslated keeps a check as a rule for Soda, and says so.
func (i *importer) untranslated(o *object, v contract.Value, why string) {
	rule, severity := built{}, "error"
	if isMap(v) && len(v.Entries) == 1 {
		settings := v.Entries[0].Value
		rule.set("name", asText(settings.Get("name")))
		if settings.Get("warn").Kind != strict.Absent && settings.Get("fail").Kind == strict.Absent {
			severity = "warning"
		}
	}
	rule.set("type", textOf("custom"))
	rule.set("engine", textOf("soda"))
	rule.set("implementation", implementation(v))
	rule.set("severity", textOf(severity))
	if v.Kind <= strict.Null {
		return
	}
	i.at(contract.SeverityNote, RuleQuality, v, "the check %s is kept as a rule for Soda, which does not run here: %s", strict.Quote(checkName(v)), why)
	o.rules = append(o.rules, rule.value())
}

// checkName is a check as people refer to it.
func checkName(v contract.Value) string {
	if isMap(v) && len(v.Entries) > 0 {
		return v.Entries[0].Key
	}
	return v.Text
}
