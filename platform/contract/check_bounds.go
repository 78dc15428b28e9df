package contract

import (
	"math/big"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// checkSizes wants lengths and counts that something can have.
func (o *Options) checkSizes(r *report) {
	for _, size := range []struct {
		least, most string
		min, max    int
	}{
		{"minLength", "maxLength", o.MinLength, o.MaxLength},
		{"minItems", "maxItems", o.MinItems, o.MaxItems},
		{"minProperties", "maxProperties", o.MinProperties, o.MaxProperties},
	} {
		for key, n := range map[string]int{size.least: size.min, size.most: size.max} {
			if n < 0 {
				r.at(RuleOptions, o.Place, key, "%s must be at least 0", key)
			}
		}
		if o.Has(size.least) && o.Has(size.most) && size.max >= 0 && size.min > size.max {
			r.at(RuleOptions, o.Place, size.most, "%s %d is below %s %d: nothing holds both", size.most, size.max, size.least, size.min)
		}
	}
}

// bounded is how small or large a value may be, and which key says so; "" where the type does.
type bounded struct {
	key       string
	at        *big.Rat
	exclusive bool
}

// checkBounds wants a value to exist between the bounds: a multiple of multipleOf, and a whole number where the type
// is integer.
func (o *Options) checkBounds(r *report, p *Property) {
	step, what := numberOf(o.MultipleOf), "multiple of "+o.MultipleOf.Text
	switch {
	case o.MultipleOf.Kind == strict.Absent:
		if p.LogicalType == "integer" {
			step, what = big.NewRat(1, 1), "whole number"
		}
	case step == nil:
		r.at(RuleOptions, o.Place, "multipleOf", "is no number that a value can be a multiple of")
	case step.Sign() <= 0:
		r.at(RuleOptions, o.Place, "multipleOf", "must be above 0")
		step = nil
	}
	low, high := o.bounds(p)
	for _, l := range low {
		for _, h := range high {
			key := h.key
			if key == "format" || key == "" {
				key = l.key
			}
			if order := l.at.Cmp(h.at); (l.key == "" || h.key == "") && (order > 0 || order == 0 && (l.exclusive || h.exclusive)) {
				r.at(RuleOptions, o.Place, key, "%s is beyond what an Avro %s can be: nothing holds it", key, p.wholeType())
				return
			}
			switch order := l.at.Cmp(h.at); {
			case order > 0, order == 0 && (l.exclusive || h.exclusive):
				r.at(RuleOptions, o.Place, key, "%s and %s leave no value between them", l.key, h.key)
				return
			case step != nil && !hasMultiple(l, h, step) && (l.key == "" || h.key == ""):
				r.at(RuleOptions, o.Place, key, "%s leaves no %s that an Avro %s can be", key, what, p.wholeType())
				return
			case step != nil && !hasMultiple(l, h, step):
				r.at(RuleOptions, o.Place, key, "%s and %s leave no %s between them", l.key, h.key, what)
				return
			}
		}
	}
}

// bounds are all that the options, and an integer's format, say about how small and large a value may be. Those that
// are neither numbers nor times that can be compared are left to the schema's type.
func (o *Options) bounds(p *Property) (low, high []bounded) {
	add := func(to *[]bounded, key string, v Value, exclusive bool) {
		at := numberOf(v)
		if at == nil && p.LogicalType != "integer" && p.LogicalType != "number" {
			at = momentOf(v)
		}
		if at != nil {
			*to = append(*to, bounded{key, at, exclusive})
		}
	}
	flag := func(v Value) bool { return v.Kind == strict.Bool && v.Text == "true" } // 3.0.x
	add(&low, "minimum", o.Minimum, flag(o.ExclusiveMinimum))
	add(&low, "exclusiveMinimum", o.ExclusiveMinimum, true)
	add(&high, "maximum", o.Maximum, flag(o.ExclusiveMaximum))
	add(&high, "exclusiveMaximum", o.ExclusiveMaximum, true)
	if p.LogicalType == "integer" {
		least, most := integerRange(o.Format)
		add(&low, "format", Value{Kind: strict.Integer, Text: least}, false)
		add(&high, "format", Value{Kind: strict.Integer, Text: most}, false)
		smallest, largest := p.typeRange()
		low, high = append(low, smallest), append(high, largest)
	}
	return low, high
}

// hasMultiple tells whether a multiple of step lies between two bounds.
func hasMultiple(low, high bounded, step *big.Rat) bool {
	// The largest multiple at or below the upper bound; one step less where it is the bound itself and excluded.
	quotient := new(big.Rat).Quo(high.at, step)
	whole := new(big.Int).Div(quotient.Num(), quotient.Denom()) // Euclidean, which rounds down for a positive divisor
	largest := new(big.Rat).Mul(new(big.Rat).SetInt(whole), step)
	if high.exclusive && largest.Cmp(high.at) == 0 {
		largest.Sub(largest, step)
	}
	order := largest.Cmp(low.at)
	return order > 0 || order == 0 && !low.exclusive
}

// numberOf is a number of a size that can be compared; nil for anything else.
func numberOf(v Value) *big.Rat {
	const most = 400 // digits; a double has at most 309 before its point
	if !v.IsNumber() || len(v.Text) > most {
		return nil
	}
	text := plainNumber(v)
	if strings.ContainsAny(text, "eEpP/") { // out of a double's range, and costly to write out
		return nil
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return n
}

// momentOf is a date, time or timestamp as seconds since 1970, or since midnight; nil for anything else.
func momentOf(v Value) *big.Rat {
	if v.Kind != strict.Text {
		return nil
	}
	for _, layout := range []string{
		time.DateOnly, time.TimeOnly, "15:04", time.RFC3339, "2006-01-02T15:04:05", time.DateTime, "2006-01-02 15:04:05Z07:00",
	} {
		if t, err := time.Parse(layout, v.Text); err == nil {
			return new(big.Rat).Add(new(big.Rat).SetInt64(t.Unix()), big.NewRat(int64(t.Nanosecond()), 1e9))
		}
	}
	return nil
}
