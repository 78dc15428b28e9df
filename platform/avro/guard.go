package avro

import "math"

// admits reports whether a number is within the guard.
func (o *op) admits(v int64) bool { return uint64(v)-uint64(o.lo) <= o.span }

// admitsFloat is the same of a guard of floats; never for NaN.
func (o *op) admitsFloat(f float64) bool {
	return math.Float64frombits(uint64(o.lo)) <= f && f <= math.Float64frombits(o.span)
}

// guard sets the bounds of a guard.
func (o *op) guard(r longRange) { o.lo, o.span = r.lo, uint64(r.hi)-uint64(r.lo) }

func (o *op) guardFloat(r floatRange) {
	o.lo, o.span = int64(math.Float64bits(r.lo)), math.Float64bits(r.hi)
}

// every is a guard that admits every number.
var every = longRange{math.MinInt64, math.MaxInt64}

// narrow makes the guard stand for one more check. It is false where it cannot, or would admit nothing.
func (o *op) narrow(c check) bool {
	switch c := c.(type) {
	case longRange:
		if o.code == opEnum { // that it has such a symbol
			return true
		}
		return (o.code == opInt || o.code == opLong || o.code == opCount) && o.within(c)
	case runes:
		return o.code == opString && o.within(longRange(c))
	case octets:
		return o.code == opBytes && o.within(longRange(c))
	case *decimalRange:
		return o.code == opDecimal && o.within(c.few)
	case floatRange:
		return (o.code == opDouble || o.code == opFloat) && o.withinFloats(c)
	case symbolCheck:
		if o.code != opEnum {
			return false
		}
		for i, is := range c {
			if !is {
				o.span &^= 1 << i
			}
		}
		return true
	}
	return false
}

func (o *op) within(r longRange) bool {
	r = longRange{max(o.lo, r.lo), min(o.lo+int64(o.span), r.hi)}
	if r.lo > r.hi {
		return false
	}
	o.guard(r)
	return true
}

func (o *op) withinFloats(r floatRange) bool {
	r = floatRange{
		max(math.Float64frombits(uint64(o.lo)), r.lo),
		min(math.Float64frombits(o.span), r.hi),
	}
	o.guardFloat(r)
	return true
}

// word is a text of at most maxWord bytes as two numbers, so that a comparison takes no call: its first eight bytes and its
// last eight, or the whole of it twice.
type word struct {
	head, tail uint64
	size       int64
}

const maxWord = 16

// wordsOf are texts as words, without those that are too long.
func wordsOf(texts []string) (words []word) {
	for _, t := range texts {
		if len(t) <= maxWord {
			head, tail := wordEnds([]byte(t))
			words = append(words, word{head, tail, int64(len(t))})
		}
	}
	return words
}
