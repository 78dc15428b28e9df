package contract

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// severities maps the words that a quality rule may have as its severity.
func severities() map[string]avro.Severity {
	return map[string]avro.Severity{
		"": avro.Error, "error": avro.Error, "critical": avro.Error, "high": avro.Error, "blocker": avro.Error,
		"warning": avro.Warning, "warn": avro.Warning, "info": avro.Warning, "low": avro.Warning, "medium": avro.Warning,
	}
}

// objectQuality translates a rule about a whole object: the metrics about values may name properties.
func (t *translator) objectQuality(q *Quality) {
	if q.Arguments == nil || len(q.Arguments.Properties) == 0 || !slices.Contains([]string{"nullValues", "missingValues", "invalidValues"}, q.metric()) {
		t.quality(q, nil)
		return
	}
	for _, name := range q.Arguments.Properties {
		t.quality(q, t.named(name))
	}
}

// named is the path in the record that an argument names.
func (t *translator) named(name string) []string {
	if _, path, ok := t.object.find(name); ok {
		return path
	}
	return strings.Split(name, ".") // there is none, which is reported
}

// metric is the library metric; 3.0.x calls it a rule.
func (q *Quality) metric() string {
	if q.Metric == "" {
		return q.Rule
	}
	return q.Metric
}

// quality translates a rule about the values at a path; a nil path is the record itself.
func (t *translator) quality(q *Quality, path []string) {
	switch {
	case t.broken(q.Place.Path()): // what it would demand is not known
		return
	case q.Type == "text":
		t.unenforced(q.Place, "type", "a text is for people")
		return
	case q.Type == "sql":
		t.unenforced(q.Place, "query", "a query needs a table, and this is a stream")
		return
	case q.Type == "custom":
		t.custom(q, path)
		return
	case q.metric() == "":
		t.unenforced(q.Place, "", "the rule names no metric")
		return
	case !slices.Contains(metrics(), q.metric()):
		t.unenforced(q.Place, "rule", "there is no metric %s here", strict.Quote(q.metric()))
		return
	case len(q.bounds()) == 0:
		t.unenforced(q.Place, "", "the rule has no number to hold %s against", q.metric())
		return
	}
	if q.Schedule != "" {
		t.unenforced(q.Place, "schedule", "the schedule: here a rule is judged on each record, or at the end of each tidemark.qualityWindow")
	}
	switch ofRecords := q.metric() == "duplicateValues" || q.metric() == "rowCount"; {
	case path == nil && !ofRecords:
		t.unenforced(q.Place, "metric", "%s of a whole object needs arguments.properties; or say it at a property", q.metric())
	case ofRecords || !q.allowsNone():
		t.metric(q, path)
	default: // not one bad value is allowed, so each record is judged by itself
		bad, _ := t.bad(q, path, severities()[strings.ToLower(q.Severity)])
		for _, r := range bad {
			t.rule(r.place, r.key, r.Rule)
		}
	}
}

func metrics() []string {
	return []string{"nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"}
}

// bad are the rules that a record breaks which the metric counts; false where the quality rule does not say enough.
func (t *translator) bad(q *Quality, path []string, severity avro.Severity) (bad []translated, enough bool) {
	var args Arguments
	if q.Arguments != nil {
		args = *q.Arguments
	}
	add := func(place Place, key string, r avro.Rule) {
		r.Path, r.Severity = path, severity
		bad = append(bad, translated{r, place, key})
	}
	switch q.metric() {
	case "nullValues":
		if t.mayBeNull(path) {
			add(q.Place, "metric", avro.Rule{Kind: avro.Required})
		}
	case "missingValues":
		texts := plainTexts(args.MissingValues)
		if (len(args.MissingValues) == 0 || len(texts) < len(args.MissingValues)) && t.mayBeNull(path) {
			add(q.Place, "metric", avro.Rule{Kind: avro.Required})
		}
		if len(texts) > 0 {
			add(args.Place, "missingValues", avro.Rule{Kind: avro.NoneOf, Values: texts})
		}
	case "invalidValues":
		if len(args.ValidValues) > 0 {
			add(args.Place, "validValues", avro.Rule{Kind: avro.Enum, Values: plainTexts(args.ValidValues)})
		}
		if args.Pattern != "" {
			add(args.Place, "pattern", avro.Rule{Kind: avro.Pattern, Text: args.Pattern})
		}
		if len(bad) == 0 {
			t.unenforced(q.Place, "metric", "invalidValues needs arguments.validValues or arguments.pattern to tell what is valid")
			return nil, false
		}
	}
	return bad, true
}

// allowsNone tells whether not one bad value is allowed.
func (q *Quality) allowsNone() bool {
	zero := func(v Value) bool { return v.IsNumber() && strings.Trim(plainNumber(v), "0.") == "" }
	return zero(q.MustBe) || zero(q.MustBeLessOrEqualTo)
}

// operator is the operator that the rule has.
func (q *Quality) operator() string {
	i := slices.IndexFunc(operators(), func(op string) bool { return q.Has(op) })
	if i < 0 {
		return ""
	}
	return operators()[i]
}
