package dataproduct

import (
	"context"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// commit is the last stage: outputs, dead letters, positions and counts become real together. Each partition
// counts up to its last finished record; one that did not finish its batch is rewound to there.
func (r *runner) commit(ctx context.Context, batches []kafka.Batch) error {
	touched := slices.ContainsFunc(batches, func(b kafka.Batch) bool { return r.parts[b.TopicPartition].touched })
	if !touched {
		return r.abort(ctx, batches)
	}
	err := r.session.Flush(ctx)
	verified := r.verified.with(r.written.take())
	if err != nil {
		return kafka.Classify(err)
	}
	positions, err := r.positions(batches, verified)
	if err != nil {
		return err
	}
	committed, err := r.session.Commit(ctx, positions)
	if err != nil {
		return kafka.Classify(err)
	}
	if !committed {
		r.rollback(batches)
		return nil
	}
	r.verified = verified
	r.confirm(batches)
	return nil
}

// positions are what a round commits: how far each partition is finished, and its counts.
func (r *runner) positions(batches []kafka.Batch, verified ranges) ([]kafka.Position, error) {
	var positions []kafka.Position
	stored := verified.stored()
	for _, b := range batches {
		p := r.parts[b.TopicPartition]
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
			TopicPartition: b.TopicPartition, Epoch: p.epoch,
			Committed: kafka.Committed{Offset: p.next, Metadata: metadata},
		})
	}
	return positions, nil
}

// confirm takes a committed round into what the instance knows.
func (r *runner) confirm(batches []kafka.Batch) {
	now := r.host.now()
	for _, b := range batches {
		p := r.parts[b.TopicPartition]
		if p.touched {
			if p.stuck != nil && !p.waiting() {
				p.stuck = nil // it went on
			}
			for _, rec := range b.Records {
				if rec.Offset >= p.next {
					break
				}
				p.latency.Add(now.Sub(rec.Timestamp).Seconds())
			}
			p.commit()
			p.attempts.commit()
		}
		r.settle(p, b)
	}
	r.settleMemories(true)
}

// settle leaves a partition that did not finish its batch where it stands, and pauses it if it has to wait.
func (r *runner) settle(p *partition, b kafka.Batch) {
	if p.position <= b.Records[len(b.Records)-1].Offset {
		r.session.Rewind(p.TopicPartition, p.position)
	}
	if r.tripped {
		r.session.Pause(p.TopicPartition)
	}
	if p.waiting() {
		r.session.Pause(p.TopicPartition)
		r.log.Warn("partition waits", "input", p.TopicPartition.String(), "offset", p.position, "tries", p.stuck.tries, "reason", p.stuck.err)
		if !r.tripped {
			r.to(lifecycle.Degraded, p.stuck.err.Error())
		}
	}
}

// abort gives a round up: nothing of it counts.
func (r *runner) abort(ctx context.Context, batches []kafka.Batch) error {
	if err := r.session.Abort(ctx); err != nil {
		return kafka.Classify(err)
	}
	r.rollback(batches)
	return nil
}

// rollback forgets what a round did that was not committed.
func (r *runner) rollback(batches []kafka.Batch) {
	r.written.take()
	r.settleMemories(false)
	for _, b := range batches {
		p := r.parts[b.TopicPartition]
		p.begin(r.host.now())
		p.attempts.rollback()
		r.settle(p, b)
	}
}

// observed is the range that an observer speaks for: what it has read.
func observed(p *partition) []event.VerifiedRange {
	if p.position < 0 || p.position <= p.from {
		return nil
	}
	return []event.VerifiedRange{{Partition: p.Partition, From: p.from, To: p.position}}
}
