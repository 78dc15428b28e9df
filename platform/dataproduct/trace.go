package dataproduct

import (
	"time"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

// Spans follow OpenTelemetry's conventions for messaging. Of a sampled record there are
//
//	process <topic>     from its first stage to its outcome; in the trace that its traceparent header names, else in a new one
//	  decode, validate, transform, check
//	  send <topic>      one for each record that comes of it, until it is committed; that record's traceparent names it
//	poll <topic>        of the batch that it came in, in a trace of its own; process links to it
//
// A record that is not sampled costs a look at its headers, if it has any, and hands its trace on to what comes of it.

// carried is the trace context that a record brought, as it stands in its headers.
type carried struct{ parent, state []byte }

func carriedBy(headers []kafka.Header) (c carried) {
	for i := range headers {
		switch headers[i].Key {
		case tracing.HeaderParent:
			c.parent = headers[i].Value
		case tracing.HeaderState:
			c.state = headers[i].Value
		}
	}
	return c
}

// carriedFrom is a context as a record carries it.
func carriedFrom(at tracing.Context) carried {
	c := carried{parent: at.Header()}
	if at.State != "" {
		c.state = []byte(at.State)
	}
	return c
}

func (c carried) headers() []kafka.Header {
	headers := []kafka.Header{{Key: tracing.HeaderParent, Value: c.parent}}
	if c.state != nil {
		headers = append(headers, kafka.Header{Key: tracing.HeaderState, Value: c.state})
	}
	return headers
}

// tracer is what a runner traces with.
type tracer struct {
	*tracing.Tracing
	polled time.Time // when the last poll began
	gap    int       // so many records without a trace pass until one is sampled
	batch  kafka.Batch
	poll   *tracing.Span // of the batch in hand, once one of its records is sampled
	same   map[spanOf]tracing.Span
	record recordTrace // of the record in hand, if it is sampled
}

// spanOf is what spans have in common that say the same.
type spanOf struct{ operation, topic string }

// recordTrace are the spans of a sampled record on its way through the stages, the first of which is process. A nil one is a
// record that is not sampled.
type recordTrace struct {
	r     *runner
	spans []tracing.Span
	own   tracing.Attributes // those of process
	at    int64              // when the last stage ended
}

// trace begins a record's span, if it is sampled.
func (r *runner) trace(it *item) *recordTrace {
	if len(it.record.Headers) > 0 {
		it.carried = carriedBy(it.record.Headers)
	}
	if r.tracer.Tracing == nil {
		return nil
	}
	var parent tracing.Context
	if it.carried.parent != nil {
		parent = tracing.Parent(it.carried.parent, it.carried.state)
	}
	switch {
	case parent.Valid():
		if !r.tracer.Sampled(parent) {
			return nil
		}
	case r.tracer.gap > 0:
		r.tracer.gap--
		return nil
	default:
		r.tracer.gap = r.tracer.Gap()
	}
	t := &r.tracer.record
	t.r, t.at = r, tracing.Now()
	t.own = t.own[:0].Number("messaging.kafka.offset", it.record.Offset).Number("messaging.destination.partition.id", int64(it.record.Partition))
	process := r.span("process", it.record.Topic, tracing.Consumer)
	process.Context, process.Parent, process.Start, process.Link = tracing.Begin(parent), parent.Span, t.at, r.pollSpan(it.record.Topic)
	t.spans = append(t.spans[:0], process)
	return t
}

// span is what all spans of an operation on a topic have in common.
func (r *runner) span(operation, topic string, kind tracing.Kind) tracing.Span {
	key := spanOf{operation, topic}
	span, ok := r.tracer.same[key]
	if !ok {
		if r.tracer.same == nil {
			r.tracer.same = make(map[spanOf]tracing.Span)
		}
		span = tracing.Span{Name: operation + " " + topic, Kind: kind, More: tracing.Attributes{}.Text("messaging.system", "kafka").
			Text("messaging.operation.name", operation).Text("messaging.destination.name", topic).
			Text("messaging.consumer.group.name", r.plan.group).Text("tidemark.data_product", r.plan.ID())}
		r.tracer.same[key] = span
	}
	return span
}

// pollSpan is the span of the batch in hand.
func (r *runner) pollSpan(topic string) *tracing.Context {
	if t := &r.tracer; t.poll == nil {
		poll := r.span("poll", topic, tracing.Client)
		poll.Context, poll.Start = tracing.Begin(tracing.Context{}), t.polled.UnixNano()
		poll.Attributes = tracing.Attributes{}.Number("messaging.batch.message_count", int64(len(t.batch.Records)))
		t.poll = &poll
	}
	return &r.tracer.poll.Context
}

// endBatch ends the span of the batch in hand, if it has one.
func (r *runner) endBatch() {
	if poll := r.tracer.poll; poll != nil {
		poll.End = tracing.Now()
		r.tracer.Emit(*poll)
	}
	r.tracer.batch, r.tracer.poll = kafka.Batch{}, nil
}

// stage ends a stage of the record in hand; the next begins.
func (t *recordTrace) stage(name string) {
	if t == nil {
		return
	}
	began := t.at
	t.at = tracing.Now()
	t.spans = append(t.spans, tracing.Span{
		Context: tracing.Begin(t.spans[0].Context), Parent: t.spans[0].Span, Name: name, Kind: tracing.Internal, Start: began, End: t.at,
	})
}

// outcome notes what the record came to.
func (t *recordTrace) outcome(what string, rejected *fault.Rejection) {
	if t == nil {
		return
	}
	t.own = t.own.Text("tidemark.outcome", what)
	if rejected != nil {
		t.own = t.own.Text("tidemark.reason", string(rejected.Reason))
		if rejected.Rule != "" {
			t.own = t.own.Text("tidemark.rule", rejected.Rule)
		}
	}
}

// end ends the record's span. An error is nobody's verdict on it: it comes again.
func (t *recordTrace) end(err error) {
	if t == nil {
		return
	}
	if err != nil {
		t.spans[0].Failed = "the record has no outcome yet, and comes again"
	}
	t.spans[0].Attributes, t.spans[0].End = t.own, tracing.Now()
	t.r.tracer.Emit(t.spans...)
}

// carry puts the trace into a record that comes of the one in hand: it names the span that sends it, which the slot ends with its
// round, or that which the one in hand has brought. Dead letters keep the headers that they came with.
func (t *recordTrace) carry(s *slot, it *item, rec *kafka.Record, letter bool) {
	if t == nil {
		if it.carried.parent != nil && rec != it.record {
			rec.Headers = append(rec.Headers, it.carried.headers()...)
		}
		return
	}
	span := t.r.span("send", rec.Topic, tracing.Producer)
	span.Context, span.Parent, span.Start = tracing.Begin(t.spans[0].Context), t.spans[0].Span, tracing.Now()
	s.sends = append(s.sends, span)
	if letter {
		return
	}
	headers := make([]kafka.Header, 0, len(rec.Headers)+2)
	for _, h := range rec.Headers {
		if h.Key != tracing.HeaderParent && h.Key != tracing.HeaderState {
			headers = append(headers, h)
		}
	}
	rec.Headers = append(headers, carriedFrom(span.Context).headers()...)
}

// endSends ends the spans of what a slot's round has sent: all of it is there, or none.
func (s *slot) endSends(committed bool) {
	if len(s.sends) == 0 {
		return
	}
	now := tracing.Now()
	for i := range s.sends {
		s.sends[i].End = now
		if !committed {
			s.sends[i].Failed = "the round was not committed, so that nobody reads this"
		}
	}
	s.tracing.Emit(s.sends...)
	s.sends = s.sends[:0]
}
