package formattest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
)

// Schema is a standard's JSON Schema.
func Schema(t testing.TB, parts ...string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(contracttest.Standards(t, parts...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Valid holds a JSON document against a schema.
func Valid(t testing.TB, s *jsonschema.Schema, text []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// Repository is the repository's own contracts. What is wrong with them is reported elsewhere.
func Repository(t testing.TB) *contract.Set {
	t.Helper()
	set, findings := contract.Load(os.DirFS(filepath.Join(contracttest.Root(t), "contracts")))
	if len(set.Contracts()) == 0 || len(set.DataProducts()) == 0 {
		t.Fatal("no contracts", findings)
	}
	return set
}

// Read is a file of testdata.
func Read(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
