package avro

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
)

// textMatch holds for text in which the expression is found.
type textMatch struct {
	*regexp.Regexp
	size int // instructions of its program
}

// maxMatchWork bounds what the library may take for the texts of one record: it looks at each instruction of a program for each
// character, if an expression demands it, and takes some ten nanoseconds for that.
const maxMatchWork = 10_000_000

func (c textMatch) holds(v *value) bool {
	if v.work -= (runeCount(v.bytes) + 1) * c.size; v.work < 0 {
		return false
	}
	return c.Match(v.bytes)
}

func newPattern(r Rule, t *Schema) (check, error) {
	if t.typ != TypeString && t.typ != TypeEnum {
		return nil, cannotCarry(r, t)
	}
	re, err := regexp.Compile(r.Text)
	if err != nil {
		return nil, fmt.Errorf("%w (patterns are RE2: no look-around, no back-references)", err)
	}
	prog, err := programOf(r.Text)
	if err != nil {
		return nil, err
	}
	match := textMatch{re, len(prog.Inst)}
	if t.typ == TypeEnum {
		return symbolsThat(t, match), nil
	}
	if m := newMachine(prog); m != nil {
		return &machineMatch{m, match}, nil
	}
	return match, nil
}

// machineMatch is a textMatch that takes ASCII, which most text is, through a machine.
type machineMatch struct {
	*machine
	other textMatch
}

func (c *machineMatch) holds(v *value) bool {
	switch c.find(v.bytes) {
	case c.found():
		return true
	case c.lost():
		return false
	}
	return c.other.holds(v)
}

// machine is a deterministic automaton that finds an expression in ASCII with two table look-ups for each byte. Bytes that
// the expression treats alike have one class, and the end of the text is a class as well.
type machine struct {
	class [256]uint8 // of each byte
	width uint16     // number of classes
	next  []uint16   // by state and class: the next state. A state is where its row begins.
}

// The states that every machine has. Nothing leads out of them but the first.
const (
	lost   = iota // nothing can be found any more
	found         // it is found, whatever follows
	unsure        // a byte is not ASCII: nobody knows
	begin         // before the first byte
)

// Classes that every machine has.
const (
	endOfText = iota
	notASCII
	firstClass
)

func (m *machine) lost() uint16  { return lost * m.width }
func (m *machine) found() uint16 { return found * m.width }

// find is what is known after all of b: lost, found or unsure.
func (m *machine) find(b []byte) uint16 {
	state := begin * m.width
	for _, c := range b {
		state = m.next[state+uint16(m.class[c])]
	}
	return m.next[state+endOfText]
}

// Bounds of a machine: its size, to 50 kB, and what it may take to make, to some milliseconds.
const (
	maxStates = 200
	maxWork   = 500_000
)

// programOf is the library's own program of an expression.
func programOf(expression string) (*syntax.Prog, error) {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return syntax.Compile(parsed.Simplify())
}

// newMachine makes the machine of an expression by the subset construction over its program; nil where it would be too large, or
// where the expression asks about words and lines.
func newMachine(prog *syntax.Prog) *machine {
	b := &builder{prog: prog, numbers: map[string]uint16{}, seen: make([]bool, len(prog.Inst))}
	if 128*len(prog.Inst) > maxWork || !b.classify() {
		return nil
	}
	return b.build()
}

// builder makes a machine.
type builder struct {
	prog    *syntax.Prog
	m       machine
	sample  []rune // a byte of each class from firstClass on
	numbers map[string]uint16
	seen    []bool     // by instruction, of the closure at work
	work    int        // instructions looked at so far
	sets    [][]uint32 // by state: the instructions that may come next, sorted
}

// classify gives bytes that no instruction tells apart one class.
func (b *builder) classify() bool {
	for c := range b.m.class {
		b.m.class[c] = notASCII
	}
	signatures := map[string]uint8{}
	for c := rune(0); c < 128; c++ {
		var signature []byte
		for i := range b.prog.Inst {
			switch inst := &b.prog.Inst[i]; inst.Op {
			case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
				signature = append(signature, boolByte(inst.MatchRune(c)))
			case syntax.InstEmptyWidth:
				if syntax.EmptyOp(inst.Arg)&^(syntax.EmptyBeginText|syntax.EmptyEndText) != 0 {
					return false
				}
			}
		}
		class, known := signatures[string(signature)]
		if !known {
			class = uint8(firstClass + len(b.sample))
			signatures[string(signature)] = class
			b.sample = append(b.sample, c)
		}
		b.m.class[c] = class
	}
	b.m.width = uint16(firstClass + len(b.sample))
	return true
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (b *builder) build() *machine {
	b.sets = make([][]uint32, begin)
	first, matched := b.closure([]uint32{uint32(b.prog.Start)}, syntax.EmptyBeginText)
	if matched {
		return nil // it is found in every text
	}
	b.sets = append(b.sets, first) // not by its number: at the beginning of the text more is true than later
	for i := 0; i < len(b.sets); i++ {
		row := make([]uint16, b.m.width)
		switch {
		case i < begin:
			for class := range row {
				row[class] = uint16(i)
			}
		default:
			row[notASCII] = unsure
			for class, c := range b.sample {
				if len(b.sets) > maxStates || b.work > maxWork {
					return nil
				}
				row[firstClass+class] = b.after(b.sets[i], c)
			}
			if _, ends := b.closure(b.sets[i], syntax.EmptyEndText|boolOp(i == begin)); ends {
				row[endOfText] = found
			}
		}
		for _, state := range row {
			b.m.next = append(b.m.next, state*b.m.width)
		}
	}
	return &b.m
}

// boolOp is the beginning of the text, which the first state is at.
func boolOp(first bool) syntax.EmptyOp {
	if first {
		return syntax.EmptyBeginText
	}
	return 0
}

// after is the state that a byte leads to. The expression may begin after any byte.
func (b *builder) after(set []uint32, c rune) uint16 {
	next := []uint32{uint32(b.prog.Start)}
	b.work += len(set)
	for _, i := range set {
		if inst := &b.prog.Inst[i]; isRune(inst) && inst.MatchRune(c) {
			next = append(next, inst.Out)
		}
	}
	closed, matched := b.closure(next, 0)
	if matched {
		return found
	}
	return b.state(closed)
}

func isRune(inst *syntax.Inst) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// state is the number of a set of instructions.
func (b *builder) state(set []uint32) uint16 {
	if len(set) == 0 {
		return lost
	}
	key := fmt.Sprint(set)
	number, known := b.numbers[key]
	if !known {
		number = uint16(len(b.sets))
		b.numbers[key] = number
		b.sets = append(b.sets, set)
	}
	return number
}

// closure follows what takes no byte, where these things are true of the place. Instructions that wait for the end of the
// text stay in the set.
func (b *builder) closure(from []uint32, here syntax.EmptyOp) (set []uint32, matched bool) {
	clear(b.seen)
	b.work += len(b.seen)/8 + len(from)
	stack := slices.Clone(from)
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if b.seen[i] {
			continue
		}
		b.seen[i] = true
		b.work++
		switch inst := &b.prog.Inst[i]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, inst.Out)
		case syntax.InstEmptyWidth:
			wants := syntax.EmptyOp(inst.Arg)
			switch {
			case wants&^here == 0:
				stack = append(stack, inst.Out)
			case wants&syntax.EmptyBeginText&^here == 0:
				set = append(set, i) // it may be the end
			}
		case syntax.InstMatch:
			matched = true
		case syntax.InstFail:
		default:
			set = append(set, i)
		}
	}
	slices.Sort(set)
	return set, matched
}
