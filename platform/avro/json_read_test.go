package avro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

var jsonTexts = []string{
	`null`, ` true `, `false`, `0`, `-0`, `01`, `1.5e+3`, `1e`, `1.`, `.5`, `-`, `+1`, `"a"`, `"\u00e9\n\ud83d\ude00\ud83d"`, `"\x"`, "\"a\nb\"", `"a`, `"a\`, ``, ` `, `nul`, `nulls`,
	`[]`, `[ 1 , 2 ]`, `[1,]`, `[,1]`, `[1 2]`, `[`, `]`, `{}`, `{"a":1,"b":[{"c":null}]}`, `{"a":1,}`, `{"a" 1}`, `{"a":}`, `{a:1}`, `{"a":1,"a":2}`, `{"a":1`, `1 2`, "\x00", `"` + "\x7f" + `"`,
	`{"\u0061":1,"a":2}`, strings.Repeat("[", 40), strings.Repeat("[", 40) + strings.Repeat("]", 40),
}

func TestReadJSONAgreesWithTheLibrary(t *testing.T) {
	for _, text := range jsonTexts {
		agree(t, text)
	}
}

func FuzzJSON(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add(text)
	}
	for _, text := range seedSchemas {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { agree(t, text) })
}

// agree fails where readJSON reads what the library does not, or something else, or refuses what the library reads for another
// reason than that it is stricter.
func agree(t *testing.T, text string) {
	t.Helper()
	n, err := readJSON(text, jsonLimits{bytes: 1 << 20, depth: 30, nodes: 10_000})
	if err != nil {
		strict := !utf8.ValidString(text) || strings.Contains(err.Error(), "twice") || strings.Contains(err.Error(), "deeper") || strings.Contains(err.Error(), "more than")
		if !strict && json.Valid([]byte(text)) {
			t.Fatalf("%q: %v", text, err)
		}
		return
	}
	var want bytes.Buffer
	if err := json.Compact(&want, []byte(text)); err != nil {
		t.Fatalf("%q: the library says %v", text, err)
	}
	if got := compacted(text); got != want.String() {
		t.Fatalf("%q: compacted %q, by the library %q", text, got, want.String())
	}
	if got, want := spoken(t, string(n.appendTo(nil))), spoken(t, text); got != want {
		t.Fatalf("%q: read as %s, by the library as %s", text, got, want)
	}
}

// spoken is what the library reads, in words.
func spoken(t *testing.T, text string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return fmt.Sprintf("%#v", v)
}
