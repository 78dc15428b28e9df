package rig

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
)

// Verdict is what became of a workload's records, counted on the outputs by readers of committed records.
type Verdict struct {
	Good       int `json:"good"`       // good records on the output, each counted once
	Lost       int `json:"lost"`       // records that are nowhere
	Duplicates int `json:"duplicates"` // more than one of a record
	Refused    int `json:"refused"`    // bad records among the dead letters
	Passed     int `json:"passed"`     // bad records on the output
	Wronged    int `json:"wronged"`    // good records among the dead letters
}

// Clean says that each record is where a contender that checks must have put it, or one that does not.
func (v Verdict) Clean(checks bool) bool {
	return v.Lost == 0 && v.Wronged == 0 && (!checks || v.Passed == 0)
}

// String is the verdict in a few words.
func (v Verdict) String() string {
	text := fmt.Sprintf("%d good, %d refused", v.Good, v.Refused)
	for _, more := range []struct {
		n    int
		what string
	}{{v.Lost, "LOST"}, {v.Wronged, "good ones REFUSED"}, {v.Passed, "bad ones passed"}, {v.Duplicates, "duplicates"}} {
		if more.n > 0 {
			text += fmt.Sprintf(", %d %s", more.n, more.what)
		}
	}
	return text
}

// Judge reads a run's outputs to their ends.
func (c *Cluster) Judge(ctx context.Context, name string, w orders.Workload) (v Verdict, err error) {
	const output, letter = 1, 2
	seen := make([]byte, w.Records)
	for topic, mark := range map[string]byte{orders.Topic(name): output, orders.DeadLetters(name): letter} {
		err := c.read(ctx, topic, func(r *kgo.Record) {
			n, ok := orders.Number(r.Value)
			if !ok || n >= len(seen) {
				return
			}
			if seen[n] != 0 {
				v.Duplicates++
			}
			seen[n] |= mark
		})
		if err != nil {
			return v, err
		}
	}
	for i, s := range seen {
		good := w.Class(i) == orders.Good
		switch {
		case s == 0:
			v.Lost++
		case good && s&output != 0:
			v.Good++
		case good:
			v.Wronged++
		case s&output != 0:
			v.Passed++
		default:
			v.Refused++
		}
	}
	return v, nil
}

// read calls each with every committed record of a topic.
func (c *Cluster) read(ctx context.Context, topic string, each func(*kgo.Record)) error {
	ends, err := c.admin.ListCommittedOffsets(ctx, topic)
	if err != nil {
		return fmt.Errorf("read %s: %w", topic, err)
	}
	from, missing := map[int32]kgo.Offset{}, map[int32]int64{}
	for p, end := range ends[topic] {
		if end.Offset > 0 {
			from[p], missing[p] = kgo.NewOffset().AtStart(), end.Offset
		}
	}
	if len(from) == 0 {
		return nil
	}
	cl, err := c.client(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords()) // the last record may be a transaction's marker
	if err != nil {
		return err
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for len(missing) > 0 {
		fetches := cl.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("read %s: %w", topic, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				each(r)
			}
			if r.Offset+1 >= missing[r.Partition] {
				delete(missing, r.Partition)
			}
		})
	}
	return nil
}
