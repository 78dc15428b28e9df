package contract

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/cel"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Expression is a quality rule of type custom and engine cel: a demand on one record that no built-in rule can say.
// Package cel tells what it may look at. It costs a decoding of each record, which built-in rules do not.
type Expression struct {
	ID       string // <path>.cel, or cel of the whole record; a second of one id has #2
	Severity avro.Severity
	Text     string
}

// Expressions are the contract's demands in CEL, in its order. Each compiles against the contract's schema, or is a
// finding of Load.
func (c *Contract) Expressions() []Expression {
	t := c.translate()
	all := make([]Expression, len(t.expressions))
	for i, e := range t.expressions {
		all[i] = e.Expression
	}
	return all
}

type placedExpression struct {
	Expression
	place Place
}

// custom translates a rule of an engine.
func (t *translator) custom(q *Quality, path []string) {
	if !equalFold(q.Engine, "cel") {
		t.unenforced(q.Place, "engine", "no engine %s runs here; say it in engine cel, with logicalTypeOptions or a library metric", strict.Quote(q.Engine))
		return
	}
	if q.Schedule != "" {
		t.unenforced(q.Place, "schedule", "the schedule: here an expression is judged on each record")
	}
	e := Expression{ID: PathText(append(slices.Clone(path), "cel")), Severity: severities()[strings.ToLower(q.Severity)], Text: q.expression()}
	same := 0
	for _, other := range t.expressions {
		if other.ID == e.ID || strings.HasPrefix(other.ID, e.ID+"#") {
			same++
		}
	}
	if same > 0 {
		e.ID += "#" + strconv.Itoa(same+1)
	}
	t.expressions = append(t.expressions, placedExpression{e, q.Place})
}

// expression is the implementation's text, or its key expression.
func (q *Quality) expression() string {
	if q.Implementation.Kind == strict.Map {
		return q.Implementation.Get("expression").Text
	}
	return q.Implementation.Text
}

// checkExpressions wants expressions about the schema's fields.
func (c *Contract) checkExpressions(r *report) {
	for _, e := range c.translate().expressions {
		refuseCompiled(r, e, compiled(r, c.schema, e))
	}
}

func refuseCompiled(r *report, e placedExpression, err error) {
	fault, ok := errors.AsType[*cel.Fault](err)
	switch {
	case ok:
		refuseExpression(r, e.place, fault)
	case err != nil:
		r.at(RuleQuality, e.place, "implementation", "%v", err)
	}
}

// refuseConstant reports an expression that is the same for every record: nothing holds it, or it judges nothing.
func refuseConstant(r *report, place Place, holds bool) {
	if holds {
		r.add(RuleQuality, SeverityWarning, place, "implementation", "the expression is true for every record, so that it judges nothing: name a field, or remove the rule")
		return
	}
	r.at(RuleQuality, place, "implementation", "the expression is false for every record, so that none holds it: name a field, or remove the rule")
}

func refuseExpression(r *report, place Place, fault *cel.Fault) {
	r.at(RuleQuality, place, "implementation", "line %d, column %d of the expression: %s", fault.Line, fault.Column, fault.Message)
}
