package contract

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// checkArguments holds what library metrics are told against the object that they are about.
func (o *SchemaObject) checkArguments(r *report) {
	for i := range o.Quality {
		o.Quality[i].checkArguments(r, o, nil)
	}
	for p := range o.all() {
		for i := range p.Quality {
			p.Quality[i].checkArguments(r, o, p)
		}
	}
}

// checkArguments looks at the arguments of a rule at a property, or at the whole object where p is nil.
func (q *Quality) checkArguments(r *report, o *SchemaObject, p *Property) {
	if q.metric() == "rowCount" && p != nil {
		r.add(RuleQuality, SeverityWarning, q.Place, "metric", "rowCount counts records, whatever %s holds: move the rule to the quality of %s", p.label(), o.Name)
	}
	if q.Arguments == nil || q.Type != "" && q.Type != "library" {
		return
	}
	a := q.Arguments
	reads := argumentsOf(q.metric(), p == nil)
	for _, key := range a.Keys() {
		if q.metric() == "" || !slices.Contains(metrics(), q.metric()) || slices.Contains(reads, key) {
			continue
		}
		r.add(RuleQuality, SeverityWarning, a.Place, key, "%s%s does not look at %s, so that it changes nothing: remove it%s",
			q.metric(), map[bool]string{true: "", false: " of a property"}[p == nil], key, meantFor(key))
	}
	a.checkNames(r, o)
	a.checkValues(r, "validValues", a.ValidValues)
	a.checkValues(r, "missingValues", a.MissingValues)
}

// argumentsOf are the arguments that a metric looks at, of a whole object or of one property.
func argumentsOf(metric string, whole bool) []string {
	var reads []string
	switch metric {
	case "missingValues":
		reads = []string{"missingValues"}
	case "invalidValues":
		reads = []string{"validValues", "pattern"}
	case "duplicateValues":
		return []string{"properties"}
	}
	if whole && metric != "rowCount" {
		reads = append(reads, "properties")
	}
	return reads
}

// meantFor says which metric looks at an argument.
func meantFor(key string) string {
	if metric := map[string]string{"missingValues": "missingValues", "validValues": "invalidValues", "pattern": "invalidValues"}[key]; metric != "" {
		return ", or say metric: " + metric
	}
	return ""
}

// checkNames wants names of properties that are there, each once.
func (a *Arguments) checkNames(r *report, o *SchemaObject) {
	if list, _ := a.At("properties"); a.Has("properties") && len(a.Properties) == 0 && !r.broken(list) {
		r.at(RuleQuality, a.Place, "properties", "names no property: name one of %s, or remove the key", o.Name)
	}
	if len(o.Properties) == 0 {
		return // the object describes none
	}
	seen := make(map[string]bool)
	for _, name := range a.named {
		_, path, ok := o.find(name.Text)
		switch {
		case !ok:
			r.put(RuleQuality, SeverityError, name.Path(), name.Position, "%s has no property %s, so that nothing would be judged: name one that is there, with dots into objects%s",
				o.Name, strict.Quote(name.Text), strict.Hint(name.Text, o.names()))
		case seen[PathText(path)]:
			r.put(RuleQuality, SeverityError, name.Path(), name.Position, "%s is named twice: keep one", strict.Quote(name.Text))
		}
		seen[PathText(path)] = ok
	}
}

// checkValues wants a list with something in it that a field can be.
func (a *Arguments) checkValues(r *report, key string, values []Value) {
	if list, _ := a.At(key); a.Has(key) && len(values) == 0 && !r.broken(list) {
		r.at(RuleQuality, a.Place, key, "%s names no value: write one, or remove the key", key)
		return
	}
	nulls, seen := 0, make(map[string]bool)
	for _, v := range values {
		id := v.Kind.String() + " " + v.Text
		switch {
		case v.Kind == strict.List, v.Kind == strict.Map:
			r.put(RuleQuality, SeverityError, v.Path(), v.Position, "%s lists texts, numbers, true and false, and this is %s: no value is compared with it", key, v.Kind)
		case v.Kind == strict.Null:
			nulls++
		case seen[id]:
			r.put(RuleQuality, SeverityWarning, v.Path(), v.Position, "%s is listed twice: keep one", strict.Quote(v.Text))
		}
		seen[id] = true
	}
	if key == "validValues" && nulls > 0 && nulls == len(values) {
		r.at(RuleQuality, a.Place, key, "lists nothing but null, which is never judged: say nullValues, or list values")
	}
}

// label names a property in messages.
func (p *Property) label() string {
	if p.Name != "" {
		return p.Name
	}
	return strings.TrimPrefix(p.Place.Path(), "schema")
}
