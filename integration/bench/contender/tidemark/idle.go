package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// say prints what the process measured of itself, as the runner reads it.
func say(values map[string]float64) { _ = json.NewEncoder(os.Stdout).Encode(values) }

// settle is how long idle things are left alone before they are weighed.
const settle = 3 * time.Second

// weigh prints what the process holds once it is quiet, each thing for one of n.
func weigh(ctx context.Context, n int, began time.Time) {
	ready := time.Since(began)
	select {
	case <-ctx.Done():
		return
	case <-time.After(settle):
	}
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	say(map[string]float64{
		"heap KiB": float64(m.HeapAlloc >> 10), "heap KiB each": float64(m.HeapAlloc>>10) / float64(n),
		"goroutines": float64(runtime.NumGoroutine()), "goroutines each": float64(runtime.NumGoroutine()) / float64(n),
		"ready s": ready.Seconds(),
	})
}

// idle weighs an instance once all its data products run.
func idle(ctx context.Context, instance *dataproduct.Instance, n int, began time.Time) {
	for ctx.Err() == nil {
		running := 0
		for _, state := range instance.States() {
			if state == lifecycle.Running {
				running++
			}
		}
		if running == n {
			weigh(ctx, n, began)
			return
		}
		time.Sleep(20 * time.Millisecond) // between looks: what is weighed later must not grow by being watched
	}
}

// clients weighs as many Kafka clients as there would be data products, with what those read and how, and nothing else.
func clients(ctx context.Context, j job.Job) error {
	began := time.Now()
	for i := range j.Products {
		name := fmt.Sprintf("%s-%d", j.Name, i)
		s, err := kgo.NewGroupTransactSession(
			kgo.SeedBrokers(j.Brokers...), kgo.ConsumerGroup(orders.Group(name)), kgo.ConsumeTopics(j.Input()), kgo.TransactionalID(name),
			kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(), kgo.SessionTimeout(10*time.Second), kgo.HeartbeatInterval(time.Second),
			kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.Balancers(kgo.CooperativeStickyBalancer()),
		)
		if err != nil {
			return fmt.Errorf("open session %d: %w", i, err)
		}
		defer s.Close()
		go func() {
			for ctx.Err() == nil {
				poll, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
				s.PollRecords(poll, 1)
				cancel()
				s.AllowRebalance()
			}
		}()
		for ctx.Err() == nil {
			if _, generation := s.Client().GroupMetadata(); generation >= 0 {
				break
			}
			time.Sleep(5 * time.Millisecond) // the client tells nobody when its group has a generation
		}
	}
	weigh(ctx, j.Products, began)
	<-ctx.Done()
	return nil
}
