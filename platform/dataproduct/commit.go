package dataproduct

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// outcome is what became of a slot's commit.
type outcome struct {
	committed bool
	wrote     ranges
	err       error
}

// commitDue commits the rounds whose time has come, one after the other, so that there is one to work in.
func (r *runner) commitDue() error {
	for _, s := range r.slots {
		if s.state != slotOpen {
			continue
		}
		due := s.hurry || s.taken >= roundRecords || !r.host.now().Before(s.due)
		late := r.host.now().Sub(s.began) > workTimeout/2
		if due && (late || !r.committing()) {
			if err := r.commit(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// commit is the last stage: outputs, dead letters, positions and counts become real together. Each partition counts up to
// its last finished record. The slot is not the loop's until the outcome is collected.
func (r *runner) commit(s *slot) error {
	if !slices.ContainsFunc(s.parts, func(p *partition) bool { return p.touched }) {
		return r.abort(s)
	}
	for _, p := range s.parts {
		p.count(r.plan.outputs)
		p.working.Quality = r.saved(p)
	}
	s.state, s.due = slotCommitting, r.host.now().Add(r.host.cfg.CommitInterval)
	session, verified := r.session, r.verified
	go func() {
		s.done <- r.committed(s, verified)
		session.Wake()
	}()
	return nil
}

// committed does the waiting of a commit. It runs beside the loop.
func (r *runner) committed(s *slot, verified ranges) outcome {
	if err := s.tx.Flush(s.ctx); err != nil {
		return outcome{err: err}
	}
	wrote := rangesOf(r.plan.outputs, s.tx.Wrote())
	positions, err := r.positions(s, verified.with(wrote))
	if err != nil {
		return outcome{err: err}
	}
	committed, err := s.tx.Commit(s.ctx, positions)
	return outcome{committed, wrote, kafka.Classify(err)}
}

// positions are what a round commits: how far each partition is finished, and its counts.
func (r *runner) positions(s *slot, verified ranges) ([]kafka.Position, error) {
	var positions []kafka.Position
	stored := verified.stored()
	for _, p := range s.parts {
		if !p.touched {
			continue
		}
		if p.working.Verified = stored; r.plan.mode == ModeObserve {
			p.working.Verified = map[string]map[int32][2]int64{rangeKey(p.input.name, p.input.contract): {p.Partition: {p.from, p.next}}}
		}
		metadata, err := p.working.encode()
		if err != nil {
			return nil, err
		}
		positions = append(positions, kafka.Position{
			TopicPartition: p.TopicPartition, Epoch: p.epoch,
			Committed: kafka.Committed{Offset: p.next, Metadata: metadata},
		})
	}
	return positions, nil
}

// collect takes in the commits that have ended.
func (r *runner) collect() error {
	for _, s := range r.slots {
		if s.state != slotCommitting {
			continue
		}
		select {
		case out := <-s.done:
			if err := r.ended(s, out); err != nil {
				return err
			}
		default:
		}
	}
	return nil
}

// await waits a while for a commit to end.
func (r *runner) await(wait time.Duration) {
	for _, s := range r.slots {
		if s.state != slotCommitting {
			continue
		}
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case out := <-s.done:
			s.done <- out // for collect
		case <-timer.C:
		}
		return
	}
}

// finish commits every round that is under way and waits for it.
func (r *runner) finish() error {
	var errs []error
	for _, s := range r.slots {
		if s.state == slotOpen {
			errs = append(errs, r.commit(s))
		}
	}
	for _, s := range r.slots {
		if s.state == slotCommitting {
			errs = append(errs, r.ended(s, <-s.done))
		}
	}
	return errors.Join(errs...)
}

// giveUp waits for the commits that are under way and aborts the other rounds.
func (r *runner) giveUp() error {
	var errs []error
	for _, s := range r.slots {
		switch s.state {
		case slotCommitting:
			errs = append(errs, r.ended(s, <-s.done))
		case slotOpen:
			errs = append(errs, r.abort(s))
		}
	}
	return errors.Join(errs...)
}

// ended takes in what became of a commit. After an error the session is given up.
func (r *runner) ended(s *slot, out outcome) error {
	switch {
	case out.err != nil:
		err := r.refused(s, out.err)
		s.close()
		return err
	case !out.committed:
		r.rollback(s)
	default:
		r.verified = r.verified.with(out.wrote)
		r.confirm(s)
		r.report(false)
	}
	return nil
}

// confirm takes a committed round into what the instance knows.
func (r *runner) confirm(s *slot) {
	now := r.host.now()
	for _, p := range s.parts {
		p.open = false
		if p.touched {
			if p.stuck != nil && !p.waiting() {
				p.stuck = nil // it went on
			}
			p.commit(now)
		}
		r.tellWait(p)
	}
	r.settleMemories(s, true)
	s.endSends(true)
	s.close()
}

// tellWait says that a partition waits for its surroundings.
func (r *runner) tellWait(p *partition) {
	if !p.waiting() {
		return
	}
	r.log.Warn("partition waits", "input", p.TopicPartition.String(), "offset", p.position, "tries", p.stuck.tries, "reason", p.stuck.err)
	if !r.tripped {
		r.to(lifecycle.Degraded, p.stuck.err.Error())
	}
}

// abort gives a round up: nothing of it counts.
func (r *runner) abort(s *slot) error {
	if err := s.tx.Abort(s.ctx); err != nil {
		s.close()
		return kafka.Classify(err)
	}
	r.rollback(s)
	return nil
}

// rollback forgets what a round did that was not committed.
func (r *runner) rollback(s *slot) {
	r.settleMemories(s, false)
	for _, p := range s.parts {
		p.open = false
		p.attempts.rollback()
		r.putBack(p)
		r.tellWait(p)
	}
	s.close()
}

// close ends the slot's round.
func (s *slot) close() {
	s.cancel()
	s.endSends(false)
	s.state, s.ctx, s.cancel = slotIdle, context.Background(), nil
}

// observed is the range that an observer speaks for: what it has read.
func observed(p *partition) []event.VerifiedRange {
	if p.position < 0 || p.position <= p.from {
		return nil
	}
	return []event.VerifiedRange{{Partition: p.Partition, From: p.from, To: p.position}}
}
