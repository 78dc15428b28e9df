package strict

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

func encoded(version int, s *shelf) (Value, []string) {
	v, faults := Encode(Version{version, fmt.Sprint("v", version), func(n int) string { return fmt.Sprint("v", n) }}, s.table())
	var lines []string
	for _, f := range faults {
		lines = append(lines, fmt.Sprintf("%d:%d %s %s: %s", f.Line, f.Column, f.Rule, f.Path, f.Message))
	}
	return v, lines
}

func TestEncode(t *testing.T) {
	text := `kind: oak
name: "1"
size: 0
tall: false
loose:
  b: 1
  a: [yes, "no"]
tags: []
inner: {}
books:
  - {name: x, tall: true}
`
	s, _ := read(t, 2, text)
	v, lost := encoded(2, &s)
	want := `{"name":"1","kind":"oak","size":0,"tall":false,"loose":{"b":1,"a":["yes","no"]},"tags":[],"inner":{},"books":[{"name":"x","tall":true}]}`
	if got, _ := json.Marshal(v); string(got) != want || len(lost) != 1 || lost[0] != `9:8 key.missing inner: key "name" is missing, which v2 needs` {
		t.Errorf("%s\n%q", got, lost)
	}
	wantText := "name: \"1\"\nkind: oak\nsize: 0\ntall: false\nloose:\n  b: 1\n  a:\n    - \"yes\"\n    - \"no\"\ntags: []\ninner: {}\nbooks:\n  - name: x\n    tall: true\n"
	if got := string(v.YAML()); got != wantText {
		t.Errorf("%s", got)
	}
	if at := v.Get("books").Items[0].Get("tall"); at.Path() != "books[0].tall" || at.Position != (Position{12, 21}) && at.Line == 0 {
		t.Errorf("%s %v", at.Path(), at.Position)
	}
	_, lost = encoded(1, &s)
	if !slices.Contains(lost, `4:7 key.version tall: the key exists from v2 on: left out of v1`) || !slices.Contains(lost, `1:1 key.missing : key "id" is missing, which v1 needs`) {
		t.Errorf("%q", lost)
	}
	made := shelf{Name: "made", Owner: "ann", Inner: &shelf{}, Books: []shelf{{}}}
	if v, lost := encoded(2, &made); string(v.YAML()) != "name: made\nbooks:\n  - {}\nowner: ann\n" || len(lost) != 2 {
		t.Errorf("%s%q", v.YAML(), lost)
	}
}

// Text that some reader takes for something else is in quotes, and only that.
func TestTextInYAML(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain", "1.0.2": "1.0.2", "v3.1.0": "v3.1.0", "a:b": "a:b", "urn:x:1": "urn:x:1", "53581432-6c55-4ba2": "53581432-6c55-4ba2", "2026": `"2026"`, "1e3": `"1e3"`,
		"2026-11-21": `"2026-11-21"`, "12:30": `"12:30"`, "no": `"no"`, "Y": `"Y"`, "null": `"null"`, "~": `"~"`, "": `""`, "0o17": `"0o17"`, "<<": `"<<"`, "1_0": `"1_0"`,
		"a\nb": "|-\n  a\n  b", "a\nb\n": "|\n  a\n  b", " a\nb": `" a\nb"`, "a\tb": `"a\tb"`, "a: b": `'a: b'`, "# a": `'# a'`, "\xff": `"` + "\ufffd" + `"`,
	} {
		got := string(Value{Kind: Map, Entries: []Entry{{"k", Value{Kind: Text, Text: text}}}}.YAML())
		if got != "k: "+want+"\n" {
			t.Errorf("%q is written as %q, not %q", text, got, want)
		}
	}
	if got := string(Value{Kind: List, Items: []Value{{Kind: Integer, Text: "seven"}, {Kind: Decimal, Text: "1.50"}, {Kind: Null}, {}}}.YAML()); got != "- seven\n- 1.50\n- null\n- null\n" {
		t.Errorf("%q", got)
	}
}
