package kafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// GroupReader reads topics as a member of a consumer group, at-least-once: what is committed is what the
// caller says. A group without commits starts at the first offset.
type GroupReader struct {
	cl    *kgo.Client
	cfg   Config
	group string
}

// NewGroupReader joins lazily, at the first Poll.
func NewGroupReader(cfg Config, group string, topics ...string) (*GroupReader, error) {
	cl, err := cfg.client(append(consuming(false),
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topics...),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
	)...)
	if err != nil {
		return nil, err
	}
	return &GroupReader{cl, cfg, group}, nil
}

// Poll waits for records and gives them, per partition in order. It gives ctx's error when that ends first.
func (r *GroupReader) Poll(ctx context.Context) ([]*Record, error) {
	return r.cfg.polled(ctx, r.cl.PollFetches(ctx), r.group)
}

// Commit commits past each record. Records of a partition must be committed in order.
func (r *GroupReader) Commit(ctx context.Context, rs ...*Record) error {
	if err := r.cl.CommitRecords(ctx, rs...); err != nil {
		return fmt.Errorf("commit: %w", r.cfg.denied(err, toJoin(r.group)))
	}
	return nil
}

// Close leaves the group.
func (r *GroupReader) Close() { r.cl.Close() }
