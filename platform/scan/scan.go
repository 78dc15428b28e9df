package scan

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Range is the offsets [From, To) of a partition.
type Range struct{ From, To int64 }

// Empty says whether no offset lies in the range.
func (r Range) Empty() bool { return r.From >= r.To }

// Ranges says what to read of which partition.
type Ranges map[kafka.TopicPartition]Range

// Bounds gives the offsets that a topic holds: from its first record to its last stable offset.
// errors.Is(err, kafka.ErrUnknownTopic) says that the topic is not there. Where brokers do not agree yet, as about a topic
// that was just made, it asks again for some seconds.
func Bounds(ctx context.Context, admin *kafka.Admin, topic string) (Ranges, error) {
	var starts, ends map[kafka.TopicPartition]int64
	err := kafka.Settle(ctx, func() (err error) {
		if ends, err = admin.Ends(ctx, topic); err != nil {
			return err
		}
		starts, err = admin.Starts(ctx, topic)
		return err
	})
	if err != nil {
		return nil, err
	}
	ranges := make(Ranges, len(ends))
	for tp, end := range ends {
		ranges[tp] = Range{starts[tp], end}
	}
	return ranges, nil
}

// quiet is how long a reader that is caught up may be silent before its silence is taken for an answer. It is asked
// twice, with a round trip to the partitions' leaders between: a broker that stalls is not an end.
const quiet = 500 * time.Millisecond

// Records gives the committed records in the ranges, per partition in order, and ends when it has given all of them.
// An error ends it too: ctx's, or that of a broker that cannot be read from.
func Records(ctx context.Context, cfg kafka.Config, ranges Ranges) iter.Seq2[*kafka.Record, error] {
	return func(yield func(*kafka.Record, error) bool) {
		left, from := make(Ranges), make(map[kafka.TopicPartition]int64)
		for tp, r := range ranges {
			if !r.Empty() {
				left[tp], from[tp] = r, r.From
			}
		}
		if len(left) == 0 {
			return
		}
		reader, err := kafka.NewReader(cfg, kafka.ReaderOptions{Offsets: from, Control: true})
		if err != nil {
			yield(nil, err)
			return
		}
		defer reader.Close()
		s := &scanner{cfg: cfg, reader: reader, left: left}
		for len(s.left) > 0 {
			records, err := s.poll(ctx)
			if err != nil {
				yield(nil, fmt.Errorf("scan: %w", err))
				return
			}
			for _, r := range records {
				if s.take(r) && !r.Attrs.IsControl() && !yield(r, nil) {
					return
				}
			}
		}
	}
}

type scanner struct {
	cfg    kafka.Config
	reader *kafka.Reader
	left   Ranges // what is not read yet
	silent int    // how often in a row nothing came
}

// take moves a partition on past r; false when r lies beyond what was asked for.
func (s *scanner) take(r *kafka.Record) bool {
	tp := kafka.TopicPartition{Topic: r.Topic, Partition: r.Partition}
	left, ok := s.left[tp]
	if !ok {
		return false
	}
	left.From = r.Offset + 1
	if left.Empty() {
		delete(s.left, tp)
	} else {
		s.left[tp] = left
	}
	return r.Offset < left.To
}

// poll waits for records. Where none come, it makes sure that the leaders answer, and then takes silence for the
// end.
func (s *scanner) poll(ctx context.Context) ([]*kafka.Record, error) {
	waiting, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	records, err := s.reader.Poll(waiting)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.Is(err, context.DeadlineExceeded):
		return nil, err
	case len(records) > 0:
		s.silent = 0
		return records, nil
	case err == nil: // the client met an error that may heal, unless the leaders know better
		return nil, s.leadersAnswer(ctx)
	}
	if s.silent++; s.silent >= 2 {
		clear(s.left)
		return nil, nil
	}
	return nil, s.leadersAnswer(ctx)
}

func (s *scanner) leadersAnswer(ctx context.Context) error {
	admin, err := kafka.NewAdmin(s.cfg)
	if err != nil {
		return err
	}
	defer admin.Close()
	asked := make(map[string]bool)
	for tp := range s.left {
		if !asked[tp.Topic] {
			asked[tp.Topic] = true
			err := kafka.Settle(ctx, func() error {
				_, err := admin.Starts(ctx, tp.Topic)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
