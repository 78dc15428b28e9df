package policy_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestDocumentation runs what docs/policies.md shows.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for i, block := range strings.Split(string(text), "```rego\n")[1:] {
		rego, _, _ := strings.Cut(block, "```")
		name := fmt.Sprintf("%d.rego", i)
		if head, _, _ := strings.Cut(rego, "\n"); strings.HasSuffix(head, "_test") {
			name = fmt.Sprintf("%d_test.rego", i)
		}
		files = append(files, name, rego)
	}
	b := load(t, bundle(files...))
	results, findings := b.Test(t.Context())
	if len(b.Rules()) != 2 || len(results) != 3 || len(findings) > 0 {
		t.Errorf("%d rules, %d tests, %v", len(b.Rules()), len(results), findings)
	}
	for _, r := range results {
		if !r.Passed {
			t.Error(r.Finding())
		}
	}
	for _, r := range load(t, shipped()).Rules() {
		if !strings.Contains(string(text), "| `"+r.Package+"` |") {
			t.Errorf("docs/policies.md does not say what %s denies", r.Package)
		}
	}
}
