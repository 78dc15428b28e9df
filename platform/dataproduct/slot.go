package dataproduct

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

// slot does the rounds of some of the partitions: while one slot commits, the loop works in the others. A partition stays in
// its slot, so that its records follow each other from one transaction to the next.
type slot struct {
	tx     *kafka.Slot
	queue  []kafka.Batch // fetched, not yet worked on
	parts  []*partition  // those that the round has opened
	state  slotState
	began  time.Time       // the round
	due    time.Time       // when the round may be committed
	taken  int             // records of the round
	hurry  bool            // commit as soon as can be: a partition has to wait
	all    bool            // the round may have claimed in every partition's memory
	ctx    context.Context //nolint:containedctx // of the round
	cancel context.CancelFunc
	done   chan outcome

	tracing *tracing.Tracing
	sends   []tracing.Span // of sampled records that the round has sent
}

type slotState uint8

const (
	slotIdle       slotState = iota
	slotOpen                 // a round is under way
	slotCommitting           // it is being committed; nothing of the slot and of its partitions' round may be touched
)

const (
	// roundTimeout bounds what a round may take, its commit included: well below the transaction's and the group's
	// timeouts, so that neither ends under a round that works.
	roundTimeout = 12 * time.Second
	// workTimeout is how much of it may pass until the commit begins.
	workTimeout = roundTimeout / 2
	// roundRecords bounds a round, and with it what it holds in memory and what is repeated when it fails.
	roundRecords = 100_000
	// queueRecords bounds what is fetched ahead for slots that commit.
	queueRecords = 4 * pollRecords
)

// lightest is the slot with the fewest partitions.
func (r *runner) lightest() *slot {
	held := make(map[*slot]int, len(r.slots))
	for _, p := range r.parts {
		held[p.slot]++
	}
	return slices.MinFunc(r.slots, func(a, b *slot) int { return held[a] - held[b] })
}

// patience is how long a poll may wait, and whether so much is fetched already that nothing more should be.
func (r *runner) patience() (wait time.Duration, full bool) {
	now := r.host.now()
	wait = pollWait
	queued := 0
	for _, s := range r.slots {
		for _, b := range s.queue {
			queued += len(b.Records)
		}
		switch {
		case s.state == slotCommitting: // its end wakes the poll
		case len(s.queue) > 0:
			wait = 0
		case s.state == slotOpen && !r.committing():
			wait = min(wait, max(0, s.due.Sub(now)))
		}
	}
	return wait, queued >= queueRecords && wait > 0
}

// committing says that a commit is under way.
func (r *runner) committing() bool {
	return slices.ContainsFunc(r.slots, func(s *slot) bool { return s.state == slotCommitting })
}

// idle says that no round is under way.
func (r *runner) idle() bool {
	return !slices.ContainsFunc(r.slots, func(s *slot) bool { return s.state != slotIdle })
}

// turn works on what was fetched for a slot.
func (r *runner) turn(ctx context.Context, s *slot) error {
	if s.state == slotCommitting {
		return nil
	}
	for len(s.queue) > 0 {
		b := s.queue[0]
		s.queue = s.queue[1:]
		if err := r.work(ctx, s, b); err != nil {
			return err
		}
	}
	s.queue = nil
	return nil
}

// begin opens a round, if none is under way.
func (r *runner) begin(ctx context.Context, s *slot) error {
	if s.state != slotIdle {
		return nil
	}
	if err := s.tx.Begin(); err != nil {
		return kafka.Classify(err)
	}
	s.state, s.began, s.taken, s.hurry, s.all, s.parts = slotOpen, r.clock, 0, false, false, s.parts[:0]
	s.ctx, s.cancel = context.WithTimeout(context.WithoutCancel(ctx), roundTimeout)
	return nil
}

// work takes a batch's records to their outcomes. A partition whose surroundings fail stops there; the others go on. What is
// not reached in time is left for the next round.
func (r *runner) work(ctx context.Context, s *slot, b kafka.Batch) error {
	p := r.parts[b.TopicPartition]
	if err := r.begin(ctx, s); err != nil {
		return err
	}
	if !p.open {
		p.begin(r.clock)
		s.parts = append(s.parts, p)
	}
	r.tracer.batch = b
	defer r.endBatch()
	if b.Skipped > 0 {
		r.log.Error("a batch is too large when it is decompressed, so its records are lost to this data product",
			"input", p.TopicPartition.String(), "from", b.Next-b.Skipped, "to", b.Next, "next", "see who wrote it; a larger kafka.Config.MaxBatchBytes would read it")
		p.skip(b)
	}
	for i, record := range b.Records {
		if i%256 == 0 {
			if r.tick(); r.clock.Sub(s.began) > workTimeout {
				s.hurry = true
				r.putBack(p)
				return nil
			}
		}
		err := r.process(s, p, record)
		switch {
		case err == nil:
		case errors.Is(err, errTripped):
			s.hurry = true
			r.trip()
			return nil
		case fault.KindOf(err) == fault.Transient:
			s.hurry = true
			p.stick(err, r.clock)
			r.putBack(p)
			r.session.Pause(p.TopicPartition)
			return nil
		default:
			return err
		}
	}
	s.taken += len(b.Records)
	return nil
}

// replay works on what came by the retry topic, in a round of its own: what it claims as unique is remembered in other
// partitions, whose rounds must have ended before.
func (r *runner) replay(ctx context.Context) error {
	if err := r.finish(); err != nil {
		return err
	}
	s := r.slots[0]
	for len(r.replays) > 0 {
		b := r.replays[0]
		r.replays = r.replays[1:]
		if err := r.work(ctx, s, b); err != nil {
			return err
		}
		s.all = true
	}
	r.replays = nil
	return r.finish()
}
