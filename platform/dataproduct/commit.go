package dataproduct

import (
	"context"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// commit is the last stage: outputs, dead letters, positions and counts become real together. Each partition
// counts up to its last finished record; one that did not finish its batch is rewound to there.
func (r *runner) commit(ctx context.Context, batches []kafka.Batch) error {
	var positions []kafka.Position
	for _, b := range batches {
		p := r.parts[b.TopicPartition]
		if !p.touched {
			continue
		}
		metadata, err := p.working.encode()
		if err != nil {
			return err
		}
		positions = append(positions, kafka.Position{
			TopicPartition: b.TopicPartition, Epoch: p.epoch,
			Committed: kafka.Committed{Offset: p.next, Metadata: metadata},
		})
	}
	if len(positions) == 0 {
		return r.abort(ctx, batches)
	}
	if err := r.session.Flush(ctx); err != nil {
		r.written.take()
		return kafka.Classify(err)
	}
	committed, err := r.session.Commit(ctx, positions)
	if err != nil {
		return kafka.Classify(err)
	}
	if !committed {
		r.rollback(batches)
		return nil
	}
	r.confirm(batches)
	return nil
}

// confirm takes a committed round into what the instance knows.
func (r *runner) confirm(batches []kafka.Batch) {
	now := r.host.now()
	for port, byPartition := range r.written.take() {
		for _, wrote := range byPartition {
			r.verified.extend(port, wrote)
		}
	}
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
