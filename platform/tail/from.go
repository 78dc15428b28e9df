package tail

import (
	"context"
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// From says where to begin. The zero value is End.
type From struct {
	place  place
	n      int
	offset int64
	since  time.Time
}

type place uint8

const (
	end place = iota
	beginning
	last
	offset
	since
)

// End begins with what comes from now on.
func End() From { return From{} }

// Beginning begins with the first record of each partition.
func Beginning() From { return From{place: beginning} }

// Last begins with the last n records, counted over all partitions by their timestamps.
func Last(n int) From { return From{place: last, n: n} }

// Offset begins at an offset of each partition; one that is not there yet, or no more, counts as the nearest that is.
func Offset(o int64) From { return From{place: offset, offset: o} }

// Since begins with the first record of each partition that has this timestamp or a later one.
func Since(t time.Time) From { return From{place: since, since: t} }

// start narrows the ranges of a topic to what lies behind From. Of Last it keeps everything: who asks for it counts.
func (f From) start(ctx context.Context, admin *kafka.Admin, topic string, ranges scan.Ranges) error {
	var after map[kafka.TopicPartition]int64
	if f.place == since {
		var err error
		if after, err = admin.OffsetsAfter(ctx, f.since, topic); err != nil {
			return fmt.Errorf("where %s is at %s: %w", topic, f.since.UTC().Format(time.RFC3339), err)
		}
	}
	for tp, r := range ranges {
		switch f.place {
		case end:
			r.From = r.To
		case offset:
			r.From = min(max(r.From, f.offset), r.To)
		case since:
			r.From = min(max(r.From, after[tp]), r.To)
		case beginning, last:
		}
		ranges[tp] = r
	}
	return nil
}
