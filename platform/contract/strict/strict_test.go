package strict

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

type shelf struct {
	Place
	Name, Kind, ID string
	Size           int
	Tall           bool
	Price          Value
	Loose          Value
	Tags           []string
	Notes          []Value
	Inner          *shelf
	Books          []shelf
	Owner          string
	Owners         []string
	done           bool
}

func (s *shelf) table() Table {
	return Table{Place: &s.Place, Fields: []Field{
		String("name", &s.Name).Required(),
		Word("kind", &s.Kind, "oak", "pine"),
		StableID("id", &s.ID).RequiredBelow(2),
		Int("size", &s.Size),
		Flag("tall", &s.Tall).Since(2),
		Number("price", &s.Price),
		Any("loose", &s.Loose),
		Strings("tags", &s.Tags),
		Values("notes", &s.Notes),
		Object("inner", &s.Inner, (*shelf).table),
		Objects("books", &s.Books, (*shelf).table),
		Elsewhere("height", "say tall"),
		Either("owner", map[Kind]Field{Text: String("owner", &s.Owner).Then(func() { s.done = true }), List: Strings("owner", &s.Owners)}, s.owning),
	}}
}

func (s *shelf) owning() Kind {
	if s.Owner != "" {
		return Text
	}
	return List
}

func read(t *testing.T, version int, text string) (shelf, []string) {
	t.Helper()
	root, found := Parse([]byte(text))
	var s shelf
	if root != nil {
		v := Version{version, fmt.Sprint("v", version), func(n int) string { return fmt.Sprint("v", n) }}
		found = append(found, Decode(root, v, s.table())...)
	}
	var lines []string
	for _, f := range found {
		lines = append(lines, fmt.Sprintf("%d:%d %s %s: %s", f.Line, f.Column, f.Rule, f.Path, f.Message))
	}
	return s, lines
}

func TestDecode(t *testing.T) {
	s, faults := read(t, 2, `
name: &n top
kind: oak
size: 0x10
tall: True
price: 1.50
loose: {b: [1, null], a: 2026-11-21}
tags: [x, *n]
notes: [1, two]
owner: [ann]
inner: {name: "1", owner: bob}
books:
  - name: first
  - {name: second, books: [{name: third}]}
`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	loose, _ := json.Marshal(s.Loose)
	path, at := s.Books[1].Books[0].At("name")
	outside, start := s.Books[1].At("kind")
	for what, ok := range map[string]bool{
		"scalars":  s.Name == "top" && s.Kind == "oak" && s.Size == 16 && s.Tall && s.Price.Text == "1.50" && s.Price.Kind == Decimal,
		"any":      string(loose) == `{"b":[1,null],"a":"2026-11-21"}` && s.Loose.Get("a").Kind == Text && s.Loose.Get("c").Kind == Absent,
		"lists":    slices.Equal(s.Tags, []string{"x", "top"}) && len(s.Notes) == 2 && s.Notes[0].IsNumber(),
		"union":    slices.Equal(s.Owners, []string{"ann"}) && !s.done && s.Inner.Owner == "bob" && s.Inner.done,
		"nested":   s.Inner.Name == "1" && len(s.Books) == 2 && s.Books[1].Books[0].Name == "third",
		"a place":  path == "books[1].books[0].name" && at == Position{14, 35},
		"no place": outside == "books[1]" && start == Position{14, 5} && !s.Has("id") && s.Has("loose"),
		"keys":     slices.Equal(s.Inner.Keys(), []string{"name", "owner"}) && s.Inner.Path() == "inner",
	} {
		if !ok {
			t.Errorf("%s: %+v %s %s %v %s %v", what, s, loose, path, at, outside, start)
		}
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                    {"0:0 yaml.syntax : the file is empty"},
		"a: [":                                {"1:4 yaml.syntax : did not find expected node content: what opens here is not closed"},
		"\tname: a":                           {"1:1 yaml.syntax : found character that cannot start any token"},
		"name: a\n...\n--- b":                 {"3:1 yaml.documents : a second document starts here: a file holds one; remove it or give it a file of its own"},
		"name: a\nname: b":                    {`2:1 key.duplicate name: key "name" is given twice, first in line 1: keep one`},
		"name: a\nloose: {K: 1, k: 2}":        {`2:15 key.case loose.k: keys "k" and "K" (line 2) differ only in case: keep one`},
		"name: a\nloose: {\u212a: 1, k: 2}":   {"2:15 key.case loose.k: keys \"k\" and \"\u212a\" (line 2) differ only in case: keep one"},
		"name: a\nloose: {1: 2}":              {"2:9 value.type loose: a key must be text"},
		"name: !x a":                          {`1:7 yaml.tag name: tag "!x" is not plain data: remove it`},
		"name: a\n<<: {kind: oak}":            {"2:1 yaml.tag : merge keys (<<) are not part of YAML 1.2: write the keys out"},
		"name: a\nloose: !!bool maybe":        {`2:8 yaml.tag loose: tag "!!bool" says what the text itself must say: remove it`},
		"kind: oak":                           {`1:1 key.missing : key "name" is missing`},
		"name: 7":                             {`1:7 value.type name: must be text, not a whole number: put it in quotes, "7"`},
		"name:":                               {"1:6 value.type name: has no value: write one, or remove the key"},
		"name: {a: b}":                        {"1:7 value.type name: must be a single value, not an object"},
		"name: a\nkind: oka":                  {`2:7 value.forbidden kind: "oka" is none of oak, pine; did you mean "oak"?`},
		"name: a\nid: a b":                    {`2:5 value.forbidden id: "a b" must hold letters, digits, - and _ only`},
		"name: a\nsize: 1.5":                  {"2:7 value.type size: must be a whole number, not a number"},
		"name: a\nsize: 99999999999999999999": {"2:7 value.type size: must be a whole number, not a number"},
		"name: a\nprice: cheap":               {"2:8 value.type price: must be a whole number or a number, not text"},
		"name: a\ntags: x":                    {"2:7 value.type tags: must be a list (- item), not text"},
		"name: a\nbooks: [1]":                 {"2:9 value.type books[0]: must be an object (key: value), not a whole number"},
		"name: a\nowner: 1":                   {"2:8 value.type owner: must be text or a list, not a whole number"},
		"name: a\nheight: 3":                  {`2:9 key.unknown height: unknown key "height": say tall`},
		"name: a\ntal: true":                  {`2:1 key.unknown : unknown key "tal"; did you mean "tall"?`},
		"name: a\n\"\\e[31m\": 1":             {`2:1 key.unknown : unknown key "\x1b[31m"; known here: name, kind, id, size, tall, price, loose, tags, notes, inner, books, owner`},
		"[a]":                                 {"1:1 value.type : must be an object (key: value), not a list"},
	} {
		if _, got := read(t, 2, text); !slices.Equal(got, want) {
			t.Errorf("%q\ngot  %q\nwant %q", text, got, want)
		}
	}
	_, got := read(t, 1, "name: a\ntall: true")
	want := []string{
		`2:1 key.version : key "tall" exists from v2 on, and this file is v1: raise apiVersion or remove the key`,
		`1:1 key.missing : key "id" is missing`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestFaultsAreBounded(t *testing.T) {
	_, got := read(t, 2, "name: a\nbooks:\n"+strings.Repeat("- {kind: x}\n", 5000))
	if len(got) != MaxFaults+1 || !strings.Contains(got[MaxFaults], "the rest is not listed") {
		t.Errorf("%d faults, the last %q", len(got), got[len(got)-1])
	}
}

func TestFind(t *testing.T) {
	root, _ := Parse([]byte("x: 1\na: {x: [{x: 2}]}\nb: [{x: 3}, {c: {x: 4}}]"))
	var got []string
	for _, v := range Find(root, "x") {
		got = append(got, v.Path())
	}
	if want := []string{"a.x", "b[0].x", "b[1].c.x"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if Top(root, "x").Text != "1" || Top(root, "y").Kind != Absent {
		t.Error("top")
	}
}

func TestSuggest(t *testing.T) {
	words := []string{"required", "unique", "primaryKey", "items", "id"}
	for got, want := range map[string]string{
		"requird": "required", "Required": "required", "requierd": "required", "primarykey": "primaryKey", "item": "items", "ID": "id",
		"classification": "", "xyz": "", "": "", strings.Repeat("r", 1000): "",
	} {
		if s := Suggest(got, words); s != want {
			t.Errorf("%q: %q, want %q", got, s, want)
		}
	}
}
