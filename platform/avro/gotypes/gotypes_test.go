package gotypes_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro/gotypes"
)

var avrogen = regexp.MustCompile(`(?m)^//go:generate go tool avrogen -pkg (\S+) -strict-types -o (\S+) (.*)$`)

// Every generated file of the project is what Generate writes, so that both generators are one.
func TestTheProjectsOwnTypes(t *testing.T) {
	root := os.DirFS(filepath.Join("..", "..", ".."))
	found := 0
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "testdata" || d.Name() == "bin" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		for _, line := range avrogen.FindAllSubmatch(text, -1) {
			found++
			generated(t, root, path.Dir(file), string(line[1]), string(line[2]), strings.Fields(string(line[3])))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 6 {
		t.Errorf("%d go:generate lines were found, the domains alone have 6", found)
	}
}

func generated(t *testing.T, root fs.FS, dir, pkg, out string, schemas []string) {
	t.Helper()
	var sources []gotypes.Source
	for _, schema := range schemas {
		file := path.Join(dir, schema)
		text, err := fs.ReadFile(root, file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, gotypes.Source{File: file, Text: text})
	}
	got, err := gotypes.Generate(pkg, sources...)
	if err != nil {
		t.Errorf("%s: %v", dir, err)
		return
	}
	want, err := fs.ReadFile(root, path.Join(dir, out))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s/%s is not what its schemas give; make generate", dir, out)
	}
}

const address = `{"type":"record","name":"Address","namespace":"%s","fields":[{"name":"city","type":"string"}]}`

func record(name, field string) string {
	return `{"type":"record","name":"` + name + `","namespace":"shop","fields":[{"name":"f","type":` + field + `}]}`
}

// What Go code cannot have is an error that names the file, the place and a way out.
func TestRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		schemas []string
		want    string
	}{
		"no schema":        {[]string{`{`}, "0.avsc"},
		"no record":        {[]string{`"string"`}, "no record"},
		"a union":          {[]string{record("A", `["int","string"]`)}, "$.f: a union of several types"},
		"null alone":       {[]string{record("A", `"null"`)}, "$.f: the type null"},
		"a duration":       {[]string{record("A", `{"type":"fixed","name":"D","size":12,"logicalType":"duration"}`)}, "$.f: the logical type duration"},
		"nanoseconds":      {[]string{record("A", `["null",{"type":"long","logicalType":"timestamp-nanos"}]`)}, "timestamp-micros"},
		"two of one name":  {[]string{record("A", `"int"`), record("A", `"long"`)}, "1.avsc: $: the record shop.A"},
		"one differs deep": {[]string{record("A", strings.ReplaceAll(address, "%s", "a")), record("B", strings.Replace(strings.ReplaceAll(address, "%s", "b"), "city", "town", 1))}, "another name"},
		"twice one field":  {[]string{`{"type":"record","name":"A","fields":[{"name":"order_id","type":"int"},{"name":"orderId","type":"int"}]}`}, "$.orderId: the fields"},
		"a decimal or not": {[]string{record("A", `"bytes"`), record("A", `{"type":"bytes","logicalType":"decimal","precision":4}`)}, "another name"},
	} {
		t.Run(name, func(t *testing.T) {
			var sources []gotypes.Source
			for i, text := range tt.schemas {
				sources = append(sources, gotypes.Source{File: string(rune('0'+i)) + ".avsc", Text: []byte(text)})
			}
			if _, err := gotypes.Generate("shop", sources...); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
	if _, err := gotypes.Generate("my-shop"); err == nil {
		t.Error("a name that is none of a package was taken")
	}
	if _, err := gotypes.Generate("shop"); err == nil {
		t.Error("no schemas were taken")
	}
}

// One record in two schemas is one type, and what is written can be read back.
func TestSharedTypes(t *testing.T) {
	nested := func(name, namespace string) gotypes.Source {
		return gotypes.Source{File: name, Text: []byte(`{"type":"record","name":"` + name + `","namespace":"shop","fields":[
			{"name":"shipTo","type":` + strings.ReplaceAll(address, "%s", namespace) + `}, {"name":"placed_at","type":{"type":"long","logicalType":"local-timestamp-millis"}},
			{"name":"customerId","type":["null","string"]}]}`)}
	}
	text, err := gotypes.Generate("shop", nested("Order", "a"), nested("Invoice", "b"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("type Address struct")); n != 1 {
		t.Errorf("Address is there %d times:\n%s", n, text)
	}
	types, err := gotypes.Types(text)
	if err != nil {
		t.Fatal(err)
	}
	want := []gotypes.Field{{Name: "ShipTo", Type: "Address", Avro: "shipTo"}, {Name: "PlacedAt", Type: "time.Time", Avro: "placed_at"}, {Name: "CustomerID", Type: "*string", Avro: "customerId"}}
	for i, f := range types["Invoice"].Fields {
		if f != want[i] {
			t.Errorf("field %d is %+v, want %+v", i, f, want[i])
		}
	}
	if len(types["Order"].Fields) != 3 || len(types) != 3 {
		t.Errorf("got %+v", types)
	}
}
