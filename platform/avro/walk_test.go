package avro

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

func long(v int64) string { return string(appendLong(nil, v)) }

// One type, payloads, and what the walker says of each.
func TestWalkReasons(t *testing.T) {
	const (
		node = `{"type":"record","name":"Node","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","Node"]}]}`
		ints = `{"type":"array","items":"int"}`
	)
	for _, c := range []struct {
		name, schema, payload string
		want                  fault.Reason
	}{
		{"null", `"null"`, "", ""},
		{"trailing after null", `"null"`, "\x00", fault.AvroTrailing},
		{"false", `"boolean"`, "\x00", ""},
		{"true", `"boolean"`, "\x01", ""},
		{"boolean 2", `"boolean"`, "\x02", fault.AvroMalformed},
		{"no boolean", `"boolean"`, "", fault.AvroTruncated},
		{"int", `"int"`, long(math.MinInt32), ""},
		{"int of 33 bits", `"int"`, long(math.MaxInt32 + 1), fault.AvroMalformed},
		{"int of 6 bytes", `"int"`, "\x80\x80\x80\x80\x80\x00", fault.AvroMalformed},
		{"int not in its shortest form", `"int"`, "\x82\x00", fault.AvroMalformed},
		{"cut int", `"int"`, "\x80", fault.AvroTruncated},
		{"long", `"long"`, long(math.MinInt64), ""},
		{"long of 65 bits", `"long"`, strings.Repeat("\xff", 9) + "\x02", fault.AvroMalformed},
		{"long of 11 bytes", `"long"`, strings.Repeat("\x80", 10) + "\x01", fault.AvroMalformed},
		{"cut long", `"long"`, strings.Repeat("\xff", 9), fault.AvroTruncated},
		{"float", `"float"`, "\x00\x00\xc0\x7f", ""}, // NaN is a float
		{"cut float", `"float"`, "\x00\x00\x00", fault.AvroTruncated},
		{"double", `"double"`, "12345678", ""},
		{"cut double", `"double"`, "1234567", fault.AvroTruncated},
		{"string", `"string"`, long(2) + "hi", ""},
		{"empty string", `"string"`, "\x00", ""},
		{"cut string", `"string"`, long(3) + "hi", fault.AvroTruncated},
		{"negative length", `"string"`, long(-1) + "hi", fault.AvroLength},
		{"huge length", `"string"`, long(1 << 40), fault.AvroLength},
		{"largest length", `"bytes"`, long(math.MaxInt64), fault.AvroLength},
		{"smallest length", `"bytes"`, long(math.MinInt64), fault.AvroLength},
		{"string not UTF-8", `"string"`, long(1) + "\xff", fault.AvroMalformed},
		{"string with a surrogate", `"string"`, long(3) + "\xed\xa0\x80", fault.AvroMalformed},
		{"any bytes", `"bytes"`, long(1) + "\xff", ""},
		{"trailing after bytes", `"bytes"`, long(1) + "ab", fault.AvroTrailing},
		{"fixed", `{"type":"fixed","name":"F","size":3}`, "abc", ""},
		{"cut fixed", `{"type":"fixed","name":"F","size":3}`, "ab", fault.AvroTruncated},
		{"enum", `{"type":"enum","name":"E","symbols":["A","B"]}`, long(1), ""},
		{"no such symbol", `{"type":"enum","name":"E","symbols":["A","B"]}`, long(2), fault.AvroMalformed},
		{"negative symbol", `{"type":"enum","name":"E","symbols":["A","B"]}`, long(-1), fault.AvroMalformed},
		{"optional null", `["null","int"]`, long(0), ""},
		{"optional int", `["null","int"]`, long(1) + long(5), ""},
		{"no such branch", `["null","int"]`, long(2), fault.AvroMalformed},
		{"third branch", `["null","int","string"]`, long(2) + long(1) + "x", ""},
		{"no such branch of three", `["null","int","string"]`, long(3), fault.AvroMalformed},
		{"negative branch", `["null","int","string"]`, long(-1), fault.AvroMalformed},
		{"empty array", ints, long(0), ""},
		{"array", ints, long(2) + long(1) + long(2) + long(0), ""},
		{"array in two blocks", ints, long(1) + long(1) + long(1) + long(2) + long(0), ""},
		{"array with a block size", ints, long(-2) + long(2) + long(1) + long(2) + long(0), ""},
		{"block size too small", ints, long(-2) + long(1) + long(1) + long(2) + long(0), fault.AvroLength},
		{"block size too large", ints, long(-2) + long(3) + long(1) + long(2) + long(0), fault.AvroLength},
		{"block size beyond the payload", ints, long(-2) + long(9) + long(1) + long(2) + long(0), fault.AvroTruncated},
		{"negative block size", ints, long(-2) + long(-1) + long(1) + long(2) + long(0), fault.AvroLength},
		{"huge block size", ints, long(-2) + long(1<<40) + long(1) + long(2) + long(0), fault.AvroLength},
		{"smallest count", ints, long(math.MinInt64) + long(0), fault.AvroLength},
		{"largest count", ints, long(math.MaxInt64) + long(1), fault.AvroLength},
		{"count beyond the payload", ints, long(9) + long(1), fault.AvroTruncated},
		{"array without an end", ints, long(1) + long(1), fault.AvroTruncated},
		{"array of null", `{"type":"array","items":"null"}`, long(1000) + long(0), ""},
		{"a billion nulls", `{"type":"array","items":"null"}`, long(1e9) + long(0), fault.AvroLength},
		{"5,000 nulls", `{"type":"array","items":"null"}`, long(5000) + long(0), fault.AvroLength},
		{"5,000 nulls in blocks", `{"type":"array","items":"null"}`, strings.Repeat(long(1e3), 5) + long(0), fault.AvroLength},
		{"map", `{"type":"map","values":"int"}`, long(1) + long(1) + "k" + long(5) + long(0), ""},
		{"map key not UTF-8", `{"type":"map","values":"int"}`, long(1) + long(1) + "\xff" + long(5) + long(0), fault.AvroMalformed},
		{"map without an end", `{"type":"map","values":"int"}`, long(1) + long(1) + "k" + long(5), fault.AvroTruncated},
		{"map of null beyond the payload", `{"type":"map","values":"null"}`, long(3) + long(0) + long(0), fault.AvroTruncated},
		{"list", node, long(1) + long(1) + long(2) + long(0), ""},
		{"list of 60", node, strings.Repeat(long(1)+long(1), 60) + long(1) + long(0), ""},
		{"list of 70", node, strings.Repeat(long(1)+long(1), 70) + long(1) + long(0), fault.AvroMalformed},
		{"decimal", `{"type":"bytes","logicalType":"decimal","precision":3,"scale":1}`, long(2) + "\x03\xe7", ""},
		{"decimal with many sign bytes", `{"type":"bytes","logicalType":"decimal","precision":3,"scale":1}`, long(4) + "\xff\xff\xfc\x19", ""},
		{"empty decimal", `{"type":"bytes","logicalType":"decimal","precision":3,"scale":1}`, long(0), ""},
		{"decimal of 4 digits", `{"type":"bytes","logicalType":"decimal","precision":3,"scale":1}`, long(2) + "\x03\xe8", fault.AvroMalformed},
		{"decimal of -4 digits", `{"type":"bytes","logicalType":"decimal","precision":3,"scale":1}`, long(2) + "\xfc\x18", fault.AvroMalformed},
		{"fixed decimal", `{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":3}`, "\x00\x00\x03\xe7", ""},
		{"fixed decimal of 4 digits", `{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":3}`, "\x00\x00\x03\xe8", fault.AvroMalformed},
		{"uuid", `{"type":"string","logicalType":"uuid"}`, long(36) + "123e4567-E89b-12d3-a456-426614174000", ""},
		{"uuid without hyphens", `{"type":"string","logicalType":"uuid"}`, long(32) + "123e4567e89b12d3a456426614174000", fault.AvroMalformed},
		{"uuid with a g", `{"type":"string","logicalType":"uuid"}`, long(36) + "g23e4567-e89b-12d3-a456-426614174000", fault.AvroMalformed},
		{"time of day", `{"type":"int","logicalType":"time-millis"}`, long(86_399_999), ""},
		{"time past the day", `{"type":"int","logicalType":"time-millis"}`, long(86_400_000), fault.AvroMalformed},
		{"negative time of day", `{"type":"long","logicalType":"time-micros"}`, long(-1), fault.AvroMalformed},
		{"micros past the day", `{"type":"long","logicalType":"time-micros"}`, long(86_400_000_000), fault.AvroMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustCompile(t, mustParse(t, c.schema), Options{})
			v := p.Walk([]byte(c.payload), p.NewNotes())
			if v.Reason != c.want {
				t.Fatalf("got %q at byte %d, want %q", v.Reason, v.At, c.want)
			}
			if rej := p.Rejection(v); (rej == nil) != v.OK() || rej != nil && (rej.Reason != c.want || rej.Message == "") {
				t.Errorf("rejection %v", rej)
			}
		})
	}
}

// A payload that ends anywhere inside is cut, never accepted; a verdict's offset is within it.
func TestWalkEveryCut(t *testing.T) {
	s := mustParse(t, orderSchema)
	p := mustCompile(t, s, Options{})
	n := p.NewNotes()
	payload := orderPayload(t, s)
	for i := range payload {
		if v := p.Walk(payload[:i], n); v.OK() || v.At > i {
			t.Errorf("cut at byte %d: %+v", i, v)
		}
	}
	if v := p.Walk(payload, n); !v.OK() {
		t.Error(p.Rejection(v))
	}
}

func TestWalkLimits(t *testing.T) {
	s := mustParse(t, `{"type":"array","items":{"type":"array","items":"int"}}`)
	payload := []byte(long(2) + long(1) + long(5) + long(0) + long(1) + long(6) + long(0) + long(0))
	for _, c := range []struct {
		limits Limits
		want   fault.Reason
	}{
		{Limits{}, ""},
		{Limits{Depth: 2, Items: 4, Bytes: len(payload)}, ""},
		{Limits{Depth: 1}, fault.AvroMalformed},
		{Limits{Items: 3}, fault.AvroLength},
		{Limits{Bytes: len(payload) - 1}, fault.AvroLength},
	} {
		p := mustCompile(t, s, Options{Limits: c.limits})
		if v := p.Walk(payload, p.NewNotes()); v.Reason != c.want {
			t.Errorf("%+v: got %q, want %q", c.limits, v.Reason, c.want)
		}
	}
}

func TestRejectionNamesTheField(t *testing.T) {
	s := mustParse(t, orderSchema)
	p := mustCompile(t, s, Options{})
	payload := orderPayload(t, s)
	v := p.Walk(payload[:len(payload)-3], p.NewNotes())
	if r := p.Rejection(v); r.Field != "lines[].amount" || r.Reason != fault.AvroTruncated {
		t.Errorf("%+v", r)
	}
	if p.Rejection(Verdict{}) != nil {
		t.Error("an accepted record has a rejection")
	}
}

// Hostile payloads end quickly, in no memory to speak of: in 100 ms where nothing else runs. The bound of time is wider than that
// because other tests do.
func TestHostilePayloads(t *testing.T) {
	tree := strings.Builder{} // 2^16 nothings from each item of no bytes
	tree.WriteString(`{"type":"array","items":`)
	for i := 15; i > 0; i-- {
		fmt.Fprintf(&tree, `{"type":"record","name":"R%d","fields":[{"name":"a","type":`, i)
	}
	tree.WriteString(`{"type":"record","name":"R0","fields":[]}`)
	for i := 1; i <= 15; i++ {
		fmt.Fprintf(&tree, `},{"name":"b","type":"R%d"}]}`, i-1)
	}
	tree.WriteString("}")
	for _, c := range []struct{ name, schema, payload string }{
		{"a bomb of nulls", `{"type":"array","items":"null"}`, long(math.MaxInt64) + long(0)},
		{"nulls in many blocks", `{"type":"array","items":"null"}`, strings.Repeat(long(10), 100_000)},
		{"records of no bytes", tree.String(), long(4096) + long(0)},
		{"a deep list", `{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]}`, strings.Repeat(long(1), 10_000_000)},
		{"deep arrays", `{"type":"record","name":"R","fields":[{"name":"r","type":{"type":"array","items":"R"}}]}`, strings.Repeat(long(1), 10_000_000)},
		{"wide and deep", `{"type":"record","name":"R","fields":[{"name":"r","type":{"type":"array","items":"R"}}]}`, long(60_000) + strings.Repeat(long(0), 59_999)},
		{"empty blocks with sizes", `{"type":"array","items":"int"}`, strings.Repeat(long(-1)+long(1)+long(0), 1_000_000)},
		{"a string of 2^62", `"string"`, long(1 << 62)},
		{"a union of itself", `{"type":"record","name":"R","fields":[{"name":"a","type":["R","null"]},{"name":"b","type":["R","null"]}]}`, strings.Repeat(long(0), 1_000_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustCompile(t, mustParse(t, c.schema), Options{})
			n := p.NewNotes()
			payload := []byte(c.payload)
			bounded(t, 2*time.Second, 1<<20, func() {
				if v := p.Walk(payload, n); v.OK() {
					t.Error("accepted")
				}
			})
		})
	}
}

// What is rejected leaves nothing behind: the same bytes get the same verdict after any others.
func TestVerdictsDoNotDependOnHistory(t *testing.T) {
	s := mustParse(t, orderSchema)
	p := mustCompile(t, s, orderOptions())
	shared := p.NewNotes()
	g := newGenerator(5)
	valid := orderPayload(t, s)
	for range 2000 {
		payload := g.mutate(valid)
		fresh := p.NewNotes()
		if a, b := p.Walk(payload, shared), p.Walk(payload, fresh); a != b || fmt.Sprint(shared.Warnings()) != fmt.Sprint(fresh.Warnings()) {
			t.Fatalf("% x: %+v with used notes, %+v with fresh ones", payload, a, b)
		}
	}
}

func TestWalkDoesNotAllocate(t *testing.T) {
	s := mustParse(t, orderSchema)
	p := mustCompile(t, s, orderOptions())
	n := p.NewNotes()
	payload := orderPayload(t, s)
	if v := p.Walk(payload, n); !v.OK() {
		t.Fatal(p.Rejection(v))
	}
	if allocs := testing.AllocsPerRun(1000, func() { p.Walk(payload, n) }); allocs != 0 {
		t.Errorf("%v allocations for an accepted record", allocs)
	}
	// The same of text that is not ASCII.
	for _, rule := range []Rule{{Kind: MaxLength, Text: "100"}, {Kind: Pattern, Text: `^\p{L}+$`}} {
		rule.ID = "rule"
		p := mustCompile(t, mustParse(t, `"string"`), Options{Rules: []Rule{rule}})
		payload := appendString(nil, strings.Repeat("é", 100))
		n := p.NewNotes()
		if allocs := testing.AllocsPerRun(1000, func() {
			if v := p.Walk(payload, n); !v.OK() {
				t.Error(p.Rejection(v))
			}
		}); allocs != 0 {
			t.Errorf("%s: %v allocations for an accepted record", rule.Kind, allocs)
		}
	}
}
