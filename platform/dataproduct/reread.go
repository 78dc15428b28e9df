package dataproduct

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Rereading happens between rounds, so that other partitions go on; a turn of it takes so long at most.
const (
	rereadTurn = time.Second
	// rereadSilence is how long nothing may come: then what is left of the range are markers of transactions.
	rereadSilence = 5 * time.Second
)

// reread rebuilds a partition's memories when the instance is given the partition: the records of the uniqueness
// window before its position are judged again, and those that are accepted claim their values, as they did the first
// time. Until then the partition waits.
type reread struct {
	reader *kafka.Reader
	to     int64 // the partition's position
	heard  time.Time
	ghost  partition // judges in the partition's place: its watermark, its memories
}

// remember opens the memories of a new partition.
func (r *runner) remember(ctx context.Context, p *partition) error {
	if p.input == nil || len(p.input.uniques) == 0 {
		return nil
	}
	for _, u := range p.input.uniques {
		p.memories = append(p.memories, newMemory(u.window))
	}
	if p.position <= 0 {
		return nil
	}
	from, err := r.windowStart(ctx, p)
	if err != nil || from >= p.position {
		return err
	}
	reader, err := kafka.NewReader(r.host.cfg.Kafka, kafka.ReaderOptions{Offsets: map[kafka.TopicPartition]int64{p.TopicPartition: from}})
	if err != nil {
		return fault.Fatally(err)
	}
	p.reread = &reread{reader: reader, to: p.position, heard: r.host.now(), ghost: partition{TopicPartition: p.TopicPartition, input: p.input, memories: p.memories}}
	r.session.Pause(p.TopicPartition)
	return nil
}

// windowStart is the first offset that one of the port's windows reaches back to.
func (r *runner) windowStart(ctx context.Context, p *partition) (int64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), roundTimeout)
	defer cancel()
	starts, err := r.host.admin.Starts(ctx, p.Topic)
	if err != nil {
		return 0, kafka.Classify(err)
	}
	from := p.position
	for _, u := range p.input.uniques {
		first := p.position - contract.MostUnique
		switch {
		case u.window.Records > 0:
			first = p.position - int64(u.window.Records)
		case p.committed.Published > 0:
			after, err := r.host.admin.OffsetsAfter(ctx, time.UnixMilli(p.committed.Published).Add(-u.window.Age), p.Topic)
			if err != nil {
				return 0, kafka.Classify(err)
			}
			first = max(first, after[p.TopicPartition])
		}
		from = min(from, first)
	}
	return max(from, starts[p.TopicPartition]), nil
}

// rereading is a turn at the partitions whose memories are being rebuilt.
func (r *runner) rereading(ctx context.Context) error {
	began := r.host.now()
	for _, p := range r.parts {
		for p.reread != nil && r.host.now().Sub(began) < rereadTurn && ctx.Err() == nil {
			done, err := r.rereadSome(ctx, p.reread)
			if err != nil {
				return err
			}
			if done {
				p.endReread()
				r.session.Resume(p.TopicPartition)
				r.resumeReplays()
			}
		}
	}
	return nil
}

func (r *runner) rereadSome(ctx context.Context, re *reread) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, pollWait)
	defer cancel()
	records, err := re.reader.Poll(ctx)
	now := r.host.now()
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return now.Sub(re.heard) >= rereadSilence, nil
	case err != nil:
		return false, fault.Transiently(fmt.Errorf("reread %s for its unique values: %w", re.ghost.TopicPartition, err))
	}
	re.heard = now
	for _, record := range records {
		if record.Offset >= re.to {
			done = true
			break
		}
		if err := r.rejudge(ctx, re, record); err != nil {
			return false, err
		}
		done = record.Offset == re.to-1
	}
	for _, m := range re.ghost.memories {
		m.commit()
	}
	return done, nil
}

// rejudge comes to the verdict that a record had, without publishing anything.
func (r *runner) rejudge(ctx context.Context, re *reread, record *kafka.Record) error {
	p := &re.ghost
	it := newItem(record, p.input)
	rejected, err := r.decode(context.WithoutCancel(ctx), &it)
	if errors.Is(err, registry.ErrUnknownSchema) {
		return nil // it was rejected for that
	}
	if err != nil {
		return err
	}
	if rejected == nil {
		rejected = r.validate(p, &it)
	}
	if rejected == nil {
		_, rejected, err = r.outputs(&it)
	}
	if rejected != nil || err != nil {
		return err
	}
	r.claim(&it)
	if it.timed {
		p.working.see(it.time, record.Timestamp)
	}
	return nil
}

// rebuilding says whether a partition's memories are not whole yet. Replays wait for that, since they are held against
// the memories of other partitions than their own.
func (r *runner) rebuilding() bool {
	for _, p := range r.parts {
		if p.reread != nil {
			return true
		}
	}
	return false
}

// resumeReplays lets the retry topic go on if nothing is being rebuilt any more.
func (r *runner) resumeReplays() {
	if r.tripped || r.rebuilding() {
		return
	}
	for tp, p := range r.parts {
		if p.input == nil && !p.waiting() {
			r.session.Resume(tp)
		}
	}
}

// endReread lets go of the reader, if there is one.
func (p *partition) endReread() {
	if p.reread != nil {
		p.reread.reader.Close()
		p.reread = nil
	}
}
