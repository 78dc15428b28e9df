package avro

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// floatRange holds for floats from lo to hi; not for NaN.
type floatRange struct{ lo, hi float64 }

func (c floatRange) holds(v *value) bool { return c.lo <= v.float && v.float <= c.hi }

// floatSet holds for the floats in it.
type floatSet map[float64]bool

func (c floatSet) holds(v *value) bool { return c[v.float] }

// newFloatRange finds the outermost double that holds, so that the comparison is exact although the bound may be no
// double. Every float is a double, so that it serves both.
func newFloatRange(kind RuleKind, bound *big.Rat) check {
	f, _ := bound.Float64() // the nearest, perhaps infinite
	var side int            // of f, seen from the bound
	if math.IsInf(f, 0) {
		side = int(math.Copysign(1, f))
	} else {
		side = new(big.Rat).SetFloat64(f).Cmp(bound)
	}
	c := floatRange{math.Inf(-1), math.Inf(1)}
	switch {
	case kind == Minimum && side < 0, kind == ExclusiveMinimum && side <= 0:
		c.lo = math.Nextafter(f, math.Inf(1))
	case kind == Minimum, kind == ExclusiveMinimum:
		c.lo = f
	case kind == Maximum && side > 0, kind == ExclusiveMaximum && side >= 0:
		c.hi = math.Nextafter(f, math.Inf(-1))
	default:
		c.hi = f
	}
	return c
}

// floatMultiple holds for floats whose shortest decimal, which is what people see and mean, is a multiple of
// digits * 10^exp. An infinity and NaN are multiples of nothing.
type floatMultiple struct {
	digits uint64
	exp    int
	size   int // 32 or 64
}

func newFloatMultiple(digits *big.Int, exp int, t Type) (check, error) {
	n, ten, rest := new(big.Int).Set(digits), big.NewInt(10), new(big.Int)
	for n.Sign() != 0 {
		q, _ := new(big.Int).QuoRem(n, ten, rest)
		if rest.Sign() != 0 {
			break
		}
		n, exp = q, exp+1
	}
	if !n.IsUint64() {
		return nil, errors.New("multipleOf of more than 19 digits is not supported for float and double")
	}
	size := 64
	if t == TypeFloat {
		size = 32
	}
	return floatMultiple{n.Uint64(), exp, size}, nil
}

func (c floatMultiple) holds(v *value) bool {
	if v.float == 0 {
		return true
	}
	if math.IsInf(v.float, 0) || math.IsNaN(v.float) {
		return false
	}
	if power, exact := c.power(); exact {
		if digits, whole, sure := scaled(math.Abs(v.float), power); sure {
			return whole && (c.digits == 1 || digits%c.digits == 0)
		}
	}
	digits, exp := shortest(math.Abs(v.float), c.size)
	// digits*10^exp / (c.digits*10^c.exp) must be whole.
	if shift := exp - c.exp; shift >= 0 {
		rest := digits % c.digits
		for ; shift > 0 && rest != 0; shift-- {
			hi, lo := bits.Mul64(rest, 10)
			rest = bits.Rem64(hi, lo, c.digits)
		}
		return rest == 0
	} else if shift < -19 {
		return false
	} else {
		divisor := c.digits
		for ; shift < 0; shift++ {
			hi, lo := bits.Mul64(divisor, 10)
			if hi != 0 {
				return false // more than digits can be
			}
			divisor = lo
		}
		return digits%divisor == 0
	}
}

// power is the power of ten that makes multiples whole, if that is a double.
func (c floatMultiple) power() (power float64, exact bool) {
	if c.size != 64 || c.exp > 0 || -c.exp >= len(exactPowers) {
		return 0, false
	}
	return exactPowers[-c.exp], true
}

// scaled is f, which is not negative, in units of 1/power, without looking for its shortest decimal: a decimal of at most 15
// digits reads back as one double and that double's shortest decimal is it, so it is enough to see which whole number of
// units reads back as f. It is not sure of larger ones.
func scaled(f, power float64) (digits uint64, whole, sure bool) {
	if !(f*power < 1e15) {
		return 0, false, false
	}
	n := int64(f*power + 0.5)
	return uint64(n), float64(n)/power == f, true
}

// exactPowers are the powers of ten that are doubles.
var exactPowers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// shortest is the shortest decimal that reads back as f, as digits * 10^exp.
func shortest(f float64, size int) (digits uint64, exp int) {
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], f, 'e', -1, size) // d.ddde±dd
	point := false
	for i, c := range text {
		switch {
		case c == '.':
			point = true
		case c == 'e':
			e := 0
			for _, d := range text[i+2:] {
				e = e*10 + int(d-'0')
			}
			if text[i+1] == '-' {
				e = -e
			}
			return digits, exp + e
		default:
			digits = digits*10 + uint64(c-'0')
			if point {
				exp--
			}
		}
	}
	return digits, exp
}
