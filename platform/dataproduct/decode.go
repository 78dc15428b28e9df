package dataproduct

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// item is one input record on its way through the stages.
type item struct {
	record  *kafka.Record // what is published may be made of it, so that it is not read after that
	stand   stand
	input   *inputPort
	origin  origin
	attempt int // 0, or the replay's number
	id      int // the writer's schema id; 0 for a tombstone
	payload []byte
	writer  *writer
	time    int64 // event time in Unix milliseconds
	timed   bool
	broken  []string // expressions of severity warning that it breaks
	carried carried  // the trace context that it brought
	trace   *recordTrace
	home    *partition // whose memories its unique values are held against; nil for none
}

// stand is where and when a record stands on the topic that it was read from.
type stand struct {
	offset    int64
	epoch     int32
	published int64 // Unix milliseconds
}

func newItem(record *kafka.Record, input *inputPort) item {
	return item{
		record: record, input: input, origin: origin{record.Topic, record.Partition, record.Offset},
		stand: stand{record.Offset, record.LeaderEpoch, record.Timestamp.UnixMilli()},
	}
}

// decode is the second stage: it finds what a record is written in. It gives a rejection for the record's
// fault, an error for anybody else's.
func (r *runner) decode(ctx context.Context, it *item) (*fault.Rejection, error) {
	if it.record.Value == nil {
		return nil, nil // a tombstone has no schema
	}
	id, payload, ok := avro.SplitFrame(it.record.Value)
	if !ok {
		return &fault.Rejection{Reason: fault.FrameBad, Message: "not in the Confluent wire format: a zero byte, a four-byte schema id, the payload"}, nil
	}
	it.id, it.payload = id, payload
	if w := it.input.last; w != nil && it.input.lastID == id {
		it.writer = w
		return w.rejected, nil
	}
	w, ok := it.input.writers[id]
	if !ok {
		var rejected *fault.Rejection
		var err error
		if w, rejected, err = r.learn(ctx, it.input, id, it.record.Timestamp); rejected != nil || err != nil {
			return rejected, err
		}
		it.input.writers[id] = w
	}
	it.writer, it.input.last, it.input.lastID = w, w, id
	return w.rejected, nil
}

// unknownSince is when the registry should have known an id: when a record with it was published, or when we
// first met it, whichever is earlier. So a backlog of bad ids does not wait once for each, and a clock that is ahead does
// not make a record wait for ever.
func (r *runner) unknownSince(id int, published time.Time) time.Time {
	since, ok := r.unknown[id]
	if !ok {
		since = r.host.now()
	}
	if published.Before(since) {
		since = published
	}
	r.unknown[id] = since
	return since
}

// learn compiles what records of one schema id need. A schema that the registry does not know may be on its
// way to it: the record waits for a grace before it is rejected.
func (r *runner) learn(ctx context.Context, in *inputPort, id int, published time.Time) (*writer, *fault.Rejection, error) {
	schema, err := r.host.registry.Schema(ctx, id)
	if errors.Is(err, registry.ErrUnknownSchema) {
		if r.host.now().Sub(r.unknownSince(id, published)) < r.host.cfg.SchemaGrace {
			return nil, nil, fault.Transiently(err)
		}
		return nil, &fault.Rejection{Reason: fault.SchemaUnknown, Message: fmt.Sprintf("the registry does not know schema id %d", id)}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	delete(r.unknown, id)
	w := &writer{schema: schema}
	w.program, err = avro.Compile(schema, avro.Options{Rules: in.rules, Captures: in.marks.captures, Reader: in.contract.Schema()})
	if err != nil {
		w.rejected = &fault.Rejection{Reason: fault.SchemaIncompatible, Message: fmt.Sprintf("schema id %d cannot be read by the contract's schema", id)}
		r.log.Warn("input schema does not fit the contract", "input", in.topic, "schema_id", id, "reason", err)
		return w, nil, nil
	}
	w.notes = w.program.NewNotes()
	switch r.plan.mode {
	case ModeTransform:
		if w.apply, err = in.bind(schema); err != nil {
			return nil, nil, fault.Fatally(fmt.Errorf("input port %s, schema id %d: %w", in.name, id, err))
		}
	case ModeGuard:
		if w.rejected = r.plan.outputs[0].checks(w); w.rejected != nil {
			r.log.Warn("input schema does not fit the output's contract", "input", in.topic, "schema_id", id)
			return w, nil, nil
		}
		rejected, err := r.forwardAs(ctx, w)
		if err != nil {
			return nil, nil, err
		}
		w.rejected = rejected
	}
	return w, nil, nil
}

// forwardAs finds the id under which a guard forwards a writer's bytes. The output subject must know every
// schema on its topic, so a newer writer's schema becomes a version of it, if that is compatible. While the registry is away
// the id is the one that it gave before, if the client has a snapshot, else the partition waits.
func (r *runner) forwardAs(ctx context.Context, w *writer) (*fault.Rejection, error) {
	out := r.plan.outputs[0]
	if w.schema.Fingerprint() == out.contract.Schema().Fingerprint() {
		w.outID = out.schemaID
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, registerTimeout)
	defer cancel()
	id, err := r.host.registry.Register(ctx, out.topic+"-value", w.schema)
	var incompatible *registry.IncompatibleError
	if errors.As(err, &incompatible) {
		return &fault.Rejection{Reason: fault.SchemaIncompatible, Message: "the writer's schema cannot become a version of the output port's subject"}, nil
	}
	w.outID = id
	return nil, err
}

const registerTimeout = 5 * time.Second
