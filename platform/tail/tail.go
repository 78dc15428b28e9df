package tail

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/mask"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// AllPartitions reads every partition.
const AllPartitions int32 = -1

// Options say what to show.
type Options struct {
	Topic     string
	Partition int32 // AllPartitions, or one
	From      From
	// Follow goes on with what comes, until the context ends; partitions that are added meanwhile are not seen. Without
	// it the end is where the topic ended at the call.
	Follow bool
	// Limit ends after so many lines; 0 does not.
	Limit int
	// Mask hides; its zero value hides all text.
	Mask mask.Mask
	// Key is the path of the field that the contract says is the record key; nil where it says none.
	Key []string
}

// Lines gives the records of a topic, per partition in order. An error ends them: ctx's, a
// *registry.CallError, that of a broker that does not answer, or kafka.ErrUnknownTopic.
func Lines(ctx context.Context, cfg kafka.Config, schemas Schemas, o Options) iter.Seq2[*Line, error] {
	return func(yield func(*Line, error) bool) {
		decoder := NewDecoder(schemas, o.Mask, o.Key)
		left := o.Limit
		for r, err := range records(ctx, cfg, o) {
			var line *Line
			if err == nil {
				line, err = decoder.Line(ctx, r)
			}
			if err != nil {
				yield(nil, fmt.Errorf("tail %s: %w", o.Topic, err))
				return
			}
			if left--; !yield(line, nil) || left == 0 {
				return
			}
		}
	}
}

func records(ctx context.Context, cfg kafka.Config, o Options) iter.Seq2[*kafka.Record, error] {
	return func(yield func(*kafka.Record, error) bool) {
		ranges, err := locate(ctx, cfg, o)
		if err != nil {
			yield(nil, err)
			return
		}
		backlog := scan.Records(ctx, cfg, ranges)
		if o.From.place == last {
			backlog = newest(ctx, cfg, ranges, o.From.n)
		}
		if !o.Follow || o.From.place == last {
			for r, err := range backlog {
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
		if !o.Follow {
			return
		}
		follow(ctx, cfg, ranges, o.From.place == last, yield)
	}
}

// locate says which offsets there are now, and where to begin in them.
func locate(ctx context.Context, cfg kafka.Config, o Options) (scan.Ranges, error) {
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	ranges, err := scan.Bounds(ctx, admin, o.Topic)
	if err != nil {
		return nil, err
	}
	if o.Partition != AllPartitions {
		tp := kafka.TopicPartition{Topic: o.Topic, Partition: o.Partition}
		r, ok := ranges[tp]
		if !ok {
			return nil, fmt.Errorf("there is no partition %d; there are 0 to %d", o.Partition, len(ranges)-1)
		}
		ranges = scan.Ranges{tp: r}
	}
	return ranges, o.From.start(ctx, admin, o.Topic, ranges)
}

// newest gives the last n records of all ranges together, oldest first.
func newest(ctx context.Context, cfg kafka.Config, ranges scan.Ranges, n int) iter.Seq2[*kafka.Record, error] {
	return func(yield func(*kafka.Record, error) bool) {
		byPartition, err := scan.Last(ctx, cfg, ranges, n, nil)
		if err != nil {
			yield(nil, err)
			return
		}
		var all []*kafka.Record
		for r := range scan.NewestFirst(byPartition) {
			if len(all) == n {
				break
			}
			all = append(all, r)
		}
		for _, r := range slices.Backward(all) {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// follow reads on from the ranges, from their ends or their starts, until the context ends.
func follow(ctx context.Context, cfg kafka.Config, ranges scan.Ranges, fromEnds bool, yield func(*kafka.Record, error) bool) {
	offsets := make(map[kafka.TopicPartition]int64, len(ranges))
	for tp, r := range ranges {
		if offsets[tp] = r.From; fromEnds {
			offsets[tp] = r.To
		}
	}
	reader, err := kafka.NewReader(cfg, kafka.ReaderOptions{Offsets: offsets})
	if err != nil {
		yield(nil, err)
		return
	}
	defer reader.Close()
	for {
		records, err := reader.Poll(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}
