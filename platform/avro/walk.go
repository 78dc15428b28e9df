package avro

import (
	"encoding/binary"
	"math"
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
// payload. The first thing that is wrong, in the order of the bytes, is the verdict.
func (p *Program) Walk(payload []byte, n *Notes) Verdict {
	n.reset()
	w := walk{p: p, n: n, b: payload, steps: baseSteps + stepsPerByte*len(payload)}
	if len(payload) > p.limits.Bytes {
		return w.stop(fault.AvroLength, 0)
	}
	return w.run()
}

type walk struct {
	p     *Program
	n     *Notes
	b     []byte
	at    int // the next byte
	pc    int // the op at work
	start int // of the value that was read last
	steps int
	items int // of arrays and maps, so far
	empty int // those among them that take no bytes
}

func (w *walk) stop(reason fault.Reason, at int) Verdict {
	return Verdict{Reason: reason, Rule: -1, At: at, op: int32(w.pc)}
}

// run steps through the ops. Every op that reads leaves w.start at the value's first byte.
func (w *walk) run() Verdict {
	v := &w.n.value
	for ; ; w.pc++ {
		o := &w.p.ops[w.pc]
		var reason fault.Reason
		switch o.code {
		case opLong:
			v.long, reason = w.long()
		case opInt:
			v.long, reason = w.int()
		case opString:
			if v.bytes, reason = w.bytes(); reason == "" && !utf8.Valid(v.bytes) {
				reason = fault.AvroMalformed
			}
		case opBytes:
			v.bytes, reason = w.bytes()
		case opOptional:
			v.long, reason = w.index(2)
			if reason == "" && v.long == int64(o.a) {
				w.pc = int(o.b) - 1
			}
		case opUnion:
			if v.long, reason = w.index(int64(o.b)); reason == "" {
				w.pc = int(w.p.targets[int64(o.a)+v.long]) - 1
			}
		case opJump:
			w.pc = int(o.a) - 1
		case opEnum:
			v.long, reason = w.index(int64(o.a))
		case opBoolean:
			reason = w.boolean(v)
		case opFloat:
			if reason = w.fixed(v, 4); reason == "" {
				v.float = float64(math.Float32frombits(binary.LittleEndian.Uint32(v.bytes)))
			}
		case opDouble:
			if reason = w.fixed(v, 8); reason == "" {
				v.float = math.Float64frombits(binary.LittleEndian.Uint64(v.bytes))
			}
		case opFixed:
			reason = w.fixed(v, int(o.a))
		case opDigits:
			if !w.p.digits[o.a].holds(v) {
				return w.stop(fault.AvroMalformed, w.start)
			}
		case opUUID:
			if !isUUID(v.bytes) {
				return w.stop(fault.AvroMalformed, w.start)
			}
		case opDay:
			if v.long < 0 || v.long >= 86_400_000*int64(o.a) {
				return w.stop(fault.AvroMalformed, w.start)
			}
		case opWiden:
			v.float = float64(v.long)
		case opWiden32:
			v.float = float64(float32(v.long))
		case opCheck:
			if c := &w.p.checks[o.a]; !c.holds(v) && w.broken(c.rule) {
				return w.breaks(c.rule)
			}
		case opBroken:
			if w.broken(int(o.a)) {
				return w.breaks(int(o.a))
			}
		case opCapture:
			w.n.captured[o.a] = captured{captureKind(o.b), v.bytes, v.long}
		case opSymbol:
			w.n.captured[o.a] = w.p.consts[int64(o.b)+v.long]
		case opConst:
			w.n.captured[o.a] = w.p.consts[o.b]
		case opCall:
			reason = w.call(o.a)
		case opReturn:
			top := len(w.n.frames) - 1
			w.pc = int(w.n.frames[top].back) - 1
			w.n.frames = w.n.frames[:top]
		case opArray, opNext:
			var rule int
			if reason, rule = w.step(o); rule >= 0 {
				return w.breaks(rule)
			}
		case opEnd:
			if w.at != len(w.b) {
				return w.stop(fault.AvroTrailing, w.at)
			}
			return Verdict{Rule: -1}
		}
		if reason != "" {
			return w.stop(reason, w.start)
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

func (w *walk) long() (int64, fault.Reason) {
	w.start = w.at
	if w.at < len(w.b) && w.b[w.at] < 0x80 { // most numbers are short
		w.at++
		return unzigzag(uint64(w.b[w.at-1])), ""
	}
	return w.varint(maxLongBytes, 64)
}

func (w *walk) int() (int64, fault.Reason) {
	w.start = w.at
	if w.at < len(w.b) && w.b[w.at] < 0x80 {
		w.at++
		return unzigzag(uint64(w.b[w.at-1])), ""
	}
	return w.varint(maxIntBytes, 32)
}

func (w *walk) varint(maxBytes int, bits uint) (int64, fault.Reason) {
	u, n := uvarint(w.b[w.at:], maxBytes, bits)
	switch {
	case n == 0:
		return 0, fault.AvroTruncated
	case n < 0:
		return 0, fault.AvroMalformed
	}
	w.at += n
	return unzigzag(u), ""
}

// index reads the number of a branch or symbol.
func (w *walk) index(n int64) (int64, fault.Reason) {
	i, reason := w.int()
	if reason == "" && (i < 0 || i >= n) {
		return 0, fault.AvroMalformed
	}
	return i, reason
}

// bytes reads a length and as many bytes. A length that the limits allow but the payload does not have means that the
// payload was cut; one beyond the limits was never right.
func (w *walk) bytes() ([]byte, fault.Reason) {
	n, reason := w.long()
	switch {
	case reason != "":
		return nil, reason
	case n < 0 || n > int64(w.p.limits.Bytes):
		return nil, fault.AvroLength
	case n > int64(len(w.b)-w.at):
		return nil, fault.AvroTruncated
	}
	from := w.at
	w.at += int(n)
	return w.b[from:w.at:w.at], ""
}

func (w *walk) fixed(v *value, n int) fault.Reason {
	w.start = w.at
	if n > len(w.b)-w.at {
		return fault.AvroTruncated
	}
	w.at += n
	v.bytes = w.b[w.start:w.at:w.at]
	return ""
}

func (w *walk) boolean(v *value) fault.Reason {
	if reason := w.fixed(v, 1); reason != "" {
		return reason
	}
	if v.long = int64(v.bytes[0]); v.long > 1 {
		return fault.AvroMalformed
	}
	return ""
}

// push enters an array, map or shared record whose ops are so many.
func (w *walk) push(f frame, ops int32) fault.Reason {
	if len(w.n.frames) >= w.p.limits.Depth {
		return fault.AvroMalformed
	}
	w.n.frames = append(w.n.frames, f)
	return w.spend(ops)
}

func (w *walk) spend(ops int32) fault.Reason {
	if w.steps -= int(ops); w.steps < 0 {
		return fault.AvroLength
	}
	return ""
}

func (w *walk) call(sub int32) fault.Reason {
	s := &w.p.subs[sub]
	w.start = w.at
	if reason := w.push(frame{back: int32(w.pc) + 1}, s.end-s.start); reason != "" {
		return reason
	}
	w.pc = int(s.start) - 1
	return ""
}
