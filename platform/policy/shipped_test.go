package policy_test

import (
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

// shipped is the folder of the policies that come with Tidemark.
func shipped() fs.FS { return os.DirFS("../../contracts/policies") }

func load(t testing.TB, fsys fs.FS) *policy.Bundle {
	t.Helper()
	b, findings := policy.Load(fsys)
	for _, f := range findings {
		t.Fatal(f)
	}
	return b
}

func now() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }

// TestShippedTests runs the tests of the shipped policies.
func TestShippedTests(t *testing.T) {
	results, findings := load(t, shipped()).Test(t.Context())
	for _, f := range findings {
		t.Error(f)
	}
	for _, r := range results {
		if !r.Passed || r.Skipped {
			t.Errorf("%s %s", r.Finding(), r.Output)
		}
	}
	if len(results) < 80 {
		t.Errorf("only %d tests", len(results))
	}
}

// TestRepository: the mesh's own contracts keep its own policies.
func TestRepository(t *testing.T) {
	set, findings := contract.Load(os.DirFS("../../contracts"))
	if contract.HasErrors(findings) || len(set.Contracts()) == 0 {
		t.Fatal(findings)
	}
	for _, environment := range []string{"", "production"} {
		found, err := policy.Tree{Bundle: load(t, shipped()).WithTimeout(time.Minute), Environment: environment, Now: now()}.Judge(t.Context(), set)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Error(f)
		}
	}
}
