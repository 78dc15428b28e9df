package archtest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden file anew")

const module = "github.com/tidemark-mesh/tidemark"

// TestProject holds the project to its own rules.
func TestProject(t *testing.T) {
	root := filepath.Join("..", "..")
	if gomod, err := os.ReadFile(filepath.Join(root, "go.mod")); err != nil || !strings.Contains(string(gomod), "module "+module+"\n") {
		t.Fatalf("%s is not the root of module %s (%v)", root, module, err)
	}
	for _, v := range check(t, root, module, exceptions...) {
		t.Error(v)
	}
}

// TestRulesFindWhatIsBroken shows each rule a small module that breaks it, and its neighbour that does not: a
// rule that never fails would be worth nothing.
func TestRulesFindWhatIsBroken(t *testing.T) {
	var b strings.Builder
	said := make(map[string]bool)
	excepted := Exception{"exit", "platform/mesh/exit.go", "shows that an exception holds"}
	stale := Exception{"init", "platform/kafka/kafka.go", "shows that a stale one is found"}
	for _, v := range check(t, filepath.Join("testdata", "broken"), "example.com/broken", excepted, stale) {
		b.WriteString(v.String() + "\n")
		said[v.Rule] = true
	}
	for _, rule := range []string{
		"cmd", "contracts", "domains", "pure", "platform", "layers", "strangers", "libraries", "binaries",
		"package-comment", "doc-comment", "long", "init", "exit", "sleep", "stale",
	} {
		if !said[rule] {
			t.Errorf("rule %s found nothing in testdata/broken", rule)
		}
	}
	goldentest.Equal(t, "testdata/broken.golden", []byte(b.String()), *update)
}

func TestUnreadableSourceIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package a\nfunc {"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Check(os.DirFS(dir), "example.com/a"); err == nil || !strings.Contains(err.Error(), "a.go:2") {
		t.Errorf("error %v does not name a.go:2", err)
	}
}

func check(t *testing.T, dir, module string, except ...Exception) []Violation {
	t.Helper()
	found, err := Check(os.DirFS(dir), module, except...)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
