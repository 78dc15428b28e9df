package kafka_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// bombed is a topic with a batch in the middle that is too large: the offsets 1 and 2.
func bombed(t *testing.T) kafka.Config {
	t.Helper()
	cfg := broker(t, "in")
	cfg.MaxBatchBytes = 1 << 20
	fill(t, cfg, "in", 0, "a0")
	kafkatest.Bomb(t, cfg, kafka.TopicPartition{Topic: "in"}, kafka.CompressZstd, 2<<20)
	fill(t, cfg, "in", 0, "a1")
	return cfg
}

// A reader passes over a batch that is too large if it is asked to, and says so, wherever it starts.
func TestReaderSkipsBombs(t *testing.T) {
	cfg := bombed(t)
	fill(t, cfg, "in", 1, "b0")
	at := kafka.TopicPartition{Topic: "in"}
	for name, c := range map[string]struct {
		o    kafka.ReaderOptions
		want []string
	}{
		"whole topic": {kafka.ReaderOptions{Topics: []string{"in"}}, []string{"a0", "a1", "b0"}},
		"an offset":   {kafka.ReaderOptions{Offsets: map[kafka.TopicPartition]int64{at: 1}}, []string{"a1"}},
	} {
		t.Run(name, func(t *testing.T) {
			var skipped, got []string
			c.o.Skipped = func(tp kafka.TopicPartition, from, to int64) {
				skipped = append(skipped, fmt.Sprint(tp, " ", from, "-", to))
			}
			r, err := kafka.NewReader(cfg, c.o)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			ctx := deadline(t)
			for len(got) < len(c.want) {
				records, err := r.Poll(ctx)
				if err != nil {
					t.Fatalf("after %v: %v", got, err)
				}
				for _, rec := range records {
					got = append(got, string(rec.Value))
				}
			}
			if slices.Sort(got); !slices.Equal(got, c.want) || !slices.Equal(skipped, []string{"in/0 1-3"}) {
				t.Errorf("got %v, skipped %v", got, skipped)
			}
		})
	}
}

// Nobody else takes the records before such a batch for all that there are.
func TestReaderStopsAtBombs(t *testing.T) {
	cfg := bombed(t)
	r, err := kafka.NewReader(cfg, kafka.ReaderOptions{Topics: []string{"in"}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx := deadline(t)
	var got []string
	for err == nil {
		var records []*kafka.Record
		records, err = r.Poll(ctx)
		for _, rec := range records {
			got = append(got, string(rec.Value))
		}
	}
	if !slices.Equal(got, []string{"a0"}) || !strings.Contains(err.Error(), "read in/0") {
		t.Errorf("got %v, then %v", got, err)
	}
	if _, again := r.Poll(ctx); again == nil || again.Error() != err.Error() {
		t.Errorf("then %v", again)
	}
}
