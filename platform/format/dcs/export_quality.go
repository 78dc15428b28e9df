package dcs

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// rules writes quality rules. Those that the specification cannot say stand below odcs.
func (e *exporter) rules(rules []contract.Value, own *built) contract.Value {
	var list, left []contract.Value
	for _, v := range rules {
		if rule := e.rule(v); rule.Kind != strict.Absent {
			list = append(list, rule)
		} else {
			left = append(left, v)
		}
	}
	own.set("quality", listOf(left))
	return listOf(list)
}

func (e *exporter) rule(v contract.Value) contract.Value {
	k, out, own := keysOf(v), built{}, built{}
	aside := e.asides(k, &own)
	kind := k.take("type").Text
	if kind == "" {
		kind = "library"
	}
	out.set("type", textOf(kind))
	for _, key := range []string{"name", "description", "dimension", "severity"} {
		out.set(key, k.takeIf(key, isText))
	}
	switch kind {
	case "library":
		out.set("metric", textOf(metricOf(v)))
		k.take("metric")
		k.take("rule")
		out.set("arguments", merged(k.take("arguments"), aside.takeIf("arguments", isMap)))
		if metricName(metricOf(v)) != metricOf(v) || !e.operator(&out, k) {
			return contract.Value{}
		}
		out.set("unit", k.takeIf("unit", isUnit(metricOf(v))))
	case "sql":
		out.set("query", k.take("query"))
		if !isText(v.Get("query")) || !e.operator(&out, k) {
			return contract.Value{}
		}
		out.set("unit", k.takeIf("unit", isText))
	case "custom":
		given := k.take("implementation")
		if items := given.Get("items"); isList(items) && len(given.Entries) == 1 {
			given = items
		}
		out.set("engine", k.take("engine"))
		out.set("implementation", given)
	case "text":
		if out.get("description").Kind == strict.Absent {
			return contract.Value{}
		}
	default:
		return contract.Value{}
	}
	if kind == "text" {
		e.put(&out, &own, "textRule", aside)
	} else {
		e.put(&out, &own, "quality", aside)
	}
	e.leave(&own, k)
	e.finish(&out, own)
	return out.value()
}

// operator takes the one that a rule has; false where it has none, or one that is held against no number.
func (e *exporter) operator(out *built, k *keys) bool {
	found := slices.DeleteFunc(operators(), func(op string) bool { return k.Get(op).Kind == strict.Absent })
	if len(found) != 1 {
		return false
	}
	v := k.take(found[0])
	if strings.HasSuffix(found[0], "Between") {
		if len(v.Items) != 2 || !isNumber(v.Items[0]) || !isNumber(v.Items[1]) {
			return false
		}
	} else if !isNumber(v) {
		return false
	}
	out.set(found[0], v)
	return true
}

// merged is an object with the keys of another that it does not have.
func merged(a, b contract.Value) contract.Value {
	out := built{entries: slices.Clone(a.Entries)}
	for _, e := range b.Entries {
		if out.get(e.Key).Kind == strict.Absent && e.Value.Kind != strict.Null {
			out.set(e.Key, e.Value)
		}
	}
	return out.value()
}
