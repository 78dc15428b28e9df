package policy

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Tree judges every contract of a tree. It is what package check asks for its Policies.
type Tree struct {
	Bundle      *Bundle
	Environment string
	Now         time.Time
	// Previous is the contract with that id before the change; nil, or nil of it, where there is none.
	Previous func(id string) *contract.Contract
}

// Judge judges the contracts of a set, several at a time. The error is ctx's: what is left then has no verdict.
func (t Tree) Judge(ctx context.Context, set *contract.Set) ([]contract.Finding, error) {
	contracts := set.Contracts()
	found := make([][]contract.Finding, len(contracts))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(contracts)) {
		workers.Go(func() {
			for i := range next {
				product, _, _ := set.Publisher(contracts[i].ID)
				found[i] = t.Contract(ctx, contracts[i], product)
			}
		})
	}
	for i := range contracts {
		next <- i
	}
	close(next)
	workers.Wait()
	var all []contract.Finding
	for _, f := range found {
		all = append(all, f...)
	}
	return contract.SortFindings(all), ctx.Err()
}

// Contract judges one contract; product is the data product that publishes it, nil if none does.
func (t Tree) Contract(ctx context.Context, c *contract.Contract, product *contract.DataProduct) []contract.Finding {
	in := Input{Contract: c, DataProduct: product, Environment: t.Environment, Now: t.Now}
	if t.Previous != nil {
		in.Previous = t.Previous(c.ID)
	}
	return t.Bundle.Judge(ctx, in).Findings
}
