package avro

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
)

// Bytes of decimals that are written are those that the typed codec writes: the shortest form, but for negative powers of 256
// over two, which have a sign byte more.

// unit64 is 10^scale, where that fits.
func unit64(scale int) (int64, bool) {
	if scale > 18 {
		return 0, false
	}
	unit := int64(1)
	for range scale {
		unit *= 10
	}
	return unit, true
}

// appendDecimal appends a decimal of a schema, with its length where it is of bytes.
func appendDecimal(dst []byte, s *Schema, r *big.Rat) ([]byte, error) {
	if r == nil {
		return dst, errors.New("the decimal is nil")
	}
	if n, ok := unscaled64(s, r); ok {
		if most, ok := unit64(s.precision); ok && (n >= most || n <= -most) {
			return dst, fmt.Errorf("the decimal has more than %d digits", s.precision)
		}
		if s.typ == TypeBytes {
			return append64(dst, n), nil
		}
		return appendFixed(dst, s, big.NewInt(n))
	}
	n := new(big.Int).Mul(r.Num(), pow10(s.scale))
	n, rest := n.QuoRem(n, r.Denom(), new(big.Int))
	switch {
	case rest.Sign() != 0:
		return dst, fmt.Errorf("the decimal has more than %d digits after the point; round it before", s.scale)
	case n.CmpAbs(pow10(s.precision)) >= 0:
		return dst, fmt.Errorf("the decimal has more than %d digits", s.precision)
	case s.typ == TypeFixed:
		return appendFixed(dst, s, n)
	case n.Sign() == 0:
		return appendBytes(dst, []byte{0}), nil
	}
	b := twos(n)
	if n.Sign() < 0 && len(b) < n.BitLen()/8+1 {
		b = append([]byte{0xff}, b...)
	}
	return appendBytes(dst, b), nil
}

// unscaled64 is r in the schema's units, where it is a whole number of them and all of it fits into 64 bits.
func unscaled64(s *Schema, r *big.Rat) (int64, bool) {
	unit, ok := unit64(s.scale)
	if !ok || !r.Num().IsInt64() {
		return 0, false
	}
	if !r.IsInt() {
		d := r.Denom()
		if !d.IsInt64() || unit%d.Int64() != 0 { // it is in lowest terms
			return 0, false
		}
		unit /= d.Int64()
	}
	n := r.Num().Int64()
	size := n
	if size < 0 {
		size = -size
	}
	if high, low := bits.Mul64(uint64(size), uint64(unit)); high != 0 || low >= 1<<62 {
		return 0, false
	}
	return n * unit, true
}

// append64 appends the bytes of a small number, with their length.
func append64(dst []byte, n int64) []byte {
	size := n
	if size < 0 {
		size = -size
	}
	length := bits.Len64(uint64(size))/8 + 1
	dst = append(dst, byte(length<<1))
	for i := length - 1; i >= 0; i-- {
		dst = append(dst, byte(n>>(8*i)))
	}
	return dst
}

func appendFixed(dst []byte, s *Schema, n *big.Int) ([]byte, error) {
	b := twos(n)
	if len(b) > s.size {
		return dst, fmt.Errorf("the decimal does not fit into %d bytes", s.size)
	}
	fill := byte(0)
	if n.Sign() < 0 {
		fill = 0xff
	}
	for range s.size - len(b) {
		dst = append(dst, fill)
	}
	return append(dst, b...), nil
}
