package contract

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// check holds what a quality rule says against its type.
func (q *Quality) check(r *report, version int) {
	given := slices.DeleteFunc(operators(), func(op string) bool { return !q.Has(op) })
	kind := q.Type
	if kind == "" {
		kind = "library"
	}
	own := map[string]string{"metric": "library", "rule": "library", "arguments": "library", "query": "sql", "engine": "custom", "implementation": "custom"}
	for _, key := range sortedKeys(own) {
		if q.Has(key) && own[key] != kind {
			r.at(RuleQuality, q.Place, key, "only the type %s has %s, and this is %s", own[key], key, kind)
		}
	}
	need := func(key string) {
		if !q.Has(key) {
			r.at(RuleQuality, q.Place, key, "the type %s needs the key %s", kind, key)
		}
	}
	switch kind {
	case "library":
		if version >= odcs310 || !q.Has("rule") {
			if q.Type != "" || len(given) > 0 || q.Has("rule") || q.Has("arguments") {
				need("metric")
			}
		}
	case "sql":
		need("query")
	case "custom":
		need("engine")
		need("implementation")
	}
	switch judged := kind == "sql" || kind == "library" && q.Has("metric"); {
	case judged && len(given) == 0 && version >= odcs310:
		r.at(RuleQuality, q.Place, "", "needs one of %s", strings.Join(operators(), ", "))
	case (judged || kind == "library") && len(given) > 1:
		r.at(RuleQuality, q.Place, given[1], "has %s: one rule has one of them", strings.Join(given, " and "))
	case !judged && kind != "library" && len(given) > 0:
		r.at(RuleQuality, q.Place, given[0], "the type %s has no %s", kind, given[0])
	}
	if _, known := severities()[strings.ToLower(q.Severity)]; !known {
		r.add(RuleQuality, SeverityWarning, q.Place, "severity", "the severity %s is not known and rejects records as error does: write error or warning", strict.Quote(q.Severity))
	}
	if kind == "library" && q.metric() != "" {
		q.checkNumbers(r)
	}
	for key, bounds := range map[string][]Value{"mustBeBetween": q.MustBeBetween, "mustNotBeBetween": q.MustNotBeBetween} {
		if q.Has(key) && (len(bounds) != 2 || !bounds[0].IsNumber() || !bounds[1].IsNumber() || bounds[0].Text == bounds[1].Text) {
			r.at(RuleQuality, q.Place, key, "%s needs two different numbers, the smaller first", key)
		}
	}
	if q.Arguments != nil && q.Arguments.Pattern != "" {
		checkPattern(r, q.Arguments.Place, q.Arguments.Pattern)
	}
}

// checkNumbers wants a number in a unit that a metric can be held against.
func (q *Quality) checkNumbers(r *report) {
	for key, v := range map[string]Value{"mustBe": q.MustBe, "mustNotBe": q.MustNotBe} {
		if q.Has(key) && !v.IsNumber() {
			r.at(RuleQuality, q.Place, key, "%s is counted, so %s needs a number", q.metric(), key)
		}
	}
	switch unit := strings.ToLower(q.Unit); {
	case !slices.Contains([]string{"", "rows", "row", "percent", "percentage", "%"}, unit):
		r.at(RuleQuality, q.Place, "unit", "the unit %s is not known: write rows or percent", strict.Quote(q.Unit))
	case q.metric() == "rowCount" && q.unit() == quality.Percent:
		r.at(RuleQuality, q.Place, "unit", "rowCount is what percent is of: write rows")
	}
}
