package policy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Verdict is what a bundle says about a contract.
type Verdict struct {
	Findings []contract.Finding // sorted; of severity error what is denied, of warning what is warned of
	Digest   string             // of the bundle
}

// Denied tells whether anything is denied.
func (v Verdict) Denied() bool { return contract.HasErrors(v.Findings) }

// Judge asks every decision of the bundle about a contract. It takes as long as the bundle's timeout at most, or twice
// that where the rules fail, since they are then asked one by one to learn which of them does; it ends early when ctx
// does. Either denies. The findings name the contract's file, or the data product's where a rule says so.
func (b *Bundle) Judge(ctx context.Context, in Input) Verdict {
	v := Verdict{Digest: b.digest}
	if b.program == nil {
		v.Findings = []contract.Finding{b.useless(in)}
		return v
	}
	w := writer{in: in}
	if document := in.document(b.program.asked); !b.askAll(ctx, document, &w) {
		b.askEach(ctx, document, &w)
	}
	v.Findings = contract.SortFindings(w.findings)
	return v
}

// askAll asks all decisions at once; it is false, and nothing is written, if any of them fails.
func (b *Bundle) askAll(ctx context.Context, document ast.Value, w *writer) bool {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	said, err := ask(ctx, b.program.all, document)
	if err != nil {
		return false
	}
	for _, d := range b.program.decisions {
		w.decided(d, said[d.variable])
	}
	return true
}

// askEach asks one decision after the other, and writes which of them fail. If none does, since only a busy machine
// kept all together from being done in time, what they say is the verdict.
func (b *Bundle) askEach(ctx context.Context, document ast.Value, w *writer) {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	for _, d := range b.program.decisions {
		said, err := ask(ctx, d.query, document)
		if end := ctx.Err(); end != nil {
			w.add(RuleTime, contract.SeverityError, nil, "%s", b.late(d, end))
			return // no time is left for the others
		}
		if err != nil {
			w.add(RuleError, contract.SeverityError, nil, "%s:%d: %s %s could not judge, which denies: %s", d.file, d.line, d.pkg, d.name, reason(err))
			continue
		}
		w.decided(d, said[d.variable])
	}
}

// ask gives what decisions come to, by their variables: nothing or one value each.
func ask(ctx context.Context, query rego.PreparedEvalQuery, document ast.Value) (rego.Vars, error) {
	results, err := query.Eval(ctx, rego.EvalParsedInput(document), rego.EvalSortSets(true))
	if err != nil {
		return nil, err
	}
	if len(results) != 1 {
		return nil, fmt.Errorf("%d results, where there is one", len(results))
	}
	return results[0].Bindings, nil
}

func (b *Bundle) late(d decision, end error) string {
	if errors.Is(end, context.DeadlineExceeded) {
		return fmt.Sprintf("%s:%d: %s %s was not done after %v for all policies, which denies: bound what it looks at", d.file, d.line, d.pkg, d.name, b.timeout.Round(time.Millisecond))
	}
	return fmt.Sprintf("the policies were stopped, which denies: %v", end)
}

// useless says why a bundle cannot judge.
func (b *Bundle) useless(in Input) contract.Finding {
	f := contract.Finding{Rule: RuleEmpty, File: in.Contract.File, Message: "there are no policies, which denies"}
	for _, fault := range b.faults {
		if fault.Severity == contract.SeverityError {
			f.Rule, f.Message = RuleLoad, fmt.Sprintf("the policies cannot be used, which denies: %s", fault)
			break
		}
	}
	return f
}

// reason is an evaluation's error without OPA's own wording around it.
func reason(err error) string {
	if e, ok := errors.AsType[*topdown.Error](err); ok {
		at := ""
		if e.Location != nil {
			at = fmt.Sprintf(" (%s:%d)", e.Location.File, e.Location.Row)
		}
		return strings.Join(strings.Fields(e.Message), " ") + at
	}
	return err.Error()
}
