package avro

import "hash/maphash"

// Notes is what one walk notes: captures, broken warnings, and the scratch that the walk works in. It belongs to one
// goroutine at a time; each walk begins anew. After a walk that rejected, it holds nothing of use.
type Notes struct {
	program *Program
	payload []byte

	// Where the walk is. While run is at work, its variables say it.
	pc    int // the next op
	at    int // the next byte
	start int // of the value that was read last
	long  int64
	depth int // of frames
	steps int // that may still be taken
	room  int // bytes that the record may still become longer by for the reader
	items int // of arrays and maps, so far
	empty int // those among them that take no bytes

	compared int // items that had to be unique, so far

	verdict  Verdict // once it has ended
	value    value
	frames   []frame
	captured []captured
	warned   []int
	counted  []int
	isBroken []bool // by rule: it is in warned or counted
	unique   uniqueSet
}

// frame is an array, map or shared record that the walk is in.
type frame struct {
	back  int32 // record: the op after the call
	left  int64 // items left in this block
	total int64 // items so far, this block's included
	end   int   // where the block says that it ends, -1 where it does not
	from  int   // where the array or map began
	item  int   // where the item began
}

// captured is one captured value: a number, which of bytes is their length, of captureText that of the program's text.
type captured struct {
	kind captureKind
	end  int // of the value in the payload
	long int64
}

// captureKind is what a captured value is.
type captureKind uint8

const (
	captureNone captureKind = iota
	captureBytes
	captureSymbol // of an enum: noted as captureText
	captureText   // not in the payload
	captureLong
	captureDate
	captureMillis
	captureMicros
	captureNanos
)

// captureKindOf is how values of a type are captured.
func captureKindOf(t *Schema) captureKind {
	switch t.typ {
	case TypeString, TypeBytes, TypeFixed:
		return captureBytes
	case TypeEnum:
		return captureSymbol
	case TypeInt, TypeLong:
	default:
		return captureNone
	}
	switch {
	case t.logical == Date:
		return captureDate
	case !t.logical.isTimestamp():
		return captureLong
	case t.logical.timeUnit() == 1e3:
		return captureMillis
	case t.logical.timeUnit() == 1e6:
		return captureMicros
	}
	return captureNanos
}

// NewNotes makes scratch for one goroutine.
func (p *Program) NewNotes() *Notes {
	return &Notes{
		frames:   make([]frame, p.frames),
		captured: make([]captured, len(p.captures)),
		warned:   make([]int, 0, len(p.rules)),
		counted:  make([]int, 0, len(p.rules)),
		isBroken: make([]bool, len(p.rules)),
		unique:   uniqueSet{seed: maphash.MakeSeed()},
	}
}

func (n *Notes) reset(p *Program, payload []byte) {
	n.program, n.payload = p, payload
	n.pc, n.at, n.depth, n.items, n.empty = 0, 0, 0, 0, 0
	n.compared, n.value.work = 0, maxMatchWork
	n.steps = baseSteps + stepsPerByte*len(payload)
	n.room = p.limits.Growth - p.growth
	for i := range n.captured {
		n.captured[i].kind = captureNone
	}
	for _, i := range n.warned {
		n.isBroken[i] = false
	}
	for _, i := range n.counted {
		n.isBroken[i] = false
	}
	n.warned, n.counted = n.warned[:0], n.counted[:0]
}

func (n *Notes) warn(rule int) {
	if !n.isBroken[rule] {
		n.isBroken[rule] = true
		n.warned = append(n.warned, rule)
	}
}

func (n *Notes) count(rule int) {
	if !n.isBroken[rule] {
		n.isBroken[rule] = true
		n.counted = append(n.counted, rule)
	}
}

// Breaks tells whether the record breaks a rule with severity warning or count.
func (n *Notes) Breaks(rule int) bool { return n.isBroken[rule] }

// Warnings are the indexes of the rules with severity warning that the record breaks, each once. They are valid until the
// next walk.
func (n *Notes) Warnings() []int { return n.warned }

// Bytes is a captured string, bytes, fixed or enum symbol; ok is false where it is null or absent or of another type.
// The bytes alias the payload and must not be changed.
func (n *Notes) Bytes(capture int) (b []byte, ok bool) {
	switch c := &n.captured[capture]; c.kind {
	case captureBytes:
		return n.payload[c.end-int(c.long) : c.end : c.end], true
	case captureText:
		return n.program.texts[c.long], true
	}
	return nil, false
}

// Long is a captured int or long as it was written, whatever its logical type; ok is false where it is null or absent or
// of another type.
func (n *Notes) Long(capture int) (v int64, ok bool) {
	c := &n.captured[capture]
	if c.kind < captureLong {
		return 0, false
	}
	return c.long, true
}

// Millis is a captured date or timestamp in milliseconds since 1970, rounded down; ok is false where it is null or
// absent or of another type.
func (n *Notes) Millis(capture int) (ms int64, ok bool) {
	c := &n.captured[capture]
	switch c.kind {
	case captureDate:
		return c.long * 86_400_000, true
	case captureMillis:
		return c.long, true
	case captureMicros:
		return floorDiv(c.long, 1e3), true
	case captureNanos:
		return floorDiv(c.long, 1e6), true
	}
	return 0, false
}

// floorDiv is v/d rounded down, for d > 0.
func floorDiv(v, d int64) int64 {
	q := v / d
	if v%d < 0 {
		q--
	}
	return q
}
