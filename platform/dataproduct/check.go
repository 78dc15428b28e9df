package dataproduct

import (
	"fmt"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// check is the fifth stage, the second validation: what the transform emitted is held against the output
// contracts, and becomes records. If one breaks its contract, none is published and the input is rejected.
func (r *runner) check(it *item) ([]*kafka.Record, *fault.Rejection) {
	r.out = r.out[:0]
	for _, e := range r.emit.records {
		rec, rejected := e.port.record(r.emit.buf[e.from:e.to], &r.space)
		if rejected != nil {
			rejected.Reason = fault.OnOutput(rejected.Reason)
			return nil, rejected
		}
		r.counting.take(e.port, e.port.quality, e.port.notes)
		r.counting.warn(e.port.warned()...)
		if e.port.marks.key < 0 {
			kafka.Pin(rec, it.record.Partition%int32(e.port.partitions)) // partition counts are small
		}
		r.out = append(r.out, rec)
		r.outPorts = append(r.outPorts[:len(r.out)-1], e.port)
	}
	return r.out, nil
}

// record checks a payload against the port's contract and frames it. The record's memory is from the space.
func (o *outputPort) record(payload []byte, space *space) (*kafka.Record, *fault.Rejection) {
	if v := o.program.Walk(payload, o.notes); !v.OK() {
		return nil, o.program.Rejection(v)
	}
	var rejected *fault.Rejection
	if rejected, o.broken = o.expressions.judge(o.program, payload); rejected != nil {
		return nil, rejected
	}
	rec := space.record()
	rec.Topic = o.topic
	if o.marks.key >= 0 {
		key, ok := keyOf(o.notes, o.marks.key, nil)
		if !ok {
			return nil, &fault.Rejection{Reason: fault.KeyMissing, Message: "the field that the contract names as key is null"}
		}
		rec.Key = append(space.room(len(key)), key...)
	}
	rec.Value = append(avro.AppendFrame(space.room(avro.FrameSize+len(payload)), o.schemaID), payload...)
	return rec, fits(rec)
}

// fits rejects a record that no port's topic would take: the broker would refuse it for ever.
func fits(rec *kafka.Record) *fault.Rejection {
	if n := kafka.Size(rec); n > kafka.MaxRecordBytes {
		return &fault.Rejection{Reason: fault.TooLarge, Message: fmt.Sprintf("%d bytes, where a topic takes %d", n, kafka.MaxRecordBytes)}
	}
	return nil
}

// guard checks what the output's contract asks beyond the input's, and makes the copy.
func (r *runner) guard(it *item) ([]*kafka.Record, *fault.Rejection, error) {
	out := r.plan.outputs[0]
	if it.writer != nil && it.writer.output != nil {
		w := it.writer
		if v := w.output.Walk(it.payload, w.outputNotes); !v.OK() {
			rejected := w.output.Rejection(v)
			rejected.Reason = fault.OnOutput(rejected.Reason)
			return nil, rejected, nil
		}
		r.counting.take(out, out.quality, w.outputNotes)
		rejected, broken := out.expressions.judge(w.output, it.payload)
		if rejected != nil {
			rejected.Reason = fault.OnOutput(rejected.Reason)
			return nil, rejected, nil
		}
		for _, rule := range w.outputNotes.Warnings() {
			r.counting.warn(w.output.Rules()[rule].ID)
		}
		r.counting.warn(broken...)
	}
	rec := r.forward(it)
	if rejected := fits(rec); rejected != nil {
		rejected.Reason = fault.OnOutput(rejected.Reason)
		return nil, rejected, nil
	}
	if it.writer != nil && it.writer.outID != it.id {
		avro.AppendFrame(rec.Value[:0], it.writer.outID)
	}
	r.out, r.outPorts = append(r.out[:0], rec), append(r.outPorts[:0], out)
	return r.out, nil, nil
}

// forward makes a guard's copy: the same bytes, key and headers in the same partition. It is the record that was fetched,
// not another like it. Where the output subject has another schema id, that is written over the one that came, once the
// record can have no other outcome.
func (r *runner) forward(it *item) *kafka.Record {
	rec := it.record
	rec.Topic = r.plan.outputs[0].topic
	if it.attempt > 0 {
		rec.Headers = original(it.record.Headers)
	}
	kafka.Pin(rec, it.origin.partition) // a replay too goes where the record first stood
	return rec
}

// tombstones are a null value's copies on every output port of a transform.
func (r *runner) tombstones(it *item) []*kafka.Record {
	r.out, r.outPorts = r.out[:0], r.outPorts[:0]
	for _, o := range r.plan.outputs {
		rec := r.space.record()
		rec.Topic, rec.Key = o.topic, it.record.Key
		r.out = append(r.out, rec)
		r.outPorts = append(r.outPorts, o)
	}
	return r.out
}
