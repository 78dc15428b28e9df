package deadletter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// Topic is where a data product's dead letters stand.
func Topic(dataProduct string) string { return event.DeadLetterTopic(dataProduct) }

// RetryTopic is where replayed records go: an implicit input of the data product.
func RetryTopic(dataProduct string) string { return event.RetryTopic(dataProduct) }

// ErrNotFound says that no letter has the coordinates asked for.
var ErrNotFound = errors.New("no such dead letter")

// Filter chooses letters; the zero value takes all.
type Filter struct {
	// Reasons takes a letter whose reason is one of these or begins with one and a dot: "transform" takes every
	// rejection that a transform asked for.
	Reasons []fault.Reason
	// Rule takes letters that broke this rule of the contract.
	Rule string
	// Since and Until take letters rejected in [Since, Until); a zero time does not bound.
	Since, Until time.Time
	// Origins takes the letters of these records.
	Origins []Coordinates
}

// Takes says whether the filter takes l.
func (f Filter) Takes(l *Letter) bool {
	return (len(f.Reasons) == 0 || slices.ContainsFunc(f.Reasons, func(r fault.Reason) bool { return within(l.Reason, r) })) &&
		(f.Rule == "" || f.Rule == l.Rule) &&
		(f.Since.IsZero() || !l.RejectedAt.Before(f.Since)) &&
		(f.Until.IsZero() || l.RejectedAt.Before(f.Until)) &&
		(len(f.Origins) == 0 || slices.Contains(f.Origins, l.Origin))
}

func within(r, of fault.Reason) bool { return r == of || strings.HasPrefix(string(r), string(of)+".") }

// Queue is the dead letters of one data product. It holds no connection: each call opens what it needs and closes
// it again.
type Queue struct {
	cfg         kafka.Config
	dataProduct string
}

// Open names the data product, <domain>.<product>, whose dead letters are meant. It asks no broker yet.
func Open(cfg kafka.Config, dataProduct string) *Queue {
	return &Queue{cfg: cfg, dataProduct: dataProduct}
}

// Topic is where the letters stand.
func (q *Queue) Topic() string { return Topic(q.dataProduct) }

// RetryTopic is where Replay sends them.
func (q *Queue) RetryTopic() string { return RetryTopic(q.dataProduct) }

// Each gives the letters that the topic holds now and that the filter takes, per partition in order.
func (q *Queue) Each(ctx context.Context, f Filter) iter.Seq2[*Letter, error] {
	return func(yield func(*Letter, error) bool) {
		ranges, err := q.ranges(ctx, f)
		if err != nil {
			yield(nil, err)
			return
		}
		for l, err := range q.read(ctx, ranges) {
			if err != nil {
				yield(nil, err)
				return
			}
			if f.Takes(l) && !yield(l, nil) {
				return
			}
		}
	}
}

// read gives every letter in the ranges.
func (q *Queue) read(ctx context.Context, ranges scan.Ranges) iter.Seq2[*Letter, error] {
	return func(yield func(*Letter, error) bool) {
		for r, err := range scan.Records(ctx, q.cfg, ranges) {
			if err != nil {
				yield(nil, fmt.Errorf("dead letters of %s: %w", q.dataProduct, err))
				return
			}
			if !yield(Parse(r), nil) {
				return
			}
		}
	}
}

// ranges bounds what must be read for a filter.
func (q *Queue) ranges(ctx context.Context, f Filter) (scan.Ranges, error) {
	admin, err := kafka.NewAdmin(q.cfg)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	ranges, err := scan.Bounds(ctx, admin, q.Topic())
	if err != nil {
		return nil, q.explain(err, q.Topic())
	}
	if f.Since.IsZero() {
		return ranges, nil
	}
	// Every letter below the first one at or after Since is older.
	first, err := admin.OffsetsAfter(ctx, f.Since, q.Topic())
	if err != nil {
		return nil, q.explain(err, q.Topic())
	}
	for tp, offset := range first {
		r := ranges[tp]
		ranges[tp] = scan.Range{From: max(r.From, offset), To: r.To}
	}
	return ranges, nil
}

func (q *Queue) explain(err error, topic string) error {
	if errors.Is(err, kafka.ErrUnknownTopic) {
		return fmt.Errorf("data product %s: %w: %s; it is made when the data product first runs, and an observed one has none",
			q.dataProduct, kafka.ErrUnknownTopic, topic)
	}
	return fmt.Errorf("data product %s: %w", q.dataProduct, err)
}

func (q *Queue) notFound(c Coordinates) error {
	return fmt.Errorf("%w: %s; tidemark dlq list %s shows what there is", ErrNotFound, c, q.dataProduct)
}

// Count counts the letters that the topic holds now and that the filter takes, by reason.
func (q *Queue) Count(ctx context.Context, f Filter) (Counts, error) {
	counts := make(Counts)
	for l, err := range q.Each(ctx, f) {
		if err != nil {
			return nil, err
		}
		counts[l.Reason]++
	}
	return counts, nil
}

// Counts is how many letters there are of each reason.
type Counts map[fault.Reason]int

// Total counts all letters.
func (c Counts) Total() int {
	total := 0
	for _, n := range c {
		total += n
	}
	return total
}

// Reasons lists the reasons, the most frequent first.
func (c Counts) Reasons() []fault.Reason {
	return slices.SortedFunc(maps.Keys(c), func(a, b fault.Reason) int {
		return cmp.Or(cmp.Compare(c[b], c[a]), cmp.Compare(a, b))
	})
}

// Show gives the letters of one record, oldest first: one for each time that it was rejected. The coordinates are
// those of the record, or those of one letter. errors.Is(err, ErrNotFound) says that there is none.
func (q *Queue) Show(ctx context.Context, c Coordinates) ([]*Letter, error) {
	ranges, err := q.ranges(ctx, Filter{})
	if err != nil {
		return nil, err
	}
	one := c.Topic == q.Topic()
	if one {
		tp := kafka.TopicPartition{Topic: c.Topic, Partition: c.Partition}
		r := ranges[tp]
		ranges = scan.Ranges{tp: {From: max(r.From, c.Offset), To: min(r.To, c.Offset+1)}}
	}
	var found []*Letter
	for l, err := range q.read(ctx, ranges) {
		if err != nil {
			return nil, err
		}
		if one && l.At == c || l.Origin == c {
			found = append(found, l)
		}
	}
	if len(found) == 0 {
		return nil, q.notFound(c)
	}
	slices.SortStableFunc(found, func(a, b *Letter) int { return cmp.Compare(a.Attempt, b.Attempt) })
	return found, nil
}
