package avro

import (
	"encoding/binary"
	"math"
)

// appendLong appends an int or long: zigzag, then a varint.
func appendLong(dst []byte, v int64) []byte { return binary.AppendVarint(dst, v) }

func appendBytes(dst, b []byte) []byte { return append(appendLong(dst, int64(len(b))), b...) }

func appendString(dst []byte, s string) []byte { return append(appendLong(dst, int64(len(s))), s...) }

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func appendFloat(dst []byte, f float32) []byte {
	return binary.LittleEndian.AppendUint32(dst, math.Float32bits(f))
}

func appendDouble(dst []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
}

// Lengths of the longest varints.
const (
	maxIntBytes  = 5
	maxLongBytes = 10
)

// uvarint reads a varint of at most maxBytes bytes and bits bits from b. n is its length; 0 means that b ends inside it,
// a negative n that it is too long: more bytes, more bits, or not the shortest form.
func uvarint(b []byte, maxBytes int, bits uint) (v uint64, n int) {
	var shift uint
	for i, c := range b {
		if i == maxBytes {
			return 0, -1
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			if i > 0 && c == 0 || shift+7 > bits && c>>(bits-shift) != 0 {
				return 0, -1
			}
			return v, i + 1
		}
		shift += 7
	}
	if len(b) >= maxBytes {
		return 0, -1
	}
	return 0, 0
}

func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// scanner reads a payload that a Program has accepted, so it checks nothing.
type scanner struct {
	b  []byte
	at int
}

func (s *scanner) long() int64 {
	v, n := binary.Varint(s.b[s.at:])
	s.at += n
	return v
}

func (s *scanner) take(n int) []byte {
	b := s.b[s.at : s.at+n : s.at+n]
	s.at += n
	return b
}

func (s *scanner) bytes() []byte { return s.take(int(s.long())) }

func (s *scanner) bool() bool { return s.take(1)[0] == 1 }

func (s *scanner) float() float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(s.take(4)))
}

func (s *scanner) double() float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(s.take(8)))
}

// block reads the head of a block of array items or map entries; 0 ends the array or map.
func (s *scanner) block() int64 {
	n := s.long()
	if n < 0 {
		s.long() // the block's bytes
		n = -n
	}
	return n
}

// skip passes over a value of the type.
func (s *scanner) skip(t *Schema) {
	switch t.typ {
	case TypeNull:
	case TypeBoolean:
		s.at++
	case TypeInt, TypeLong, TypeEnum:
		s.long()
	case TypeFloat:
		s.at += 4
	case TypeDouble:
		s.at += 8
	case TypeBytes, TypeString:
		s.bytes()
	case TypeFixed:
		s.at += t.size
	case TypeUnion:
		s.skip(t.branches[s.long()])
	case TypeRecord:
		for i := range t.fields {
			s.skip(t.fields[i].typ)
		}
	case TypeArray, TypeMap:
		for n := s.block(); n > 0; n = s.block() {
			for range n {
				if t.typ == TypeMap {
					s.bytes()
				}
				s.skip(t.elem)
			}
		}
	}
}
