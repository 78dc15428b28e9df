package contract

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// checkTogether wants a number that all rules about the same metric of the same values allow. required is that there are no
// nulls anyway.
func checkTogether(r *report, rules []Quality, required bool) {
	allowed := make(map[sameNumber]*between)
	for i := range rules {
		q := &rules[i]
		low, high := q.span()
		if low == nil && high == nil || r.broken(q.Place.Path()) {
			continue
		}
		if required && q.metric() == string(quality.NullValues) && low != nil && (low.at.Sign() > 0 || low.exclusive && low.at.Sign() == 0) {
			r.at(RuleQuality, q.Place, low.key, "%s %s asks for nulls, and the property is required: nothing holds both", low.key, q.numberText(low.key))
			continue
		}
		if q.metric() == "" {
			continue
		}
		number := sameNumber{q.metric(), string(q.unit()), q.about()}
		if allowed[number] == nil {
			allowed[number] = &between{}
		}
		allowed[number].narrow(r, q, low, high)
	}
}

// sameNumber is what two rules have in common that are about the same number.
type sameNumber struct{ metric, unit, about string }

// between is what is left of a number by the rules so far, and which of them left it.
type between struct {
	low, high       *bounded
	lowest, highest *Quality
}

// narrow takes one more rule, or reports that it leaves nothing.
func (b *between) narrow(r *report, q *Quality, low, high *bounded) {
	apartFrom := func(mine, theirs *bounded, other *Quality) {
		r.at(RuleQuality, q.Place, mine.key, "%s %s and the %s %s of the rule in line %d leave no %s between them", mine.key, q.numberText(mine.key), theirs.key, other.numberText(theirs.key), lineOf(other.Place), q.metric())
	}
	switch {
	case apart(low, b.high):
		apartFrom(low, b.high, b.highest)
		return
	case apart(b.low, high):
		apartFrom(high, b.low, b.lowest)
		return
	}
	if low != nil && (b.low == nil || low.at.Cmp(b.low.at) > 0 || low.at.Cmp(b.low.at) == 0 && low.exclusive) {
		b.low, b.lowest = low, q
	}
	if high != nil && (b.high == nil || high.at.Cmp(b.high.at) < 0 || high.at.Cmp(b.high.at) == 0 && high.exclusive) {
		b.high, b.highest = high, q
	}
}

func lineOf(p Place) int {
	_, at := p.At("")
	return at.Line
}

// about is what a rule's arguments say.
func (q *Quality) about() string {
	if q.Arguments == nil {
		return ""
	}
	a := q.Arguments
	return fmt.Sprintf("%q %q %q %q", plainTexts(a.MissingValues), plainTexts(a.ValidValues), a.Pattern, a.Properties)
}

// span is from which number to which a rule allows its metric to be; nil where it does not bound it.
func (q *Quality) span() (low, high *bounded) {
	bound := func(key string, v Value, exclusive bool) *bounded {
		if at := numberOf(v); at != nil && q.Has(key) {
			return &bounded{key, at, exclusive}
		}
		return nil
	}
	switch {
	case q.Has("mustBe"):
		b := bound("mustBe", q.MustBe, false)
		return b, b
	case q.Has("mustBeBetween") && len(q.MustBeBetween) == 2:
		return bound("mustBeBetween", q.MustBeBetween[0], false), bound("mustBeBetween", q.MustBeBetween[1], false)
	case q.Has("mustBeGreaterThan"):
		return bound("mustBeGreaterThan", q.MustBeGreaterThan, true), nil
	case q.Has("mustBeGreaterOrEqualTo"):
		return bound("mustBeGreaterOrEqualTo", q.MustBeGreaterOrEqualTo, false), nil
	case q.Has("mustBeLessThan"):
		return nil, bound("mustBeLessThan", q.MustBeLessThan, true)
	case q.Has("mustBeLessOrEqualTo"):
		return nil, bound("mustBeLessOrEqualTo", q.MustBeLessOrEqualTo, false)
	}
	return nil, nil
}

// numberText is what a rule says at an operator.
func (q *Quality) numberText(key string) string {
	var texts []string
	for _, v := range map[string][]Value{
		"mustBe": {q.MustBe}, "mustBeBetween": q.MustBeBetween, "mustBeGreaterThan": {q.MustBeGreaterThan}, "mustBeGreaterOrEqualTo": {q.MustBeGreaterOrEqualTo},
		"mustBeLessThan": {q.MustBeLessThan}, "mustBeLessOrEqualTo": {q.MustBeLessOrEqualTo},
	}[key] {
		texts = append(texts, v.Text)
	}
	return strings.Join(texts, " to ")
}

// apart tells whether nothing is at or above low and at or below high.
func apart(low, high *bounded) bool {
	if low == nil || high == nil {
		return false
	}
	order := low.at.Cmp(high.at)
	return order > 0 || order == 0 && (low.exclusive || high.exclusive)
}

// checkItems wants as many different items as an array must have.
func (p *Property) checkItems(r *report) {
	o := p.Options
	if o == nil || !o.UniqueItems || p.Items == nil {
		return
	}
	most := -1
	switch {
	case p.Items.LogicalType == "boolean":
		most = 2
	case len(p.Items.Enum) > 0:
		var values []string
		for _, e := range p.Items.Enum {
			if e.Value.Kind != strict.Null {
				values = append(values, e.Value.Text)
			}
		}
		slices.Sort(values)
		most = len(slices.Compact(values))
	}
	if most >= 0 && !p.Items.Required {
		most++ // null
	}
	if most >= 0 && o.MinItems > most {
		r.at(RuleOptions, o.Place, "minItems", "minItems %d, and there are no more than %d different items: nothing holds it with uniqueItems", o.MinItems, most)
	}
}

// wholeType is Avro's type of a whole number: long, unless the physicalType says otherwise.
func (p *Property) wholeType() avro.Type {
	if strings.EqualFold(p.PhysicalType, string(avro.TypeInt)) {
		return avro.TypeInt
	}
	return avro.TypeLong
}

// typeRange is how small and large a whole number may be at all.
func (p *Property) typeRange() (low, high bounded) {
	bits := uint(63)
	if p.wholeType() == avro.TypeInt {
		bits = 31
	}
	limit := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), bits))
	return bounded{at: new(big.Rat).Neg(limit)}, bounded{at: limit, exclusive: true}
}
