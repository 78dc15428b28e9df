package dataproduct_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// Records go through once and in order while instances come and go, with rounds of several slots under way all the time.
func TestSlotsThroughRebalances(t *testing.T) {
	for _, slots := range []int{1, 2} {
		t.Run(fmt.Sprint(slots, " slots"), func(t *testing.T) {
			clean := product{id: "shop.clean", mode: "guard", in: till().out, out: []port{{id: "shop.clean.sales"}}}
			b := newBench(t, till(), clean)
			config := func(instance string) dataproduct.Config {
				cfg := b.config(instance)
				cfg.Slots, cfg.CommitInterval = slots, 2*time.Millisecond
				return cfg
			}
			const each = 150
			var writing sync.WaitGroup
			for partition := range int32(2) {
				writing.Go(func() { b.sales(partition, 0, each) })
			}
			b.Run(config("stays"), dataproduct.Guard("shop/clean"))
			for n := range 3 {
				comes := b.Run(config(fmt.Sprint("comes", n)), dataproduct.Guard("shop/clean"))
				b.Read("shop.clean.sales.v1", 60*(n+1))
				if err := comes.Stop(); err != nil {
					t.Fatal(err)
				}
			}
			writing.Wait()
			b.once("shop.clean.sales.v1", each, each)
		})
	}
}

// Slots and the commit interval have bounds.
func TestSlotSettings(t *testing.T) {
	b := newBench(t, till())
	for _, change := range []func(*dataproduct.Config){
		func(c *dataproduct.Config) { c.Slots = -1 },
		func(c *dataproduct.Config) { c.Slots = 1000 },
		func(c *dataproduct.Config) { c.CommitInterval = -time.Second },
		func(c *dataproduct.Config) { c.CommitInterval = time.Minute },
	} {
		cfg := b.config("one")
		change(&cfg)
		if _, err := dataproduct.New(cfg); err == nil {
			t.Errorf("%d slots, %s: no error", cfg.Slots, cfg.CommitInterval)
		}
	}
}
