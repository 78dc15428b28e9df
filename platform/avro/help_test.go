package avro

import (
	"flag"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func mustParse(t testing.TB, text string) *Schema {
	t.Helper()
	s, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

func mustCompile(t testing.TB, s *Schema, o Options) *Program {
	t.Helper()
	p, err := Compile(s, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, s)
	}
	return p
}

// evolve changes a schema's text in the ways that people and adversaries do.
func (g *generator) evolve(text string) string {
	swaps := [][2]string{
		{`"int"`, `"long"`}, {`"long"`, `"double"`}, {`"long"`, `"int"`}, {`"float"`, `"double"`}, {`"string"`, `"bytes"`},
		{`"bytes"`, `"string"`}, {`"null"`, `["null","int"]`}, {`"type":"string"`, `"type":["null","string"]`},
		{`"type":"long"`, `"type":["string","double","long"]`}, {`"scale":2`, `"scale":3`}, {`"A","B","C"`, `"A","B"`},
		{`"A","B","C"]`, `"B","A"],"default":"A"`}, {`"A","B","C"`, `"D","C","B","A"`}, {`"size":2`, `"size":3`},
		{`"name":"f1"`, `"name":"g1"`}, {`"name":"f1"`, `"name":"g1","aliases":["f1"]`}, {`"name":"f0"`, `"name":"x.f0"`},
		{`"fields":[`, `"fields":[{"name":"new","type":"int","default":7},`}, {`"fields":[`, `"fields":[{"name":"new","type":"int"},`},
		{`"name":"N1"`, `"name":"M1","aliases":["N1"]`}, {`"N2"`, `"ns.N2"`}, {`{"name":"f2"`, `{"name":"f2","default":null`},
		{`"items":"int"`, `"items":"long"`},
	}
	for range 1 + g.IntN(2) {
		s := swaps[g.IntN(len(swaps))]
		if strings.Contains(text, s[0]) {
			n := strings.Count(text, s[0])
			text = replaceNth(text, s[0], s[1], g.IntN(n))
		}
	}
	return text
}

func replaceNth(s, from, to string, n int) string {
	at := 0
	for range n {
		at += strings.Index(s[at:], from) + len(from)
	}
	return s[:at] + strings.Replace(s[at:], from, to, 1)
}
