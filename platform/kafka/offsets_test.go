package kafka_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// The first batch that a group sees of a partition may be too large as well: what follows comes.
func TestFirstBatchIsTooLarge(t *testing.T) {
	cfg := broker(t, "in", "out")
	cfg.MaxBatchBytes = 1 << 20
	kafkatest.Bomb(t, cfg, kafka.TopicPartition{Topic: "in"}, kafka.CompressZstd, 2<<20)
	fill(t, cfg, "in", 0, "a1")
	var skipped int64
	for _, b := range next(t, open(t, cfg, "g:i"), 1).Batches {
		skipped += b.Skipped
	}
	if skipped == 0 {
		t.Error("nothing was skipped")
	}
}

// Positions alone are committed while others join: a member goes on with what it keeps.
func TestCommitDuringAJoin(t *testing.T) {
	for name, id := range map[string]string{"exactly-once": "g:i", "at-least-once": ""} {
		t.Run(name, func(t *testing.T) {
			cluster, cfg := cluster(t, "in", "out")
			fill(t, cfg, "in", 0, "a0")
			one := open(t, cfg, id)
			next(t, one, 1)
			one.Release()
			joining, goOn := make(chan struct{}), make(chan struct{})
			var once sync.Once
			cluster.ControlKey(int16(kmsg.JoinGroup), func(r kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				if why := r.(*kmsg.JoinGroupRequest).Reason; why != nil && *why == "rejoining from normal rebalance" {
					once.Do(func() {
						close(joining)
						cluster.SleepControl(func() { <-goOn })
					})
				}
				return nil, nil, false
			})
			join(t, cfg)
			until(t, one, func() bool {
				select {
				case <-joining:
					return true
				default:
					return false
				}
			})
			defer close(goOn)
			if _, err := one.Poll(deadline(t), 1, 0); err != nil {
				t.Fatal(err)
			}
			defer one.Release()
			if err := one.Slots()[0].Begin(); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			if ok, err := one.Slots()[0].Commit(ctx, []kafka.Position{at(0, 1, "x")}); !ok || err != nil {
				t.Error(ok, err)
			}
		})
	}
}
