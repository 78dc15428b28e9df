package scan

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// growth is by how much the window widens when it held too few records.
const growth = 4

// Last gives the last n records of each range that keep takes, per partition in order; a nil keep takes all. It
// reads backwards in windows that widen, each offset once, and holds no more than n records of a partition.
func Last(ctx context.Context, cfg kafka.Config, ranges Ranges, n int, keep func(*kafka.Record) bool) (map[kafka.TopicPartition][]*kafka.Record, error) {
	last := make(map[kafka.TopicPartition][]*kafka.Record, len(ranges))
	left := make(Ranges, len(ranges))
	for tp, r := range ranges {
		if !r.Empty() && n > 0 {
			left[tp] = r
		}
	}
	for width := int64(2 * n); len(left) > 0; width *= growth {
		window := make(Ranges, len(left))
		for tp, r := range left {
			window[tp] = Range{max(r.From, r.To-width), r.To}
		}
		found := make(map[kafka.TopicPartition][]*kafka.Record)
		for r, err := range Records(ctx, cfg, window) {
			if err != nil {
				return nil, err
			}
			if keep != nil && !keep(r) {
				continue
			}
			tp := kafka.TopicPartition{Topic: r.Topic, Partition: r.Partition}
			if found[tp] = append(found[tp], r); len(found[tp]) >= 2*n {
				found[tp] = newest(found[tp], n)
			}
		}
		for tp, r := range left {
			last[tp] = newest(append(found[tp], last[tp]...), n)
			if len(last[tp]) == n || window[tp].From == r.From {
				delete(left, tp)
			} else {
				left[tp] = Range{r.From, window[tp].From}
			}
		}
	}
	return last, nil
}

// newest keeps the last n records, in an array of their own, so that the others can go.
func newest(records []*kafka.Record, n int) []*kafka.Record {
	return slices.Clone(records[max(0, len(records)-n):])
}

// NewestFirst merges what Last gave: by timestamp, the newest first, but a partition's records always by offset. Of two
// that are as new, the one of the lower partition comes first.
func NewestFirst(last map[kafka.TopicPartition][]*kafka.Record) iter.Seq[*kafka.Record] {
	return func(yield func(*kafka.Record) bool) {
		left := maps.Clone(last)
		for {
			var top *kafka.Record
			for _, records := range left {
				if len(records) == 0 {
					continue
				}
				r := records[len(records)-1]
				if top == nil || r.Timestamp.After(top.Timestamp) || r.Timestamp.Equal(top.Timestamp) && r.Partition < top.Partition {
					top = r
				}
			}
			if top == nil || !yield(top) {
				return
			}
			tp := kafka.TopicPartition{Topic: top.Topic, Partition: top.Partition}
			left[tp] = left[tp][:len(left[tp])-1]
		}
	}
}
