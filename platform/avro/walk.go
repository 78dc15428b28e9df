package avro

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unicode/utf8"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// frame is an array, map or shared record that the walk is in.
type frame struct {
	back  int32 // record: the op after the call
	left  int64 // items left in this block
	total int64 // items so far
	end   int   // where the block says that it ends, -1 where it does not
	from  int   // where the array or map began
	item  int   // where the item began
}

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
	w := walk{p: p, n: n, b: payload, steps: baseSteps + stepsPerByte*len(payload)}
	if len(payload) > p.limits.Bytes {
		return w.stop(fault.AvroLength, 0)
	}
	return w.run()
}

// walk is what block and verdicts work on; the rest of the walk is in run's own variables.
type walk struct {
	p     *Program
	n     *Notes
	b     []byte
	at    int // the next byte
	pc    int // the op at work
	start int // of the value that was read last
	depth int // of frames
	steps int
	items int // of arrays and maps, so far
	empty int // those among them that take no bytes
}

func (w *walk) stop(reason fault.Reason, at int) Verdict {
	return Verdict{Reason: reason, Rule: -1, At: at, op: int32(w.pc)}
}

// run steps through the ops. It is one function with its state in variables of its own, since that is what keeps them in
// registers: what is rare or long is in methods, which get the state through w.
//
// Every op that reads leaves at start where the value begins, and the value in long, float, or the span from:at.
func (w *walk) run() Verdict {
	p, n, b := w.p, w.n, w.b
	ops := p.ops
	var (
		pc, at, start, from int
		long                int64
		float               float64
		plain               bool // the string is ASCII
		small               bool // the decimal is in long
	)
	for ; ; pc++ {
		o := &ops[pc]
		var reason fault.Reason
		rule := -1
		switch o.code {
		case opLong, opInt:
			start = at
			if at < len(b) && b[at] < 0x80 { // most numbers are short
				long = unzigzag(uint64(b[at]))
				at++
				continue
			}
			var size int
			if long, size, reason = varint(b[at:], o.code); reason != "" {
				break
			}
			at += size
			continue
		case opString, opBytes:
			start = at
			if at < len(b) && b[at] < 0x80 {
				long = unzigzag(uint64(b[at]))
				at++
			} else {
				var size int
				if long, size, reason = varint(b[at:], opLong); reason != "" {
					break
				}
				at += size
			}
			// A length that the limits allow but the payload does not have means that the payload was cut; one beyond the
			// limits was never right.
			if uint64(long) > uint64(len(b)-at) {
				reason = fault.AvroTruncated
				if long < 0 || long > int64(p.limits.Bytes) {
					reason = fault.AvroLength
				}
				break
			}
			from, at = at, at+int(long)
			if o.code == opString {
				if plain = isPlain(b[from:at]); !plain && !utf8.Valid(b[from:at]) {
					reason = fault.AvroMalformed
					break
				}
			}
			continue
		case opRange:
			if r := &p.ranges[o.a]; long < r.lo || long > r.hi {
				rule = r.rule
			}
		case opRunes:
			r := &p.ranges[o.a]
			count := int64(at - from)
			if !plain && count >= r.lo { // never more code points than bytes
				count = int64(utf8.RuneCount(b[from:at]))
			}
			if count < r.lo || count > r.hi {
				rule = r.rule
			}
		case opOptional:
			start = at
			// Both branches have one byte: 0 and 2.
			if at >= len(b) || b[at]|2 != 2 {
				_, reason = branch(b[at:], 2)
				break
			}
			at++
			if int32(b[at-1]>>1) == o.a {
				pc = int(o.b) - 1
			}
			continue
		case opEnum, opUnion:
			start = at
			if at < len(b) && b[at] < 0x80 {
				long = unzigzag(uint64(b[at]))
				at++
			} else {
				var size int
				if long, size, reason = varint(b[at:], opInt); reason != "" {
					break
				}
				at += size
			}
			if uint64(long) >= uint64(o.a) {
				reason = fault.AvroMalformed
				break
			}
			if o.code == opUnion {
				pc = int(p.targets[int64(o.b)+long]) - 1
			}
			continue
		case opSymbols:
			if s := &p.symbols[o.a]; !s.holds[long] {
				rule = s.rule
			}
		case opDouble:
			start, from = at, at
			if at+8 > len(b) {
				reason = fault.AvroTruncated
				break
			}
			float = math.Float64frombits(binary.LittleEndian.Uint64(b[at:]))
			at += 8
			continue
		case opFloat:
			start, from = at, at
			if at+4 > len(b) {
				reason = fault.AvroTruncated
				break
			}
			float = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[at:])))
			at += 4
			continue
		case opFloatRange:
			if r := &p.floats[o.a]; !(r.lo <= float && float <= r.hi) { // not for NaN
				rule = r.rule
			}
		case opBoolean:
			start, from = at, at
			if at >= len(b) {
				reason = fault.AvroTruncated
				break
			}
			if long = int64(b[at]); long > 1 {
				reason = fault.AvroMalformed
				break
			}
			at++
			continue
		case opFixed:
			start, from = at, at
			if int(o.a) > len(b)-at {
				reason = fault.AvroTruncated
				break
			}
			at += int(o.a)
			continue
		case opDigits:
			d := &p.digits[o.a]
			if small = at-from <= 8; small {
				long = fewTwos(b[from:at])
				if d.fits && (long < d.lo64 || long > d.hi64) {
					reason = fault.AvroMalformed
					break
				}
			} else if !d.holdsFor(b[from:at]) {
				reason = fault.AvroMalformed
				break
			}
			continue
		case opDecimalRange:
			d := &p.decimals[o.a]
			if small && d.fits {
				if long < d.lo64 || long > d.hi64 {
					rule = d.rule
				}
			} else if !d.holdsFor(b[from:at]) {
				rule = d.rule
			}
		case opUUID:
			if !isUUID(b[from:at]) {
				reason = fault.AvroMalformed
				break
			}
			continue
		case opDay:
			if long < 0 || long >= 86_400_000*int64(o.a) {
				reason = fault.AvroMalformed
				break
			}
			continue
		case opWiden:
			float = float64(long)
			continue
		case opWiden32:
			float = float64(float32(long))
			continue
		case opCheck:
			c := &p.checks[o.a]
			v := &n.value
			v.long, v.float, v.bytes = long, float, b[from:at]
			if !c.holds(v) {
				rule = c.rule
			}
		case opBroken:
			rule = int(o.a)
		case opCapture:
			c := &n.captured[o.a]
			c.kind, c.from, c.to, c.long = captureKind(o.b), from, at, long
			continue
		case opSymbol:
			n.captured[o.a] = p.consts[int64(o.b)+long]
			continue
		case opConst:
			n.captured[o.a] = p.consts[o.b]
			continue
		case opJump:
			pc = int(o.a) - 1
			continue
		case opArray:
			start = at
			if w.depth >= len(n.frames) {
				reason = fault.AvroMalformed
				break
			}
			l, f := &p.loops[o.a], &n.frames[w.depth]
			w.depth++
			f.left, f.total, f.end, f.from = 0, 0, -1, at
			if l.unique >= 0 {
				n.unique.begin()
			}
			w.at = at
			if reason = w.block(l, f); reason != "" {
				start = w.start
				break
			}
			at = w.at
			if f.left == 0 {
				w.depth--
				long, pc = 0, int(l.end)-1
				continue
			}
			if w.steps -= int(l.end - l.body); w.steps < 0 {
				start, reason = at, fault.AvroLength
				break
			}
			f.item, start = at, at
			pc = int(l.body) - 1
			continue
		case opNext:
			l, f := &p.loops[o.a], &n.frames[w.depth-1]
			if l.unique >= 0 && !n.unique.add(b, l.itemFrom(f, b[from:at], at), at) && w.broken(l.unique) {
				w.pc, w.start = pc, f.item
				return w.breaks(l.unique)
			}
			f.total++
			if f.left--; f.left == 0 {
				w.at = at
				if reason = w.block(l, f); reason != "" {
					start = w.start
					break
				}
				at = w.at
				if f.left == 0 {
					w.depth--
					long, start, pc = f.total, f.from, int(l.end)-1
					continue
				}
			}
			if w.steps -= int(l.end - l.body); w.steps < 0 {
				start, reason = at, fault.AvroLength
				break
			}
			f.item, start = at, at
			pc = int(l.body) - 1
			continue
		case opCall:
			s := &p.subs[o.a]
			start = at
			if w.depth >= len(n.frames) {
				reason = fault.AvroMalformed
				break
			}
			n.frames[w.depth].back = int32(pc) + 1
			w.depth++
			if w.steps -= int(s.end - s.start); w.steps < 0 {
				reason = fault.AvroLength
				break
			}
			pc = int(s.start) - 1
			continue
		case opReturn:
			w.depth--
			pc = int(n.frames[w.depth].back) - 1
			continue
		case opEnd:
			if at != len(b) {
				w.pc = pc
				return w.stop(fault.AvroTrailing, at)
			}
			return Verdict{Rule: -1}
		}
		if reason != "" {
			w.pc = pc
			return w.stop(reason, start)
		}
		if rule >= 0 && w.broken(rule) {
			w.pc, w.start = pc, start
			return w.breaks(rule)
		}
	}
}

// broken notes a broken rule; true means that it rejects.
func (w *walk) broken(rule int) bool {
	switch w.p.rules[rule].Severity {
	case Error:
		return true
	case Count:
		w.n.count(rule)
	default:
		w.n.warn(rule)
	}
	return false
}

func (w *walk) breaks(rule int) Verdict {
	reason := fault.RuleBroken
	if w.p.rules[rule].Kind == Required {
		reason = fault.FieldRequired
	}
	return Verdict{Reason: reason, Rule: rule, At: w.start, op: int32(w.pc)}
}

// varint reads an int or long of any length, as the op says.
func varint(b []byte, code opcode) (v int64, size int, reason fault.Reason) {
	var u uint64
	if len(b) >= 8 {
		// All bytes at once: the first without its high bit ends the number, and seven bits of each are pushed together.
		x := binary.LittleEndian.Uint64(b)
		if ends := ^x & 0x8080808080808080; ends != 0 {
			x &= ends ^ (ends - 1)
			x &= 0x7f7f7f7f7f7f7f7f
			size = bits.TrailingZeros64(ends)/8 + 1
			x = x&0x007f007f007f007f | x&0x7f007f007f007f00>>1
			x = x&0x00003fff00003fff | x&0x3fff00003fff0000>>2
			x = x&0x000000000fffffff | x&0x0fffffff00000000>>4
			if size == 1 || x>>(7*(size-1)) != 0 && (code == opLong || size <= maxIntBytes && x>>32 == 0) {
				return unzigzag(x), size, ""
			}
			return 0, 0, fault.AvroMalformed
		}
	}
	if code == opLong {
		u, size = uvarint(b, maxLongBytes, 64)
	} else {
		u, size = uvarint(b, maxIntBytes, 32)
	}
	switch {
	case size == 0:
		return 0, 0, fault.AvroTruncated
	case size < 0:
		return 0, 0, fault.AvroMalformed
	}
	return unzigzag(u), size, ""
}

// branch reads the number of a branch, of which there are so many.
func branch(b []byte, of int64) (int, fault.Reason) {
	i, _, reason := varint(b, opInt)
	if reason == "" && (i < 0 || i >= of) {
		reason = fault.AvroMalformed
	}
	return int(i), reason
}

// isPlain tells whether text is ASCII, which is UTF-8 with a code point for each byte.
func isPlain(b []byte) bool {
	const high = 0x8080808080808080
	if len(b) < 8 {
		var all byte
		for _, c := range b {
			all |= c
		}
		return all < 0x80
	}
	for i := 0; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&high != 0 {
			return false
		}
	}
	return binary.LittleEndian.Uint64(b[len(b)-8:])&high == 0
}
