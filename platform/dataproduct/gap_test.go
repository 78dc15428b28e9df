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
