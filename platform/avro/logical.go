package avro

import (
	"math/big"
	"strconv"
)

// carriers says which type carries which logical type.
var carriers = map[Logical][]Type{
	Decimal:              {TypeBytes, TypeFixed},
	UUID:                 {TypeString, TypeFixed},
	Date:                 {TypeInt},
	TimeMillis:           {TypeInt},
	TimeMicros:           {TypeLong},
	TimestampMillis:      {TypeLong},
	TimestampMicros:      {TypeLong},
	TimestampNanos:       {TypeLong},
	LocalTimestampMillis: {TypeLong},
	LocalTimestampMicros: {TypeLong},
	LocalTimestampNanos:  {TypeLong},
	Duration:             {TypeFixed},
}

// readLogical takes the logical type over from the attributes. The specification asks to ignore one that is not known
// or not valid, so that old readers survive new schemas: then it stays an attribute.
func (s *Schema) readLogical(n *node, at *path) error {
	v := n.get("logicalType")
	if v == nil || v.kind != '"' {
		return nil
	}
	l := Logical(v.text)
	fits := false
	for _, t := range carriers[l] {
		fits = fits || t == s.typ
	}
	if !fits || l == UUID && s.typ == TypeFixed && s.size != 16 || l == Duration && s.size != 12 {
		return nil
	}
	if l == Decimal {
		precision, okP := wholeNumber(n.get("precision"), 0)
		scale, okS := wholeNumber(n.get("scale"), 0)
		if !okP || !okS || precision < 1 || scale < 0 || scale > precision {
			return nil
		}
		if precision > maxPrecision {
			return at.field("precision").errorf("a precision of %d is above %d", precision, maxPrecision)
		}
		if s.typ == TypeFixed && precision > digitsOf(s.size) {
			return nil
		}
		s.precision, s.scale = precision, scale
		delete(s.props, "precision")
		delete(s.props, "scale")
	}
	s.logical = l
	delete(s.props, "logicalType")
	return nil
}

func wholeNumber(n *node, absent int) (int, bool) {
	if n == nil {
		return absent, true
	}
	if n.kind != '0' {
		return 0, false
	}
	v, err := strconv.Atoi(n.text)
	return v, err == nil
}

// digitsOf is how many decimal digits any number of that many digits fits into size bytes of two's complement.
func digitsOf(size int) int {
	if size == 0 {
		return 0
	}
	if size > maxPrecision { // 2.4 digits a byte: more than any precision that we accept
		return maxPrecision
	}
	most := new(big.Int).Lsh(big.NewInt(1), uint(8*size-1))
	return len(most.Sub(most, big.NewInt(1)).String()) - 1
}

// timeUnit is how many of the logical type's units make a second, 0 where it is no time of day and no timestamp.
func (l Logical) timeUnit() int64 {
	switch l {
	case TimeMillis, TimestampMillis, LocalTimestampMillis:
		return 1e3
	case TimeMicros, TimestampMicros, LocalTimestampMicros:
		return 1e6
	case TimestampNanos, LocalTimestampNanos:
		return 1e9
	}
	return 0
}

func (l Logical) isTimestamp() bool { return l.timeUnit() > 0 && !l.isTimeOfDay() }
func (l Logical) isTimeOfDay() bool { return l == TimeMillis || l == TimeMicros }
