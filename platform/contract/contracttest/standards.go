package contracttest

import (
	"os"
	"path/filepath"
	"testing"
)

// Standards is a file or folder below that with the standards' own schemas and examples: TIDEMARK_STANDARDS, or
// shared/standards beside the clone. Without it the test is skipped, and fails in CI.
func Standards(t testing.TB, parts ...string) string {
	t.Helper()
	dir := os.Getenv("TIDEMARK_STANDARDS")
	if dir == "" {
		dir = filepath.Join(Root(t), "..", "shared", "standards")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the standards are missing: set TIDEMARK_STANDARDS (%v)", err)
		}
		t.Skipf("the standards are missing: set TIDEMARK_STANDARDS (%v)", err)
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

// Root is the module's folder: a test runs in its package's.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			t.Fatal("this test does not run within the module")
		}
		dir = above
	}
}
