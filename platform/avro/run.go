package avro

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

const (
	// maxEmptyItems bounds items that take no bytes, which a few bytes could claim billions of.
	maxEmptyItems = 4096
	// Steps that a walk may take: a base, and so many for a byte. Only types that expand without bytes come near.
	baseSteps    = 1 << 20
	stepsPerByte = 64
)

// Walk checks one payload, which is the value without the 5-byte frame, and notes what was asked for in n. It allocates
// nothing for a record that is accepted, but what the scratch in n may grow by; it takes time in proportion to the
// payload. The first thing that is wrong, in the order of the bytes, is the verdict. What n gives out refers to payload,
// which must not change before that.
func (p *Program) Walk(payload []byte, n *Notes) Verdict {
	n.reset(p, payload)
	if len(payload) > p.limits.Bytes || n.room < 0 {
		n.stop(fault.AvroLength, 0)
		return n.verdict
	}
	if n.run() {
		return Verdict{Rule: -1}
	}
	return n.verdict
}

// highs are the bits of eight bytes that ASCII and the last byte of a varint have not.
const highs = 0x8080808080808080

// run does the ops one by one. It is true for a record that is accepted; else n.verdict says why it is not.
//
// It knows the common case of each op: a number in at most eight bytes, ASCII, a guard that holds. An op that is done goes on
// with the next. One that is not leaves the switch having changed nothing, and step does it as a whole; or, where only the
// guard does not hold, judge looks at the checks. So nothing here finds a record bad.
//
// Where the walk is, is in two variables, and the switch calls no function that is not inlined: that keeps them in registers.
func (n *Notes) run() bool {
	ops, b := n.program.ops, n.payload
	pc, at := 0, 0 // the next op, the next byte
	for {
		o := &ops[pc]
		pc++
		switch o.code {
		case opInt, opLong:
			if uint(at) >= uint(len(b)) {
				break
			}
			u, size := uint64(b[at]), 1
			if u >= 0x80 {
				eight, ok := eightAt(b, at)
				ends := ^eight & highs
				if !ok || ends == 0 {
					break
				}
				size = bits.TrailingZeros64(ends)/8 + 1
				u = sevens(eight & (ends ^ (ends - 1)))
				if u>>(7*(size-1)) == 0 || o.code == opInt && u>>32 != 0 {
					break // not the shortest form, or too large
				}
			}
			n.start, n.long = at, unzigzag(u)
			at += size
			if !o.admits(n.long) {
				goto judge
			}
			continue
		case opString, opBytes:
			if uint(at) >= uint(len(b)) {
				break
			}
			u, from := uint(b[at]), at+1
			if u >= 0x80 {
				if from >= len(b) || b[from]-1 >= 0x7f { // of two bytes the second is neither 0 nor goes on
					break
				}
				u, from = u&0x7f|uint(b[from])<<7, from+1
			}
			end := from + int(u>>1)
			if u&1 != 0 || end > len(b) {
				break
			}
			if o.code == opString {
				// Eight bytes at a time; the last before the end may begin before the text.
				last, ok := eightAt(b, end-8)
				if u < 16 {
					last >>= 64 - 4*u
				}
				for i := from; i < end-8; i += 8 {
					eight, _ := eightAt(b, i)
					last |= eight
				}
				if !ok || last&highs != 0 {
					break
				}
			}
			n.start, n.long = at, int64(u>>1)
			at = end
			if !o.admits(n.long) {
				goto judge
			}
			continue
		case opDouble:
			eight, ok := eightAt(b, at)
			if !ok {
				break
			}
			n.start = at
			at += 8
			if !o.admitsFloat(math.Float64frombits(eight)) {
				goto judge
			}
			continue
		case opFixed:
			if o.lo > int64(len(b)-at) {
				break
			}
			n.start, n.long = at, o.lo
			at += int(o.lo)
			continue
		case opBoolean:
			if uint(at) >= uint(len(b)) || b[at] > 1 {
				break
			}
			n.start, n.long = at, int64(b[at])
			at++
			continue
		case opEnum:
			if uint(at) >= uint(len(b)) || b[at]&0x81 != 0 || o.span>>(b[at]>>1)&1 == 0 {
				break
			}
			n.start, n.long = at, int64(b[at]>>1)
			at++
			continue
		case opOptional:
			if uint(at) >= uint(len(b)) || b[at]&^2 != 0 {
				break
			}
			if int32(b[at]>>1) == o.a {
				pc = int(o.b)
			}
			n.start = at
			at++
			continue
		case opJump:
			pc = int(o.a)
			continue
		case opCount:
			if !o.admits(n.long) {
				goto judge
			}
			continue
		case opTally:
			if !o.admits(n.long) && !n.isBroken[o.rule] {
				goto judge
			}
			continue
		case opCheck:
			goto judge
		case opDecimal:
			eight, ok := eightAt(b, at-8)
			if !ok || n.long > 8 {
				break
			}
			// The number stands at the end: what is before it goes, and its sign comes.
			before := 64 - 8*uint(n.long)
			if !o.admits(int64(bits.ReverseBytes64(eight)<<before) >> before) {
				goto judge
			}
			continue
		case opMultiple:
			eight, _ := eightAt(b, at-8)
			digits, whole, sure := scaled(math.Abs(math.Float64frombits(eight)), math.Float64frombits(uint64(o.lo)))
			if !sure || !whole || o.span != 1 && digits%o.span != 0 {
				goto judge
			}
			continue
		case opOneOf, opNoneOf:
			if n.long > maxWord || at < 8 {
				goto judge
			}
			head, tail := ends(b, at-int(n.long), at)
			found := opNoneOf
			words := n.program.words[o.lo : uint64(o.lo)+o.span]
			for i := range words {
				if w := &words[i]; w.tail == tail && w.head == head && w.size == n.long {
					found = opOneOf
				}
			}
			if found != o.code {
				goto judge
			}
			continue
		case opShape:
			s := &n.program.shapes[o.lo]
			if n.long != s.size || at < 8 {
				goto judge
			}
			if head, tail := ends(b, at-int(n.long), at); !s.head.holds(head) || !s.tail.holds(tail) {
				goto judge
			}
			continue
		case opPattern:
			m := n.program.machines[o.lo]
			state := begin * m.width
			for _, c := range n.payload[at-int(n.long) : at] {
				state = m.next[state+uint16(m.class[c])]
			}
			if m.next[state+endOfText] != m.found() {
				goto judge
			}
			continue
		case opCapture:
			n.captured[o.a] = captured{kind: captureKind(o.b), end: at, long: n.long}
			continue
		case opSymbol:
			n.captured[o.a] = n.program.consts[int64(o.b)+n.long]
			continue
		case opNext:
			f := &n.frames[n.depth-1]
			if f.left <= 1 {
				break
			}
			f.left--
			n.start, pc = at, int(o.b)
			continue
		case opEnd:
			if at != len(b) {
				break
			}
			return true
		}
		n.pc, n.at = pc, at
		if !n.step(o) {
			return false
		}
		pc, at = n.pc, n.at
		continue
	judge:
		n.pc, n.at = pc, at
		if !n.judge(o) {
			return false
		}
		pc, at = n.pc, n.at
	}
}

// eightAt are the eight bytes from at on, if they are all there.
func eightAt(b []byte, at int) (eight uint64, ok bool) {
	if at < 0 || at > len(b)-8 {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b[at:]), true
}

// ends are the first and the last eight bytes of from:end, which both are the whole of it where it is shorter. At least eight
// bytes must stand before end.
func ends(b []byte, from, end int) (head, tail uint64) {
	tail, _ = eightAt(b, end-8)
	if size := end - from; size < 8 {
		tail >>= 64 - 8*uint(size)
		return tail, tail
	}
	head, _ = eightAt(b, from)
	return head, tail
}

// sevens pushes the lower seven bits of each byte together.
func sevens(x uint64) uint64 {
	x = x&0x007f007f007f007f | x&0x7f007f007f007f00>>1
	x = x&0x00003fff00003fff | x&0x3fff00003fff0000>>2
	return x&0x000000000fffffff | x&0x0fffffff00000000>>4
}
