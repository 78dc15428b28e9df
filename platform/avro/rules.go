package avro

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"
)

// value is what the walk read last: the number of an int, long, boolean, enum or count of items, the number of a float or
// double, the bytes of everything else.
type value struct {
	long  int64
	float float64
	bytes []byte
	work  int // that expressions may still take in this record; below 0 nobody knows what holds
}

// check is a rule made ready for one type. It must not allocate nor keep the value.
type check interface {
	holds(*value) bool
}

// newCheck makes a rule ready for a type. It fails where the type cannot carry the rule or the argument makes no sense
// for it. Required is no check: it is about null, which has no value.
func newCheck(r Rule, t *Schema) (check, error) {
	switch r.Kind {
	case Minimum, Maximum, ExclusiveMinimum, ExclusiveMaximum:
		return newRange(r, t)
	case MultipleOf:
		return newMultiple(r, t)
	case MinLength, MaxLength:
		return newLength(r, t)
	case MinItems, MaxItems:
		if t.typ != TypeArray && t.typ != TypeMap {
			return nil, cannotCarry(r, t)
		}
		lo, hi, err := span(r, MinItems)
		return longRange{lo, hi}, err
	case UniqueItems:
		if t.typ != TypeArray {
			return nil, cannotCarry(r, t)
		}
		return longRange{}, canonicalItems(t.elem)
	case Pattern:
		return newPattern(r, t)
	case Format:
		return newFormat(r, t)
	case Enum:
		return newEnum(r, t)
	case NoneOf:
		return newNoneOf(r, t)
	}
	return nil, fmt.Errorf("there is no kind of rule %q", r.Kind)
}

func cannotCarry(r Rule, t *Schema) error {
	return fmt.Errorf("%s cannot carry %s", t.label(), r.Kind)
}

// span reads the argument of a minimum or maximum of something counted.
func span(r Rule, minimum RuleKind) (lo, hi int64, err error) {
	n, err := strconv.ParseInt(r.Text, 10, 64)
	if err != nil || n < 0 {
		return 0, 0, fmt.Errorf("%q is not a whole number from 0", r.Text)
	}
	if r.Kind == minimum {
		return n, math.MaxInt64, nil
	}
	return 0, n, nil
}

// longRange holds for numbers from lo to hi.
type longRange struct{ lo, hi int64 }

func (c longRange) holds(v *value) bool { return c.lo <= v.long && v.long <= c.hi }

// longSet holds for the numbers in it.
type longSet map[int64]bool

func (c longSet) holds(v *value) bool { return c[v.long] }

// longMultiple holds for multiples of it; 0 for 0 only.
type longMultiple uint64

func (c longMultiple) holds(v *value) bool {
	if c == 0 {
		return v.long == 0
	}
	u := uint64(v.long)
	if v.long < 0 {
		u = -u
	}
	return u%uint64(c) == 0
}

// runes and octets bound a length.
type runes struct{ lo, hi int64 }

func (c runes) holds(v *value) bool {
	n := int64(runeCount(v.bytes))
	return c.lo <= n && n <= c.hi
}

type octets struct{ lo, hi int64 }

func (c octets) holds(v *value) bool {
	n := int64(len(v.bytes))
	return c.lo <= n && n <= c.hi
}

// runeCount counts the code points of UTF-8, eight bytes at a time: all bytes but those that go on with one, whose first bits are 10.
// utf8.RuneCount copies text that is not ASCII.
func runeCount(text []byte) int {
	n := len(text)
	for len(text) >= 8 {
		eight := binary.LittleEndian.Uint64(text)
		n -= bits.OnesCount64(eight >> 7 &^ (eight >> 6) & 0x0101010101010101)
		text = text[8:]
	}
	for _, c := range text {
		n -= int(c >> 7 &^ (c >> 6))
	}
	return n
}

func newLength(r Rule, t *Schema) (check, error) {
	lo, hi, err := span(r, MinLength)
	switch {
	case t.logical == Decimal:
		return nil, cannotCarry(r, t)
	case t.typ == TypeString:
		return runes{lo, hi}, err
	case t.typ == TypeBytes, t.typ == TypeFixed:
		return octets{lo, hi}, err
	case t.typ == TypeEnum:
		return symbolsThat(t, runes{lo, hi}), err
	}
	return nil, cannotCarry(r, t)
}

// textSet holds for the texts in it.
type textSet map[string]bool

func (c textSet) holds(v *value) bool { return c[string(v.bytes)] }

// fewTexts is a textSet so small that looking at each costs less than a hash.
type fewTexts []string

func (c fewTexts) holds(v *value) bool {
	for _, text := range c {
		if string(v.bytes) == text {
			return true
		}
	}
	return false
}

// manyTexts is from when on a textSet is no fewTexts.
const manyTexts = 8

// symbolCheck holds for the symbols, by index, that are true.
type symbolCheck []bool

func (c symbolCheck) holds(v *value) bool { return c[v.long] }

// through translates a check of the reader's symbols to the writer's.
func (c symbolCheck) through(symbols []int) symbolCheck {
	w := make(symbolCheck, len(symbols))
	for i, reader := range symbols {
		w[i] = c[reader]
	}
	return w
}

// symbolsThat asks a check about every symbol beforehand.
func symbolsThat(t *Schema, c check) symbolCheck {
	s := make(symbolCheck, len(t.symbols))
	for i, sym := range t.symbols {
		s[i] = c.holds(&value{bytes: []byte(sym), work: maxMatchWork})
	}
	return s
}

func newEnum(r Rule, t *Schema) (check, error) {
	if len(r.Values) == 0 {
		return nil, errors.New("the list of values is empty")
	}
	set := textSet{}
	for _, v := range r.Values {
		set[v] = true
	}
	switch t.typ {
	case TypeString:
		if len(set) < manyTexts {
			return fewTexts(slices.Sorted(maps.Keys(set))), nil
		}
		return set, nil
	case TypeEnum:
		for _, v := range r.Values {
			if !slices.Contains(t.symbols, v) {
				return nil, fmt.Errorf("%q is no symbol of %s", v, t.label())
			}
		}
		return symbolsThat(t, set), nil
	case TypeBoolean:
		longs := longSet{}
		for _, v := range r.Values {
			b, err := strconv.ParseBool(v)
			if err != nil {
				return nil, fmt.Errorf("%q is not true or false", v)
			}
			longs[map[bool]int64{true: 1}[b]] = true
		}
		return longs, nil
	}
	return newNumberSet(r, t)
}

// none holds for what its check does not hold for.
type none struct{ check }

func (c none) holds(v *value) bool { return !c.check.holds(v) }

// newNoneOf leaves out values that the type cannot have: no record breaks a rule by what it cannot say. It still fails
// for a type that has no values to list.
func newNoneOf(r Rule, t *Schema) (check, error) {
	if t.typ != TypeString && t.typ != TypeEnum && t.typ != TypeBoolean && !isNumber(t) {
		return nil, cannotCarry(r, t)
	}
	if len(r.Values) == 0 {
		return nil, errors.New("the list of values is empty")
	}
	possible := Rule{Kind: Enum}
	for _, v := range r.Values {
		if _, err := newEnum(Rule{Kind: Enum, Values: []string{v}}, t); err == nil {
			possible.Values = append(possible.Values, v)
		}
	}
	if len(possible.Values) == 0 {
		return nothing{}, nil
	}
	c, err := newEnum(possible, t)
	if s, ok := c.(symbolCheck); ok { // symbols are translated by index, so the answers are turned round beforehand
		turned := make(symbolCheck, len(s))
		for i, in := range s {
			turned[i] = !in
		}
		return turned, err
	}
	return none{c}, err
}

// nothing is what can be demanded of every value.
type nothing struct{}

func (nothing) holds(*value) bool { return true }

// canonicalItems says why items cannot be compared by their bytes: equal values must always have equal bytes.
func canonicalItems(s *Schema) error {
	if s.typ == TypeBytes && s.logical == Decimal {
		return nil // compared without their sign extension
	}
	return canonicalBytes(s, map[*Schema]bool{})
}

func canonicalBytes(s *Schema, seen map[*Schema]bool) error {
	if seen[s] {
		return nil
	}
	seen[s] = true
	switch {
	case s.typ == TypeArray || s.typ == TypeMap || s.typ == TypeBytes && s.logical == Decimal:
		return fmt.Errorf("unique items cannot be told where they hold %s: equal ones may be written in several ways", s.label())
	}
	for i := range s.fields {
		if err := canonicalBytes(s.fields[i].typ, seen); err != nil {
			return err
		}
	}
	for _, b := range s.branches {
		if err := canonicalBytes(b, seen); err != nil {
			return err
		}
	}
	return nil
}
