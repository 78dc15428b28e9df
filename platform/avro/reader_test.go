package avro

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Rules and captures of the reader, on payloads of a writer that is not the reader.
func TestReaderRules(t *testing.T) {
	const writer = `{"type":"record","name":"R","fields":[
		{"name":"gone","type":{"type":"array","items":"string"}},
		{"name":"old","type":"int"},
		{"name":"kind","type":{"type":"enum","name":"K","symbols":["X","A","B"]}},
		{"name":"raw","type":"bytes"},
		{"name":"items","type":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"n","type":["null","int"]}]}}}]}`
	const reader = `{"type":"record","name":"R","fields":[
		{"name":"kind","type":{"type":"enum","name":"K","symbols":["A","B","U"],"default":"U"}},
		{"name":"new","aliases":["old"],"type":["null","double"]},
		{"name":"raw","type":"string"},
		{"name":"note","type":["null","string"],"default":null},
		{"name":"unit","type":"string","default":"kg"},
		{"name":"at","type":{"type":"long","logicalType":"timestamp-micros"},"default":1500},
		{"name":"items","type":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"n","type":["long","null"]},{"name":"m","type":"int","default":3}]}}}]}`
	const good = `{"gone":["a"],"old":7,"kind":"A","raw":"aGk=","items":[{"n":null},{"n":4}]}`
	for _, c := range []struct {
		name, sample string
		rule         Rule
		want         fault.Reason
	}{
		{"by alias, promoted", good, Rule{Path: []string{"new"}, Kind: Minimum, Text: "7"}, ""},
		{"by alias, promoted, broken", good, Rule{Path: []string{"new"}, Kind: Minimum, Text: "7.5"}, fault.RuleBroken},
		{"a symbol", good, Rule{Path: []string{"kind"}, Kind: Enum, Values: []string{"A"}}, ""},
		{"an unknown symbol is the default", `{"gone":[],"old":7,"kind":"X","raw":"","items":[]}`, Rule{Path: []string{"kind"}, Kind: Enum, Values: []string{"U"}}, ""},
		{"an unknown symbol is the default, broken", `{"gone":[],"old":7,"kind":"X","raw":"","items":[]}`, Rule{Path: []string{"kind"}, Kind: Enum, Values: []string{"A"}}, fault.RuleBroken},
		{"bytes as a string", good, Rule{Path: []string{"raw"}, Kind: MaxLength, Text: "2"}, ""},
		{"bytes that are no string", `{"gone":[],"old":7,"kind":"A","raw":"/w==","items":[]}`, Rule{Path: []string{"raw"}, Kind: MaxLength, Text: "2"}, fault.AvroMalformed},
		{"absent and required", good, Rule{Path: []string{"note"}, Kind: Required}, fault.FieldRequired},
		{"absent and null", good, Rule{Path: []string{"note"}, Kind: MinLength, Text: "5"}, ""},
		{"a default that holds", good, Rule{Path: []string{"unit"}, Kind: MaxLength, Text: "2"}, ""},
		{"a default that breaks", good, Rule{Path: []string{"unit"}, Kind: MaxLength, Text: "1"}, fault.RuleBroken},
		{"a nested default that holds", good, Rule{Path: []string{"items", "[]", "m"}, Kind: Maximum, Text: "3"}, ""},
		{"a nested default that breaks", good, Rule{Path: []string{"items", "[]", "m"}, Kind: Maximum, Text: "2"}, fault.RuleBroken},
		{"a nested default of no item", `{"gone":[],"old":7,"kind":"A","raw":"","items":[]}`, Rule{Path: []string{"items", "[]", "m"}, Kind: Maximum, Text: "2"}, ""},
		{"a union in another order", good, Rule{Path: []string{"items", "[]", "n"}, Kind: Maximum, Text: "4"}, ""},
		{"a union in another order, broken", good, Rule{Path: []string{"items", "[]", "n"}, Kind: Maximum, Text: "3"}, fault.RuleBroken},
		{"a union in another order, null", good, Rule{Path: []string{"items", "[]", "n"}, Kind: Required}, fault.FieldRequired},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := mustParse(t, writer), mustParse(t, reader)
			c.rule.ID = "rule"
			payload, err := EncodeJSON(w, []byte(c.sample))
			if err != nil {
				t.Fatal(err)
			}
			p := mustCompile(t, w, Options{Rules: []Rule{c.rule}, Reader: r})
			if v := p.Walk(payload, p.NewNotes()); v.Reason != c.want {
				t.Errorf("got %+v, want %q", v, c.want)
			}
		})
	}
	t.Run("captures", func(t *testing.T) {
		w, r := mustParse(t, writer), mustParse(t, reader)
		p := mustCompile(t, w, Options{Reader: r, Captures: []Capture{
			{"kind", []string{"kind"}}, {"unit", []string{"unit"}}, {"at", []string{"at"}}, {"note", []string{"note"}}, {"raw", []string{"raw"}}}})
		payload, err := EncodeJSON(w, []byte(`{"gone":[],"old":7,"kind":"X","raw":"aGk=","items":[]}`))
		if err != nil {
			t.Fatal(err)
		}
		n := p.NewNotes()
		if v := p.Walk(payload, n); !v.OK() {
			t.Fatal(p.Rejection(v))
		}
		for i, want := range map[int]string{0: "U", 1: "kg", 4: "hi"} {
			if b, ok := n.Bytes(i); !ok || string(b) != want {
				t.Errorf("capture %d is %q, want %q", i, b, want)
			}
		}
		if ms, ok := n.Millis(2); !ok || ms != 1 {
			t.Errorf("at is %d", ms)
		}
		if v, ok := n.Long(2); !ok || v != 1500 {
			t.Errorf("at is %d", v)
		}
		if _, ok := n.Bytes(3); ok {
			t.Error("a null default is captured")
		}
		got, err := p.Decode(payload)
		if err != nil || fmt.Sprint(got) != "[{kind U} {new 7} {raw hi} {note <nil>} {unit kg} {at 1970-01-01T00:00:00.001500Z} {items []}]" {
			t.Errorf("decoded %v, %v", got, err)
		}
	})
}

func TestCompileRefusesAnUnreadableWriter(t *testing.T) {
	_, err := Compile(mustParse(t, field(`"string"`)), Options{Reader: mustParse(t, field(`"int"`))})
	incompatible, ok := errors.AsType[*IncompatibleError](err)
	if !ok || len(incompatible.Findings) != 1 || incompatible.Findings[0].Path != "f" {
		t.Fatalf("got %v", err)
	}
}

func TestCaptures(t *testing.T) {
	s := mustParse(t, orderSchema)
	p := mustCompile(t, s, orderOptions())
	n := p.NewNotes()
	payload := orderPayload(t, s)
	if v := p.Walk(payload, n); !v.OK() {
		t.Fatal(p.Rejection(v))
	}
	if b, ok := n.Bytes(0); !ok || string(b) != "CA-2017-152156" {
		t.Errorf("key %q", b)
	}
	if ms, ok := n.Millis(1); !ok || ms != 1795253400000 {
		t.Errorf("event time %d", ms)
	}
	if v, ok := n.Long(2); !ok || v != 41 {
		t.Errorf("age %d", v)
	}
	if b, ok := n.Bytes(3); !ok || string(b) != "paid" {
		t.Errorf("status %q", b)
	}
	if _, ok := n.Long(0); ok {
		t.Error("a string as a long")
	}
	if _, ok := n.Millis(2); ok {
		t.Error("an int as milliseconds")
	}
	if w := n.Warnings(); len(w) != 1 || p.Rules()[w[0]].ID != "lines[].quantity.minimum" {
		t.Errorf("warnings %v", w)
	}
}

func TestMillisRoundsDown(t *testing.T) {
	for _, c := range []struct {
		typ       string
		raw, want int64
	}{
		{`{"type":"int","logicalType":"date"}`, -1, -86_400_000},
		{`{"type":"long","logicalType":"timestamp-micros"}`, -1, -1},
		{`{"type":"long","logicalType":"timestamp-nanos"}`, 1_999_999, 1},
		{`{"type":"long","logicalType":"local-timestamp-millis"}`, 5, 5},
	} {
		p := mustCompile(t, mustParse(t, field(c.typ)), Options{Captures: []Capture{{"f", []string{"f"}}}})
		n := p.NewNotes()
		p.Walk(appendLong(nil, c.raw), n)
		if ms, ok := n.Millis(0); !ok || ms != c.want {
			t.Errorf("%s %d: %d, want %d", c.typ, c.raw, ms, c.want)
		}
	}
}

func TestCapturesThatCannotBe(t *testing.T) {
	s := mustParse(t, orderSchema)
	for _, path := range [][]string{{"nope"}, {"lines"}, {"lines", "[]", "sku"}, {"tags", "{}"}, {"customer"}, {"weight"}} {
		if _, err := Compile(s, Options{Captures: []Capture{{"c", path}}}); err == nil {
			t.Errorf("%v is captured", path)
		}
	}
}
