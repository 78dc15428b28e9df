//go:build integration

package integration

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/domains/catalog"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// rolling kills each of three brokers in turn under load, and starts it again: nothing is lost, nothing comes twice where
// exactly once is promised, and no instance gives up. One domain runs at least once, so that both deliveries are held.
func rolling(t *testing.T, bin string) {
	three := reach(t, "three Kafka nodes", kafkatest.Three)
	command := needs(t, "a command that takes `kill N` and `start N` for the three nodes", controlVariable)[0]
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	at := kafkatest.Claim(t, three)
	m := dataproducttest.NewMeshOn(t, at)
	c := open(t, m.Kafka, m.RegistryURL)
	control := nodes{t, strings.Fields(command)}

	f := newFleet(t, bin, c, plain(c))
	f.platform()
	for _, name := range domainNames {
		if name != "catalog" {
			f.domain(name, name)
		}
	}
	f.domain("orders", "orders-2")
	atLeastOnce(t, ctx, c)
	f.shop(50)
	f.ready(ctx)

	began := time.Now()
	for node := 1; node <= 3; node++ {
		f.progress(ctx, "orders.orders")
		killed := time.Now()
		control.do(ctx, "kill", node)
		f.progress(ctx, "orders.orders") // on two nodes
		f.progress(ctx, "catalog.products")
		onTwo := time.Since(killed)
		control.do(ctx, "start", node)
		eventually(t, ctx, func(ctx context.Context) error { return replicated(ctx, c.kafka) })
		t.Logf("node %d: progress on two nodes after %.1f s, all replicas in sync again after %.1f s", node, onTwo.Seconds(), time.Since(killed).Seconds())
	}
	f.progress(ctx, "orders.orders")
	f.ready(ctx)
	f.settle(ctx)
	judge(t, ctx, c, "catalog.products", "catalog.prices")
	f.ready(ctx)
	t.Logf("longest pause of orders.orders.orders.v1: %.1f s", c.pause(t, ctx, "orders.orders.orders.v1", began).Seconds())
	f.stop(ctx)
}

// atLeastOnce runs the catalog with the other delivery, in this process.
func atLeastOnce(t *testing.T, ctx context.Context, c *cluster) {
	t.Helper()
	cfg := dataproduct.Config{
		Kafka: c.kafka, Registry: c.registry, Contracts: loosened(t, "catalog"), Instance: "catalog", Heartbeat: time.Second, Logger: shop().Logger,
	}
	instance, err := dataproduct.New(cfg, catalog.All()...)
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- instance.Run(running) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the catalog gave up: %v", err)
		}
	})
}

// loosened are the contracts with a domain's delivery changed.
func loosened(t *testing.T, domain string) fs.FS {
	t.Helper()
	changed := fstest.MapFS{}
	err := fs.WalkDir(contracts.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(contracts.FS, name)
		if strings.HasPrefix(name, domain+"/") {
			text = []byte(strings.ReplaceAll(string(text), "exactly-once", "at-least-once"))
		}
		changed[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// replicated gives nil when all three brokers are there, and every replica of every partition is in sync.
func replicated(ctx context.Context, cfg kafka.Config) error {
	cl, err := kgo.NewClient(kgo.SeedBrokers(cfg.Brokers...))
	if err != nil {
		return err
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	found, err := kadm.NewClient(cl).Metadata(ctx)
	if err != nil {
		return err
	}
	if len(found.Brokers) < 3 {
		return fmt.Errorf("%d of 3 brokers are there", len(found.Brokers))
	}
	for _, topic := range found.Topics {
		for _, p := range topic.Partitions {
			if len(p.ISR) < len(p.Replicas) {
				return fmt.Errorf("%s/%d has %d of %d replicas in sync", p.Topic, p.Partition, len(p.ISR), len(p.Replicas))
			}
		}
	}
	return nil
}
