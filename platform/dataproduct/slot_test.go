package dataproduct_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// Records go through once and in order while instances come and go, with rounds of several slots under way all the time.
func TestSlotsThroughRebalances(t *testing.T) {
	for _, with := range []struct {
		slots    int
		assigned bool // by the broker
	}{{1, false}, {2, false}, {1, true}, {2, true}} {
		t.Run(fmt.Sprintf("%d slots, server assigned %t", with.slots, with.assigned), func(t *testing.T) {
			clean := product{id: "shop.clean", mode: "guard", in: till().out, out: []port{{id: "shop.clean.sales"}}}
			b := newBench(t, till(), clean)
			config := func(instance string) dataproduct.Config {
				cfg := b.config(instance)
				cfg.Slots, cfg.ServerAssigned, cfg.CommitInterval = with.slots, with.assigned, 2*time.Millisecond
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

// What a process that was killed left open in its slots ends when it is started again, before there is work for them.
func TestRestartEndsOpenTransactions(t *testing.T) {
	clean := product{id: "shop.clean", mode: "guard", in: till().out, out: []port{{id: "shop.clean.sales"}}}
	b := newBench(t, till(), clean)
	started := b.Run(b.config("one"), dataproduct.Guard("shop/clean")) // which makes the topics
	b.InState(started, "shop.clean", lifecycle.Running)
	if err := started.Stop(); err != nil {
		t.Fatal(err)
	}

	killed, err := kafka.OpenSession(b.Kafka, kafka.SessionOptions{Group: "killed", Topics: []string{"shop.till.sales.v1"}, TransactionalID: "shop.clean.v1:one", Slots: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(killed.Close)
	began := time.Now()
	for n, sl := range killed.Slots() {
		if err := sl.Begin(); err != nil {
			t.Fatal(err)
		}
		r := &kafka.Record{Topic: "shop.clean.sales.v1", Value: []byte("unfinished")}
		kafka.Pin(r, int32(n))
		sl.Produce(b.Context(), r)
		if err := sl.Flush(b.Context()); err != nil {
			t.Fatal(err)
		}
	}

	b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	b.Eventually(func(ctx context.Context) error {
		ends, err := b.Admin.Ends(ctx, "shop.clean.sales.v1")
		for at, end := range ends {
			if end == 0 {
				return fmt.Errorf("a transaction is open on %s", at)
			}
		}
		return err
	})
	if took := time.Since(began); took > 14*time.Second {
		t.Errorf("that took %s: after 15 s the broker ends them by itself", took)
	}
	b.sales(0, 0, 3)
	b.sales(1, 0, 3)
	b.once("shop.clean.sales.v1", 3, 3)
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
