package dcs

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// levels writes slaProperties: as service levels where the specification has one, below sla where it has none or where the
// file that was imported had it there, and below odcs where neither says the same.
func (e *exporter) levels() {
	service, free := built{}, built{}
	inSLA := e.aside.takeIf("sla", isTexts)
	var left []contract.Value
	for _, p := range e.said.take("slaProperties").Items {
		name, text := p.Get("property").Text, quantityOf(p)
		wanted := slices.ContainsFunc(inSLA.Items, func(v contract.Value) bool { return v.Text == name })
		n := slices.IndexFunc(levels(), func(l level) bool { return l.name == name })
		switch {
		case text.Kind == strict.Absent:
			left = append(left, p)
		case n >= 0 && !wanted && service.get(name).Kind == strict.Absent && (name != "availability" || percentage.MatchString(text.Text)):
			service.set(name, e.serviceLevel(levels()[n], p, text))
		case propertyName(name) == name && free.get(name).Kind == strict.Absent:
			free.set(name, e.freeLevel(p, text))
		default:
			left = append(left, p)
		}
	}
	e.own.set("slaProperties", listOf(left))
	for _, kept := range e.aside.rest() {
		name, ok := strings.CutPrefix(kept.Key, "servicelevels.")
		if !ok {
			continue
		}
		both := merged(service.get(name), kept.Value)
		if both.Kind == strict.Absent || !isMap(kept.Value) {
			both = kept.Value
		}
		if fitsLevel(name, both) {
			e.aside.take(kept.Key)
			service.set(name, both)
		}
	}
	e.putBelow(&free, "sla", "sla")
	e.out.set("servicelevels", service.value())
	e.out.set("sla", free.value())
}

func (e *exporter) serviceLevel(l level, p, text contract.Value) contract.Value {
	k, out, own := keysOf(p), built{}, built{}
	for _, key := range []string{"property", "value", "unit"} {
		k.take(key)
	}
	out.set("description", k.takeIf("description", isText))
	out.set(l.value, textOf(text.Text))
	if l.element != "" {
		out.set(l.element, k.takeIf("element", isText))
	}
	if l.name == "frequency" && p.Get("scheduler").Text == "cron" && isText(p.Get("schedule")) {
		k.take("scheduler")
		out.set("cron", k.take("schedule"))
	}
	e.leave(&own, k)
	e.finish(&out, own)
	return out.value()
}

func (e *exporter) freeLevel(p, text contract.Value) contract.Value {
	k, out, own := keysOf(p), built{}, built{}
	for _, key := range []string{"property", "value", "unit"} {
		k.take(key)
	}
	if len(k.rest()) == 0 {
		return text
	}
	out.set("value", text)
	out.set("description", k.takeIf("description", isText))
	out.set("timestampField", k.takeIf("element", isText))
	e.leave(&own, k)
	e.finish(&out, own)
	return out.value()
}

// quantityOf is a promise as people write it, such as 30m or 99.9%. It is absent where an import would read something else.
func quantityOf(p contract.Value) contract.Value {
	name, value, given := p.Get("property").Text, p.Get("value"), p.Get("unit").Text
	text := value
	unit, isTime := unitOf(name, given)
	switch {
	case given == "" && kindOf(name) == "" && value.Kind != strict.Text && isScalar(value):
		return value // a number, true or false
	case isTime:
		text = textOf(value.Text + unit.short)
		if short, ok := unitOf(name, unit.short); !ok || short.name != unit.name {
			text = textOf(value.Text + " " + unit.name)
		}
		for word, each := range often() {
			if name == "frequency" && value.Text == "1" && each == unit.name {
				text = textOf(word)
			}
		}
		given = unit.name
	case slices.Contains([]string{"percent", "percentage", "%", "pct"}, strings.ToLower(given)):
		text, given = textOf(value.Text+"%"), "percent"
	case given != "":
		text = textOf(value.Text + " " + given)
	}
	q, ok := parseQuantity(name, text.Text)
	if !ok || q.value.Kind != value.Kind || q.value.Text != value.Text || q.unit != given {
		return contract.Value{}
	}
	return text
}
