package contract

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// valid holds a text against a standard's own schema.
func valid(t *testing.T, schema *jsonschema.Schema, text []byte) error {
	t.Helper()
	root, faults := strict.Parse(text)
	if root == nil || len(faults) > 0 {
		t.Fatalf("%v in\n%s", faults, text)
	}
	raw, err := json.Marshal(strict.ValueOf(root))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func schemaOf(t *testing.T, apiVersion string) *jsonschema.Schema {
	t.Helper()
	file := map[string]string{
		"v3.0.0": "odcs/odcs-json-schema-v3.0.0.json", "v3.0.1": "odcs/odcs-json-schema-v3.0.1.json", "v3.0.2": "odcs/odcs-json-schema-v3.0.2.json",
		"v3.1.0": "odcs/odcs-json-schema-v3.1.0.json", "v3.2.0": "odcs/odcs-json-schema-v3.2.0-dev.json",
		"v0.9.0": "odps/odps-json-schema-v1.0.0.json", "v1.0.0": "odps/odps-json-schema-v1.0.0.json",
	}[apiVersion]
	if file == "" {
		return nil
	}
	schema, err := jsonschema.NewCompiler().Compile(contracttest.Standards(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// document is a file's tree as JSON: the same keys with the same values, in whatever order.
func document(t *testing.T, text []byte) string {
	t.Helper()
	root, faults := strict.Parse(text)
	if root == nil || len(faults) > 0 {
		t.Fatalf("%v in\n%s", faults, text)
	}
	return canonical(t, strict.ValueOf(root))
}

func canonical(t *testing.T, v Value) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.MarshalIndent(tree, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(sorted)
}

// Whatever is read is written as it was: no field is lost, in the official examples and in the contracts of this tree.
func TestRoundTrip(t *testing.T) {
	type file struct {
		name string
		text []byte
	}
	var files []file
	for _, name := range append(append(examples(t, "odcs", "examples"), examples(t, "odcs", "examples-3.2.0-dev")...), examples(t, "odps", "examples")...) {
		files = append(files, file{name, readFile(t, name)})
	}
	tree := os.DirFS("../../contracts")
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && (strings.HasSuffix(name, ".odcs.yaml") || strings.HasSuffix(name, ".odps.yaml")) {
			text, err := fs.ReadFile(tree, name)
			files = append(files, file{name, text})
			return err
		}
		return err
	})
	if err != nil || len(files) < 60 {
		t.Fatal(len(files), err)
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, f := range files {
		t.Run(filepath.Base(f.name), func(t *testing.T) {
			text, api := rewritten(t, f.name, f.text)
			if got, want := document(t, text), document(t, f.text); got != want {
				t.Errorf("%s is not what it was:\n%s\nwas\n%s", text, got, want)
			}
			again, _ := rewritten(t, f.name, text)
			if !bytes.Equal(again, text) {
				t.Errorf("written once more:\n%s\nbefore:\n%s", again, text)
			}
			if schemas[api] == nil {
				schemas[api] = schemaOf(t, api)
			}
			if before, after := valid(t, schemas[api], f.text), valid(t, schemas[api], text); before == nil && after != nil {
				t.Error(after)
			}
		})
	}
}

// rewritten reads and writes a file; the document that is written is the one that Document gives.
func rewritten(t *testing.T, name string, text []byte) (again []byte, apiVersion string) {
	t.Helper()
	var lost, findings []Finding
	var whole Value
	if strings.HasSuffix(name, ".odps.yaml") {
		var p *DataProduct
		if p, findings = ParseDataProduct(name, text); p == nil {
			t.Fatalf("%v in\n%s", findings, text)
		}
		again, lost = p.Encode("")
		whole, apiVersion = p.Document(), p.APIVersion
	} else {
		var c *Contract
		if c, findings = ParseContract(name, text); c == nil {
			t.Fatalf("%v in\n%s", findings, text)
		}
		again, lost = c.Encode("")
		whole, apiVersion = c.Document(), c.APIVersion
	}
	if len(lost) > 0 {
		t.Error("lost", lost)
	}
	if canonical(t, whole) != document(t, again) {
		t.Errorf("the document is not what is written: %s", again)
	}
	return again, apiVersion
}
