package dpds_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

var update = flag.Bool("update", false, "write the golden files")

// standards is the folder with the standards' own schemas.
func standards(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("TIDEMARK_STANDARDS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "standards")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the standards are missing: set TIDEMARK_STANDARDS (%v)", err)
		}
		t.Skipf("the standards are missing: set TIDEMARK_STANDARDS (%v)", err)
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

// schema is DPDS's own.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(standards(t, "dpds", "schema-1.0.0.json"))
	require.NoError(t, err)
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, text []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, s.Validate(v), "%s", text)
}

// repository is the repository's own contracts.
func repository(t *testing.T) *contract.Set {
	t.Helper()
	set, _ := contract.Load(os.DirFS("../../../contracts")) // what is wrong with them is reported elsewhere
	require.NotEmpty(t, set.Contracts())
	return set
}

// golden compares with a file, or writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "%s; go test -update writes it", file)
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	require.NoError(t, err)
	return text
}
