package diff

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// rulesByPath are what a record must hold, by the path of the field. It does not matter where the contract says it.
func rulesByPath(c *contract.Contract) map[string][]avro.Rule {
	rules, _ := c.Rules()
	byPath := make(map[string][]avro.Rule)
	for _, r := range rules {
		path := ""
		for _, step := range r.Path {
			if step == "[]" || step == "{}" {
				path += step
			} else {
				path = join(path, step)
			}
		}
		byPath[path] = append(byPath[path], r)
	}
	return byPath
}

// demand is one thing that values can be held to, by whichever kinds of rules.
type demand struct {
	name  string
	kinds []avro.RuleKind
	// stricter tells by how much one rule is stricter than another; ok is false where neither implies the other.
	stricter func(a, b avro.Rule) (by int, ok bool)
}

func demands() []demand {
	return []demand{
		{"minimum", []avro.RuleKind{avro.Minimum, avro.ExclusiveMinimum}, stricterBound(1)},
		{"maximum", []avro.RuleKind{avro.Maximum, avro.ExclusiveMaximum}, stricterBound(-1)},
		{"multipleOf", []avro.RuleKind{avro.MultipleOf}, stricterMultiple},
		{"minLength", []avro.RuleKind{avro.MinLength}, stricterCount(1)},
		{"maxLength", []avro.RuleKind{avro.MaxLength}, stricterCount(-1)},
		{"pattern", []avro.RuleKind{avro.Pattern}, onlySame},
		{"format", []avro.RuleKind{avro.Format}, onlySame},
		{"minItems", []avro.RuleKind{avro.MinItems}, stricterCount(1)},
		{"maxItems", []avro.RuleKind{avro.MaxItems}, stricterCount(-1)},
		{"uniqueItems", []avro.RuleKind{avro.UniqueItems}, onlySame},
		{"missingValues", []avro.RuleKind{avro.NoneOf}, stricterSet},
	}
}

// warnings are what else a rule that only warns can hold values to; where it rejects, presence and symbols compare it.
func warnings() []demand {
	return []demand{
		{"required", []avro.RuleKind{avro.Required}, onlySame},
		{"validValues", []avro.RuleKind{avro.Enum}, onlySame},
	}
}

func stricterBound(sign int) func(a, b avro.Rule) (int, bool) {
	return func(a, b avro.Rule) (int, bool) {
		by, ok := compareTexts(a.Text, b.Text)
		exclusive := func(r avro.Rule) int {
			if r.Kind == avro.ExclusiveMinimum || r.Kind == avro.ExclusiveMaximum {
				return 1
			}
			return 0
		}
		return cmp.Or(sign*by, exclusive(a)-exclusive(b)), ok
	}
}

// compareTexts compares two numbers, or two dates or times as ISO 8601 writes them.
func compareTexts(a, b string) (int, bool) {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	switch {
	case okX && okY:
		return x.Cmp(y), true
	case !okX && !okY && len(a) == len(b):
		return strings.Compare(a, b), true
	}
	return strings.Compare(a, b), a == b
}

// stricterMultiple: every multiple of 10 is a multiple of 5.
func stricterMultiple(a, b avro.Rule) (int, bool) {
	x, okX := new(big.Rat).SetString(a.Text)
	y, okY := new(big.Rat).SetString(b.Text)
	switch {
	case !okX || !okY || x.Sign() <= 0 || y.Sign() <= 0:
		return 1, a.Text == b.Text
	case x.Cmp(y) == 0:
		return 0, true
	case new(big.Rat).Quo(x, y).IsInt():
		return 1, true
	case new(big.Rat).Quo(y, x).IsInt():
		return -1, true
	}
	return 1, false
}

func stricterCount(sign int) func(a, b avro.Rule) (int, bool) {
	return func(a, b avro.Rule) (int, bool) { return sign * cmp.Compare(number(a.Text), number(b.Text)), true }
}

// stricterSet: who refuses more values is stricter.
func stricterSet(a, b avro.Rule) (int, bool) {
	holds := func(all, some []string) bool {
		return !slices.ContainsFunc(some, func(v string) bool { return !slices.Contains(all, v) })
	}
	more, less := holds(a.Values, b.Values), holds(b.Values, a.Values)
	switch {
	case more && less:
		return 0, true
	case less:
		return -1, true
	}
	return 1, more
}

func onlySame(a, b avro.Rule) (int, bool) { return strings.Compare(a.Text, b.Text), a.Text == b.Text }

// of gives what rules of a severity demand: the strictest, or all where none is.
func (m demand) of(rules []avro.Rule, s avro.Severity) (r avro.Rule, ok bool) {
	for _, next := range rules {
		if next.Severity != s || !slices.Contains(m.kinds, next.Kind) {
			continue
		}
		if next.Values != nil {
			next.Text = valuesText(next.Values)
		}
		if !ok {
			r, ok = next, true
			continue
		}
		switch by, ok := m.stricter(next, r); {
		case !ok:
			r.Text += " and " + next.Text
			r.Values = slices.Concat(r.Values, next.Values)
		case by > 0:
			r = next
		}
	}
	return r, ok
}

// values compares what the values of a field are held to.
func (d *contractDiff) values(old, now field) {
	o, n := d.oldRules[old.path], d.newRules[now.path]
	d.symbols(old, now, o, n)
	for _, m := range demands() {
		if !d.demand(m, old, now, o, n) {
			d.warning(m, old, now, o, n)
		}
	}
	for _, m := range warnings() {
		d.warning(m, old, now, o, n)
	}
}

// demand compares what rejects; said tells whether it said anything.
func (d *contractDiff) demand(m demand, old, now field, o, n []avro.Rule) (said bool) {
	before, had := m.of(o, avro.Error)
	after, has := m.of(n, avro.Error)
	by, ok := m.stricter(after, before)
	switch {
	case !had && !has, had && has && ok && by == 0:
		return false
	case !had:
		in, key := rulePlace(now, m)
		d.at("rule.tightened", in, key, "%s of %s is %s, was none", m.name, now.path, argument(after))
	case !has:
		in, key := rulePlace(old, m)
		d.was("rule.loosened", spot{in, key}, spot{now.Place, "logicalTypeOptions"}, "%s of %s is none, was %s", m.name, now.path, argument(before))
	default:
		rule := "rule.changed"
		if ok && by > 0 {
			rule = "rule.tightened"
		} else if ok {
			rule = "rule.loosened"
		}
		in, key := rulePlace(now, m)
		d.at(rule, in, key, "%s of %s is %s, was %s", m.name, now.path, argument(after), argument(before))
	}
	return true
}

// warning compares what only warns.
func (d *contractDiff) warning(m demand, old, now field, o, n []avro.Rule) {
	before, had := m.of(o, avro.Warning)
	after, has := m.of(n, avro.Warning)
	switch {
	case had == has && before.Text == after.Text && before.Kind == after.Kind:
	case has:
		in, key := rulePlace(now, m)
		d.at("rule.warning", in, key, "%s of %s, which warns, is %s, was %s", m.name, now.path, argument(after), orNone(argument(before)))
	default:
		in, key := rulePlace(old, m)
		d.was("rule.warning", spot{in, key}, spot{now.Place, "logicalTypeOptions"}, "%s of %s, which warned, is none, was %s", m.name, now.path, argument(before))
	}
}

// valuesText is the same for the same values in whatever order.
func valuesText(values []string) string {
	var texts []string
	for _, v := range slices.Sorted(slices.Values(values)) {
		texts = append(texts, strict.Quote(v))
	}
	return strings.Join(texts, ", ")
}

func argument(r avro.Rule) string {
	switch r.Kind {
	case avro.UniqueItems, avro.Required:
		return "true"
	case avro.ExclusiveMinimum:
		return "above " + r.Text
	case avro.ExclusiveMaximum:
		return "below " + r.Text
	}
	return r.Text
}

// rulePlace is where a contract holds a field's values to something: an option, or a quality rule's argument, or else the
// field.
func rulePlace(f field, m demand) (contract.Place, string) {
	if f.Options != nil {
		for _, kind := range m.kinds {
			if f.Options.Has(string(kind)) {
				return f.Options.Place, string(kind)
			}
		}
		if f.Options.Has("format") && f.LogicalType == "integer" {
			return f.Options.Place, "format"
		}
	}
	for _, q := range f.Quality {
		if q.Arguments != nil && q.Arguments.Has(m.name) {
			return q.Arguments.Place, m.name
		}
	}
	return f.Place, "name"
}

// symbols compares which values a field may have, by the schema's enum and by rules.
func (d *contractDiff) symbols(old, now field, o, n []avro.Rule) {
	d.fallback(old, now)
	before, after := allowed(old, o), allowed(now, n)
	var added, removed []string
	for _, s := range after {
		if !slices.Contains(before, s) {
			added = append(added, s)
		}
	}
	for _, s := range before {
		if !slices.Contains(after, s) {
			removed = append(removed, s)
		}
	}
	switch {
	case before == nil && after != nil:
		in, key := enumPlace(now)
		d.at("enum.removed", in, key, "%s may only be %s from now on", now.path, strings.Join(after, ", "))
		return
	case before != nil && after == nil:
		in, key := enumPlace(old)
		d.was("enum.added", spot{in, key}, spot{now.Place, "name"}, "%s may be anything, was one of %s", now.path, strings.Join(before, ", "))
		return
	}
	if len(added)+len(removed) > 0 {
		d.explained.at(old.path, now.path)
	}
	in, key := enumPlace(now)
	if len(added) > 0 {
		rule := "enum.added"
		if old.avro != nil && hasFallback(old.avro.Value()) && !slices.ContainsFunc(added, func(s string) bool { return slices.Contains(old.symbols(), s) }) {
			rule = "enum.added-with-default"
		}
		d.at(rule, in, key, "%s may be %s too", now.path, strings.Join(added, ", "))
	}
	d.removedSymbols(old, now, removed)
}

// removedSymbols tells what the contract forbids, which only producers meet, from what the schema does not know any more:
// readers meet that in older records.
func (d *contractDiff) removedSymbols(old, now field, removed []string) {
	var forbidden, gone []string
	for _, s := range removed {
		if slices.Contains(old.symbols(), s) && now.symbols() != nil && !slices.Contains(now.symbols(), s) {
			gone = append(gone, s)
		} else {
			forbidden = append(forbidden, s)
		}
	}
	in, key := enumPlace(now)
	if len(forbidden) > 0 {
		d.at("enum.removed", in, key, "%s may be %s no longer", now.path, strings.Join(forbidden, ", "))
	}
	if len(gone) == 0 {
		return
	}
	if symbol, ok := now.avro.Value().Default(); ok {
		d.at("enum.symbol-removed-with-default", in, key, "%s may be %s no longer, by the schema too, whose default is %s", now.path, strings.Join(gone, ", "), symbol)
	} else {
		d.at("enum.symbol-removed", in, key, "%s may be %s no longer, by the schema too", now.path, strings.Join(gone, ", "))
	}
}

// fallback compares what readers see in place of a symbol that they do not know.
func (d *contractDiff) fallback(old, now field) {
	if old.avro == nil || now.avro == nil {
		return
	}
	was, is := old.avro.Value(), now.avro.Value()
	if was.Type() != avro.TypeEnum || is.Type() != avro.TypeEnum {
		return
	}
	before, had := was.Default()
	after, has := is.Default()
	in, key := enumPlace(now)
	switch {
	case had && !has:
		d.at("enum.default", in, key, "%s has no default for unknown symbols any more, had %s", now.path, before)
	case !had && has:
		d.at("enum.default-added", in, key, "%s has the default %s for unknown symbols, had none", now.path, after)
	case before != after:
		d.at("enum.default", in, key, "%s has the default %s, had %s", now.path, after, before)
	}
}

// allowed are the values that a field may have; nil where it may have any.
func allowed(f field, rules []avro.Rule) []string {
	values := f.symbols()
	for _, r := range rules {
		if r.Kind != avro.Enum || r.Severity != avro.Error {
			continue
		}
		if values == nil {
			values = slices.Clone(r.Values)
		} else {
			values = slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(r.Values, v) })
		}
	}
	return values
}

func hasFallback(s *avro.Schema) bool {
	_, ok := s.Default()
	return ok
}

func enumPlace(f field) (contract.Place, string) {
	if f.Has("enum") {
		return f.Place, "enum"
	}
	for _, q := range f.Quality {
		if q.Arguments != nil && q.Arguments.Has("validValues") {
			return q.Arguments.Place, "validValues"
		}
	}
	return f.Place, "name"
}
