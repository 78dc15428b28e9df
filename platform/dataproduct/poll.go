package dataproduct

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

const (
	// pollRecords bounds a turn of the loop, and with it how late it sees anything else.
	pollRecords = 5000
	// pollWait is the longest time without a look at the timers: reports, retries, a resume.
	pollWait = 250 * time.Millisecond
)

// poll is the first stage: it waits for records, takes in what the group decided meanwhile, and gives each slot its own.
func (r *runner) poll(ctx context.Context) error {
	r.wake()
	if err := r.rereading(ctx); err != nil {
		return err
	}
	wait, full := r.patience()
	if full {
		r.await(wait)
		return nil
	}
	r.tracer.polled = time.Now()
	polled, err := r.session.Poll(ctx, pollRecords, wait)
	if err != nil {
		return kafka.Classify(err)
	}
	if len(polled.Revoked)+len(polled.Assigned) > 0 {
		if err := r.rebalanced(ctx, polled); err != nil {
			return err
		}
	}
	for _, b := range polled.Batches {
		r.take(b)
	}
	for _, f := range polled.Failures { // after the batches: where a round is undone, what was fetched is dropped
		if err := r.unreadable(ctx, f); err != nil {
			return err
		}
	}
	if !r.tripped && r.session.Generation() >= 0 && r.stuckOne() == nil {
		r.to(lifecycle.Running, "")
	}
	return nil
}

// take gives a batch to its partition's slot, or back where the partition waits.
func (r *runner) take(b kafka.Batch) {
	p := r.parts[b.TopicPartition]
	if p == nil {
		return // taken away meanwhile
	}
	if r.tripped || p.waiting() || p.reread != nil || p.input == nil && r.rebuilding() {
		r.putBack(p) // fetched before it was paused
		r.session.Pause(b.TopicPartition)
		return
	}
	p.end, p.fetched = b.End, b.Next
	switch n := len(b.Records); {
	case b.Skipped > 0:
		p.wanted = b.Next
	case n == 0:
		return
	default:
		p.wanted = b.Records[n-1].Offset + 1
	}
	p.seenAt = r.host.now()
	if p.input == nil {
		r.replays = append(r.replays, b)
		return
	}
	p.slot.queue = append(p.slot.queue, b)
}

// putBack lets a partition be read again from where its work has come to.
func (r *runner) putBack(p *partition) {
	r.forget(p)
	at := p.position
	if p.open {
		at = p.next
	}
	r.session.Rewind(p.TopicPartition, at)
}

// forget drops what was fetched of a partition and not worked on.
func (r *runner) forget(p *partition) {
	of := func(b kafka.Batch) bool { return b.TopicPartition == p.TopicPartition }
	p.slot.queue = slices.DeleteFunc(p.slot.queue, of)
	r.replays = slices.DeleteFunc(r.replays, of)
}

// wake lets partitions go on whose wait is over, and all of them after a resume.
func (r *runner) wake() {
	select {
	case <-r.resume:
		if r.tripped {
			r.tripped = false
			r.breaker.reset()
			for tp, p := range r.parts {
				if p.reread == nil {
					r.session.Resume(tp)
				}
			}
			r.to(lifecycle.Running, "resumed")
		}
	default:
	}
	now := r.host.now()
	for tp, p := range r.parts {
		if !r.tripped && p.waiting() && !now.Before(p.stuck.until) {
			p.stuck.until = time.Time{}
			r.session.Resume(tp)
		}
	}
}

// rebalanced takes in a new assignment. Counts and position come with the commit's metadata.
func (r *runner) rebalanced(ctx context.Context, polled kafka.Polled) error {
	for _, tp := range polled.Revoked {
		if p := r.parts[tp]; p != nil {
			p.endReread()
			r.forget(p)
		}
		delete(r.parts, tp)
	}
	bounds, err := r.bounds(ctx, polled.Assigned)
	if err != nil {
		return err
	}
	for _, a := range polled.Assigned {
		p := &partition{
			TopicPartition: a.TopicPartition, input: r.plan.input(a.Topic),
			position: a.Committed.Offset, committed: decodeTally(a.Committed.Metadata),
			from: a.Committed.Offset, end: bounds[a.TopicPartition].end, seenAt: r.host.now(),
			latency: r.latency(a.TopicPartition), slot: r.lightest(),
			emitted: make([]int64, len(r.plan.outputs)), epoch: unknownEpoch,
		}
		if p.position < 0 {
			p.position = bounds[a.TopicPartition].start
			p.from = p.position
		}
		p.fetched, p.wanted = p.position, p.position
		r.verified = r.verified.restored(r.plan.outputs, p.committed.Verified)
		if r.plan.mode == ModeObserve {
			if at, ok := p.committed.Verified[rangeKey(p.input.name, p.input.contract)][p.Partition]; ok {
				p.from = at[0]
			}
		}
		if err := errors.Join(r.counters(p), r.remember(ctx, p, bounds[a.TopicPartition].start)); err != nil {
			return err
		}
		r.parts[a.TopicPartition] = p
		if r.tripped || p.reread != nil {
			r.session.Pause(a.TopicPartition)
		} else {
			r.session.Resume(a.TopicPartition) // the client keeps the pause of an earlier assignment
		}
	}
	r.resumeReplays()
	r.hold()
	r.host.beat()
	return nil
}

// bounds are the first offset and the last stable one of each partition that was assigned.
func (r *runner) bounds(ctx context.Context, assigned []kafka.Assignment) (map[kafka.TopicPartition]bound, error) {
	if len(assigned) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), roundTimeout)
	defer cancel()
	topics := make([]string, 0, len(assigned))
	for _, a := range assigned {
		if !slices.Contains(topics, a.Topic) {
			topics = append(topics, a.Topic)
		}
	}
	starts, err := r.host.admin.Starts(ctx, topics...)
	if err != nil {
		return nil, ofKnownTopics(err)
	}
	ends, err := r.host.admin.Ends(ctx, topics...)
	if err != nil {
		return nil, ofKnownTopics(err)
	}
	out := make(map[kafka.TopicPartition]bound, len(assigned))
	for _, a := range assigned {
		out[a.TopicPartition] = bound{starts[a.TopicPartition], ends[a.TopicPartition]}
	}
	return out, nil
}

// ofKnownTopics classifies an error about topics of which partitions were assigned. They are there, so that a broker that
// knows nothing of one has not heard of it yet: brokers learn one after the other, and a restarted one last.
func ofKnownTopics(err error) error {
	if errors.Is(err, kafka.ErrUnknownTopic) {
		return fault.Transiently(err)
	}
	return kafka.Classify(err)
}

type bound struct{ start, end int64 }

// unreadable is a partition that the broker does not let us read. Retention that passed our position is a gap:
// the records are gone, so they are counted as lost and reading goes on at the log's first offset.
func (r *runner) unreadable(ctx context.Context, f kafka.Failure) error {
	p := r.parts[f.TopicPartition]
	if !errors.Is(f.Err, kafka.ErrOutOfRange) || p == nil {
		return kafka.Classify(fmt.Errorf("read %s: %w", f.TopicPartition, f.Err))
	}
	if err := r.finish(); err != nil { // so that what is committed is all there is
		return err
	}
	r.forget(p)
	bounds, err := r.bounds(ctx, []kafka.Assignment{{TopicPartition: p.TopicPartition}})
	if err != nil {
		return err
	}
	start := bounds[p.TopicPartition].start
	switch {
	case p.position > bounds[p.TopicPartition].end:
		return fault.Fatalf("%s was truncated below offset %d, which this group has read; reset the group's offsets once it is known what happened", p.TopicPartition, p.position)
	case start <= p.position: // retention was quicker than the assignment, which knew it already
		r.session.Rewind(p.TopicPartition, p.position)
		return nil
	}
	r.log.Error("retention removed records before they were read", "input", p.TopicPartition.String(), "from", p.position, "to", start)
	p.committed.Lost += start - max(0, p.position)
	p.position = start
	r.session.Rewind(p.TopicPartition, start)
	return nil
}

// stuckOne gives a partition that waits for its surroundings; nil when all go on.
func (r *runner) stuckOne() *partition {
	for _, p := range r.parts {
		if p.stuck != nil {
			return p
		}
	}
	return nil
}

func sortPartitions(ps []event.HeldPartition) {
	slices.SortFunc(ps, func(a, b event.HeldPartition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
}
