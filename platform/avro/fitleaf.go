package avro

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
)

// leafFit matches a type without parts.
func leafFit(s *Schema, t reflect.Type, at *path) (*fitted, error) {
	var ok bool
	var want string
	out := &fitted{}
	switch {
	case s.logical == Decimal:
		want, ok = "*big.Rat", t == typeRat && s.size <= maxFixedDecimal
		out.before = decimalGuard(s)
	case s.logical == Date:
		want, ok = "time.Time", t == typeTime
		out.before = instantGuard(s.logical)
	case s.logical.isTimeOfDay():
		want, ok = "time.Duration", t == typeDuration
		out.before = timeOfDayGuard(s.logical)
	case hambaLogical(s).isTimestamp():
		want, ok = "time.Time", t == typeTime
		out.before = instantGuard(s.logical)
	case s.typ == TypeInt:
		want, ok = "int32 or int", t.Kind() == reflect.Int32 || t.Kind() == reflect.Int
		if t.Kind() == reflect.Int {
			out.before = intGuard
		}
	case s.typ == TypeBytes:
		want, ok = "[]byte", t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
		out.after = func(v reflect.Value) { v.SetCap(v.Len()) }
	case s.typ == TypeFixed:
		want, ok = fmt.Sprintf("[%d]byte", s.size), t.Kind() == reflect.Array && t.Elem().Kind() == reflect.Uint8 && t.Len() == s.size
	case s.typ == TypeLong:
		want, ok = "int64", t.Kind() == reflect.Int64 && t != typeDuration
	default:
		kind := kinds[s.typ]
		want, ok = kind.String(), t.Kind() == kind && kind != reflect.Invalid
	}
	if !ok {
		return nil, misfit(s, t, want, at)
	}
	return out, nil
}

// kinds are the Go kinds of the types that have one. null has none: hamba/avro generates nothing for it.
var kinds = map[Type]reflect.Kind{
	TypeBoolean: reflect.Bool,
	TypeFloat:   reflect.Float32,
	TypeDouble:  reflect.Float64,
	TypeString:  reflect.String,
	TypeEnum:    reflect.String,
}

// maxFixedDecimal is how large a fixed hamba/avro knows as a decimal.
const maxFixedDecimal = 127

// decimalGuard refuses what hamba/avro would panic on (nil), round (digits beyond the scale) or name in its error (a value
// beyond the precision).
func decimalGuard(s *Schema) func(reflect.Value) error {
	unit, most := pow10(s.scale), pow10(s.precision)
	return func(v reflect.Value) error {
		r := v.Interface().(*big.Rat)
		if r == nil {
			return errors.New("the decimal is nil")
		}
		n := new(big.Int).Mul(r.Num(), unit)
		n, rest := n.QuoRem(n, r.Denom(), new(big.Int))
		switch {
		case rest.Sign() != 0:
			return fmt.Errorf("the decimal has more than %d digits after the point; round it before", s.scale)
		case n.CmpAbs(most) >= 0:
			return fmt.Errorf("the decimal has more than %d digits", s.precision)
		}
		return nil
	}
}

// intGuard refuses what would be cut to 32 bits.
func intGuard(v reflect.Value) error {
	if n := v.Int(); n < math.MinInt32 || n > math.MaxInt32 {
		return errors.New("the int does not fit into 32 bits")
	}
	return nil
}
