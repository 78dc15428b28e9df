package dcs_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	return formattest.Schema(t, "dcs", "datacontract-1.2.1.schema.json")
}

// valid holds an export against the standard's schema.
func valid(t *testing.T, s *jsonschema.Schema, text []byte) {
	t.Helper()
	root, faults := strict.Parse(text)
	if root == nil || len(faults) > 0 {
		t.Fatalf("%v in\n%s", faults, text)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(marshal(t, strict.ValueOf(root))))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(value); err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
}

func marshal(t *testing.T, v contract.Value) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func indented(t *testing.T, v contract.Value) string {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func printed(findings []contract.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&b, f)
	}
	return b.String()
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Each file of testdata/import is imported, exported back and made plain.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "import", "*.yaml"))
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			text := read(t, file)
			out := filepath.Join("testdata", "golden", name)
			c, findings := dcs.Import(name+".yaml", text)
			goldentest.Equal(t, out+".findings.txt", []byte(printed(findings)), *update)
			if (c == nil) != contract.HasErrors(findings) {
				t.Fatal("a contract and errors, or neither")
			}
			if c == nil {
				return
			}
			odcs, lost := c.Encode("")
			if len(lost) > 0 {
				t.Error(lost)
			}
			goldentest.Equal(t, out+".odcs.yaml", odcs, *update)
			back, notes := dcs.Export(c, nil)
			goldentest.Equal(t, out+".dcs.yaml", []byte(string(back)+"# "+strings.ReplaceAll(strings.TrimSpace(printed(notes)), "\n", "\n# ")+"\n"), *update)
			goldentest.Equal(t, out+".plain.json", []byte(indented(t, dcs.Plain(c, nil))), *update)
			valid(t, schema(t), back)
			stable(t, name, c, back)
			plain, _ := dcs.PlainOf(name+".yaml", text)
			goldentest.Equal(t, out+".plain-of.json", []byte(indented(t, plain)), *update)
		})
	}
}

// stable: what was exported is imported as the same contract, and exported once more as the same file.
func stable(t *testing.T, name string, c *contract.Contract, exported []byte) {
	t.Helper()
	again, findings := dcs.Import(name+".yaml", exported)
	if again == nil {
		t.Fatalf("%v in\n%s", findings, exported)
	}
	positions := true
	for _, o := range c.Objects {
		positions = positions && positioned(o.Properties)
	}
	if got, want := content(t, again, positions), content(t, c, positions); got != want {
		t.Errorf("imported again, %s", difference(got, want))
	}
	if twice, _ := dcs.Export(again, nil); !bytes.Equal(twice, exported) {
		t.Errorf("exported again, %s", difference(string(twice), string(exported)))
	}
}
