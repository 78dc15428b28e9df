package cel

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

const schema = `{"type":"record","name":"R","fields":[
	{"name":"id","type":"string"},
	{"name":"kind","type":{"type":"enum","name":"K","symbols":["paid","failed"]}},
	{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}},
	{"name":"received","type":["null",{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}]},
	{"name":"n","type":"int"},
	{"name":"weight","type":"float"},
	{"name":"code","type":["null","string"]},
	{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
	{"name":"until","type":["null",{"type":"long","logicalType":"local-timestamp-micros"}]},
	{"name":"day","type":{"type":"int","logicalType":"date"}},
	{"name":"opens","type":{"type":"int","logicalType":"time-millis"}},
	{"name":"raw","type":"bytes"},
	{"name":"customer","type":["null",{"type":"record","name":"C","fields":[{"name":"email","type":["null","string"]},{"name":"age","type":"int"}]}]},
	{"name":"lines","type":{"type":"array","items":{"type":"record","name":"L","fields":[{"name":"sku","type":"string"},{"name":"quantity","type":"int"},{"name":"next","type":["null","L"]}]}}},
	{"name":"tags","type":{"type":"map","values":"long"}},
	{"name":"odd","type":["int","string"]}]}`

const record = `{"id":"a-1","kind":"paid","amount":"12.5","received":"12.5","n":3,"weight":0.5,"code":null,"at":"2026-11-21T12:00:00Z",
	"until":"2026-12-01T00:00:00","day":"2026-11-21","opens":"08:30:00","raw":"YWI=","customer":{"email":"a@b.example","age":40},
	"lines":[{"sku":"x","quantity":2,"next":{"sku":"y","quantity":1,"next":null}},{"sku":"z","quantity":1,"next":null}],"tags":{"a":1},"odd":7}`

func compile(t testing.TB) *avro.Schema {
	t.Helper()
	s, err := avro.Parse([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func values(t testing.TB, s *avro.Schema, text string) map[string]any {
	t.Helper()
	payload, err := avro.EncodeJSON(s, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := avro.Compile(s, avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	return Values(s, v.(avro.Record))
}

func TestHolds(t *testing.T) {
	s := compile(t)
	v := values(t, s, record)
	for text, want := range map[string]bool{
		`received <= amount`:                                true,
		`amount > 12`:                                       true,
		`amount < n`:                                        false,
		`kind == "paid" || code != null`:                    true,
		`kind == "failed"`:                                  false,
		`code == null && received != null`:                  true,
		`weight * 2.0 == 1.0`:                               true,
		`at > timestamp("2026-11-21T11:59:59Z")`:            true,
		`until > at && until - at < duration("240h")`:       true,
		`day.getFullYear() == 2026`:                         true,
		`opens == duration("8h30m")`:                        true,
		`raw == b"ab"`:                                      true,
		`customer != null && customer.age >= 18`:            true,
		`customer.email.endsWith("@b.example")`:             true,
		`has(customer.email)`:                               true,
		`lines.all(l, l.quantity > 0)`:                      true,
		`lines.map(l, l.quantity).exists(q, q == 5)`:        false,
		`lines[0].next.sku == "y" && lines[1].next == null`: true,
		`tags["a"] == 1 && !("b" in tags)`:                  true,
		`odd == 7`:                                          true,
		`id.matches("^[a-z]-[0-9]$")`:                       true,
	} {
		e, err := Compile(s, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := e.Holds(v); err != nil || got != want || e.Text() != text {
			t.Errorf("%s: %t, %v", text, got, err)
		}
	}
}

// What cannot be an expression of these records is a fault at its place.
func TestCompileFaults(t *testing.T) {
	s := compile(t)
	for text, want := range map[string]string{
		`nothing == 1`:                          "at 1:1 of the expression: undeclared reference to 'nothing'",
		`n > 0 &&` + "\n" + `customer.agee > 1`: "at 2:9 of the expression: undefined field 'agee'",
		`lines.all(l, l.qty > 0)`:               "undefined field 'qty'",
		`n == "a"`:                              "no matching overload",
		`n + `:                                  "Syntax error",
		`n + 1`:                                 "must be true or false, and is int",
		``:                                      "Syntax error",
		strings.Repeat("(", 500):                "at 1:",
		`id == "` + strings.Repeat("a", 5000) + `"`: "at 1:",
	} {
		_, err := Compile(s, text)
		if _, ok := errors.AsType[*Fault](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %s", text, err, want)
		}
	}
	list, err := avro.Parse([]byte(`{"type":"array","items":"int"}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Compile(list, "true"); err == nil {
		t.Error("an array has fields")
	}
}

// What comes to the same for every record is told before there is one.
func TestConstant(t *testing.T) {
	s := compile(t)
	for text, want := range map[string]struct{ known, of string }{
		`true`:                           {"true", "true"},
		`1 > 2`:                          {"false", "false"},
		`[1, 2].exists(x, x == 2)`:       {"true", "true"},
		`"false"`:                        {"it must be true or false, and is string", ""},
		`1 + 1`:                          {"it must be true or false, and is int", ""},
		`n > 0`:                          {"", ""},
		`n > 0 || 2 > 1`:                 {"", "true"},
		`n > 0 && false`:                 {"", "false"},
		`lines.all(l, l.quantity > 0)`:   {"", ""},
		`nothing == 1`:                   {"", ""},
		`n + `:                           {"", ""},
		`1 / 0 == 1`:                     {"", ""},
		`[1, 2, 3].all(x, n > 0 || x>0)`: {"", "true"},
		strings.Repeat(`[1,2,3,4,5,6,7,8,9].all(a, `, 20) + "true" + strings.Repeat(")", 20): {"", ""}, // costs too much to tell
	} {
		for schema, want := range map[*avro.Schema]string{nil: want.known, s: want.of} {
			holds, constant, err := Constant(schema, text)
			got := ""
			switch fault, ok := errors.AsType[*Fault](err); {
			case ok:
				got = fault.Message
			case constant:
				got = strconv.FormatBool(holds)
			}
			if got != want {
				t.Errorf("%.60s (with a schema: %t): %q, want %q", text, schema != nil, got, want)
			}
		}
	}
}

// An evaluation that fails or costs too much gives an error that says nothing of the record.
func TestEvaluationErrors(t *testing.T) {
	s := compile(t)
	v := values(t, s, record)
	var many []any
	for range 400 {
		many = append(many, map[string]any{"sku": "secret", "quantity": int64(1)})
	}
	v["lines"] = many
	v["customer"] = nil
	for _, text := range []string{`code.size() > 1`, `customer.age > 1`, `tags["secret"] == 1`, `lines[1000].quantity == 1`,
		`lines.all(a, lines.all(b, lines.all(c, a.quantity + b.quantity + c.quantity > 0)))`} {
		e, err := Compile(s, text)
		if err != nil {
			t.Fatal(err)
		}
		if holds, err := e.Holds(v); holds || !errors.Is(err, ErrEvaluation) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %t, %v", text, holds, err)
		}
	}
}

func BenchmarkHolds(b *testing.B) {
	s := compile(b)
	v := values(b, s, record)
	e, err := Compile(s, `received <= amount && (kind != "failed" || code != null)`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := e.Holds(v); !ok || err != nil {
			b.Fatal(err)
		}
	}
}
