package policy_test

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/tidemark-mesh/tidemark/platform/policy"
)

// TestMutants breaks every shipped rule in every place: without each of its bodies, without each condition, and with
// each condition turned round. The rule's tests must notice each.
func TestMutants(t *testing.T) {
	files := read(t, shipped())
	mutants := 0
	for name, text := range files {
		if strings.HasSuffix(name, "_test.rego") {
			continue
		}
		test := strings.TrimSuffix(name, ".rego") + "_test.rego"
		for what, mutant := range mutate(t, name, text) {
			tree := fstest.MapFS{
				"lib.rego": {Data: []byte(files["lib.rego"])}, name: {Data: []byte(mutant)}, test: {Data: []byte(files[test])},
				"any.rego": {Data: []byte("package any\n\nimport data.mesh.lib\n\ndeny contains lib.masked if false")}, // a library alone is no bundle
			}
			if noticed, viable := noticed(t.Context(), tree); viable {
				mutants++
				if !noticed {
					t.Errorf("no test notices %s", what)
				}
			}
		}
	}
	if mutants < 200 {
		t.Errorf("only %d mutants", mutants)
	}
	t.Logf("%d mutants", mutants)
}

// noticed tells whether a test fails; viable is false for a bundle that does not compile.
func noticed(ctx context.Context, tree fs.FS) (noticed, viable bool) {
	b, findings := policy.Load(tree)
	if len(findings) > 0 {
		return false, false
	}
	results, findings := b.Test(ctx)
	for _, r := range results {
		noticed = noticed || !r.Passed
	}
	return noticed, len(findings) == 0
}

// mutate gives every mutant of a file, by what was done to it.
func mutate(t *testing.T, name, text string) map[string]string {
	t.Helper()
	parse := func() *ast.Module {
		m, err := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	mutants := make(map[string]string)
	add := func(what string, m *ast.Module) {
		text, err := format.Ast(m)
		if err != nil {
			t.Fatal(err)
		}
		mutants[what] = string(text)
	}
	original := parse()
	for i, rule := range original.Rules {
		m := parse()
		m.Rules = append(m.Rules[:i:i], m.Rules[i+1:]...)
		add(fmt.Sprintf("%s without the rule in line %d", name, rule.Location.Row), m)
	}
	for i := range bodies(original) {
		body := bodies(original)[i]
		for j, expr := range body {
			if expr.String() == "true" {
				continue // the body of a rule that has none
			}
			at := fmt.Sprintf("%s:%d %s", name, expr.Location.Row, strings.Join(strings.Fields(string(expr.Location.Text)), " "))
			m := parse()
			bodies(m)[i][j].Terms = ast.BooleanTerm(true)
			bodies(m)[i][j].Negated = false
			add("without "+at, m)
			if !expr.IsSome() && !expr.IsAssignment() {
				m = parse()
				bodies(m)[i][j].Negated = !expr.Negated
				add("turned "+at, m)
			}
		}
	}
	return mutants
}

// bodies are all bodies of a module, in a fixed order: those of rules, of comprehensions and of every.
func bodies(m *ast.Module) []ast.Body {
	var all []ast.Body
	ast.WalkBodies(m, func(b ast.Body) bool {
		all = append(all, b)
		return false
	})
	return all
}

func read(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	files := make(map[string]string)
	names, err := fs.Glob(fsys, "*.rego")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		files[path.Base(name)] = string(text)
	}
	return files
}
