package avro

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// What rules may cost is bounded for a whole record, not only for each value of it: in 64 MiB, and in 100 ms where nothing else runs.
func TestHostileRules(t *testing.T) {
	numbers := func(from, n int) string {
		var b []byte
		for i := range n {
			b = appendLong(b, int64(from+i))
		}
		return string(b)
	}
	text := func(s string) string { return string(appendString(nil, s)) }
	const slow = `(a|b|é){0,1000}c` // 4003 instructions
	for _, c := range []struct {
		name, schema, payload string
		rule                  Rule
		want                  fault.Reason
	}{
		{
			"a million items", `{"type":"array","items":"long"}`, long(1_000_000) + numbers(0, 1_000_000) + long(0),
			Rule{Kind: UniqueItems}, fault.AvroLength,
		},
		{
			"as many as may be", `{"type":"array","items":"long"}`, long(100_000) + numbers(0, 100_000) + long(0),
			Rule{Kind: UniqueItems}, "",
		},
		{
			"one more, in another block", `{"type":"array","items":"long"}`, long(100_000) + numbers(0, 100_000) + long(1) + long(-1) + long(0),
			Rule{Kind: UniqueItems}, fault.AvroLength,
		},
		{
			"a million items that need not be unique", `{"type":"array","items":"long"}`, long(1_000_000) + numbers(0, 1_000_000) + long(0),
			Rule{Kind: MinItems, Text: "1"}, "",
		},
		{
			"many arrays", `{"type":"array","items":{"type":"array","items":"long"}}`, long(10_000) + strings.Repeat(long(11)+numbers(0, 11)+long(0), 10_000) + long(0),
			Rule{Path: []string{"[]"}, Kind: UniqueItems}, fault.AvroLength,
		},
		{
			"many arrays that only warn", `{"type":"array","items":{"type":"array","items":"long"}}`, long(10_000) + strings.Repeat(long(11)+numbers(0, 11)+long(0), 10_000) + long(0),
			Rule{Path: []string{"[]"}, Kind: UniqueItems, Severity: Warning}, fault.AvroLength,
		},
		{"a long text", `"string"`, text(strings.Repeat("ab", 450_000) + "é"), Rule{Kind: Pattern, Text: slow}, fault.AvroLength},
		{"a short text", `"string"`, text(strings.Repeat("ab", 1200) + "é"), Rule{Kind: Pattern, Text: slow}, fault.RuleBroken},
		{
			"many short texts", `{"type":"array","items":"string"}`, long(2) + strings.Repeat(text(strings.Repeat("ab", 1200)+"éc"), 2) + long(0),
			Rule{Path: []string{"[]"}, Kind: Pattern, Text: slow}, fault.AvroLength,
		},
		{"a long text of few letters", `"string"`, text(strings.Repeat("aé", 100_000)), Rule{Kind: Pattern, Text: `^\S.*$`}, ""},
		{"a long text in ASCII", `"string"`, text(strings.Repeat("ab", 450_000) + "c"), Rule{Kind: Pattern, Text: `(a|b|é){0,9}c`}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.rule.ID = "rule"
			p := mustCompile(t, mustParse(t, c.schema), Options{Rules: []Rule{c.rule}})
			n := p.NewNotes()
			payload := []byte(c.payload)
			bounded(t, 2*time.Second, 64<<20, func() {
				if v := p.Walk(payload, n); v.Reason != c.want {
					t.Errorf("%+v, want %q", v, c.want)
				}
			})
			// What one record used up, the next one has again.
			if v := p.Walk(payload, n); v.Reason != c.want {
				t.Errorf("again: %+v, want %q", v, c.want)
			}
		})
	}
}

// Items that are there twice leave nothing behind for the next array: what they left made a table full, and the walk go on for ever.
func TestUniqueItemsLeaveNothing(t *testing.T) {
	const items = `{"type":"array","items":"long"}`
	p := mustCompile(t, mustParse(t, items), Options{Rules: []Rule{{ID: "rule", Kind: UniqueItems}}})
	n := p.NewNotes()
	for length := 2; length < 40; length++ {
		for range 100 {
			twice := appendLong(nil, int64(length))
			for i := range length - 1 {
				twice = appendLong(twice, int64(i))
			}
			twice = append(appendLong(twice, 0), 0)
			if v := p.Walk(twice, n); v.Rule != 0 {
				t.Fatalf("%d items, the last as the first: %+v", length, v)
			}
		}
	}
	// A rule that only warns lets the array go on.
	p = mustCompile(t, mustParse(t, items), Options{Rules: []Rule{{ID: "rule", Kind: UniqueItems, Severity: Warning}}})
	n = p.NewNotes()
	again := appendLong(nil, 8+200)
	for i := range int64(8 + 200) {
		again = appendLong(again, i%8)
	}
	if v := p.Walk(append(again, 0), n); !v.OK() || len(n.Warnings()) != 1 {
		t.Errorf("%+v, %v", v, n.Warnings())
	}
	once := appendLong(nil, 39)
	for i := range 39 {
		once = appendLong(once, int64(i))
	}
	if v := p.Walk(append(once, 0), n); !v.OK() || len(n.Warnings()) != 0 {
		t.Errorf("%+v, %v", v, n.Warnings())
	}
}

// The symbols of an enum are matched beforehand, each with the room that a record has.
func TestPatternsOfManySymbols(t *testing.T) {
	var symbols strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&symbols, `,"S%d"`, i)
	}
	s := mustParse(t, `{"type":"enum","name":"E","symbols":[`+symbols.String()[1:]+`]}`)
	p := mustCompile(t, s, Options{Rules: []Rule{{ID: "rule", Kind: Pattern, Text: `^\p{Lu}[\p{L}\p{N}]{1,200}$`}}})
	if v := p.Walk([]byte(long(4999)), p.NewNotes()); !v.OK() {
		t.Error(p.Rejection(v))
	}
}
