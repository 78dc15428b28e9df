package avro

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// maxNumberSize bounds the digits and the exponent of a number in a rule.
const maxNumberSize = 10_000

// parseNumber reads a decimal such as -12.50 or 1e3 exactly, as digits * 10^exp.
func parseNumber(text string) (digits *big.Int, exp int, err error) {
	bad := fmt.Errorf("%q is not a decimal number", text)
	mantissa, e, hasExp := strings.Cut(strings.ToLower(text), "e")
	if hasExp {
		if exp, err = strconv.Atoi(e); err != nil || exp > maxNumberSize || exp < -maxNumberSize {
			return nil, 0, bad
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	unsigned := strings.TrimLeft(whole, "+-") + fraction
	if len(unsigned) > maxNumberSize || unsigned == "" || strings.Trim(unsigned, "0123456789") != "" {
		return nil, 0, bad
	}
	digits, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return nil, 0, bad
	}
	return digits, exp - len(fraction), nil
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// toRat is digits * 10^exp.
func toRat(digits *big.Int, exp int) *big.Rat {
	r := new(big.Rat).SetInt(digits)
	if exp < 0 {
		return r.Quo(r, new(big.Rat).SetInt(pow10(-exp)))
	}
	return r.Mul(r, new(big.Rat).SetInt(pow10(exp)))
}

// inUnits is a rule's argument in the units that the wire counts in: a decimal's unscaled number, days or fractions of a
// second, else the number itself.
func inUnits(text string, t *Schema) (*big.Rat, error) {
	if t.logical == Date || t.logical.timeUnit() > 0 {
		if r, ok := parseTime(text, t.logical); ok {
			return r, nil
		}
	}
	digits, exp, err := parseNumber(text)
	if err != nil {
		if t.logical == Date || t.logical.timeUnit() > 0 {
			return nil, fmt.Errorf("%q is no %s (RFC 3339) nor a number", text, t.logical)
		}
		return nil, err
	}
	return toRat(digits, exp+t.scale), nil
}

// parseTime reads a date, time of day or point in time. A point in time may be a date, which is its midnight UTC.
func parseTime(text string, l Logical) (*big.Rat, bool) {
	layouts := []string{time.DateOnly}
	switch {
	case l.isTimeOfDay():
		layouts = []string{"15:04:05", "15:04"}
	case strings.HasPrefix(string(l), "local-"):
		layouts = []string{"2006-01-02T15:04:05", time.DateTime, time.DateOnly}
	case l.isTimestamp():
		layouts = []string{time.RFC3339, time.DateOnly}
	}
	for _, layout := range layouts {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		seconds := at.Unix()
		if l.isTimeOfDay() {
			seconds = int64(at.Hour()*3600 + at.Minute()*60 + at.Second())
		}
		r := new(big.Rat).SetFrac64(int64(at.Nanosecond()), 1e9)
		r.Add(r, new(big.Rat).SetInt64(seconds))
		if l == Date {
			return r.Quo(r, big.NewRat(86400, 1)), true
		}
		return r.Mul(r, new(big.Rat).SetInt64(l.timeUnit())), true
	}
	return nil, false
}

// floor is the greatest integer up to r; whole reports whether that is r itself.
func floor(r *big.Rat) (n *big.Int, whole bool) {
	n = new(big.Int).Div(r.Num(), r.Denom()) // Euclidean, and the denominator is positive
	return n, r.IsInt()
}

var one = big.NewInt(1)

// integerBounds turns a bound into the integers that hold: from lo or to hi, the other is nil.
func integerBounds(kind RuleKind, bound *big.Rat) (lo, hi *big.Int) {
	n, whole := floor(bound)
	switch kind {
	case Minimum:
		if !whole {
			n.Add(n, one)
		}
		return n, nil
	case ExclusiveMinimum:
		return n.Add(n, one), nil
	case ExclusiveMaximum:
		if whole {
			n.Sub(n, one)
		}
	}
	return nil, n
}

func newRange(r Rule, t *Schema) (check, error) {
	if !isNumber(t) {
		return nil, cannotCarry(r, t)
	}
	bound, err := inUnits(r.Text, t)
	if err != nil {
		return nil, err
	}
	if t.typ == TypeFloat || t.typ == TypeDouble {
		return newFloatRange(r.Kind, bound), nil
	}
	lo, hi := integerBounds(r.Kind, bound)
	if t.logical == Decimal {
		return newDecimalRange(lo, hi), nil
	}
	c := longRange{math.MinInt64, math.MaxInt64}
	switch {
	case lo != nil && lo.IsInt64():
		c.lo = lo.Int64()
	case hi != nil && hi.IsInt64():
		c.hi = hi.Int64()
	case lo != nil && lo.Sign() > 0, hi != nil && hi.Sign() < 0:
		c = longRange{1, 0} // no long is that large
	}
	return c, nil
}

func isNumber(t *Schema) bool {
	switch t.typ {
	case TypeInt, TypeLong, TypeFloat, TypeDouble:
		return true
	}
	return t.logical == Decimal
}

func newNumberSet(r Rule, t *Schema) (check, error) {
	if !isNumber(t) {
		return nil, cannotCarry(r, t)
	}
	floats, decimals, longs := floatSet{}, textSet{}, longSet{}
	for _, text := range r.Values {
		n, err := inUnits(text, t)
		if err != nil {
			return nil, err
		}
		switch {
		case t.typ == TypeDouble:
			f, _ := n.Float64()
			floats[f] = true
		case t.typ == TypeFloat:
			f, _ := n.Float32()
			floats[float64(f)] = true
		case !n.IsInt():
			return nil, fmt.Errorf("%q is no value that %s can have", text, t.label())
		case t.logical == Decimal:
			decimals[string(twos(n.Num()))] = true
		case n.Num().IsInt64():
			longs[n.Num().Int64()] = true
		}
	}
	switch {
	case t.typ == TypeFloat, t.typ == TypeDouble:
		return floats, nil
	case t.logical == Decimal:
		return decimalSet(decimals), nil
	}
	return longs, nil
}

func newMultiple(r Rule, t *Schema) (check, error) {
	if !isNumber(t) || t.logical != Decimal && t.logical != "" {
		return nil, cannotCarry(r, t)
	}
	digits, exp, err := parseNumber(r.Text)
	if err != nil {
		return nil, err
	}
	if digits.Sign() <= 0 {
		return nil, fmt.Errorf("multipleOf %q is not above 0", r.Text)
	}
	if t.typ == TypeFloat || t.typ == TypeDouble {
		return newFloatMultiple(digits, exp, t.typ)
	}
	// A whole number n is a multiple of p/q in lowest terms exactly where p divides n.
	p := toRat(digits, exp+t.scale).Num()
	if !p.IsUint64() {
		return nil, errors.New("multipleOf above 2^64 is not supported")
	}
	if t.logical == Decimal {
		return decimalMultiple(p.Uint64()), nil
	}
	return longMultiple(p.Uint64()), nil
}
