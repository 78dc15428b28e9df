package local

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// crew are the domains' instances in this process.
type crew struct {
	members []*member
	cancel  context.CancelFunc
	running sync.WaitGroup
	failed  chan error // one for each instance that ended by a fault
}

type member struct {
	domain   string
	instance *dataproduct.Instance
}

// hire makes an instance for each domain, without a network: every mistake in contracts and code shows here.
func hire(cfg dataproduct.Config, domains []Domain) (*crew, error) {
	c := &crew{failed: make(chan error, len(domains))}
	var errs []error
	for _, d := range domains {
		cfg := cfg
		cfg.Instance = d.Name
		instance, err := dataproduct.New(cfg, d.DataProducts...)
		if err != nil {
			errs = append(errs, fmt.Errorf("domain %s: %w", d.Name, err))
			continue
		}
		c.members = append(c.members, &member{d.Name, instance})
	}
	return c, errors.Join(errs...)
}

// start lets all of them run, until stop.
func (c *crew) start(ctx context.Context) {
	ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for _, m := range c.members {
		c.running.Go(func() {
			if err := m.instance.Run(ctx); err != nil && ctx.Err() == nil {
				c.failed <- fmt.Errorf("domain %s: %w", m.domain, err)
			}
		})
	}
}

// stop lets them finish what they have in hand, and waits for that.
func (c *crew) stop() {
	if c.cancel != nil {
		c.cancel()
	}
	c.running.Wait()
}

// settled gives nil when every data product runs, but for those that wait for a data product that this process does
// not run.
func (c *crew) settled(waiting map[string]bool) error {
	var not []string
	for _, m := range c.members {
		for id, state := range m.instance.States() {
			if state != lifecycle.Running && state != lifecycle.Degraded && !waiting[id] {
				not = append(not, fmt.Sprintf("%s is %s", id, state))
			}
		}
	}
	if len(not) > 0 {
		return errors.New(strings.Join(not, ", "))
	}
	return nil
}

// absent finds the data products that are not run here, of derived modes, and those that read them, however far
// down: without the former, nothing can be said of any of them.
func absent(set *contract.Set, except []string) map[string]bool {
	gone := map[string]bool{}
	for _, p := range set.DataProducts() {
		for _, domain := range except {
			if p.Domain == domain && p.Mode() != contract.Source {
				gone[p.ID] = true
			}
		}
	}
	publisher := map[string]string{} // contract id -> data product
	for _, p := range set.DataProducts() {
		for _, out := range p.OutputPorts {
			publisher[out.ContractID] = p.ID
		}
	}
	for grown := true; grown; {
		grown = false
		for _, p := range set.DataProducts() {
			for _, in := range p.InputPorts {
				if !gone[p.ID] && gone[publisher[in.ContractID]] {
					gone[p.ID], grown = true, true
				}
			}
		}
	}
	return gone
}
