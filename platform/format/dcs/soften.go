package dcs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// maxRounds bounds how often a contract is read until nothing is wrong with it: each round tells of some 200 faults.
const maxRounds = 5

// read reads the document as an ODCS file. What ODCS does not let a rule, an option or a promise say is kept aside, and the
// document read again: the rest of a contract is not lost over it.
func (i *importer) read(document contract.Value) *contract.Contract {
	for range maxRounds {
		c, findings := contract.ParseContract(i.file, document.YAML())
		softer := false
		for _, f := range findings {
			if f.Severity == contract.SeverityError && i.soften(&document, f) {
				softer = true
			}
		}
		if softer {
			compact(&document, "slaProperties")
			continue
		}
		for _, f := range findings { // its lines are those of a file that nobody has
			f.Line, f.Column = 0, 0
			f.Message = "in the contract that this becomes: " + f.Message
			i.add(f)
		}
		return c
	}
	i.at(contract.SeverityError, RuleLimit, i.source, "too many rules that ODCS cannot say")
	return nil
}

var pathStep = regexp.MustCompile(`([A-Za-z]+)(?:\[([0-9]+)\])?`)

// soften takes out what a finding is about; false where that is not a rule, an option or a promise.
func (i *importer) soften(document *contract.Value, f contract.Finding) bool {
	at := document
	var owner *contract.Value // of what at is
	for step := range strings.SplitSeq(f.Path, ".") {
		m := pathStep.FindStringSubmatch(step)
		if m == nil || at.Kind != strict.Map {
			return false
		}
		n := slices.IndexFunc(at.Entries, func(e strict.Entry) bool { return e.Key == m[1] })
		if n < 0 {
			return false
		}
		if m[1] == "logicalTypeOptions" {
			return i.withoutOptions(at, n, f)
		}
		owner, at = at, &at.Entries[n].Value
		if m[2] != "" {
			index, err := strconv.Atoi(m[2])
			if err != nil || index >= len(at.Items) {
				return false
			}
			at = &at.Items[index]
		}
		switch m[1] {
		case "quality":
			return i.asText(at, f)
		case "slaProperties":
			return i.withoutPromise(owner, at, f)
		}
	}
	return false
}

// asText makes a text for people of a rule, which keeps its keys.
func (i *importer) asText(rule *contract.Value, f contract.Finding) bool {
	if rule.Get("type").Text == "text" || !isMap(*rule) {
		return false
	}
	i.at(contract.SeverityWarning, RuleQuality, *rule, "the rule is kept as a text for people: %s", f.Message)
	k, out := keysOf(*rule), built{}
	out.set("type", textOf("text"))
	for _, key := range []string{"name", "description", "dimension", "severity"} {
		out.set(key, k.takeIf(key, isText))
	}
	if out.get("name").Kind == strict.Absent && out.get("description").Kind == strict.Absent {
		out.set("description", textOf(inWords(*rule)))
	}
	k.take("type")
	out.set("customProperties", k.take("customProperties"))
	for _, e := range k.rest() {
		out.keep(e.Key, e.Value)
	}
	position := rule.Position
	*rule = out.value()
	rule.Position = position
	return true
}

// withoutOptions keeps a property's options aside.
func (i *importer) withoutOptions(p *contract.Value, n int, f contract.Finding) bool {
	i.at(contract.SeverityWarning, RuleValue, *p, "what the values of %s must be like is kept aside: %s", strict.Quote(p.Get("name").Text), f.Message)
	out := built{entries: slices.Delete(slices.Clone(p.Entries), n, n+1)}
	for _, e := range p.Entries[n].Value.Entries {
		out.keep(e.Key, e.Value)
	}
	position := p.Position
	*p = out.value()
	p.Position = position
	return true
}

// withoutPromise keeps a promise aside, as it is.
func (i *importer) withoutPromise(document, promise *contract.Value, f contract.Finding) bool {
	name := promise.Get("property").Text
	if promise.Kind == strict.Absent || name == "" {
		return false
	}
	i.at(contract.SeverityWarning, RulePromise, *promise, "the promise %s is kept aside: %s", strict.Quote(name), f.Message)
	out := built{entries: document.Entries}
	out.keep("sla."+name, *promise)
	*promise = contract.Value{}
	*document = out.value()
	return true
}

// compact drops what was taken out of a list.
func compact(document *contract.Value, key string) {
	for n := range document.Entries {
		if e := &document.Entries[n]; e.Key == key {
			e.Value.Items = slices.DeleteFunc(e.Value.Items, func(v contract.Value) bool { return v.Kind == strict.Absent })
		}
	}
}
