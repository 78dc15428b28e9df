package dataproduct_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// A batch that no memory could hold is a gap that is counted: what comes before and after it goes through, and a restart
// neither stops at it nor counts it again.
func TestBombIsAGap(t *testing.T) {
	clean := product{id: "shop.clean", mode: "guard", in: till().out, out: []port{{id: "shop.clean.sales"}}}
	b := newBench(t, till(), clean)
	at := kafka.TopicPartition{Topic: "shop.till.sales.v1", Partition: 0}
	b.sales(0, 0, 2)
	kafkatest.Bomb(t, b.Kafka, at, kafka.CompressZstd, 2<<20)
	b.sales(0, 2, 4)
	cfg := b.config("one")
	cfg.Kafka.MaxBatchBytes = 1 << 20
	for range 2 {
		run := b.Run(cfg, dataproduct.Guard("shop/clean"))
		b.once("shop.clean.sales.v1", 4, 0)
		b.Eventually(func(ctx context.Context) error {
			offsets, err := b.Admin.GroupOffsets(ctx, "shop.clean.v1")
			if c := offsets[at]; c.Offset != 6 || !strings.Contains(c.Metadata, `"l":2`) {
				return fmt.Errorf("committed %+v, %w", c, err)
			}
			return nil
		})
		if err := run.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// A batch that was skipped is passed over too where what a partition remembers is rebuilt, in the middle and at the end.
func TestBombInTheMemory(t *testing.T) {
	source, guard := guarded("")
	b := newBench(t, source, guard)
	cfg := b.config("one")
	cfg.Kafka.MaxBatchBytes = 1 << 20
	life := func(do func()) {
		t.Helper()
		run := b.Run(cfg, dataproduct.Guard("shop/clean"))
		do()
		if err := run.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	one := func(id string) { b.Write(b.sale(0, Sale{ID: id, Cents: 1})) }
	one("a")
	kafkatest.Bomb(t, b.Kafka, kafka.TopicPartition{Topic: "shop.till.sales.v1"}, kafka.CompressZstd, 2<<20)
	life(func() { b.settled("shop.clean.v1", "shop.till.sales.v1", 3) })
	one("b")
	life(func() { b.settled("shop.clean.v1", "shop.till.sales.v1", 4) })
	one("a")
	one("b")
	one("c")
	life(func() { b.settled("shop.clean.v1", "shop.till.sales.v1", 7) })
	b.expect("clean", b.ids("shop.clean.sales.v1", 3), []string{"a", "b", "c"})
	b.expect("dead", b.rejected("shop.clean.dlq", 2), []string{"a@4 unique.duplicate", "b@5 unique.duplicate"})
}

// So it is where the attempts of replays are rebuilt.
func TestBombAmongReplays(t *testing.T) {
	source, guard := guarded("")
	b := newBench(t, source, guard)
	cfg := b.config("one")
	cfg.Kafka.MaxBatchBytes = 1 << 20
	b.Write(b.sale(0, Sale{ID: "bad", Cents: -1}))
	run := b.Run(cfg, dataproduct.Guard("shop/clean"))
	letter := b.Read("shop.clean.dlq", 1)[0]
	b.replay("shop.clean.retry", letter)
	b.Read("shop.clean.dlq", 2)
	kafkatest.Bomb(t, b.Kafka, kafka.TopicPartition{Topic: "shop.clean.retry"}, kafka.CompressZstd, 2<<20)
	b.settled("shop.clean.v1", "shop.clean.retry", 3)
	if err := run.Stop(); err != nil {
		t.Fatal(err)
	}
	b.replay("shop.clean.retry", letter)
	b.Run(cfg, dataproduct.Guard("shop/clean"))
	b.settled("shop.clean.v1", "shop.clean.retry", 4)
	b.filtered("shop.clean.retry", map[string]int64{"replayed-before": 1, "rejected-again": 1})
}

// After a batch that was skipped nobody knows the epoch of the leader that wrote it: an older record's is not committed
// in its place, which would look like a log that was truncated.
func TestBombAfterANewLeader(t *testing.T) {
	cluster, mesh := faked(t)
	clean := product{id: "shop.clean", mode: "guard", in: till().out, out: []port{{id: "shop.clean.sales"}}}
	b := newBenchOn(t, mesh, till(), clean)
	cfg := b.config("one")
	cfg.Kafka.MaxBatchBytes = 1 << 20
	b.sales(0, 0, 1)
	for range 2 {
		if err := cluster.MoveTopicPartition("shop.till.sales.v1", 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	kafkatest.Bomb(t, b.Kafka, kafka.TopicPartition{Topic: "shop.till.sales.v1"}, kafka.CompressZstd, 2<<20)
	run := b.Run(cfg, dataproduct.Guard("shop/clean"))
	b.settled("shop.clean.v1", "shop.till.sales.v1", 3)
	if err := run.Stop(); err != nil {
		t.Fatal(err)
	}
	b.sales(0, 1, 2)
	b.Run(cfg, dataproduct.Guard("shop/clean"))
	b.once("shop.clean.sales.v1", 2, 0)
}
