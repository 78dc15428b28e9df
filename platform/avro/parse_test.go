package avro

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no JSON", `{"type":`, "ends too early"},
		{"two values", `"int" "int"`, "more text follows"},
		{"not UTF-8", "\"\xff\"", "not UTF-8"},
		{"a key twice", `{"type":"int","type":"long"}`, `key "type" stands twice`},
		{"a number", `5`, "$: a number is not a type"},
		{"null", `null`, "$: null is not a type"},
		{"no type", `{"name":"x"}`, `$: "type" is missing`},
		{"type is an object", `{"type":{"type":"int"}}`, "$.type: a string is needed, not an object"},
		{"unknown type", `{"type":"array","items":"Foo"}`, `$.items: unknown type "Foo"`},
		{"another namespace", `{"type":"record","name":"a.R","fields":[{"name":"f","type":{"type":"fixed","name":"b.F","size":1}},{"name":"g","type":"F"}]}`, `$.fields[1].type: unknown type "F"`},
		{"array without items", `{"type":"array"}`, `array needs "items"`},
		{"map without values", `{"type":"map"}`, `map needs "values"`},
		{"empty union", `[]`, "at least one branch"},
		{"union in a union", `["int",["null"]]`, "$[1]: a union may not stand directly"},
		{"a branch twice", `["int",{"type":"int","logicalType":"date"}]`, "$[1]: the union has int date twice"},
		{"a named branch twice", `[{"type":"fixed","name":"F","size":1},"F"]`, "$[1]: the union has fixed F twice"},
		{"record without a name", `{"type":"record","fields":[]}`, `"name" is missing`},
		{"record without fields", `{"type":"record","name":"R"}`, `array "fields"`},
		{"bad name", `{"type":"record","name":"1R","fields":[]}`, `$.name: "1R" is no valid name`},
		{"bad namespace", `{"type":"record","name":"R","namespace":"a..b","fields":[]}`, `$.namespace: "a..b"`},
		{"name of a primitive", `{"type":"record","name":"a.string","fields":[]}`, "name of a primitive"},
		{"defined twice", `["null",{"type":"array","items":[{"type":"fixed","name":"F","size":1},{"type":"enum","name":"F","symbols":["A"]}]}]`, `"F" is defined twice`},
		{"bad alias", `{"type":"record","name":"R","aliases":["a-b"],"fields":[]}`, `$.aliases: "a-b"`},
		{"doc is a number", `{"type":"record","name":"R","doc":1,"fields":[]}`, "$.doc: a string is needed"},
		{"field is a string", `{"type":"record","name":"R","fields":["f"]}`, "$.fields[0]: a field is an object"},
		{"field without a type", `{"type":"record","name":"R","fields":[{"name":"f"}]}`, `field "f" needs a type`},
		{"field twice", `{"type":"record","name":"R","fields":[{"name":"f","type":"int"},{"name":"f","type":"int"}]}`, `$.fields[1]: the record has a field "f" already`},
		{"field with a dot", `{"type":"record","name":"R","fields":[{"name":"a.f","type":"int"}]}`, "no valid field name"},
		{"bad order", `{"type":"record","name":"R","fields":[{"name":"f","type":"int","order":"up"}]}`, "$.fields[0].order"},
		{"bad field alias", `{"type":"record","name":"R","fields":[{"name":"f","type":"int","aliases":["a.b"]}]}`, "$.fields[0].aliases"},
		{"enum without symbols", `{"type":"enum","name":"E"}`, "at least one symbol"},
		{"symbol twice", `{"type":"enum","name":"E","symbols":["A","A"]}`, `$.symbols[1]: symbol "A" stands twice`},
		{"bad symbol", `{"type":"enum","name":"E","symbols":["a b"]}`, `"a b" is no valid symbol`},
		{"bad enum default", `{"type":"enum","name":"E","symbols":["A"],"default":"B"}`, "$.default"},
		{"fixed without a size", `{"type":"fixed","name":"F"}`, `number "size"`},
		{"negative size", `{"type":"fixed","name":"F","size":-1}`, "$.size"},
		{"huge size", `{"type":"fixed","name":"F","size":99999999999}`, "$.size"},
		{"huge precision", `{"type":"bytes","logicalType":"decimal","precision":1000000}`, "$.precision"},
		{"endless record", `{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}`, "contains itself"},
		{"endless pair", `{"type":"record","name":"A","fields":[{"name":"b","type":{"type":"record","name":"B","fields":[{"name":"a","type":"A"}]}}]}`, "contains itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Parse([]byte(c.text))
			if err == nil {
				t.Fatalf("accepted as %s", s)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q in it", err, c.want)
			}
		})
	}
}

func TestParseRefusesDefaults(t *testing.T) {
	for _, c := range []struct{ typ, deflt string }{
		{`"null"`, `0`}, {`"boolean"`, `"true"`}, {`"int"`, `2147483648`}, {`"int"`, `1.5`}, {`"int"`, `"1"`}, {`"long"`, `1e3`},
		{`"float"`, `1e39`}, {`"double"`, `1e309`}, {`"string"`, `1`}, {`"bytes"`, `"€"`}, {`"bytes"`, `[1]`},
		{`{"type":"fixed","name":"F","size":2}`, `"a"`}, {`{"type":"enum","name":"E","symbols":["A"]}`, `"B"`},
		{`{"type":"array","items":"int"}`, `{}`}, {`{"type":"array","items":"int"}`, `["a"]`},
		{`{"type":"map","values":"int"}`, `[]`}, {`{"type":"map","values":"int"}`, `{"a":null}`},
		{`["null","int"]`, `"x"`}, {`{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}`, `{}`},
		{`{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}`, `{"x":1,"y":2}`},
		{`["R","null"]`, `{}`}, // fills its own default without end
	} {
		text := `{"type":"record","name":"R","fields":[{"name":"f","type":` + c.typ + `,"default":` + c.deflt + `}]}`
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "$.fields[0].default") {
			t.Errorf("default %s for %s: %v", c.deflt, c.typ, err)
		}
	}
}

func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		typ, deflt string
		want       []byte
	}{
		{`"null"`, `null`, nil}, {`"boolean"`, `true`, []byte{1}}, {`"int"`, `-3`, []byte{5}}, {`"string"`, `"hé"`, []byte("\x06hé")},
		{`"bytes"`, `"\u00ff"`, []byte{2, 0xff}}, {`{"type":"fixed","name":"F","size":2}`, `"\u0001\u0002"`, []byte{1, 2}},
		{`{"type":"enum","name":"E","symbols":["A","B"]}`, `"B"`, []byte{2}}, {`["null","int"]`, `null`, []byte{0}},
		{`["null","int"]`, `7`, []byte{2, 14}}, {`{"type":"array","items":"int"}`, `[1,2]`, []byte{4, 2, 4, 0}},
		{`{"type":"map","values":"int"}`, `{}`, []byte{0}},
		{`{"type":"record","name":"S","fields":[{"name":"x","type":"int","default":4},{"name":"y","type":"int"}]}`, `{"y":1}`, []byte{8, 2}},
		{`["null","R"]`, `null`, []byte{0}},
	} {
		s := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"f","type":`+c.typ+`,"default":`+c.deflt+`}]}`)
		if got := s.fields[0].wire; string(got) != string(c.want) {
			t.Errorf("default %s for %s is % x, want % x", c.deflt, c.typ, got, c.want)
		}
		f, _ := s.Field("f")
		if d, ok := f.Default(); !ok || string(d) != strings.ReplaceAll(c.deflt, `\u00ff`, "ÿ") {
			t.Errorf("Default is %s, want %s", d, c.deflt)
		}
	}
}

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"type":"int","logicalType":"date"}`, `"int"`},
		{`[ "null" , {"type":"string"} ]`, `["null","string"]`},
		{`{"fields":[{"type":"string","name":"a","doc":"d","default":"x"}],"type":"record","namespace":"x.y","name":"R","aliases":["Q"]}`,
			`{"name":"x.y.R","type":"record","fields":[{"name":"a","type":"string"}]}`},
		{`{"type":"record","name":"x.R","fields":[{"name":"next","type":["null","R"]},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"f","type":"E"}]}`,
			`{"name":"x.R","type":"record","fields":[{"name":"next","type":["null","x.R"]},{"name":"e","type":{"name":"x.E","type":"enum","symbols":["A"]}},{"name":"f","type":"x.E"}]}`},
		{`{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":{"type":"fixed","name":"F","namespace":"","size":3}},{"name":"m","type":{"type":"map","values":{"type":"array","items":"long"}}}]}`,
			`{"name":"a.R","type":"record","fields":[{"name":"f","type":{"name":"F","type":"fixed","size":3}},{"name":"m","type":{"type":"map","values":{"type":"array","items":"long"}}}]}`},
	} {
		s := mustParse(t, c.text)
		if got := string(s.Canonical()); got != c.want {
			t.Errorf("canonical form of %s\n got %s\nwant %s", c.text, got, c.want)
		}
		if s.Fingerprint() != sha256.Sum256([]byte(c.want)) {
			t.Errorf("fingerprint of %s", c.text)
		}
	}
}

func TestStringIsTheTextCompacted(t *testing.T) {
	s := mustParse(t, "{ \"type\": \"record\",\n \"name\": \"R\", \"doc\": \"a  b\", \"fields\": [ ] }")
	if got, want := s.String(), `{"type":"record","name":"R","doc":"a  b","fields":[]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLogicalTypes(t *testing.T) {
	for _, c := range []struct {
		text string
		want Logical
	}{
		{`{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}`, Decimal},
		{`{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":4}`, Decimal},
		{`{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":5}`, ""}, // 99999 needs 3 bytes
		{`{"type":"bytes","logicalType":"decimal","precision":4,"scale":5}`, ""},
		{`{"type":"bytes","logicalType":"decimal"}`, ""},
		{`{"type":"string","logicalType":"decimal","precision":4}`, ""},
		{`{"type":"string","logicalType":"uuid"}`, UUID},
		{`{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}`, UUID},
		{`{"type":"fixed","name":"F","size":12,"logicalType":"uuid"}`, ""},
		{`{"type":"fixed","name":"F","size":12,"logicalType":"duration"}`, Duration},
		{`{"type":"int","logicalType":"date"}`, Date},
		{`{"type":"long","logicalType":"date"}`, ""},
		{`{"type":"int","logicalType":"time-millis"}`, TimeMillis},
		{`{"type":"long","logicalType":"time-micros"}`, TimeMicros},
		{`{"type":"long","logicalType":"timestamp-millis"}`, TimestampMillis},
		{`{"type":"long","logicalType":"timestamp-micros"}`, TimestampMicros},
		{`{"type":"long","logicalType":"timestamp-nanos"}`, TimestampNanos},
		{`{"type":"long","logicalType":"local-timestamp-millis"}`, LocalTimestampMillis},
		{`{"type":"long","logicalType":"local-timestamp-micros"}`, LocalTimestampMicros},
		{`{"type":"long","logicalType":"local-timestamp-nanos"}`, LocalTimestampNanos},
		{`{"type":"string","logicalType":"colour"}`, ""},
	} {
		s := mustParse(t, c.text)
		if s.Logical() != c.want {
			t.Errorf("%s: logical type %q, want %q", c.text, s.Logical(), c.want)
		}
		if _, kept := s.Prop("logicalType"); kept != (c.want == "") {
			t.Errorf("%s: kept as a property: %v", c.text, kept)
		}
	}
}

func TestModel(t *testing.T) {
	s := mustParse(t, `{"type":"record","name":"shop.Order","doc":"An order.","aliases":["Purchase","old.Order"],"owner":{"team":"x"},"fields":[
		{"name":"lines","aliases":["rows"],"pii":true,"type":["null",{"type":"array","items":{"type":"record","name":"Line","fields":[
			{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}},
			{"name":"order","type":["null","Order"]}]}}]},
		{"name":"tags","type":{"type":"map","values":"string"},"default":{}}]}`)
	if s.Name() != "shop.Order" || s.Doc() != "An order." || fmt.Sprint(s.Aliases()) != "[shop.Purchase old.Order]" {
		t.Errorf("name %s, doc %s, aliases %v", s.Name(), s.Doc(), s.Aliases())
	}
	if p, ok := s.Prop("owner"); !ok || string(p) != `{"team":"x"}` {
		t.Errorf("property %s", p)
	}
	amount, ok := s.Lookup("lines", "[]", "amount")
	if !ok || amount.Logical() != Decimal || amount.Precision() != 18 || amount.Scale() != 4 {
		t.Errorf("lines[].amount: %v", amount)
	}
	if again, ok := s.Lookup("lines", "[]", "order", "tags", "{}"); !ok || again.Type() != TypeString {
		t.Errorf("through the recursion: %v", again)
	}
	for _, path := range [][]string{{"nope"}, {"lines", "amount"}, {"tags", "[]"}, {"lines", "[]", "amount", "x"}} {
		if _, ok := s.Lookup(path...); ok {
			t.Errorf("%v is found", path)
		}
	}
	line, _ := s.Lookup("lines", "[]")
	if want := `{"name":"shop.Line","type":"record","fields":[{"name":"amount","type":"bytes"},{"name":"order","type":["null",{"name":"shop.Order","type":"record","fields":[{"name":"lines","type":["null",{"type":"array","items":"shop.Line"}]},{"name":"tags","type":{"type":"map","values":"string"}}]}]}]}`; line.String() != want {
		t.Errorf("a part's text is %s", line)
	}
}

// Every schema of the repository's contracts parses and compiles.
func TestContractsParse(t *testing.T) {
	files, err := filepath.Glob("../../contracts/*/*/*.avsc")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no schemas found")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		mustCompile(t, mustParse(t, string(text)), Options{})
	}
}

// Hostile schemas are refused, or accepted, quickly and in little memory: in 64 MiB, and in 100 ms where nothing else runs. The
// bound of time is wider than that because other tests do.
func TestHostileSchemas(t *testing.T) {
	chain := func(n int) string { // each record has the one before twice: 2^n values
		b := strings.Builder{}
		b.WriteString(`[{"type":"record","name":"R0","fields":[]}`)
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, `,{"type":"record","name":"R%d","fields":[{"name":"a","type":"R%d"},{"name":"b","type":"R%d"}]}`, i, i-1, i-1)
		}
		return b.String() + "]"
	}
	line := func(n int) string { // each record has the one before once
		b := strings.Builder{}
		b.WriteString(`[{"type":"record","name":"R0","fields":[]}`)
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, `,{"type":"record","name":"R%d","fields":[{"name":"a","type":"R%d"}]}`, i, i-1)
		}
		return b.String() + "]"
	}
	defaults := func(n int) string {
		b := strings.Builder{}
		b.WriteString(`[{"type":"record","name":"R0","fields":[{"name":"x","type":"int","default":1}]}`)
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, `,{"type":"record","name":"R%d","fields":[{"name":"a","type":["R%d","null"],"default":{}},{"name":"b","type":["R%d","null"],"default":{}}]}`, i, i-1, i-1)
		}
		return b.String() + "]"
	}
	for _, c := range []struct {
		name, text string
		ok         bool
	}{
		{"deep arrays", strings.Repeat(`{"type":"array","items":`, 100_000) + `"int"` + strings.Repeat("}", 100_000), false},
		{"deep brackets", strings.Repeat("[", 900_000), false},
		{"deep objects", strings.Repeat(`{"a":`, 150_000), false},
		{"a long text", `"` + strings.Repeat("x", 2<<20) + `"`, false},
		{"many types", `[` + strings.Repeat(`{"type":"array","items":"int"},`, 30_000) + `"int"]`, false},
		{"doubling records", chain(60), false},
		{"a line of records", line(3000), true},
		{"doubling defaults", defaults(40), false},
		{"a wide enum", `{"type":"enum","name":"E","symbols":["S0"` + func() string {
			b := strings.Builder{}
			for i := 1; i < 50_000; i++ {
				fmt.Fprintf(&b, `,"S%d"`, i)
			}
			return b.String()
		}() + `]}`, true},
		{"many fields", `{"type":"record","name":"R","fields":[{"name":"f","type":"int"}` + func() string {
			b := strings.Builder{}
			for i := range 10_000 {
				fmt.Fprintf(&b, `,{"name":"f%d","type":"int","default":1,"aliases":["g%d"]}`, i, i)
			}
			return b.String()
		}() + `]}`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			bounded(t, 3*time.Second, 64<<20, func() {
				s, err := Parse([]byte(c.text))
				if (err == nil) != c.ok {
					t.Fatalf("parsed: %v, %v", err == nil, err)
				}
				if err != nil {
					if len(err.Error()) > 10_000 {
						t.Errorf("an error of %d bytes", len(err.Error()))
					}
					return
				}
				p := mustCompile(t, s, Options{})
				p.Walk([]byte{2}, p.NewNotes())
				if f := CanRead(s, s); len(f) > 0 {
					t.Errorf("does not read itself: %v", f[0])
				}
			})
		})
	}
}

// bounded runs f and fails where it takes more time or allocates more than that.
func bounded(t *testing.T, limit time.Duration, memory uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if took > limit {
		t.Errorf("took %v, at most %v are allowed", took, limit)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > memory {
		t.Errorf("allocated %d MiB, at most %d are allowed", got>>20, memory>>20)
	}
}
