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
	// rereadSilence is how long nothing may come until the partition's leader is asked whether there is anything.
	rereadSilence = 5 * time.Second
	// rereadGlance is how long a turn waits for a partition of which nothing was heard for a turn: others should not.
	rereadGlance = 10 * time.Millisecond
)

// reread rebuilds what a partition remembers when the instance is given the partition. The records of the uniqueness
// window before its position are judged again, and those that are accepted claim their values, as they did the first
// time; of the retry topic's partition every record before its position is an attempt that was made. Until then the
// partition waits.
type reread struct {
	reader *kafka.Reader
	next   int64 // past everything that was read, skipped or is a transaction's marker
	to     int64 // the partition's position
	heard  time.Time
	asked  time.Time // when the leader was asked, or last heard of
	silent bool      // the leader answered, and still nothing came
	ghost  partition // judges in the partition's place: its watermark, its memories
}

// remember opens the memories of a new partition, whose log begins at start.
func (r *runner) remember(ctx context.Context, p *partition, start int64) error {
	if p.input == nil {
		return r.beginReread(p, start)
	}
	if len(p.input.uniques) == 0 {
		return nil
	}
	for _, u := range p.input.uniques {
		p.memories = append(p.memories, newMemory(u.window))
	}
	if p.position <= 0 {
		return nil
	}
	from, err := r.windowStart(ctx, p)
	if err != nil {
		return err
	}
	return r.beginReread(p, from)
}

// beginReread lets a partition wait until what lies between an offset and its position is read again.
func (r *runner) beginReread(p *partition, from int64) error {
	if from >= p.position {
		return nil
	}
	now := r.host.now()
	re := &reread{next: from, to: p.position, heard: now, asked: now, ghost: partition{TopicPartition: p.TopicPartition, input: p.input, memories: p.memories}}
	var err error
	re.reader, err = kafka.NewReader(r.host.cfg.Kafka, kafka.ReaderOptions{
		Offsets: map[kafka.TopicPartition]int64{p.TopicPartition: from},
		Control: true, // markers of transactions take offsets too
		Skipped: func(_ kafka.TopicPartition, from, to int64) {
			r.log.Warn("a batch that is too large when it is decompressed is passed over again", "input", p.TopicPartition.String(), "from", from, "to", to)
			re.next = max(re.next, to)
		},
	})
	if err != nil {
		return fault.Fatally(err)
	}
	p.reread = re
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
	until := r.host.now().Add(rereadTurn)
	for _, p := range r.parts {
		if p.reread == nil {
			continue
		}
		if err := r.rereadOn(ctx, p, until); err != nil {
			return err
		}
	}
	return nil
}

// rereadOn reads on as long as something comes, at most until a time.
func (r *runner) rereadOn(ctx context.Context, p *partition, until time.Time) error {
	for r.host.now().Before(until) && ctx.Err() == nil {
		at := p.reread.next
		done, err := r.rereadSome(ctx, p)
		if err != nil {
			return err
		}
		if done {
			p.endReread()
			if p.input != nil {
				r.session.Resume(p.TopicPartition)
			}
			r.resumeReplays()
			return nil
		}
		if p.reread.next == at {
			return nil
		}
	}
	return nil
}

// rereadSome reads on, and says whether that was all: everything up to the position has been seen, not only nothing heard
// for a while.
func (r *runner) rereadSome(ctx context.Context, p *partition) (done bool, err error) {
	re := p.reread
	before, wait := re.next, pollWait
	if r.host.now().Sub(re.heard) > rereadTurn {
		wait = rereadGlance
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	records, err := re.reader.Poll(waiting)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return false, fault.Transiently(fmt.Errorf("reread %s for what it remembers: %w", p.TopicPartition, err))
	}
	for _, record := range records {
		if re.next = max(re.next, record.Offset+1); record.Offset >= re.to {
			break
		}
		if record.Attrs.IsControl() {
			continue
		}
		if p.input == nil {
			if o, n, ok := originOf(record); ok {
				p.attempts.first(o, n)
			}
		} else if err := r.rejudge(ctx, re, record); err != nil {
			return false, err
		}
	}
	p.attempts.commit()
	for _, m := range p.memories {
		m.commit()
	}
	now := r.host.now()
	switch {
	case re.next >= re.to:
		return true, nil
	case re.next > before:
		re.heard, re.asked, re.silent = now, now, false
	case now.Sub(re.asked) >= rereadSilence && ctx.Err() == nil:
		re.asked = now
		return r.rereadEnded(ctx, p), nil
	}
	return false, nil
}

// rereadEnded asks a partition's leader, from which nothing comes, whether the log has anything that is left to reread. It has
// nothing where retention has removed it meanwhile, or where the log now ends before the position: that, the session will
// be told when it reads there. Where it ends at the position, compaction may have removed the last records: then nothing comes
// although the leader answers.
func (r *runner) rereadEnded(ctx context.Context, p *partition) bool {
	ctx, cancel := context.WithTimeout(ctx, rereadTurn)
	defer cancel()
	re := p.reread
	starts, err := r.host.admin.Starts(ctx, p.Topic)
	var ends map[kafka.TopicPartition]int64
	if err == nil {
		ends, err = r.host.admin.Ends(ctx, p.Topic)
	}
	if err == nil {
		start, end := starts[p.TopicPartition], ends[p.TopicPartition]
		if start >= re.to || end < re.to || end == re.to && re.silent {
			return true
		}
	}
	re.silent = err == nil
	r.log.Warn("a partition waits for what it has to reread", "input", p.TopicPartition.String(), "at", re.next, "to", re.to, "reason", err)
	return false
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
