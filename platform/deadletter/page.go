package deadletter

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// Page is some of the letters, newest first.
type Page struct {
	Letters []*Letter
	// Next is where older ones go on, if there are any; empty when there are none.
	Next Cursor
}

// Cursor says where a page begins: the offsets that earlier pages came down to, as partition:offset, separated by
// commas. The empty cursor is the newest letters' page.
type Cursor string

// BadCursorError says that a cursor is none that List gave.
type BadCursorError struct{ Cursor Cursor }

func (e *BadCursorError) Error() string {
	return fmt.Sprintf("%q is not a cursor that the list gave; leave it out to begin with the newest", string(e.Cursor))
}

// List gives a page of at most limit letters that the filter takes, and tells of each whether it was sent back. Pages do not overlap, and letters that come while
// somebody turns pages are not in later ones.
func (q *Queue) List(ctx context.Context, f Filter, limit int, from Cursor) (Page, error) {
	ranges, err := q.ranges(ctx, f)
	if err != nil {
		return Page{}, err
	}
	if err := from.apply(q.Topic(), ranges); err != nil {
		return Page{}, err
	}
	last, err := scan.Last(ctx, q.cfg, ranges, limit, func(r *kafka.Record) bool { return f.Takes(Parse(r)) })
	if err != nil {
		return Page{}, fmt.Errorf("dead letters of %s: %w", q.dataProduct, err)
	}
	var page Page
	for r := range scan.NewestFirst(last) {
		if len(page.Letters) == limit {
			break
		}
		page.Letters = append(page.Letters, Parse(r))
		tp := kafka.TopicPartition{Topic: r.Topic, Partition: r.Partition}
		ranges[tp] = scan.Range{From: ranges[tp].From, To: r.Offset}
	}
	if err := q.replays(ctx, page.Letters); err != nil {
		return Page{}, err
	}
	if len(page.Letters) == limit { // with fewer, every partition is read to its beginning
		page.Next = cursor(ranges)
	}
	return page, nil
}

func cursor(ranges scan.Ranges) Cursor {
	var parts []string
	for tp, r := range ranges {
		if !r.Empty() {
			parts = append(parts, fmt.Sprintf("%d:%d", tp.Partition, r.To))
		}
	}
	slices.Sort(parts)
	return Cursor(strings.Join(parts, ","))
}

// apply bounds the ranges: a partition that the cursor does not name is done.
func (c Cursor) apply(topic string, ranges scan.Ranges) error {
	if c == "" {
		return nil
	}
	named := make(map[int32]int64)
	for part := range strings.SplitSeq(string(c), ",") {
		partition, offset, _ := strings.Cut(part, ":")
		p, err1 := strconv.ParseInt(partition, 10, 32)
		o, err2 := strconv.ParseInt(offset, 10, 64)
		if _, known := ranges[kafka.TopicPartition{Topic: topic, Partition: int32(p)}]; err1 != nil || err2 != nil || !known {
			return &BadCursorError{c}
		}
		named[int32(p)] = o
	}
	for tp, r := range ranges {
		ranges[tp] = scan.Range{From: r.From, To: min(r.To, named[tp.Partition])}
	}
	return nil
}
