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
	if q.Arguments == nil || len(q.Arguments.Properties) == 0 || q.metric() == "duplicateValues" || q.metric() == "rowCount" {
		t.quality(q, nil)
		return
	}
	for _, name := range q.Arguments.Properties {
		t.quality(q, strings.Split(name, "."))
	}
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
	case q.Type == "text":
		t.unenforced(q.Place, "type", "a text is for people")
	case q.Type == "sql":
		t.unenforced(q.Place, "query", "a query needs a table, and this is a stream")
	case q.Type == "custom":
		t.unenforced(q.Place, "engine", "no engine %s runs here; say it with logicalTypeOptions or a library metric", strict.Quote(q.Engine))
	case q.metric() == "":
		t.unenforced(q.Place, "", "the rule names no metric")
	case q.metric() == "duplicateValues", q.metric() == "rowCount":
		t.unenforced(q.Place, "metric", "%s, since it takes more than one record to tell", q.metric())
	case !q.allowsNone():
		t.unenforced(q.Place, q.operator(), "a share or a number of bad values is judged over many records; mustBe: 0 is judged on each")
	case path == nil:
		t.unenforced(q.Place, "metric", "%s of a whole object needs arguments.properties; or say it at a property", q.metric())
	default:
		t.values(q, path)
	}
}

// values translates the metrics that one record can break.
func (t *translator) values(q *Quality, path []string) {
	severity := severities()[strings.ToLower(q.Severity)]
	var args Arguments
	if q.Arguments != nil {
		args = *q.Arguments
	}
	switch q.metric() {
	case "nullValues":
		t.required(q.Place, "metric", path, severity)
	case "missingValues":
		t.missing(q, args.MissingValues, path, severity)
	case "invalidValues":
		if len(args.ValidValues) > 0 {
			t.oneOf(args.Place, "validValues", path, args.ValidValues, severity)
		}
		if args.Pattern != "" {
			t.rule(args.Place, "pattern", avro.Rule{Path: path, Kind: avro.Pattern, Severity: severity, Text: args.Pattern})
		}
		if len(args.ValidValues) == 0 && args.Pattern == "" {
			t.unenforced(q.Place, "metric", "invalidValues needs arguments.validValues or arguments.pattern to tell what is valid")
		}
	default:
		t.unenforced(q.Place, "rule", "there is no metric %s here", strict.Quote(q.metric()))
	}
}

// missing translates what counts as missing: null unless the rule lists something else.
func (t *translator) missing(q *Quality, values []Value, path []string, severity avro.Severity) {
	if len(values) == 0 {
		t.required(q.Place, "metric", path, severity)
	}
	for _, v := range values {
		switch {
		case v.Kind == strict.Null:
			t.required(q.Place, "metric", path, severity)
		case v.Kind == strict.Text && v.Text == "":
			t.rule(q.Place, "metric", avro.Rule{Path: path, Kind: avro.MinLength, Severity: severity, Text: "1"})
		default:
			t.unenforced(q.Arguments.Place, "missingValues", "that %s counts as missing; enforced are null and \"\". A pattern can say it", strict.Quote(v.Text))
		}
	}
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
