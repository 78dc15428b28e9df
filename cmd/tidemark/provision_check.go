package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/check"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

// check reads the contracts, and refuses those in which "tidemark check" finds errors: samples that do not come to their verdicts,
// and what the policies deny, among them. The policies judge while the caller looks at the world, since of a thousand data
// products each takes seconds. checked waits for what they say; stop is called as soon as that is no good.
func (p *provisioning) check(cmd *cobra.Command, stop func()) (set *contract.Set, checked func() error, err error) {
	t, err := newTarget(p.root)
	if err != nil {
		return nil, nil, err
	}
	p.judges.without = map[string]bool{t.root: true} // that a tree has no policies is for check to say
	policies, faults, err := p.policiesOf(cmd, &p.judges, t, nil)
	if err != nil {
		return nil, nil, err
	}
	sets, done := make(chan *contract.Set, 1), make(chan error, 1)
	go func() {
		r, err := check.Tree(cmd.Context(), os.DirFS(p.root), handing{policies, sets}, p.process.now())
		if err == nil && contract.HasErrors(append(r.Findings, faults...)) {
			err = p.faulty()
		}
		if err != nil {
			stop()
		}
		done <- err
	}()
	return <-sets, func() error { return <-done }, nil
}

// handing hands on the contracts that policies are to judge, so that they are read once.
type handing struct {
	policies *policy.Tree // nil judges nothing
	sets     chan<- *contract.Set
}

// Judge is for check.Tree, which calls it once.
func (h handing) Judge(ctx context.Context, set *contract.Set) ([]contract.Finding, error) {
	h.sets <- set
	if h.policies == nil {
		return nil, nil
	}
	return h.policies.Judge(ctx, set)
}
