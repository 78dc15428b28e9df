package dataproduct

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// Check binds data products to their contracts and gives every disagreement between code and files, without
// running anything.
func Check(contracts fs.FS, products ...Product) error {
	_, _, err := bindAll(contracts, products)
	return err
}

func bindAll(contracts fs.FS, products []Product) (*contract.Set, []*plan, error) {
	set, findings := contract.Load(contracts)
	var errs []error
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			errs = append(errs, errors.New(f.String()))
		}
	}
	if len(errs) > 0 {
		return nil, nil, fmt.Errorf("the contracts have errors:\n%w", errors.Join(errs...))
	}
	plans := make([]*plan, 0, len(products))
	seen := make(map[string]bool)
	for _, p := range products {
		if seen[p.ID()] {
			errs = append(errs, fmt.Errorf("data product %s is given twice", p.ID()))
			continue
		}
		seen[p.ID()] = true
		pl, err := bindPlan(set, p)
		errs = append(errs, err)
		plans = append(plans, pl)
	}
	return set, plans, errors.Join(errs...)
}

// FromFile makes a guard or an observer of an ODPS file: these need no code.
func FromFile(set *contract.Set, id string) (Product, error) {
	doc, ok := set.DataProduct(id)
	if !ok {
		return Product{}, fmt.Errorf("no data product %q among the contracts", id)
	}
	folder := strings.Replace(id, ".", "/", 1)
	switch Mode(doc.Mode()) {
	case ModeGuard:
		return Guard(folder), nil
	case ModeObserve:
		return Observe(folder), nil
	default:
		return Product{}, fmt.Errorf("data product %s is a %s: that needs its domain's binary; only guard and observe run from YAML alone", id, doc.Mode())
	}
}

// Instance is a running instance's handle.
type Instance struct {
	host    *host
	runners []*runner
	address atomic.Pointer[string] // of HTTP
}

// New binds data products to an instance, without a network. Every mistake in the contracts and the code shows
// here.
func New(cfg Config, products ...Product) (*Instance, error) {
	h, err := newHost(cfg, products)
	if err != nil {
		return nil, err
	}
	i := &Instance{host: h}
	for _, pl := range h.plans {
		if pl.mode != ModeSource { // a source runs in its service, by OpenSource
			i.runners = append(i.runners, newRunner(h, pl))
		}
	}
	h.holding = func() []event.HeldDataProduct {
		held := make([]event.HeldDataProduct, len(i.runners))
		for n, r := range i.runners {
			held[n] = r.holding()
		}
		return held
	}
	return i, nil
}

// Run runs the data products until ctx ends; then it finishes the records in hand, says goodbye and gives nil. With
// Config.HTTP it serves Handler meanwhile; an address that is taken is an error at once.
// A broker or registry that is not there is waited for. A data product that fails by a fault of ours stops, the others go
// on; Run then gives that error once all have ended.
func (i *Instance) Run(ctx context.Context) error {
	h := i.host
	quiet, err := i.serveHTTP()
	if err != nil {
		h.admin.Close()
		return err
	}
	defer quiet()
	toInstance(h, lifecycle.Declared)
	toInstance(h, lifecycle.Provisioning)
	if err := h.connect(ctx); err != nil {
		h.admin.Close()
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	toInstance(h, lifecycle.Starting)
	speaking, hush := context.WithCancel(context.WithoutCancel(ctx))
	var voice, work sync.WaitGroup
	h.describe()
	voice.Go(func() { h.speak(speaking) })
	toInstance(h, lifecycle.Running)
	errs := make([]error, len(i.runners))
	for n, r := range i.runners {
		work.Go(func() { errs[n] = r.run(ctx) })
	}
	work.Wait()
	err = errors.Join(errs...)
	if err != nil && ctx.Err() == nil {
		toInstance(h, lifecycle.Failed)
	} else {
		toInstance(h, lifecycle.Draining)
		toInstance(h, lifecycle.Stopped)
	}
	hush()
	voice.Wait()
	h.hangUp()
	return err
}

func toInstance(h *host, s lifecycle.State) {
	if err := h.state.To(s, ""); err != nil {
		h.log.Error("illegal transition", "reason", err)
	}
}

// Resume closes the circuit breaker of a data product that tripped; false when this instance does not run it.
func (i *Instance) Resume(id string) bool {
	for _, r := range i.runners {
		if r.plan.ID() == id {
			r.Resume()
			return true
		}
	}
	return false
}

// States gives each data product's state in this instance, by id.
func (i *Instance) States() map[string]lifecycle.State {
	states := make(map[string]lifecycle.State, len(i.runners))
	for _, r := range i.runners {
		states[r.plan.ID()] = r.machine.State()
	}
	return states
}
