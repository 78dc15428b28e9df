package contract

import (
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// raiseQuality says a 3.0.x rule as 3.1.0 does: as a metric.
func (l rewriter) raiseQuality(rules []Quality) []Quality {
	rules = slices.Clone(rules)
	for i := range rules {
		q := &rules[i]
		switch {
		case q.Rule == "" || q.Metric != "":
		case slices.Contains(metrics(), q.Rule):
			q.Metric, q.Rule, q.Place = q.Rule, "", q.Without("rule")
		default:
			l.left(q.Place, "rule", "there is no metric %s, and %s has metrics in place of rules: name one", strict.Quote(q.Rule), versionName(odcs310))
		}
	}
	return rules
}

// raiseBounds says a bound with the flag that makes it exclusive as 3.1.0 does: as an exclusive bound.
func (p *Property) raiseBounds() {
	if p.Options == nil {
		return
	}
	o := *p.Options
	p.Options = &o
	raise := func(exclusive, inclusive *Value) {
		switch {
		case exclusive.Kind != strict.Bool:
		case exclusive.Text == "true":
			*exclusive, *inclusive = *inclusive, Value{}
		default:
			*exclusive = Value{}
		}
	}
	raise(&o.ExclusiveMinimum, &o.Minimum)
	raise(&o.ExclusiveMaximum, &o.Maximum)
}
