package avro

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// field wraps a type into a record with one field f.
func field(typ string) string {
	return `{"type":"record","name":"R","fields":[{"name":"f","type":` + typ + `}]}`
}

const (
	decimal2 = `{"type":"bytes","logicalType":"decimal","precision":30,"scale":2}`
	fixed2   = `{"type":"fixed","name":"F","size":8,"logicalType":"decimal","precision":18,"scale":2}`
	enumABC  = `{"type":"enum","name":"E","symbols":["A","B","CC"]}`
	millis   = `{"type":"long","logicalType":"timestamp-millis"}`
)

// Each rule with values (JSON, see EncodeJSON) that hold and that break it.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		typ  string
		kind RuleKind
		text string
		good []string
		bad  []string
	}{
		{`["null","int"]`, Required, "", []string{"1"}, []string{"null"}},
		{`["int","null","string"]`, Required, "", []string{"1", `""`}, []string{"null"}},
		{`"null"`, Required, "", nil, []string{"null"}},
		{`"int"`, Required, "", []string{"0"}, nil},
		{`["null","int"]`, Minimum, "5", []string{"5", "null"}, []string{"4"}},
		{`"int"`, Minimum, "5", []string{"5", "6"}, []string{"4", "-5"}},
		{`"int"`, Minimum, "4.5", []string{"5"}, []string{"4"}},
		{`"int"`, Minimum, "-4.5", []string{"-4"}, []string{"-5"}},
		{`"int"`, Maximum, "5", []string{"5"}, []string{"6"}},
		{`"int"`, Maximum, "-4.5", []string{"-5"}, []string{"-4"}},
		{`"int"`, ExclusiveMinimum, "5", []string{"6"}, []string{"5"}},
		{`"int"`, ExclusiveMinimum, "4.5", []string{"5"}, []string{"4"}},
		{`"int"`, ExclusiveMaximum, "5", []string{"4"}, []string{"5"}},
		{`"int"`, ExclusiveMaximum, "4.5", []string{"4"}, []string{"5"}},
		{`"long"`, Minimum, "9223372036854775807", []string{"9223372036854775807"}, []string{"9223372036854775806"}},
		{`"long"`, Minimum, "1e30", nil, []string{"9223372036854775807"}},
		{`"long"`, Maximum, "1e30", []string{"9223372036854775807"}, nil},
		{`"long"`, Maximum, "-1e30", nil, []string{"-9223372036854775808"}},
		{`"double"`, Minimum, "0.1", []string{"0.1", "0.2", `"Infinity"`}, []string{"0.09999999999999999", `"NaN"`}},
		{`"double"`, ExclusiveMinimum, "0.3", []string{"0.30000000000000004"}, []string{"0.3", "0.29"}},
		{`"double"`, Maximum, "0.1", []string{"0.09999999999999999"}, []string{"0.1", `"NaN"`}}, // the double 0.1 is above 1/10
		{`"double"`, ExclusiveMaximum, "1", []string{"0.9999999999999999"}, []string{"1"}},
		{`"double"`, Maximum, "1e400", []string{"1e308"}, []string{`"Infinity"`}},
		{`"float"`, Minimum, "0.1", []string{"0.1", "0.2"}, []string{"0.09"}}, // the float 0.1 is above 1/10
		{decimal2, Minimum, "10.50", []string{"10.5", "10.51", "99999999999999999999999"}, []string{"10.49", "0", "-11", "-99999999999999999999999"}},
		{decimal2, Minimum, "10.505", []string{"10.51"}, []string{"10.50"}},
		{decimal2, Maximum, "-1", []string{"-1", "-1.01", "-300"}, []string{"-0.99", "0", "300"}},
		{decimal2, ExclusiveMinimum, "0", []string{"0.01"}, []string{"0", "-0.01"}},
		{decimal2, ExclusiveMaximum, "1.28", []string{"1.27", "-2"}, []string{"1.28", "1.29"}},
		{fixed2, Minimum, "-2.56", []string{"-2.56", "1"}, []string{"-2.57"}},
		{millis, Minimum, "2020-01-01T00:00:00Z", []string{`"2020-01-01T00:00:00Z"`}, []string{`"2019-12-31T23:59:59.999Z"`}},
		{millis, Minimum, "2020-01-01T02:00:00+02:00", []string{`"2020-01-01T00:00:00Z"`}, []string{`"2019-12-31T23:59:59.999Z"`}},
		{millis, Maximum, "2020-01-01", []string{`"2020-01-01T00:00:00Z"`}, []string{`"2020-01-01T00:00:00.001Z"`}},
		{millis, Minimum, "1000", []string{"1000"}, []string{"999"}},
		{millis, Minimum, "2020-01-01T00:00:00.0005Z", []string{`"2020-01-01T00:00:00.001Z"`}, []string{`"2020-01-01T00:00:00Z"`}},
		{`{"type":"long","logicalType":"timestamp-nanos"}`, Maximum, "2020-01-01", []string{`"2020-01-01T00:00:00Z"`}, []string{`"2020-01-01T00:00:00.000000001Z"`}},
		{`{"type":"long","logicalType":"local-timestamp-micros"}`, Minimum, "2020-01-01T12:00:00", []string{`"2020-01-01T12:00:00"`}, []string{`"2020-01-01T11:59:59.999999"`}},
		{`{"type":"int","logicalType":"date"}`, ExclusiveMinimum, "1969-12-31", []string{`"1970-01-01"`}, []string{`"1969-12-31"`}},
		{`{"type":"int","logicalType":"time-millis"}`, Minimum, "08:00", []string{`"08:00:00"`}, []string{`"07:59:59.999"`}},
		{`"int"`, MultipleOf, "3", []string{"0", "-9", "9"}, []string{"1", "-10"}},
		{`"int"`, MultipleOf, "0.5", []string{"7"}, nil},
		{`"int"`, MultipleOf, "1.5", []string{"3", "-6"}, []string{"1", "2"}},
		{`"long"`, MultipleOf, "1e18", []string{"9000000000000000000"}, []string{"9000000000000000001", "-9223372036854775808"}},
		{decimal2, MultipleOf, "0.05", []string{"0", "1.05", "-1.05", "100000000000000000000.05"}, []string{"1.04", "-1.04", "100000000000000000000.06"}},
		{decimal2, MultipleOf, "0.001", []string{"1.01"}, nil},
		{decimal2, MultipleOf, "0.015", []string{"0.03", "0.06"}, []string{"0.01", "0.02"}},
		{`"double"`, MultipleOf, "0.1", []string{"0.3", "-0.7", "0", "1e300", "123456789.1"}, []string{"0.35", "1e-300", `"Infinity"`, `"NaN"`}},
		{`"double"`, MultipleOf, "2.5e-3", []string{"0.0075"}, []string{"0.008"}},
		{`"double"`, MultipleOf, "300", []string{"1.2e20", "900"}, []string{"1e20", "901"}},
		{`"float"`, MultipleOf, "0.1", []string{"0.3"}, []string{"0.35"}},
		{`"string"`, MinLength, "2", []string{`"ab"`, `"€€"`}, []string{`"a"`, `"€"`}},
		{`"string"`, MaxLength, "2", []string{`"€€"`, `""`}, []string{`"abc"`}},
		{`"bytes"`, MaxLength, "2", []string{`"YWI="`}, []string{`"YWJj"`}},
		{`{"type":"fixed","name":"F","size":1}`, MinLength, "1", []string{`"YQ=="`}, nil},
		{enumABC, MaxLength, "1", []string{`"A"`}, []string{`"CC"`}},
		{`"string"`, Pattern, "^[a-z]+$", []string{`"abc"`}, []string{`"aBc"`, `""`}},
		{`"string"`, Pattern, "b", []string{`"abc"`}, []string{`"ac"`}},
		{enumABC, Pattern, "^.$", []string{`"B"`}, []string{`"CC"`}},
		{`"string"`, Format, "email", []string{`"a@b.c"`}, []string{`"a"`}},
		{`{"type":"string","logicalType":"uuid"}`, Format, "uuid", []string{`"123e4567-e89b-12d3-a456-426614174000"`}, nil},
		{millis, Format, "date-time", []string{"0"}, nil},
		{`{"type":"array","items":"int"}`, MinItems, "2", []string{"[1,2]"}, []string{"[1]", "[]"}},
		{`{"type":"array","items":"int"}`, MaxItems, "2", []string{"[1,2]", "[]"}, []string{"[1,2,3]"}},
		{`{"type":"map","values":"int"}`, MinItems, "1", []string{`{"a":1}`}, []string{"{}"}},
		{`{"type":"array","items":"string"}`, UniqueItems, "", []string{"[]", `["a","b"]`, `["a",""]`}, []string{`["a","b","a"]`, `["",""]`}},
		{`{"type":"array","items":` + decimal2 + `}`, UniqueItems, "", []string{"[1.00,1.01]"}, []string{"[1.0,1.00]"}},
		{`{"type":"array","items":{"type":"record","name":"P","fields":[{"name":"x","type":"int"},{"name":"y","type":["null","string"]}]}}`, UniqueItems, "",
			[]string{`[{"x":1,"y":null},{"x":1,"y":""}]`}, []string{`[{"x":1,"y":"a"},{"x":1,"y":"a"}]`}},
	} {
		t.Run(fmt.Sprintf("%s %s %s", c.typ, c.kind, c.text), func(t *testing.T) {
			s := mustParse(t, field(c.typ))
			r := Rule{ID: "f.x", Path: []string{"f"}, Kind: c.kind, Text: c.text}
			p := mustCompile(t, s, Options{Rules: []Rule{r}})
			r.Severity = Warning
			warn := mustCompile(t, s, Options{Rules: []Rule{r}})
			for i, text := range append(append([]string(nil), c.good...), c.bad...) {
				payload, err := EncodeJSON(s, []byte(`{"f":`+text+`}`))
				if err != nil {
					t.Fatal(err)
				}
				want := Verdict{Rule: -1}
				if i >= len(c.good) {
					want = Verdict{Reason: fault.RuleBroken}
					if c.kind == Required {
						want.Reason = fault.FieldRequired
					}
				}
				got := p.Walk(payload, p.NewNotes())
				if got.Reason != want.Reason || got.Rule != want.Rule {
					t.Errorf("%s: got %+v, want %+v", text, got, want)
				}
				if rej := p.Rejection(got); rej != nil && (rej.Rule != "f.x" || rej.Field != "f" || rej.Message == "") {
					t.Errorf("%s: rejection %v", text, rej)
				}
				n := warn.NewNotes()
				if v := warn.Walk(payload, n); !v.OK() || (len(n.Warnings()) == 1) != (i >= len(c.good)) {
					t.Errorf("%s as a warning: %+v, %v", text, v, n.Warnings())
				}
			}
		})
	}
}

func TestEnumRule(t *testing.T) {
	for _, c := range []struct {
		typ       string
		values    []string
		good, bad []string
	}{
		{`"string"`, []string{"a", "é"}, []string{`"a"`, `"é"`}, []string{`"b"`, `""`}},
		{enumABC, []string{"A", "CC"}, []string{`"A"`, `"CC"`}, []string{`"B"`}},
		{`"int"`, []string{"1", "2.0", "3e0"}, []string{"1", "2", "3"}, []string{"0"}},
		{`"boolean"`, []string{"true"}, []string{"true"}, []string{"false"}},
		{decimal2, []string{"1.5", "-2", "0"}, []string{"1.50", "-2.00", "0"}, []string{"1.51", "2"}},
		{`"double"`, []string{"0.1"}, []string{"0.1"}, []string{"0.2"}},
		{`"float"`, []string{"0.1"}, []string{"0.1"}, []string{"0.2"}},
		{`{"type":"int","logicalType":"date"}`, []string{"2020-02-29"}, []string{`"2020-02-29"`}, []string{`"2020-03-01"`}},
		{`["null","string"]`, []string{"a"}, []string{`"a"`, "null"}, []string{`"b"`}},
	} {
		s := mustParse(t, field(c.typ))
		p := mustCompile(t, s, Options{Rules: []Rule{{ID: "f.enum", Path: []string{"f"}, Kind: Enum, Values: c.values}}})
		for i, text := range append(append([]string(nil), c.good...), c.bad...) {
			payload, err := EncodeJSON(s, []byte(`{"f":`+text+`}`))
			if err != nil {
				t.Fatal(err)
			}
			if v := p.Walk(payload, p.NewNotes()); v.OK() != (i < len(c.good)) {
				t.Errorf("%s of %v: %+v", text, c.values, v)
			}
		}
	}
}

// What a type cannot be is left out, so that one list of missing values serves fields of any type.
func TestNoneOfRule(t *testing.T) {
	for _, c := range []struct {
		typ       string
		good, bad []string
	}{
		{`"string"`, []string{`"a"`, `" "`}, []string{`""`, `"n/a"`, `"-1"`, `"B"`}},
		{enumABC, []string{`"A"`, `"CC"`}, []string{`"B"`}},
		{`"int"`, []string{"0", "1"}, []string{"-1"}},
		{decimal2, []string{"1", "-1.01"}, []string{"-1", "-1.00"}},
		{`"boolean"`, []string{"true", "false"}, nil},
		{`["null","string"]`, []string{"null", `"a"`}, []string{`"n/a"`}},
	} {
		s := mustParse(t, field(c.typ))
		p := mustCompile(t, s, Options{Rules: []Rule{{ID: "f.noneOf", Path: []string{"f"}, Kind: NoneOf, Values: []string{"", "n/a", "-1", "B"}}}})
		for i, text := range append(append([]string(nil), c.good...), c.bad...) {
			payload, err := EncodeJSON(s, []byte(`{"f":`+text+`}`))
			if err != nil {
				t.Fatal(err)
			}
			if v := p.Walk(payload, p.NewNotes()); v.OK() != (i < len(c.good)) {
				t.Errorf("%s of %s: %+v", text, c.typ, v)
			}
		}
	}
}

// A rule with severity count neither rejects nor warns, and the next walk begins anew.
func TestCountRules(t *testing.T) {
	s := mustParse(t, field(`["null","string"]`))
	p := mustCompile(t, s, Options{Rules: []Rule{
		{ID: "a", Path: []string{"f"}, Kind: Required, Severity: Count},
		{ID: "b", Path: []string{"f"}, Kind: NoneOf, Values: []string{"x"}, Severity: Count},
	}})
	n := p.NewNotes()
	for text, want := range map[string][2]bool{"null": {true, false}, `"x"`: {false, true}, `"y"`: {false, false}} {
		payload, err := EncodeJSON(s, []byte(`{"f":`+text+`}`))
		if err != nil {
			t.Fatal(err)
		}
		if v := p.Walk(payload, n); !v.OK() || len(n.Warnings()) > 0 || n.Breaks(0) != want[0] || n.Breaks(1) != want[1] {
			t.Errorf("%s: %+v, warnings %v, breaks %t %t", text, v, n.Warnings(), n.Breaks(0), n.Breaks(1))
		}
		if allocs := testing.AllocsPerRun(100, func() { p.Walk(payload, n) }); allocs != 0 {
			t.Errorf("%s: %v allocations", text, allocs)
		}
	}
}

func TestRulesThatASchemaCannotCarry(t *testing.T) {
	for _, c := range []struct {
		typ  string
		rule Rule
		want string
	}{
		{`"int"`, Rule{Path: []string{"g"}, Kind: Required}, `$ has no "g"`},
		{`"int"`, Rule{Path: []string{"f", "x"}, Kind: Required}, `f has no "x"`},
		{`"int"`, Rule{Path: []string{"f", "[]"}, Kind: Minimum, Text: "1"}, `f has no "[]"`},
		{`"string"`, Rule{Kind: Minimum, Text: "1"}, "string cannot carry minimum"},
		{`["null","string"]`, Rule{Kind: Minimum, Text: "1"}, "string cannot carry minimum"},
		{`"int"`, Rule{Kind: Minimum, Text: "x"}, `"x" is not a decimal number`},
		{`"int"`, Rule{Kind: Minimum, Text: "1/3"}, "not a decimal number"},
		{`"int"`, Rule{Kind: Minimum, Text: "1e1000000000"}, "not a decimal number"},
		{`"int"`, Rule{Kind: Minimum, Text: ""}, "not a decimal number"},
		{millis, Rule{Kind: Minimum, Text: "yesterday"}, "no timestamp-millis"},
		{`"int"`, Rule{Kind: MultipleOf, Text: "0"}, "not above 0"},
		{`"int"`, Rule{Kind: MultipleOf, Text: "-1"}, "not above 0"},
		{millis, Rule{Kind: MultipleOf, Text: "2"}, "cannot carry multipleOf"},
		{`"int"`, Rule{Kind: MinLength, Text: "1"}, "int cannot carry minLength"},
		{decimal2, Rule{Kind: MaxLength, Text: "1"}, "cannot carry maxLength"},
		{`"string"`, Rule{Kind: MinLength, Text: "-1"}, "whole number"},
		{`"string"`, Rule{Kind: Pattern, Text: "(?=a)"}, "RE2"},
		{`"bytes"`, Rule{Kind: Pattern, Text: "a"}, "bytes cannot carry pattern"},
		{`"string"`, Rule{Kind: Format, Text: "colour"}, `no format "colour"`},
		{`"int"`, Rule{Kind: Format, Text: "email"}, "int cannot carry format"},
		{`"string"`, Rule{Kind: Enum}, "list of values is empty"},
		{enumABC, Rule{Kind: Enum, Values: []string{"Z"}}, `"Z" is no symbol`},
		{`"int"`, Rule{Kind: Enum, Values: []string{"1.5"}}, "no value that int can have"},
		{`"bytes"`, Rule{Kind: NoneOf, Values: []string{"a"}}, "bytes cannot carry noneOf"},
		{`"string"`, Rule{Kind: NoneOf}, "list of values is empty"},
		{`"string"`, Rule{Kind: MinItems, Text: "1"}, "string cannot carry minItems"},
		{`{"type":"array","items":{"type":"array","items":"int"}}`, Rule{Kind: UniqueItems}, "several ways"},
		{`{"type":"map","values":"int"}`, Rule{Kind: UniqueItems}, "map cannot carry uniqueItems"},
		{`"int"`, Rule{Kind: "shiny"}, `no kind of rule "shiny"`},
	} {
		c.rule.ID = "the-rule"
		if c.rule.Path == nil {
			c.rule.Path = []string{"f"}
		}
		_, err := Compile(mustParse(t, field(c.typ)), Options{Rules: []Rule{c.rule}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "the-rule at f") && !strings.Contains(err.Error(), "the-rule at g") {
			t.Errorf("%s on %s: %v, want %q", c.rule.Kind, c.typ, err, c.want)
		}
	}
}

// Every fault of the rules is told at once.
func TestCompileJoinsErrors(t *testing.T) {
	_, err := Compile(mustParse(t, field(`"int"`)), Options{
		Rules:    []Rule{{ID: "a", Path: []string{"x"}, Kind: Required}, {ID: "b", Path: []string{"f"}, Kind: Format, Text: "uuid"}},
		Captures: []Capture{{"c", []string{"y"}}},
	})
	for _, want := range []string{"rule a", "rule b", "capture c"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

// Rules reach through nested records, items, values and unions, and stop at nulls.
func TestRulePaths(t *testing.T) {
	s := mustParse(t, `{"type":"record","name":"R","fields":[
		{"name":"list","type":{"type":"array","items":["null",{"type":"record","name":"I","fields":[{"name":"x","type":"int"},{"name":"in","type":["null","I"]}]}]}},
		{"name":"map","type":["null",{"type":"map","values":"I"}]}]}`)
	rule := func(path ...string) Rule {
		return Rule{ID: spell(path), Path: path, Kind: Minimum, Text: "10", Severity: Warning}
	}
	p := mustCompile(t, s, Options{Rules: []Rule{
		rule("list", "[]", "x"), rule("list", "[]", "in", "x"), rule("list", "[]", "in", "in", "x"), rule("map", "{}", "x"),
		{ID: "items", Path: []string{"list", "[]"}, Kind: Required, Severity: Warning},
		{ID: "in", Path: []string{"list", "[]", "in"}, Kind: Required, Severity: Warning},
	}})
	for _, c := range []struct{ text, want string }{
		{`{"list":[],"map":null}`, "[]"},
		{`{"list":[{"x":10,"in":{"x":10,"in":{"x":10,"in":null}}}],"map":{"a":{"x":10,"in":null}}}`, "[]"},
		{`{"list":[{"x":1,"in":{"x":10,"in":null}},{"x":2,"in":{"x":10,"in":null}}],"map":{}}`, "[0]"},
		{`{"list":[{"x":10,"in":{"x":1,"in":null}}],"map":{}}`, "[1]"},
		{`{"list":[{"x":10,"in":{"x":10,"in":{"x":1,"in":{"x":1,"in":null}}}}],"map":{}}`, "[2]"},
		{`{"list":[],"map":{"a":{"x":11,"in":null},"b":{"x":9,"in":{"x":1,"in":null}}}}`, "[3]"},
		{`{"list":[null],"map":null}`, "[4]"},
		{`{"list":[{"x":10,"in":null}],"map":null}`, "[5]"},
	} {
		payload, err := EncodeJSON(s, []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		n := p.NewNotes()
		if v := p.Walk(payload, n); !v.OK() || fmt.Sprint(n.Warnings()) != c.want {
			t.Errorf("%s: %v %v, want %s", c.text, v, n.Warnings(), c.want)
		}
	}
}

// The byte-wise arithmetic agrees with math/big.
func TestDecimalArithmetic(t *testing.T) {
	g := newGenerator(3)
	for range 20_000 {
		a, b := g.unscaled(40), g.unscaled(g.IntN(41))
		if g.IntN(3) == 0 {
			b = new(big.Int).Add(a, big.NewInt(g.Int64N(3)-1))
		}
		wide := twos(a)
		for range g.IntN(4) {
			wide = append([]byte{signByte(a)}, wide...)
		}
		if got, want := compareTwos(trim(wide), twos(b)), a.Cmp(b); got != want {
			t.Fatalf("%v against %v: %d, want %d", a, b, got, want)
		}
		if fromTwos(wide).Cmp(a) != 0 {
			t.Fatalf("%v comes back as %v", a, fromTwos(wide))
		}
		m := g.Uint64()>>g.IntN(64) | 1
		if g.IntN(2) == 0 { // make a multiple
			a.Mul(a, new(big.Int).SetUint64(m))
			wide = twos(a)
		}
		want := new(big.Int).Rem(a, new(big.Int).SetUint64(m)).Sign() == 0
		if got := decimalMultiple(m).holds(&value{bytes: wide}); got != want {
			t.Fatalf("%v is a multiple of %d: %v, want %v", a, m, got, want)
		}
	}
}

// Float bounds agree with math/big at and around the bound.
func TestFloatBounds(t *testing.T) {
	g := newGenerator(4)
	for range 5000 {
		text := fmt.Sprintf("%d.%de%d", g.Int64N(2000)-1000, g.Int64N(1000), g.IntN(40)-20)
		digits, exp, err := parseNumber(text)
		if err != nil {
			t.Fatal(err)
		}
		bound := toRat(digits, exp)
		near, _ := bound.Float64()
		for _, f := range []float64{near, math.Nextafter(near, 1e300), math.Nextafter(near, -1e300), 0} {
			cmp := new(big.Rat).SetFloat64(f).Cmp(bound)
			for kind, want := range map[RuleKind]bool{Minimum: cmp >= 0, Maximum: cmp <= 0, ExclusiveMinimum: cmp > 0, ExclusiveMaximum: cmp < 0} {
				if got := newFloatRange(kind, bound).holds(&value{float: f}); got != want {
					t.Fatalf("%v under %s %s: %v, want %v", f, kind, text, got, want)
				}
			}
		}
	}
}

func TestFormats(t *testing.T) {
	label63 := strings.Repeat("a", 63)
	for format, c := range map[string]struct{ good, bad []string }{
		"date":      {[]string{"2024-02-29", "0001-01-01"}, []string{"2023-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "2024-01-32", "24-01-01", "2024/01/01", ""}},
		"time":      {[]string{"12:00:00Z", "23:59:60z", "00:00:00.123456789+05:30"}, []string{"12:00:00", "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:00.Z", "12:00:00+5:30", "12:00:00+24:00"}},
		"date-time": {[]string{"2024-02-29T12:00:00Z", "2024-02-29t12:00:00.5-08:00"}, []string{"2024-02-29 12:00:00Z", "2024-02-30T12:00:00Z", "2024-02-29T12:00Z", "2024-02-29T"}},
		"email":     {[]string{"a@b", "first.last+tag@example.co.uk", "ü@example.com", "x@[192.0.2.1]", "x@[IPv6:2001:db8::1]"}, []string{"a", "@b", "a@", ".a@b", "a.@b", "a..b@c", "a b@c", "a@-b", "a@b_c", "x@[192.0.2]", strings.Repeat("a", 65) + "@b"}},
		"hostname":  {[]string{"localhost", "example.com", "a-b.c1", label63}, []string{"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", label63 + "a", strings.Repeat("a.", 127) + "aa"}},
		"ipv4":      {[]string{"192.0.2.1", "0.0.0.0"}, []string{"", "192.0.2", "192.0.2.256", "192.0.2.01", "::1", "192.0.2.1 "}},
		"ipv6":      {[]string{"::1", "2001:db8::8a2e:370:7334", "::ffff:192.0.2.1"}, []string{"", "1", "192.0.2.1", "::1%eth0", "2001:db8::1::1", ":::"}},
		"uri":       {[]string{"http://example.com/a?b=c#d", "urn:datamesh:orders:x:1", "mailto:a@b.c", "http://u:p@[2001:db8::1]:80/", "a:", "http://h:/"}, []string{"", "example.com", "http://a b", "http://a/%zz", "1a:b", ":a", "http://[x]/", "http://h:8x/", "a:#b#c", "a:\\b", "http://ü/"}},
		"uuid":      {[]string{"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"}, []string{"", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g", "{123e4567-e89b-12d3-a456-426614174000}"}},
	} {
		f := formats[format]
		for _, text := range c.good {
			if !f([]byte(text)) {
				t.Errorf("%q is a %s", text, format)
			}
		}
		for _, text := range c.bad {
			if f([]byte(text)) {
				t.Errorf("%q is no %s", text, format)
			}
		}
		text := []byte(c.good[0])
		if allocs := testing.AllocsPerRun(10, func() { f(text) }); allocs > 0 {
			t.Errorf("%s allocates %v times", format, allocs)
		}
	}
	if len(Formats()) != len(formats) {
		t.Error("not every format is listed")
	}
}

// Unique items in arrays of all sizes, one walk after the other with the same notes.
func TestUniqueItemsAtScale(t *testing.T) {
	s := mustParse(t, field(`{"type":"array","items":"int"}`))
	p := mustCompile(t, s, Options{Rules: []Rule{{ID: "u", Path: []string{"f"}, Kind: UniqueItems}}})
	n := p.NewNotes()
	for _, size := range []int{0, 1, 31, 32, 33, 1000, 99_999, 3, 500} {
		payload := appendLong(nil, int64(size))
		if size == 0 {
			payload = nil
		}
		for i := range size {
			payload = appendLong(payload, int64(i))
		}
		if v := p.Walk(append(payload, 0), n); !v.OK() {
			t.Errorf("%d different items: %+v", size, v)
		}
		again := append(appendLong(appendLong(payload, 1), int64(size/2)), 0)
		if v := p.Walk(again, n); v.OK() != (size == 0) {
			t.Errorf("%d items, one twice: %+v", size, v)
		}
	}
}

// A UUID with one byte changed to any other.
func TestUUIDAtEachByte(t *testing.T) {
	shape := regexp.MustCompile(`^[[:xdigit:]]{8}(-[[:xdigit:]]{4}){3}-[[:xdigit:]]{12}$`)
	const uuid = "123e4567-E89B-12d3-a456-426614174000"
	for i := range uuid {
		for c := range 256 {
			b := []byte(uuid)
			b[i] = byte(c)
			if got, want := isUUID(b), shape.Match(b); got != want {
				t.Fatalf("%q: %t", b, got)
			}
		}
	}
}
