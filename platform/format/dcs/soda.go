package dcs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// check is one SodaCL check in parts: missing_percent, [email], <, 5 of missing_percent(email) < 5%.
type check struct {
	metric    string
	arguments []string
	condition
}

// condition is what a metric is held against.
type condition struct {
	operator string // ODCS's
	bounds   []string
	percent  bool
	unit     string // of time
}

var (
	checkText     = regexp.MustCompile(`^([a-z_]+)\s*(?:\(([^()]*)\))?\s*(.*)$`)
	comparison    = regexp.MustCompile(`^(<=|>=|!=|<>|==?|<|>)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(%|[a-z]+)?$`)
	between       = regexp.MustCompile(`^(not\s+)?between\s+(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)\s*%?\s+and\s+(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(%)?$`)
	columnText    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)
	checksFor     = regexp.MustCompile(`^checks for\s+([^\s\[]+)\s*(\[.*\])?$`)
	sodaOperators = [][2]string{
		{"<=", "mustBeLessOrEqualTo"}, {">=", "mustBeGreaterOrEqualTo"}, {"!=", "mustNotBe"}, {"<>", "mustNotBe"},
		{"==", "mustBe"}, {"=", "mustBe"}, {"<", "mustBeLessThan"}, {">", "mustBeGreaterThan"},
	}
)

// parseCheck reads a check; its condition is empty where the check has none, as with alerts.
func parseCheck(s string) (check, bool) {
	m := checkText.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return check{}, false
	}
	c := check{metric: m[1]}
	for argument := range strings.SplitSeq(m[2], ",") {
		column, _, _ := strings.Cut(strings.TrimSpace(argument), "::") // a cast
		if column = strings.Trim(column, "\"`"); column != "" {
			c.arguments = append(c.arguments, column)
		}
	}
	if m[3] == "" {
		return c, true
	}
	var ok bool
	c.condition, ok = parseCondition(m[3])
	return c, ok
}

func parseCondition(s string) (condition, bool) {
	s = strings.TrimSpace(s)
	if m := comparison.FindStringSubmatch(s); m != nil {
		n := slices.IndexFunc(sodaOperators, func(op [2]string) bool { return op[0] == m[1] })
		c := condition{operator: sodaOperators[n][1], bounds: []string{m[2]}, percent: m[3] == "%"}
		if !c.percent {
			c.unit = m[3]
		}
		return c, true
	}
	if m := between.FindStringSubmatch(s); m != nil && m[2] != m[3] {
		c := condition{operator: "mustBeBetween", bounds: m[2:4], percent: m[4] != ""}
		if m[1] != "" {
			c.operator = "mustNotBeBetween"
		}
		return c, true
	}
	return condition{}, false
}

// not is the opposite: an alert says when it sounds, and a rule what must hold.
func (c condition) not() condition {
	opposite := map[string]string{
		"mustBe": "mustNotBe", "mustNotBe": "mustBe", "mustBeGreaterThan": "mustBeLessOrEqualTo", "mustBeLessOrEqualTo": "mustBeGreaterThan",
		"mustBeLessThan": "mustBeGreaterOrEqualTo", "mustBeGreaterOrEqualTo": "mustBeLessThan",
		"mustBeBetween": "mustNotBeBetween", "mustNotBeBetween": "mustBeBetween",
	}
	c.operator = opposite[c.operator]
	return c
}

// set gives a rule the condition.
func (c condition) set(out *built) {
	var bounds []contract.Value
	for _, b := range c.bounds {
		if negative, ok := strings.CutPrefix(b, "-"); ok {
			n := plainNumber(negative)
			n.Text = "-" + n.Text
			bounds = append(bounds, n)
			continue
		}
		bounds = append(bounds, plainNumber(b))
	}
	if len(bounds) == 2 {
		out.set(c.operator, listOf(bounds))
		return
	}
	out.set(c.operator, bounds[0])
}

// soda reads a SodaCL specification: an object, or its text.
func (i *importer) soda(specification contract.Value) {
	if isText(specification) {
		root, faults := strict.Parse([]byte(specification.Text))
		for _, f := range faults {
			at := contract.Value{Position: specification.Position}
			at.Line += f.Line
			at.Column = 0
			i.at(contract.SeverityWarning, RuleQuality, at, "the checks are kept aside: %s", f.Message)
		}
		if root == nil || len(faults) > 0 {
			i.out.keep("quality", mapOf("type", textOf("SodaCL"), "specification", specification))
			return
		}
		specification = shifted(strict.ValueOf(root), specification.Line)
	}
	if isList(specification) {
		i.sodaChecks(i.objectNamed(""), specification.Items)
		return
	}
	var left []strict.Entry
	for _, e := range specification.Entries {
		name, filter := e.Key, ""
		if m := checksFor.FindStringSubmatch(e.Key); m != nil {
			name, filter = m[1], m[2]
		}
		o := i.objectNamed(name)
		if !isList(e.Value) || o == nil || filter != "" || strings.Contains(name, " ") {
			i.at(contract.SeverityWarning, RuleQuality, e.Value, "%s is kept aside: there is no such model, or it is more than checks for one", strict.Quote(e.Key))
			left = append(left, e)
			continue
		}
		i.sodaChecks(o, e.Value.Items)
	}
	if len(left) > 0 {
		i.out.keep("quality", mapOf("type", textOf("SodaCL"), "specification", contract.Value{Kind: strict.Map, Entries: left}))
	}
}

// shifted moves a value by lines: it was read from a text block, which begins on the line after its key.
func shifted(v contract.Value, lines int) contract.Value {
	v.Line, v.Column = v.Line+lines, 0
	v.Items = slices.Clone(v.Items)
	for n := range v.Items {
		v.Items[n] = shifted(v.Items[n], lines)
	}
	v.Entries = slices.Clone(v.Entries)
	for n := range v.Entries {
		v.Entries[n].Value = shifted(v.Entries[n].Value, lines)
	}
	return v
}

func (i *importer) sodaChecks(o *object, checks []contract.Value) {
	if o == nil {
		i.out.keep("quality", mapOf("type", textOf("SodaCL"), "specification", listOf(checks)))
		return
	}
	for _, v := range checks {
		i.sodaCheck(o, v)
	}
}

// sodaCheck makes rules of one check. What cannot be said in ODCS's metrics stays a rule for Soda.
func (i *importer) sodaCheck(o *object, v contract.Value) {
	expression, settings := v.Text, contract.Value{}
	if isMap(v) && len(v.Entries) == 1 {
		expression, settings = v.Entries[0].Key, v.Entries[0].Value
		if isText(settings) && slices.Contains([]string{"check", "expression", "rule"}, expression) {
			expression, settings = settings.Text, contract.Value{}
		}
	}
	c, ok := parseCheck(expression)
	if !ok || isScalar(settings) || isList(settings) {
		i.untranslated(o, v, "it is none of the checks that ODCS has metrics for")
		return
	}
	s := keysOf(settings)
	if c.metric == "freshness" && c.operator != "" {
		i.sodaFreshness(o, v, c, s)
		return
	}
	if i.sodaOptions(o, c, s) {
		return
	}
	rule := built{}
	p, why := i.sodaMetric(&rule, o, c, s)
	rule.set("name", asText(s.takeIf("name", isScalar)))
	conditions, reason := conditionsOf(c, s)
	if why == "" {
		why = reason
	}
	for _, e := range s.rest() {
		if e.Key != "samples limit" && why == "" {
			why = fmt.Sprintf("ODCS has no argument %s", strict.Quote(e.Key))
		}
	}
	if why != "" {
		i.untranslated(o, v, why)
		return
	}
	limit := s.Get("samples limit")
	for _, said := range conditions {
		one := built{entries: slices.Clone(rule.entries)}
		one.keep("samples limit", limit)
		said.set(&one)
		if said.percent || strings.HasSuffix(c.metric, "_percent") {
			one.set("unit", textOf("percent"))
		}
		one.set("severity", textOf(said.severity))
		if p != nil {
			p.rules = append(p.rules, one.value())
		} else {
			o.rules = append(o.rules, one.value())
		}
	}
}

// judged is a condition and how bad it is if it does not hold.
type judged struct {
	condition
	severity string
}

// conditionsOf are the check's own condition and those of its alerts.
func conditionsOf(c check, s *keys) (all []judged, why string) {
	if c.operator != "" {
		all = append(all, judged{c.condition, "error"})
	}
	for _, alert := range [][2]string{{"fail", "error"}, {"warn", "warning"}} {
		v := s.take(alert[0])
		if v.Kind == strict.Absent {
			continue
		}
		when, ok := strings.CutPrefix(v.Text, "when ")
		condition, understood := parseCondition(when)
		if !ok || !understood {
			return nil, "its alert " + alert[0] + " is not understood"
		}
		all = append(all, judged{condition.not(), alert[1]})
	}
	for _, one := range all {
		if one.unit != "" {
			return nil, "its unit is not understood"
		}
		if one.percent && !strings.HasSuffix(c.metric, "_percent") {
			return nil, "a count is no percentage"
		}
	}
	if len(all) == 0 {
		return nil, "it has no condition"
	}
	return all, ""
}
