package policy

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// TestResult is what came of one test of a bundle.
type TestResult struct {
	Package  string        `json:"package"`
	Name     string        `json:"name"`
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Passed   bool          `json:"passed"`
	Skipped  bool          `json:"skipped,omitempty"` // named todo_test_…
	Error    string        `json:"error,omitempty"`   // where the test could not be run to its end
	Output   string        `json:"output,omitempty"`  // what it printed
	Duration time.Duration `json:"durationNanoseconds"`
}

// testTimeout bounds one test. It is generous: a busy machine should not fail a test that is right.
const testTimeout = 10 * time.Second

// Test runs the rules named test_… of the bundle, each for ten seconds at most, under the same closed evaluation as
// Judge. The results are sorted by file and line. The findings say why the bundle, or a test file of it, cannot be run.
func (b *Bundle) Test(ctx context.Context) ([]TestResult, []contract.Finding) {
	if b.program == nil {
		return nil, slices.Clone(b.faults)
	}
	if len(b.program.untested) > 0 {
		return nil, slices.Clone(b.program.untested)
	}
	modules := make(map[string]*ast.Module)
	for _, m := range b.program.modules {
		modules[m.name] = m.parsed
	}
	store := inmem.NewFromObject(b.program.data)
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, findings(".", err)
	}
	defer store.Abort(ctx, txn)
	compiler := ast.NewCompiler().WithCapabilities(closed()).WithEnablePrintStatements(true)
	results, err := tester.NewRunner().SetCompiler(compiler).SetStore(store).SetModules(modules).
		SetTimeout(testTimeout).RaiseBuiltinErrors(true).CapturePrintOutput(true).RunTests(ctx, txn)
	if err != nil {
		return nil, findings(".", err)
	}
	var all []TestResult
	for r := range results {
		one := TestResult{
			Package: strings.TrimPrefix(r.Package, "data."), Name: r.Name, File: r.Location.File, Line: r.Location.Row,
			Passed: r.Pass(), Skipped: r.Skip, Output: string(r.Output), Duration: r.Duration,
		}
		if r.Error != nil {
			one.Error = reason(r.Error)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b TestResult) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Name, b.Name))
	})
	return all, nil
}

// Finding says that a test did not pass.
func (r TestResult) Finding() contract.Finding {
	f := contract.Finding{Rule: RuleTest, File: r.File, Line: r.Line, Message: r.Package + "." + r.Name + " does not hold"}
	if r.Error != "" {
		f.Message = r.Package + "." + r.Name + ": " + r.Error
	}
	return f
}
