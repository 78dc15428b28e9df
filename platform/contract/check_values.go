package contract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// listed are values that the contract says a property may have.
type listed struct {
	values   []Value
	place    Place
	key      string
	severity avro.Severity // of the rule that they are; Count where they bind nothing
}

// checkValues holds the values that properties list, and their examples, against everything else that is promised of
// them: a value that the rest refuses is one that no record will ever have.
func (c *Contract) checkValues(r *report) {
	if r.errors > maxErrors { // nobody reads on
		return
	}
	var t *translator
	known := make(map[string]*avro.Schema)
	for i := range c.Objects {
		for p, path := range c.Objects[i].all() {
			lists := p.lists()
			if len(lists) == 0 && len(p.Examples) == 0 || r.warnings > maxErrors {
				continue
			}
			if t == nil {
				c.refused, c.faulty = r.refused, r.faulty
				t = c.translate()
			}
			judges := c.judges(p, path, t.rules, known)
			for _, l := range lists {
				l.check(r, p, judges)
			}
			judge := newVerdict(judges, nil)
			for _, v := range p.Examples {
				if why, _ := judge(jsonOf(v)); why != "" {
					r.put(RuleExample, SeverityWarning, v.Path(), v.Position, "%s is no example of %s: %s; give one that records may have", shown(v), p.label(), why)
				}
			}
		}
	}
}

// lists are what says which values a property may have.
func (p *Property) lists() []listed {
	var all []listed
	if len(p.Enum) > 0 {
		l := listed{place: p.Place, key: "enum"}
		for _, e := range p.Enum {
			l.values = append(l.values, e.Value)
		}
		all = append(all, l)
	}
	for i := range p.Quality {
		q := &p.Quality[i]
		if q.metric() != "invalidValues" || q.Arguments == nil || len(q.Arguments.ValidValues) == 0 {
			continue
		}
		l := listed{values: q.Arguments.ValidValues, place: q.Arguments.Place, key: "validValues", severity: avro.Count}
		if q.allowsNone() {
			l.severity = severities()[strings.ToLower(q.Severity)]
		}
		all = append(all, l)
	}
	return all
}

// check holds each value of a list against the other rules of its property.
func (l listed) check(r *report, p *Property, judges []valueJudge) {
	judge := newVerdict(judges, plainTexts(l.values))
	judged, refusals := 0, make([]string, len(l.values))
	first := -1
	for i, v := range l.values {
		if v.Kind == strict.Null {
			continue
		}
		judged++
		why, misfit := judge(jsonAs(p.LogicalType, v))
		if misfit { // no rule can be made of the list
			path, at := l.placeOf(v)
			r.put(ruleAt(l.place), SeverityError, path, at, "%s lists %s, which no value of %s is: %s; fix it, or remove it", l.key, shown(v), p.label(), why)
			list, _ := l.place.At(l.key)
			r.refuse(list)
			continue
		}
		if refusals[i] = why; why != "" && first < 0 {
			first = i
		}
	}
	refused := len(refusals) - countOf(refusals, "")
	switch {
	case refused == 0:
	case refused == judged && l.severity == avro.Error:
		r.at(ruleAt(l.place), l.place, l.key, "no value that %s lists can ever be; %s, for one: %s. Change the list or the other rule", l.key, shown(l.values[first]), refusals[first])
	default:
		for i, v := range l.values {
			if refusals[i] != "" {
				path, at := l.placeOf(v)
				r.put(ruleAt(l.place), SeverityWarning, path, at, "%s lists %s, which can never be: %s; remove it, or change the other rule", l.key, shown(v), refusals[i])
			}
		}
	}
}

// placeOf is where a value of the list stands.
func (l listed) placeOf(v Value) (string, strict.Position) {
	if v.Position == (strict.Position{}) {
		return l.place.At(l.key)
	}
	return v.Path(), v.Position
}

func countOf(list []string, what string) (n int) {
	for _, s := range list {
		if s == what {
			n++
		}
	}
	return n
}

// valueJudge judges values of one property as the walker would, if it had a certain type.
type valueJudge struct {
	schema *avro.Schema // of a record with the value as its one field
	rules  []avro.Rule
}

// judges are those of the types that a property may have; none where its type cannot be told. Schemas that are known
// already are not parsed again.
func (c *Contract) judges(p *Property, path []string, rules []translated, known map[string]*avro.Schema) []valueJudge {
	var own []avro.Rule
	for _, r := range rules {
		if r.Severity == avro.Error && len(r.Path) >= len(path) && slices.Equal(r.Path[:len(path)], path) {
			r.Path = append([]string{"value"}, r.Path[len(path):]...)
			own = append(own, r.Rule)
		}
	}
	var all []valueJudge
	last := ""
	for variant := range variants {
		m := implied{version: c.number(), variant: variant, nullable: func(*Property) bool { return true }}
		t, ok := m.orNull(p)
		if !ok {
			return nil
		}
		text, err := json.Marshal(t)
		if err != nil || string(text) == last {
			break
		}
		last = string(text)
		schema := known[last]
		if schema == nil {
			if schema, err = avro.Parse(fmt.Appendf(nil, `{"type":"record","name":"_","fields":[{"name":"value","type":%s}]}`, text)); err != nil {
				return nil
			}
			known[last] = schema
		}
		all = append(all, valueJudge{schema, carried(schema, own)})
	}
	return all
}

// carried are the rules that a schema can carry; the others are reported elsewhere.
func carried(schema *avro.Schema, rules []avro.Rule) []avro.Rule {
	if _, err := avro.Compile(schema, avro.Options{Rules: rules}); err == nil {
		return rules
	}
	return slices.DeleteFunc(slices.Clone(rules), func(r avro.Rule) bool {
		_, err := avro.Compile(schema, avro.Options{Rules: []avro.Rule{r}})
		return err != nil
	})
}

// newVerdict makes what says why no type that a property may have takes a value, given as JSON; it says "" where one
// does. A misfit is of another type altogether. The list of the values own does not judge itself.
func newVerdict(judges []valueJudge, own []string) func(text []byte) (why string, misfit bool) {
	programs := make([]*avro.Program, len(judges))
	for i, j := range judges {
		rules := slices.DeleteFunc(slices.Clone(j.rules), func(r avro.Rule) bool {
			return own != nil && len(r.Path) == 1 && r.Kind == avro.Enum && slices.Equal(r.Values, own)
		})
		p, err := avro.Compile(j.schema, avro.Options{Rules: rules})
		if err != nil {
			return func([]byte) (string, bool) { return "", false } // what cannot be carried was left out: this does not happen
		}
		programs[i] = p
	}
	return func(text []byte) (why string, misfit bool) {
		misfit = true
		for i, j := range judges {
			says, other := j.refuses(programs[i], text)
			if says == "" {
				return "", false
			}
			if misfit = misfit && other; why == "" || !other {
				why = says
			}
		}
		return why, misfit && why != ""
	}
}

func (j valueJudge) refuses(p *avro.Program, text []byte) (why string, misfit bool) {
	payload, err := avro.EncodeJSON(j.schema, fmt.Appendf(nil, `{"value":%s}`, text))
	if err != nil {
		_, why, found := strings.Cut(err.Error(), "$.value")
		if !found {
			why = err.Error()
		}
		return strings.TrimLeft(why, ".: "), true
	}
	if rejection := p.Rejection(p.Walk(payload, p.NewNotes())); rejection != nil {
		return strings.TrimPrefix(strings.TrimPrefix(rejection.Message, "value "), "value."), false
	}
	return "", false
}

// jsonOf is a value of the document as JSON.
func jsonOf(v Value) []byte {
	if v.IsNumber() {
		if n := plainNumber(v); json.Valid([]byte(n)) {
			return []byte(n)
		}
	}
	text, err := v.MarshalJSON()
	if err != nil {
		return []byte("null")
	}
	return text
}

// jsonAs is a listed value as JSON of a type: lists compare texts, so that 1 is "1" where the values are texts.
func jsonAs(logicalType string, v Value) []byte {
	text := v.Text
	if v.IsNumber() {
		text = plainNumber(v)
	}
	switch logicalType {
	case "integer", "number", "boolean":
		if json.Valid([]byte(text)) {
			return []byte(text)
		}
	}
	quoted, _ := json.Marshal(text) // a string always has a JSON form
	return quoted
}

// shown is a value as a message shows it.
func shown(v Value) string {
	switch v.Kind {
	case strict.Text:
		return strict.Quote(v.Text)
	case strict.List, strict.Map, strict.Null:
		return v.Kind.String()
	}
	return v.Text
}
