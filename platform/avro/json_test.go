package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

// The sample, encoded and decoded, as a golden file: every form that values take in JSON.
func TestDecodeGolden(t *testing.T) {
	s := mustParse(t, everything)
	payload, err := EncodeJSON(s, []byte(`{"b":true,"i":-7,"i32":8,"l":9007199254740993,"f":0.1,"d":"NaN","s":"h\"é<","y":"AQI=","fix":"AQID","e":"B",
		"tpo":5,"list":[],"m":{"a":"AQ==","b":""},"dec":"229720.8600","odec":-0.05,"fdec":1e3,"decs":[0,"-0.0001"],
		"day":"1960-02-29","tod":"23:59:59.5","tou":7,"ms":"1969-07-20T20:17:40.123Z","us":"2026-11-21T10:00:00.000001+01:00","ns":-1,
		"local":"2026-11-21T09:30:00","oms":253402300800000,"id":"123e4567-e89b-12d3-a456-426614174000",
		"dur":{"months":1,"days":2,"milliseconds":4294967295},"next":null,"kids":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	p := mustCompile(t, s, Options{})
	v, err := p.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	goldentest.Equal(t, "testdata/everything.golden.json", got, *update)
	again, err := EncodeJSON(s, got)
	if err != nil || !bytes.Equal(again, payload) {
		t.Errorf("what Decode gives does not encode to the same bytes: %v\n% x\n% x", err, again, payload)
	}
}

func TestDecodeRejects(t *testing.T) {
	p := mustCompile(t, mustParse(t, field(`"string"`)), Options{})
	_, err := p.Decode([]byte("\x08ab"))
	if r, ok := errors.AsType[*fault.Rejection](err); !ok || r.Reason != fault.AvroTruncated || r.Field != "f" {
		t.Errorf("got %v", err)
	}
}

func TestRecordGet(t *testing.T) {
	r := Record{{"a", 1}, {"b", nil}}
	if v, ok := r.Get("b"); !ok || v != nil {
		t.Error("b is not found")
	}
	if _, ok := r.Get("c"); ok {
		t.Error("c is found")
	}
}

func TestEncodeJSONRefuses(t *testing.T) {
	for _, c := range []struct{ typ, text, want string }{
		{`"int"`, `{`, "ends too early"},
		{`"int"`, `{"f":1,"f":2}`, "stands twice"},
		{`"int"`, `[]`, "$: record R needs an object; this is an array"},
		{`"int"`, `{}`, `$: field "f" of record R is missing`},
		{`"int"`, `{"f":1,"g":2}`, `$: record R has no field "g"`},
		{`"int"`, `{"f":"1"}`, "$.f: int needs a whole number; this is a string"},
		{`"int"`, `{"f":2147483648}`, "of 32 bits"},
		{`"long"`, `{"f":9223372036854775808}`, "of 64 bits"},
		{`"long"`, `{"f":1.5}`, "a whole number"},
		{`"boolean"`, `{"f":1}`, "true or false"},
		{`"float"`, `{"f":1e39}`, "a number of 32 bits"},
		{`"double"`, `{"f":"x"}`, "a number"},
		{`"string"`, `{"f":null}`, "a string; this is null"},
		{`"bytes"`, `{"f":"*"}`, "base64"},
		{`{"type":"fixed","name":"F","size":2}`, `{"f":"AQ=="}`, "2 bytes"},
		{enumABC, `{"f":"D"}`, "one of its symbols"},
		{decimal2, `{"f":1.234}`, "2 of them after the point"},
		{decimal2, `{"f":"12,5"}`, "a decimal number"},
		{millis, `{"f":"yesterday"}`, "RFC 3339"},
		{millis, `{"f":"2020-01-01T00:00:00.0001Z"}`, "no finer than its unit"},
		{`{"type":"string","logicalType":"uuid"}`, `{"f":"x"}`, "a UUID"},
		{`["null","int"]`, `{"f":"x"}`, "$.f: int needs a whole number"},
		{`["int","string"]`, `{"f":null}`, "fits none of the union of int, string"},
		{`{"type":"array","items":"int"}`, `{"f":[1,2,"x"]}`, "$.f[2]: int needs"},
		{`{"type":"map","values":"int"}`, `{"f":{"k":"x"}}`, "$.f.k: int needs"},
		{`{"type":"array","items":{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}}`, `{"f":[{"x":1},{"x":true}]}`, "$.f[1].x: int needs"},
	} {
		_, err := EncodeJSON(mustParse(t, field(c.typ)), []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s as %s: %v, want %q", c.text, c.typ, err, c.want)
		}
	}
}

// A union nested in unions is not tried forever.
func TestEncodeJSONIsBounded(t *testing.T) {
	branches := `"null"`
	for _, n := range []string{"A", "B", "C", "D"} {
		branches += `,{"type":"record","name":"` + n + `","fields":[{"name":"x","type":["null","R"]},{"name":"` + n + `","type":"int"}]}`
	}
	s := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"u","type":[`+branches+`]}]}`)
	text := strings.Repeat(`{"u":{"x":`, 100) + `{"u":5}` + strings.Repeat(`,"D":1}}`, 100)
	if _, err := EncodeJSON(s, []byte(text)); err == nil {
		t.Error("accepted")
	}
}
