package avro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"os"
	"strconv"
	"strings"
	"testing"

	twmb "github.com/twmb/avro"
)

// wantedPairs is how many pairs of schemas are compared: $TIDEMARK_PAIRS, or enough for every day.
func wantedPairs(t *testing.T) int { return wanted(t, "TIDEMARK_PAIRS", 2500) }

// wanted is the number in a variable, or that for every day.
func wanted(t *testing.T, variable string, everyDay int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return everyDay
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; it must be a number from 1", variable, text)
	}
	return n
}

// tally counts what became of the seeds. A pair counts as compared if it was not seen before, its two schemas differ, both
// checkers gave a verdict, and the verdict is the same.
type tally struct {
	seeds                uint64 // 0 to seeds-1, in this order
	readable, unreadable int    // compared
	decoded, doubtful    int    // readable, and a payload was decoded; or the reader's type refused every value tried
	known                int    // in the class of lacksNullDefault
	unchanged, noSchema  int    // the change changed nothing, or made no schema
	repeated             int
}

func (n *tally) compared() int { return n.readable + n.unreadable }

func (n *tally) String() string {
	return fmt.Sprintf("seeds 0 to %d: %d pairs compared, all distinct: %d readable (%d decoded, %d whose values the reader's type refuses), %d not readable. "+
		"Not counted: %d in the known class, %d seen before, %d unchanged, %d that are no schema",
		n.seeds-1, n.compared(), n.readable, n.decoded, n.doubtful, n.unreadable, n.known, n.repeated, n.unchanged, n.noSchema)
}

// Compatibility agrees with twmb on pairs of a schema and a changed one, and where both say that it can be read, data
// that was encoded by the one is decoded by the other, to the same values by both implementations.
//
//	TIDEMARK_PAIRS=1000000 go test -run TestCanReadAgreesWithTwmb -v -timeout 1h ./platform/avro
func TestCanReadAgreesWithTwmb(t *testing.T) {
	n := &tally{}
	seen, hash := make(map[uint64]bool), maphash.MakeSeed()
	for wanted := wantedPairs(t); n.compared() < wanted; n.seeds++ {
		g := newGenerator(n.seeds)
		a := g.record(3)
		b := g.evolve(a)
		pair := maphash.String(hash, a+"\n"+b)
		if a == b {
			n.unchanged++
			continue
		}
		if seen[pair] {
			n.repeated++
			continue
		}
		seen[pair] = true
		reader, err := Parse([]byte(b))
		if err != nil {
			n.noSchema++
			continue
		}
		writer := mustParse(t, a)
		theirs := twmb.CheckCompatibility(twmb.MustParse(a), twmb.MustParse(b))
		ours := CanRead(reader, writer)
		switch {
		case theirs == nil && len(ours) > 0 && lacksNullDefault(t, b, writer):
			n.known++
			continue
		case (theirs == nil) != (len(ours) == 0):
			t.Fatalf("seed %d: twmb says %v, we say %v\nwriter %s\nreader %s", n.seeds, theirs, ours, a, b)
		case theirs != nil:
			n.unreadable++
		default:
			n.readable++
			if compareDecoded(t, g, writer, reader, a, b) {
				n.decoded++
			} else {
				n.doubtful++
			}
		}
	}
	t.Log(n)
	// What was looked at has to be enough of each kind to say something.
	tenth := n.compared() / 10
	if n.readable < tenth || n.unreadable < tenth {
		t.Errorf("less than a tenth of the pairs is of one kind: %d readable, %d not", n.readable, n.unreadable)
	}
	if n.decoded < n.readable*99/100 {
		t.Errorf("of %d readable pairs only %d decoded a payload; it should be 99 of 100", n.readable, n.decoded)
	}
	if n.known > n.compared()/100 {
		t.Errorf("%d pairs are in the known class, more than one to a hundred compared", n.known)
	}
}

// lacksNullDefault tells whether a pair is in the one known class of differences: twmb lets a reader's field that is a
// union beginning with null do without a default; the specification, Java and we do not. The proof is that nothing but
// the default null is missing.
func lacksNullDefault(t *testing.T, reader string, writer *Schema) bool {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(reader))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	giveNullDefaults(v)
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		t.Fatal(err)
	}
	return len(CanRead(mustParse(t, b.String()), writer)) == 0
}

func giveNullDefaults(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			giveNullDefaults(e)
		}
	case map[string]any:
		for _, e := range v {
			giveNullDefaults(e)
		}
		union, ok := v["type"].([]any)
		if _, has := v["default"]; ok && !has && v["name"] != nil && len(union) > 0 && union[0] == "null" {
			v["default"] = nil
		}
	}
}

// TestKnownDifferences: the class that TestCanReadAgreesWithTwmb leaves out is as it says.
func TestKnownDifferences(t *testing.T) {
	const writer = `{"type":"record","name":"R","fields":[]}`
	for _, c := range []struct {
		name, reader string
		ours, theirs bool // can it be read?
		known        bool
	}{
		{"no default of a union that begins with null", `{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"]}]}`, false, true, true},
		{"the default null", `{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"],"default":null}]}`, true, true, true},
		{"no default of another union", `{"type":"record","name":"R","fields":[{"name":"a","type":["int","null"]}]}`, false, false, false},
		{"more is missing than the default", `{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"]},{"name":"b","type":"int"}]}`, false, false, false},
	} {
		w := mustParse(t, writer)
		ours := len(CanRead(mustParse(t, c.reader), w)) == 0
		theirs := twmb.CheckCompatibility(twmb.MustParse(writer), twmb.MustParse(c.reader)) == nil
		if ours != c.ours || theirs != c.theirs {
			t.Errorf("%s: readable by us %v, want %v; by twmb %v, want %v", c.name, ours, c.ours, theirs, c.theirs)
		}
		if known := lacksNullDefault(t, c.reader, w); known != c.known {
			t.Errorf("%s: in the class %v, want %v", c.name, known, c.known)
		}
	}
}

// compareDecoded decodes a payload of the writer's by the reader's schema, with twmb and here, and compares the values.
// It is false where no value could be found that the reader's type takes: bytes may be read as a string by their types,
// and yet be none.
func compareDecoded(t *testing.T, g *generator, writer, reader *Schema, a, b string) bool {
	t.Helper()
	p := mustCompile(t, writer, Options{Reader: reader})
	n := p.NewNotes()
	payload := g.value(nil, writer, 5)
	for tries := 0; !p.Walk(payload, n).OK(); tries++ {
		if tries == 20 {
			return false
		}
		payload = g.value(nil, writer, 5)
	}
	if _, err := p.Decode(payload); err != nil {
		t.Fatalf("accepted and not decoded: %v\nwriter %s\nreader %s\n% x", err, a, b, payload)
	}
	own := mustCompile(t, reader, Options{})
	rewritten := new(rewriter).rewrite(nil, payload, resolve(reader, writer))
	if v := own.Walk(rewritten, own.NewNotes()); !v.OK() {
		t.Fatalf("rewritten payload: %v\nwriter %s\nreader %s\n% x\n% x", own.Rejection(v), a, b, payload, rewritten)
	}
	resolved, err := twmb.Resolve(twmb.MustParse(a), twmb.MustParse(b))
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if _, err := resolved.Decode(payload, &want); err != nil {
		t.Fatalf("twmb: %v\nwriter %s\nreader %s\n% x", err, a, b, payload)
	}
	if _, err := twmb.MustParse(b).Decode(rewritten, &got); err != nil {
		t.Fatalf("twmb, rewritten: %v\nwriter %s\nreader %s\n% x", err, a, b, rewritten)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("rewritten to another value\nwriter %s\nreader %s\n% x\n% x\n%v\n%v", a, b, payload, rewritten, got, want)
	}
	return true
}
