package avro

import (
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Program checks payloads of one writer's schema against the rules of a contract. It is immutable and safe for
// concurrent use; each goroutine needs Notes of its own.
type Program struct {
	writer   *Schema
	reader   *Schema
	rules    []Rule
	captures []Capture
	limits   Limits
	rewrite  *resolution // how the writer's values become the reader's; nil where they are the same bytes
	growth   int         // how many bytes longer that makes what is in no array, map, union or shared record

	ops      []op
	where    []*path // of each op, for messages
	checks   []ruleCheck
	words    []word     // of opOneOf and opNoneOf
	shapes   []shape    // of opShape
	machines []*machine // of opPattern
	targets  []int32    // of unions: where each branch begins
	loops    []loop
	subs     []sub
	frames   int        // how many a walk needs at most
	consts   []captured // captures of symbols, and of fields that the writer lacks
	texts    [][]byte   // of consts
}

// opcode is one step of the walk. The ops of a value stand before those that look at it once more.
type opcode uint8

// Ops that read a value. Their guard is what they say, their checks all those of the value.
const (
	opInt     opcode = iota // bounds of the number
	opLong                  //
	opString                // bounds of the number of code points; it is UTF-8
	opBytes                 // bounds of the number of bytes
	opDouble                // bounds as floats
	opFloat                 //
	opEnum                  // span: a bit for each symbol
	opFixed                 // no guard; lo: size
	opBoolean               // no guard

	// Ops that look at the value that was read last.
	opCount    // bounds of the number of items
	opTally    // bounds of a number; those beyond are counted, and once they are the rule need not be looked at again
	opDecimal  // bounds of a decimal in bytes or fixed
	opMultiple // lo: the power of ten, as a float, that makes a double whole; span: what divides that
	opOneOf    // words from lo on, span of them: text is among them
	opNoneOf   // text is not among them
	opShape    // lo: shape
	opPattern  // lo: machine
	opCheck    // no guard: its checks say it all

	opUnion      // a: number of branches, b: first target
	opOptional   // a: index of null, b: where null goes; the other branch goes on
	opJump       // a: where to
	opCall       // a: sub
	opReturn     //
	opArray      // a: loop; a map is the same with a key in the body
	opNext       // a: loop, b: its body
	opNextUnique // the same where items are compared
	opGrow       // lo: how many bytes the branch of a union grows by
	opBroken     // a: rule
	opCapture    // a: capture, b: captureKind
	opSymbol     // a: capture, b: const of the first symbol
	opConst      // a: capture, b: const
	opEnd        // the record ends, and the payload must
)

// op is one step, which is done at once where its guard holds: then so do all the checks that the guard stands for. Where
// it does not, and only then, the checks from a to b are looked at one by one.
type op struct {
	code opcode
	on   subject
	a, b int32
	rule int32  // of opTally
	lo   int64  // the guard's lower bound
	span uint64 // from there to the upper one
}

// subject is what the checks of an op look at.
type subject uint8

const (
	onLong   subject = iota // the number
	onWide                  // the number as a double
	onWide32                // the number as a float
	onText                  // the bytes of the length that was read
	onDouble                //
	onFloat                 //
)

// loop is an array or map. Its body is the ops from body to its opNext at end-1; what follows checks the number of items.
type loop struct {
	body, end int32
	width     int  // bytes that an item takes at least
	growth    int  // bytes that an item becomes longer by, without what its unions, records and arrays grow by themselves
	unique    int  // the rule that demands unique items, -1 none
	decimal   bool // unique compares decimals
}

// sub is a record that is used more than once, or within itself.
type sub struct {
	start, end int32
	growth     int // as of a loop
}

// ruleCheck is a rule made ready for one type. The rule is -1 where a logical type asks for it.
type ruleCheck struct {
	rule int
	check
}

// Verdict is what Walk says of a payload.
type Verdict struct {
	// Reason is "" for an accepted record.
	Reason fault.Reason
	// Rule indexes Program.Rules where a rule is broken, else -1.
	Rule int
	// At is the offset in the payload of the value that is to blame.
	At int

	op int32 // where the walk was
}

// OK reports whether the record was accepted.
func (v Verdict) OK() bool { return v.Reason == "" }

// Rules are the rules in the order that they were given; Verdict.Rule and Notes.Warnings index them. They must not be
// changed.
func (p *Program) Rules() []Rule { return p.rules }

// Writer is the schema of the payloads.
func (p *Program) Writer() *Schema { return p.writer }

// Reader is the schema that the rules refer to.
func (p *Program) Reader() *Schema { return p.reader }

// Rejection puts a verdict into words, nil for an accepted record. It never shows a value of the record.
func (p *Program) Rejection(v Verdict) *fault.Rejection {
	if v.OK() {
		return nil
	}
	if v.Rule >= 0 && v.Rule < len(p.rules) {
		r := &p.rules[v.Rule]
		return &fault.Rejection{Reason: v.Reason, Rule: r.ID, Field: spell(r.Path), Message: r.demand()}
	}
	rej := &fault.Rejection{Reason: v.Reason}
	if int(v.op) < len(p.where) {
		rej.Field = strings.TrimPrefix(p.where[v.op].String(), ".")
	}
	rej.Message = fmt.Sprintf("%s, at byte %d of the payload", reasonText[v.Reason], v.At)
	return rej
}

var reasonText = map[fault.Reason]string{
	fault.AvroTruncated: "the payload ends inside a value",
	fault.AvroLength:    "a length or count is negative, contradicts its block, or is beyond the limits",
	fault.AvroMalformed: "the bytes are no value of the schema's type",
	fault.AvroTrailing:  "more bytes follow the value",
}

// demand is what the rule asks for, in one sentence.
func (r *Rule) demand() string {
	path := spell(r.Path)
	switch r.Kind {
	case Required:
		return path + " is required but null"
	case UniqueItems:
		return path + " holds an item twice"
	case NoneOf:
		return path + " is one of the " + fmt.Sprint(len(r.Values)) + " values that the contract excludes"
	case Enum:
		return path + " is not one of the " + fmt.Sprint(len(r.Values)) + " values that the contract lists"
	}
	return path + " breaks " + string(r.Kind) + " " + r.Text
}

// spell writes a path as in messages: a.b[].c{}.
func spell(path []string) string {
	s := strings.Join(path, ".")
	s = strings.ReplaceAll(strings.ReplaceAll(s, ".[]", "[]"), ".{}", "{}")
	if s == "" {
		return "$"
	}
	return s
}
