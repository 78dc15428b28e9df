package kafka_test

import (
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// A batch that would be too large is skipped, whatever it is compressed with, and what follows it comes.
func TestSessionSkipsBombs(t *testing.T) {
	const limit = 1 << 20
	for _, codec := range []kafka.Compression{kafka.CompressGzip, kafka.CompressSnappy, kafka.CompressLZ4, kafka.CompressZstd} {
		t.Run(string(codec), func(t *testing.T) {
			cfg := broker(t, "in", "out")
			cfg.MaxBatchBytes = limit
			fill(t, cfg, "in", 0, "a0")
			kafkatest.Bomb(t, cfg, kafka.TopicPartition{Topic: "in"}, codec, 2*limit)
			fill(t, cfg, "in", 0, "a1")
			s := open(t, cfg, "g:i")
			polled := next(t, s, 2)
			if got := values(polled); len(got) != 2 || got[0] != "a0" || got[1] != "a1" {
				t.Errorf("got %v", got)
			}
			skipped := int64(0)
			for _, b := range polled.Batches {
				if b.Skipped > 0 && b.Next != 3 {
					t.Errorf("it goes on at %d", b.Next)
				}
				skipped += b.Skipped
			}
			if skipped != 2 {
				t.Errorf("skipped %d", skipped)
			}
		})
	}
}
