package avro

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unicode/utf8"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// step does one op as a whole, from the state in n and back into it. It is false where the walk ends, with the verdict in
// n.verdict.
func (n *Notes) step(o *op) bool {
	switch o.code {
	case opLong:
		return n.number(maxLongBytes) && n.judge(o)
	case opInt, opEnum:
		return n.number(maxIntBytes) && n.judge(o)
	case opString, opBytes:
		return n.text(o)
	case opFixed:
		return n.take(int(o.lo))
	case opBoolean:
		return n.boolean()
	case opDouble:
		return n.take(8) && n.judge(o)
	case opFloat:
		return n.take(4) && n.judge(o)
	case opUnion, opOptional:
		return n.branch(o)
	case opArray:
		return n.array(o)
	case opNext, opNextUnique:
		return n.next(o)
	case opCall:
		return n.call(o)
	case opReturn:
		n.depth--
		n.pc = int(n.frames[n.depth].back)
	case opJump:
		n.pc = int(o.a)
	case opCapture:
		n.captured[o.a] = captured{kind: captureKind(o.b), end: n.at, long: n.long}
	case opSymbol:
		n.captured[o.a] = n.program.consts[int64(o.b)+n.long]
	case opConst:
		n.captured[o.a] = n.program.consts[o.b]
	case opGrow:
		return n.grow(int(o.lo), n.at)
	case opBroken:
		return n.broken(int(o.a))
	case opEnd:
		return n.stop(fault.AvroTrailing, n.at)
	default:
		return n.judge(o)
	}
	return true
}

// stop ends the walk.
func (n *Notes) stop(reason fault.Reason, at int) bool {
	n.verdict = Verdict{Reason: reason, Rule: -1, At: at, op: int32(n.pc - 1)}
	return false
}

// judge looks at the checks of an op one by one, in their order.
func (n *Notes) judge(o *op) bool {
	if o.a == o.b {
		return true
	}
	v := &n.value
	switch o.on {
	case onLong:
		v.long = n.long
	case onWide:
		v.long, v.float = n.long, float64(n.long)
	case onWide32:
		v.long, v.float = n.long, float64(float32(n.long))
	case onText:
		v.bytes = n.payload[n.at-int(n.long) : n.at]
	case onDouble:
		v.float = math.Float64frombits(binary.LittleEndian.Uint64(n.payload[n.at-8:]))
	case onFloat:
		v.float = float64(math.Float32frombits(binary.LittleEndian.Uint32(n.payload[n.at-4:])))
	}
	checks := n.program.checks[o.a:o.b]
	for i := range checks {
		c := &checks[i]
		if c.holds(v) {
			continue
		}
		if c.rule < 0 {
			return n.stop(fault.AvroMalformed, n.start)
		}
		if v.work < 0 {
			return n.stop(fault.AvroLength, n.start)
		}
		if !n.broken(c.rule) {
			return false
		}
	}
	return true
}

// broken notes a broken rule; false means that it rejects.
func (n *Notes) broken(rule int) bool {
	r := &n.program.rules[rule]
	switch r.Severity {
	case Count:
		n.count(rule)
		return true
	case Warning:
		n.warn(rule)
		return true
	}
	n.verdict = Verdict{Reason: fault.RuleBroken, Rule: rule, At: n.start, op: int32(n.pc - 1)}
	if r.Kind == Required {
		n.verdict.Reason = fault.FieldRequired
	}
	return false
}

// number reads an int or long, as a varint of at most so many bytes.
func (n *Notes) number(width int) bool {
	n.start = n.at
	if b := n.payload; uint(n.at) < uint(len(b)) && b[n.at] < 0x80 {
		n.long = unzigzag(uint64(b[n.at]))
		n.at++
		return true
	}
	long, size, reason := varint(n.payload[n.at:], width)
	if reason != "" {
		return n.stop(reason, n.start)
	}
	n.at, n.long = n.at+size, long
	return true
}

// take passes over so many bytes.
func (n *Notes) take(size int) bool {
	n.start = n.at
	if size > len(n.payload)-n.at {
		return n.stop(fault.AvroTruncated, n.start)
	}
	n.at, n.long = n.at+size, int64(size)
	return true
}

func (n *Notes) boolean() bool {
	if !n.take(1) {
		return false
	}
	if n.long = int64(n.payload[n.start]); n.long > 1 {
		return n.stop(fault.AvroMalformed, n.start)
	}
	return true
}

// text reads a string or bytes.
func (n *Notes) text(o *op) bool {
	if !n.number(maxLongBytes) {
		return false
	}
	// A length that the limits allow but the payload does not have means that the payload was cut; one beyond the limits was
	// never right.
	if size := n.long; uint64(size) > uint64(len(n.payload)-n.at) {
		if size < 0 || size > int64(n.program.limits.Bytes) {
			return n.stop(fault.AvroLength, n.start)
		}
		return n.stop(fault.AvroTruncated, n.start)
	}
	text := n.payload[n.at : n.at+int(n.long)]
	n.at += len(text)
	size := len(text)
	if o.code == opString {
		if !utf8.Valid(text) {
			return n.stop(fault.AvroMalformed, n.start)
		}
		size = runeCount(text)
	}
	return o.admits(int64(size)) || n.judge(o)
}

// branch reads which branch of a union follows, and goes there.
func (n *Notes) branch(o *op) bool {
	if !n.number(maxIntBytes) {
		return false
	}
	branches := int64(2)
	if o.code == opUnion {
		branches = int64(o.a)
	}
	switch {
	case n.long < 0 || n.long >= branches:
		return n.stop(fault.AvroMalformed, n.start)
	case o.code == opUnion:
		n.pc = int(n.program.targets[int64(o.b)+n.long])
	case n.long == int64(o.a):
		n.pc = int(o.b)
	}
	return true
}

// call enters a record that is used more than once.
func (n *Notes) call(o *op) bool {
	s := &n.program.subs[o.a]
	n.start = n.at
	if n.depth >= len(n.frames) {
		return n.stop(fault.AvroMalformed, n.start)
	}
	n.frames[n.depth].back = int32(n.pc)
	n.depth++
	if n.steps -= int(s.end - s.start); n.steps < 0 {
		return n.stop(fault.AvroLength, n.start)
	}
	if !n.grow(s.growth, n.start) {
		return false
	}
	n.pc = int(s.start)
	return true
}

// grow takes what the reader's record is longer by from the room for it.
func (n *Notes) grow(by, at int) bool {
	if n.room -= by; n.room < 0 {
		return n.stop(fault.AvroLength, at)
	}
	return true
}

// varint reads an int or long, of at most so many bytes.
func varint(b []byte, width int) (v int64, size int, reason fault.Reason) {
	if len(b) >= 8 {
		// All bytes at once: the first without its high bit ends the number.
		x := binary.LittleEndian.Uint64(b)
		if ends := ^x & highs; ends != 0 {
			x = sevens(x & (ends ^ (ends - 1)))
			size = bits.TrailingZeros64(ends)/8 + 1
			if size == 1 || x>>(7*(size-1)) != 0 && (width == maxLongBytes || x>>32 == 0) {
				return unzigzag(x), size, ""
			}
			return 0, 0, fault.AvroMalformed
		}
	}
	most := uint(64)
	if width == maxIntBytes {
		most = 32
	}
	u, size := uvarint(b, width, most)
	switch {
	case size == 0:
		return 0, 0, fault.AvroTruncated
	case size < 0:
		return 0, 0, fault.AvroMalformed
	}
	return unzigzag(u), size, ""
}
