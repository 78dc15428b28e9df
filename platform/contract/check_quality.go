package contract

import (
	"errors"
	"math/big"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/cel"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// check holds what a quality rule says against its type.
func (q *Quality) check(r *report, version int) {
	given := slices.DeleteFunc(operators(), func(op string) bool { return !q.Has(op) })
	kind := q.Type
	switch {
	case kind == "" && q.Has("type"): // a wrong one, which is reported, and tells nothing about the other keys
		q.checkBetween(r)
		return
	case kind == "":
		kind = "library"
	}
	own := map[string]string{"metric": "library", "rule": "library", "arguments": "library", "query": "sql", "engine": "custom", "implementation": "custom"}
	for _, key := range sortedKeys(own) {
		if !q.Has(key) || own[key] == kind {
			continue
		}
		if !q.Has("type") {
			r.at(RuleQuality, q.Place, "type", "%s belongs to the type %s: say type: %s", key, own[key], own[key])
			kind = own[key]
		} else {
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
		switch says := q.Type != "" || len(given) > 0 || q.Has("rule") || q.Has("arguments"); {
		case says && version >= odcs310:
			need("metric")
		case says && !q.Has("metric"):
			need("rule") // its name before 3.1.0
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
	q.checkBetween(r)
	if q.Arguments != nil {
		checkPattern(r, RuleQuality, q.Arguments.Place, q.Arguments.Pattern)
	}
	if kind == "custom" && equalFold(q.Engine, "cel") && q.Has("implementation") {
		q.checkSyntax(r)
	}
}

// checkBetween wants two numbers, the smaller first.
func (q *Quality) checkBetween(r *report) {
	for key, bounds := range map[string][]Value{"mustBeBetween": q.MustBeBetween, "mustNotBeBetween": q.MustNotBeBetween} {
		if !q.Has(key) {
			continue
		}
		if len(bounds) == 2 {
			low, high := numberOf(bounds[0]), numberOf(bounds[1])
			if low != nil && high != nil && low.Cmp(high) < 0 {
				continue
			}
		}
		r.at(RuleQuality, q.Place, key, "%s needs two different numbers, the smaller first", key)
	}
}

// checkNumbers wants a number in a unit that a metric can be held against, and that the metric can come to.
func (q *Quality) checkNumbers(r *report) {
	switch unit := strings.ToLower(q.Unit); {
	case !slices.Contains([]string{"", "rows", "row", "percent", "percentage", "%"}, unit):
		r.at(RuleQuality, q.Place, "unit", "the unit %s is not known: write rows or percent", strict.Quote(q.Unit))
		return
	case q.metric() == "rowCount" && q.unit() == quality.Percent:
		r.at(RuleQuality, q.Place, "unit", "rowCount is what percent is of: write rows")
		return
	}
	for key, v := range map[string]Value{
		"mustBe": q.MustBe, "mustNotBe": q.MustNotBe,
		"mustBeGreaterThan": q.MustBeGreaterThan, "mustBeGreaterOrEqualTo": q.MustBeGreaterOrEqualTo,
		"mustBeLessThan": q.MustBeLessThan, "mustBeLessOrEqualTo": q.MustBeLessOrEqualTo,
	} {
		if !q.Has(key) {
			continue
		}
		if n := numberOf(v); n != nil {
			q.checkReach(r, key, n, v.Text)
		} else {
			r.at(RuleQuality, q.Place, key, "%s is counted, so %s needs a number", q.metric(), key)
		}
	}
	for key, bounds := range map[string][]Value{"mustBeBetween": q.MustBeBetween, "mustNotBeBetween": q.MustNotBeBetween} {
		if len(bounds) != 2 || numberOf(bounds[0]) == nil || numberOf(bounds[1]) == nil {
			continue // reported
		}
		low, high := numberOf(bounds[0]), numberOf(bounds[1])
		switch percent := q.unit() == quality.Percent; {
		case percent && (outsidePercent(low) || outsidePercent(high)):
			r.at(RuleQuality, q.Place, key, "a share is from 0 to 100 percent")
		case high.Sign() < 0 && key == "mustBeBetween":
			r.at(RuleQuality, q.Place, key, "a count is never below 0, so that this never holds")
		case percent && low.Sign() == 0 && high.Cmp(hundred()) == 0 && key == "mustNotBeBetween":
			r.at(RuleQuality, q.Place, key, "every share is from 0 to 100 percent, so that this never holds")
		}
	}
}

// checkReach wants a number that a count of rows or a share can come to: from 0, and up to 100 percent.
func (q *Quality) checkReach(r *report, key string, n *big.Rat, text string) {
	never := func(why string) { r.at(RuleQuality, q.Place, key, "%s, so that %s %s never holds", why, key, text) }
	switch percent, below := q.unit() == quality.Percent, n.Sign() < 0; {
	case !slices.Contains(metrics(), q.metric()): // a rule of 3.0.x, which may be about anything
	case percent && outsidePercent(n):
		r.at(RuleQuality, q.Place, key, "a share is from 0 to 100 percent")
	case percent && key == "mustBeGreaterThan" && n.Cmp(hundred()) == 0:
		never("a share is at most 100 percent")
	case key == "mustBeLessThan" && n.Sign() <= 0, below && (key == "mustBe" || key == "mustBeLessOrEqualTo"):
		never("a count is never below 0")
	case below:
		r.add(RuleQuality, SeverityWarning, q.Place, key, "a count is never below 0, so that %s %s always holds", key, text)
	case !percent && key == "mustBe" && !n.IsInt():
		never("a count is a whole number")
	}
}

func hundred() *big.Rat { return big.NewRat(100, 1) }

func outsidePercent(n *big.Rat) bool { return n.Sign() < 0 || n.Cmp(hundred()) > 0 }

// checkSyntax reads an expression as far as it can be read without the types of a schema.
func (q *Quality) checkSyntax(r *report) {
	text := q.expression()
	if text == "" {
		r.at(RuleQuality, q.Place, "implementation", "the expression is missing: write it as the implementation's text, or under its key expression")
		return
	}
	if fault := cel.Syntax(text); fault != nil {
		refuseExpression(r, q.Place, fault)
		return
	}
	holds, constant, err := cel.Constant(nil, text)
	if fault, ok := errors.AsType[*cel.Fault](err); ok {
		refuseExpression(r, q.Place, fault)
	} else if constant {
		refuseConstant(r, q.Place, holds)
	}
}
