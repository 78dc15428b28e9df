package dataproduct_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// idle is how many data products are weighed.
const idle = 200

// BenchmarkIdle weighs data products of one process that have nothing to do, each for itself: guards of the reference order, exactly
// once, on one partition. With TIDEMARK_TEST_PROFILE the heap's profile goes to that file.
func BenchmarkIdle(b *testing.B) {
	rig := startRig(b, rigged{Partitions: 1})
	files := orderFiles(b, 1, "guard", "")
	var products []dataproduct.Product
	for i := range idle {
		name := fmt.Sprintf("copy%d", i)
		products = append(products, dataproduct.Guard("bench/"+name))
		for file, content := range orderFiles(b, 1, "guard", "") {
			if at, ok := strings.CutPrefix(file, "bench/copy/"); ok {
				text := strings.NewReplacer("bench.copy", "bench."+name, "bench:copy", "bench:"+name).Replace(string(content.Data))
				files["bench/"+name+"/"+at] = &fstest.MapFile{Data: []byte(text)}
			}
		}
	}
	maps.DeleteFunc(files, func(file string, _ *fstest.MapFile) bool { return strings.HasPrefix(file, "bench/copy/") })
	weighed(b, func() func() {
		cfg := rig.config(b, files)
		instance, err := dataproduct.New(cfg, products...)
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan error, 1)
		go func() { done <- instance.Run(ctx) }()
		until(b, func() bool {
			for _, state := range instance.States() {
				if state != lifecycle.Running {
					return false
				}
			}
			return true
		})
		return func() {
			stop()
			if err := <-done; err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkIdleClients weighs what of it is the client library's: as many members of groups on that topic, and nothing else.
func BenchmarkIdleClients(b *testing.B) {
	rig := startRig(b, rigged{Partitions: 1})
	weighed(b, func() func() {
		ctx, stop := context.WithCancel(b.Context())
		var sessions []*kgo.GroupTransactSession
		for i := range idle {
			name := fmt.Sprint("client", i)
			s, err := kgo.NewGroupTransactSession(
				kgo.SeedBrokers(rig.Brokers), kgo.ConsumerGroup(name), kgo.ConsumeTopics("bench.till.orders.v1"), kgo.TransactionalID(name),
				kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(), kgo.SessionTimeout(10*time.Second), kgo.HeartbeatInterval(time.Second),
				kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.Balancers(kgo.CooperativeStickyBalancer()))
			if err != nil {
				b.Fatal(err)
			}
			sessions = append(sessions, s)
			go func() {
				for ctx.Err() == nil {
					poll, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
					s.PollRecords(poll, 1)
					cancel()
					s.AllowRebalance()
				}
			}()
		}
		until(b, func() bool {
			for _, s := range sessions {
				if _, generation := s.Client().GroupMetadata(); generation < 0 {
					return false
				}
			}
			return true
		})
		return func() {
			stop()
			for _, s := range sessions {
				s.Close()
			}
		}
	})
}

// weighed measures what start leaves in memory once it is quiet.
func weighed(b *testing.B, start func() (stop func())) {
	heap := func() uint64 {
		runtime.GC()
		runtime.GC() // what the first one finalized
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, goroutines := heap(), runtime.NumGoroutine()
	stop := start()
	defer stop()
	<-time.After(3 * time.Second) // what was needed to start is let go of
	after := heap()
	b.ReportMetric(float64(after-before)/1024/idle, "KiB/each")
	b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/idle, "goroutines/each")
	b.ReportMetric(0, "ns/op")
	if name := os.Getenv("TIDEMARK_TEST_PROFILE"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		if err := pprof.WriteHeapProfile(f); err != nil {
			b.Fatal(err)
		}
	}
}

func until(b *testing.B, done func() bool) {
	ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			b.Fatal("they do not run")
		case <-tick.C:
		}
	}
}
