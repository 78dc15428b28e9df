package dcs

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// checks reads the checks of a field in the looser shape. What they say is said by the field's own keys in the specification.
func (i *importer) checks(p *property, f *keys) {
	var left []contract.Value
	for _, v := range f.takeIf("checks", isList).Items {
		if !i.looseCheck(p, v) {
			left = append(left, v)
			i.at(contract.SeverityNote, RuleQuality, v, "the check is kept aside, and not judged: known are range, length, pattern, enum, notNull and unique")
		}
	}
	p.keep("checks", listOf(left))
}

func (i *importer) looseCheck(p *property, v contract.Value) bool {
	k := keysOf(v)
	kind := k.take("type")
	if isText(v) {
		kind = v
	}
	given := built{entries: p.get("logicalTypeOptions").Entries}
	options := keysOf(contract.Value{Kind: strict.Map, Entries: append([]strict.Entry(nil), given.entries...)})
	said, apply := built{}, func() {}
	rename := func(pairs ...string) {
		for n := 0; n < len(pairs); n += 2 {
			if w := k.take(pairs[n]); w.Kind != strict.Absent && options.Get(pairs[n+1]).Kind == strict.Absent {
				said.set(pairs[n+1], w)
			} else if w.Kind != strict.Absent && !equal(w, options.Get(pairs[n+1])) {
				k.putBack(pairs[n]) // two bounds
			}
		}
	}
	switch strings.ToLower(strings.ReplaceAll(kind.Text, "_", "")) {
	case "range", "between":
		rename("min", "minimum", "max", "maximum")
	case "length":
		rename("min", "minLength", "max", "maxLength")
	case "pattern", "regex":
		rename("pattern", "pattern", "regex", "pattern", "value", "pattern")
	case "notnull":
		apply = func() { p.set("required", boolOf(true)) }
	case "unique":
		apply = func() { p.set("unique", boolOf(true)) }
	case "enum", "acceptedvalues", "values":
		values := k.takeIf("values", isList)
		if len(values.Items) == 0 {
			return false
		}
		apply = func() { p.rules = append(p.rules, oneOf(values)) }
	default:
		return false
	}
	severity := k.take("severity")
	if len(k.rest()) > 0 || severity.Kind != strict.Absent && severity.Text != "error" {
		return false
	}
	f := keysOf(contract.Value{Kind: strict.Map, Entries: said.entries})
	extra := property{}
	extra.set("logicalType", p.get("logicalType"))
	i.options(&extra, f, contract.Value{})
	if len(f.rest()) > 0 { // not for this type
		return false
	}
	for _, e := range extra.get("logicalTypeOptions").Entries {
		given.set(e.Key, e.Value)
	}
	p.set("logicalTypeOptions", given.value())
	apply()
	return true
}
