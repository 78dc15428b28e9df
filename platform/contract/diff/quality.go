package diff

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// quality compares the quality rules of an object or a field that are judged over many records, or that people judge.
// Those that one record can break are compared by what they demand (demand.go). in is whose they are, in NEW.
func (d *contractDiff) quality(of string, old, now []contract.Quality, in contract.Place) {
	d.qualityProse(of, old, now)
	before, after := qualityByKey(old, false), qualityByKey(now, false)
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if q, ok := after[key]; ok {
			d.qualityRule(of, before[key], q)
		} else {
			d.was(loosened(before[key]), spot{before[key].Place, ""}, spot{in, "quality"}, "the quality rule %s of %s is gone", qualityName(before[key]), of)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if q := after[key]; !has(before, key) {
			d.at(tightened(q), q.Place, "", "the quality rule %s of %s is new", qualityName(q), of)
		}
	}
}

func has[V any](m map[string]V, key string) bool { _, ok := m[key]; return ok }

// loosened: nobody relies on a rule that only warns.
func loosened(q contract.Quality) string {
	switch {
	case isWarning(q):
		return "rule.warning"
	case isExpression(q):
		return "rule.loosened"
	}
	return "quality.loosened"
}

func tightened(q contract.Quality) string {
	switch {
	case isExpression(q) && isWarning(q):
		return "rule.warning"
	case isExpression(q):
		return "rule.tightened"
	}
	return "quality.tightened"
}

// isExpression tells whether the rule is judged on each record, and rejects those that break it.
func isExpression(q contract.Quality) bool {
	return q.Type == "custom" && strings.EqualFold(q.Engine, "cel")
}

func (d *contractDiff) qualityRule(of string, old, now contract.Quality) {
	keys := differing(old, now)
	prose := func(key string) bool { return slices.Contains(qualityProse(), key) }
	bound := func(key string) bool { return strings.HasPrefix(key, "must") }
	what := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return prose(key) || bound(key) || key == "severity" })
	switch {
	case len(keys) == 0:
	case len(what) > 0:
		rule := "quality.changed"
		if isExpression(now) || isExpression(old) {
			rule = "rule.changed"
			if isWarning(old) && isWarning(now) {
				rule = "rule.warning"
			}
		}
		d.at(rule, now.Place, what[0], "%s", differ(what, "the quality rule "+qualityName(now)+" of "+of))
	case slices.ContainsFunc(keys, bound):
		d.at(direction(old, now), now.Place, operator(now), "the quality rule %s of %s is %s, was %s", qualityName(now), of, operatorText(now), operatorText(old))
	case isWarning(old) != isWarning(now):
		rule := "quality.tightened"
		switch {
		case isWarning(now) && isExpression(now):
			rule = "rule.loosened"
		case isWarning(now):
			rule = "quality.loosened"
		case isExpression(now):
			rule = "rule.tightened"
		}
		d.at(rule, now.Place, "severity", "the quality rule %s of %s has the severity %s, was %s", qualityName(now), of, severityText(now), severityText(old))
	default:
		d.at("doc.changed", now.Place, keys[0], "%s", differ(keys, "the quality rule "+qualityName(now)+" of "+of))
	}
}

func qualityProse() []string {
	return []string{"id", "name", "description", "businessImpact", "dimension", "method", "tags", "authoritativeDefinitions", "customProperties"}
}

// direction tells what another operator or bound does.
func direction(old, now contract.Quality) string {
	before, okOld := rangeOf(old)
	after, okNow := rangeOf(now)
	switch {
	case okOld && okNow && before.holds(after):
		return "quality.tightened"
	case okOld && okNow && after.holds(before):
		return loosened(old)
	}
	return "quality.changed"
}

// qualityProse compares what the rules that one record can break say besides.
func (d *contractDiff) qualityProse(of string, old, now []contract.Quality) {
	before, after := qualityByKey(old, true), qualityByKey(now, true)
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if q, ok := after[key]; ok {
			keys := slices.DeleteFunc(differing(before[key], q), func(key string) bool { return !slices.Contains(qualityProse(), key) })
			if len(keys) > 0 {
				d.at("doc.changed", q.Place, keys[0], "%s", differ(keys, "the quality rule "+qualityName(q)+" of "+of))
			}
		}
	}
}

// qualityByKey has the rules that are judged on each record, or the others; a second of one key has #2.
func qualityByKey(all []contract.Quality, each bool) map[string]contract.Quality {
	byKey := make(map[string]contract.Quality)
	for _, q := range all {
		key := qualityKey(q)
		for n := 2; has(byKey, key); n++ {
			key = fmt.Sprintf("%s#%d", qualityKey(q), n)
		}
		if onEachRecord(q) == each {
			byKey[key] = q
		}
	}
	return byKey
}

// onEachRecord tells whether one record alone can break the rule.
func onEachRecord(q contract.Quality) bool {
	if q.Type != "" && q.Type != "library" {
		return false
	}
	zero := func(v contract.Value) bool { return v.IsNumber() && strings.Trim(v.Text, "0.") == "" }
	switch q.Metric + q.Rule { // 3.0.x calls the metric a rule
	case "nullValues", "missingValues", "invalidValues":
		return zero(q.MustBe) || zero(q.MustBeLessOrEqualTo)
	}
	return false
}

// qualityKey pairs rules: by id, else by name, else by what they measure.
func qualityKey(q contract.Quality) string {
	switch {
	case q.ID != "":
		return "id " + q.ID
	case q.Name != "":
		return "name " + q.Name
	}
	return q.Type + " " + q.Metric + q.Rule + " " + q.Engine
}

func qualityName(q contract.Quality) string {
	for _, name := range []string{q.Name, q.ID, q.Metric, q.Rule, q.Type} {
		if name != "" {
			return strict.Quote(name)
		}
	}
	return "without a name"
}

func severityText(q contract.Quality) string {
	if q.Severity == "" {
		return "error"
	}
	return q.Severity
}

func isWarning(q contract.Quality) bool {
	switch strings.ToLower(q.Severity) {
	case "warning", "warn", "info", "low", "medium":
		return true
	}
	return false
}

// valueRange is what a metric may be. An end that is nil is open.
type valueRange struct {
	low, high           *big.Rat
	aboveLow, belowHigh bool // the end itself is not in it
}

// holds tells whether all of another range is in r.
func (r valueRange) holds(o valueRange) bool {
	low := r.low == nil || o.low != nil && (o.low.Cmp(r.low) > 0 || o.low.Cmp(r.low) == 0 && (!r.aboveLow || o.aboveLow))
	high := r.high == nil || o.high != nil && (o.high.Cmp(r.high) < 0 || o.high.Cmp(r.high) == 0 && (!r.belowHigh || o.belowHigh))
	return low && high
}

// rangeOf is what a rule's operator allows; ok is false where that is no range.
func rangeOf(q contract.Quality) (r valueRange, ok bool) {
	read := func(v contract.Value) *big.Rat {
		n, isNumber := new(big.Rat).SetString(v.Text)
		ok = v.IsNumber() && isNumber
		return n
	}
	switch operator(q) {
	case "mustBe":
		r.low = read(q.MustBe)
		r.high = r.low
	case "mustBeGreaterThan":
		r.low, r.aboveLow = read(q.MustBeGreaterThan), true
	case "mustBeGreaterOrEqualTo":
		r.low = read(q.MustBeGreaterOrEqualTo)
	case "mustBeLessThan":
		r.high, r.belowHigh = read(q.MustBeLessThan), true
	case "mustBeLessOrEqualTo":
		r.high = read(q.MustBeLessOrEqualTo)
	case "mustBeBetween":
		if len(q.MustBeBetween) == 2 {
			r.low = read(q.MustBeBetween[0])
			low := ok
			r.high = read(q.MustBeBetween[1])
			ok = ok && low
		}
	}
	return r, ok
}

func operator(q contract.Quality) string {
	for _, key := range q.Keys() {
		if strings.HasPrefix(key, "must") {
			return key
		}
	}
	return ""
}

func operatorText(q contract.Quality) string {
	key := operator(q)
	values := map[string][]contract.Value{
		"mustBe": {q.MustBe}, "mustNotBe": {q.MustNotBe}, "mustBeGreaterThan": {q.MustBeGreaterThan}, "mustBeGreaterOrEqualTo": {q.MustBeGreaterOrEqualTo},
		"mustBeLessThan": {q.MustBeLessThan}, "mustBeLessOrEqualTo": {q.MustBeLessOrEqualTo}, "mustBeBetween": q.MustBeBetween, "mustNotBeBetween": q.MustNotBeBetween,
	}[key]
	var texts []string
	for _, v := range values {
		texts = append(texts, v.Text)
	}
	return strings.TrimSpace(key + " " + strings.Join(texts, " and "))
}
