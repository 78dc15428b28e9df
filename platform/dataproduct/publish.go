package dataproduct

import (
	"context"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// publish is the sixth stage: it hands a record to the round's transaction. port is nil for a dead letter. The
// offset that comes back belongs to the round's verified range.
func (r *runner) publish(ctx context.Context, port *outputPort, rec *kafka.Record) {
	r.session.Produce(ctx, rec, func(rec *kafka.Record, err error) {
		if err == nil && port != nil {
			r.written.note(port, rec.Partition, rec.Offset)
		}
	})
}
