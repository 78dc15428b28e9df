package avro

import (
	"bytes"
	"math"
	"math/big"
	"math/bits"
)

// Decimals are compared as they are written: an unscaled integer in two's complement, big endian, with as many copies of
// the sign byte before it as the writer liked. Rules bring their own numbers to the field's scale when they are
// compiled.

// trim drops the copies of the sign byte: the shortest form of the number. Zero is no bytes at all, as some write it.
func trim(b []byte) []byte {
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	if len(b) == 1 && b[0] == 0 {
		return b[:0]
	}
	return b
}

func negative(b []byte) bool { return len(b) > 0 && b[0] >= 0x80 }

// compareTwos compares two trimmed numbers.
func compareTwos(a, b []byte) int {
	if negative(a) != negative(b) {
		if negative(a) {
			return -1
		}
		return 1
	}
	longer := 1 // with the same sign the longer one is farther from zero
	if negative(a) {
		longer = -1
	}
	switch {
	case len(a) > len(b):
		return longer
	case len(a) < len(b):
		return -longer
	}
	return bytes.Compare(a, b) // of equal sign and length two's complement orders like its bytes
}

// twos is the shortest form of n.
func twos(n *big.Int) []byte {
	if n.Sign() >= 0 {
		b := n.Bytes()
		if len(b) > 0 && b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return b
	}
	size := uint(n.BitLen()/8 + 1)
	return trim(new(big.Int).Add(n, new(big.Int).Lsh(one, 8*size)).Bytes())
}

// fromTwos is the number in any form.
func fromTwos(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if negative(b) {
		n.Sub(n, new(big.Int).Lsh(one, uint(8*len(b))))
	}
	return n
}

// fewTwos is the number of at most eight bytes.
func fewTwos(b []byte) int64 {
	var v int64
	if len(b) > 0 {
		v = int64(int8(b[0]))
		for _, c := range b[1:] {
			v = v<<8 | int64(c)
		}
	}
	return v
}

// decimalRange holds for unscaled numbers from lo to hi, both trimmed.
type decimalRange struct {
	lo, hi       []byte
	hasLo, hasHi bool
	few          longRange // the same, of the numbers of at most eight bytes
}

func newDecimalRange(lo, hi *big.Int) check {
	c := decimalRange{few: longRange{math.MinInt64, math.MaxInt64}}
	if lo != nil {
		c.lo, c.hasLo = twos(lo), true
	}
	if hi != nil {
		c.hi, c.hasHi = twos(hi), true
	}
	switch {
	case lo != nil && !lo.IsInt64() && lo.Sign() > 0, hi != nil && !hi.IsInt64() && hi.Sign() < 0:
		c.few = longRange{1, 0}
		return &c
	}
	if lo != nil && lo.IsInt64() {
		c.few.lo = lo.Int64()
	}
	if hi != nil && hi.IsInt64() {
		c.few.hi = hi.Int64()
	}
	return &c
}

func (c *decimalRange) holds(v *value) bool {
	if len(v.bytes) <= 8 {
		n := fewTwos(v.bytes)
		return c.few.lo <= n && n <= c.few.hi
	}
	b := trim(v.bytes)
	return (!c.hasLo || compareTwos(b, c.lo) >= 0) && (!c.hasHi || compareTwos(b, c.hi) <= 0)
}

// decimalSet holds for the trimmed numbers in it.
type decimalSet map[string]bool

func (c decimalSet) holds(v *value) bool { return c[string(trim(v.bytes))] }

// decimalMultiple holds for unscaled numbers that it divides.
type decimalMultiple uint64

func (c decimalMultiple) holds(v *value) bool {
	if len(v.bytes) <= 8 {
		return longMultiple(c).holds(&value{long: fewTwos(v.bytes)})
	}
	// Of a negative number -n = ^n + 1, so that its digits are turned over and one is added at the end.
	var flip byte
	if negative(v.bytes) {
		flip = 0xff
	}
	var rest uint64
	for _, b := range v.bytes {
		rest = shiftMod(rest, b^flip, uint64(c))
	}
	if flip != 0 {
		return rest == uint64(c)-1
	}
	return rest == 0
}

// shiftMod is (rest*256 + b) mod m, where rest < m.
func shiftMod(rest uint64, b byte, m uint64) uint64 {
	hi, lo := bits.Mul64(rest, 256)
	lo, carry := bits.Add64(lo, uint64(b), 0)
	return bits.Rem64(hi+carry, lo, m)
}

// digitRange is the range of all numbers of at most so many digits.
func digitRange(precision int) *decimalRange {
	most := new(big.Int).Sub(pow10(precision), one)
	return newDecimalRange(new(big.Int).Neg(most), most).(*decimalRange)
}
