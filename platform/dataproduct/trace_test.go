package dataproduct_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

// spans keeps what is sent.
type spans struct{ all []*tracepb.Span }

func (s *spans) send(_ context.Context, body []byte) error {
	var got tracepb.TracesData
	if err := proto.Unmarshal(body, &got); err != nil {
		return err
	}
	s.all = append(s.all, got.ResourceSpans[0].ScopeSpans[0].Spans...)
	return nil
}

// of are the spans of a trace, by their names and with their outcomes, sorted.
func (s *spans) of(t *testing.T, traceID string) []string {
	t.Helper()
	names := map[string]string{}
	for _, span := range s.all {
		names[string(span.SpanId)] = span.Name
	}
	var lines []string
	for _, span := range s.all {
		if fmt.Sprintf("%x", span.TraceId) != traceID {
			continue
		}
		line := span.Name
		if parent := names[string(span.ParentSpanId)]; parent != "" {
			line += " < " + parent
		}
		for _, a := range span.Attributes {
			if a.Key == "tidemark.outcome" || a.Key == "tidemark.reason" {
				line += " " + a.Value.GetStringValue()
			}
		}
		for _, link := range span.Links {
			line += " & " + names[string(link.SpanId)]
		}
		lines = append(lines, line)
		if said := span.String(); strings.Contains(said, "p1") || span.EndTimeUnixNano < span.StartTimeUnixNano || span.StartTimeUnixNano == 0 {
			t.Error(said)
		}
	}
	slices.Sort(lines)
	return lines
}

const (
	traceOne = "0af7651916cd43dd8448eb211c80319c"
	traceTwo = "1af7651916cd43dd8448eb211c80319c"
	traceBad = "2af7651916cd43dd8448eb211c80319c"
	callerID = "b7ad6b7169203331"
)

// A record's trace goes on in what comes of it: in spans where it is sampled, and in headers in any case.
func TestTraces(t *testing.T) {
	in, out := dataproduct.In[Sale]("sales"), dataproduct.Out[Sale]("copies")
	b := newBench(t, till(),
		product{id: "shop.typed", mode: "transform", in: till().out, out: []port{{id: "shop.typed.copies"}}},
		product{id: "shop.guarded", mode: "guard", in: till().out, out: []port{{id: "shop.guarded.copies"}}})
	traced := func(s Sale, traceID, flags string) *kafka.Record {
		r := b.sale(1, s)
		r.Headers = []kafka.Header{{Key: "before", Value: []byte("b")}, {Key: "traceparent", Value: []byte("00-" + traceID + "-" + callerID + "-" + flags)},
			{Key: "tracestate", Value: []byte("shop=1")}, {Key: "after", Value: []byte("a")}}
		return r
	}
	b.Write(traced(Sale{ID: "p1"}, traceOne, "01"), traced(Sale{ID: "p1"}, traceTwo, "00"), traced(Sale{ID: "p1", Cents: -1}, traceBad, "01"), b.sale(1, Sale{ID: "p1"}))
	kept := &spans{}
	cfg := b.config("one")
	cfg.Tracing = tracing.New(tracing.Sampler{Parent: true}, nil, kept.send)
	running := b.Run(cfg,
		dataproduct.Transform("shop/typed", dataproduct.On(in, func(s *Sale, emit *dataproduct.Emit) error {
			out.To(emit, *s)
			return nil
		}, out)),
		dataproduct.Guard("shop/guarded"))
	copies, guarded := b.Read("shop.typed.copies.v1", 3), b.Read("shop.guarded.copies.v1", 3)
	letters := b.Read("shop.typed.dlq", 1)
	running.Stop()
	if err := cfg.Tracing.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, records := range map[string][]*kafka.Record{"transform": copies, "guard": guarded} {
		parent := header(records[0], "traceparent")
		sent := slices.IndexFunc(kept.all, func(s *tracepb.Span) bool {
			return fmt.Sprintf("%x", s.SpanId) == strings.Split(parent+"---", "-")[2] && strings.HasPrefix(s.Name, "send ")
		})
		if !strings.HasPrefix(parent, "00-"+traceOne+"-") || !strings.HasSuffix(parent, "-01") || sent < 0 || header(records[0], "tracestate") != "shop=1" {
			t.Errorf("%s: the sampled record went on as %v", name, records[0].Headers)
		}
		if got, want := header(records[1], "traceparent"), "00-"+traceTwo+"-"+callerID+"-00"; got != want || header(records[1], "tracestate") != "shop=1" {
			t.Errorf("%s: the one that is not sampled went on as %v", name, records[1].Headers)
		}
		if len(records[2].Headers) != 0 {
			t.Errorf("%s: one without a trace got %v", name, records[2].Headers)
		}
	}
	if before, after := header(guarded[0], "before"), header(guarded[0], "after"); before != "b" || after != "a" {
		t.Errorf("a guard lost headers: %v", guarded[0].Headers)
	}
	if got, want := header(letters[0], "traceparent"), "00-"+traceBad+"-"+callerID+"-01"; got != want {
		t.Errorf("the dead letter has %q", got)
	}
	stages := func(topic string, names ...string) (lines []string) {
		for _, name := range names {
			lines = append(lines, name+" < process "+topic)
		}
		return lines
	}
	const topic = "shop.till.sales.v1"
	expect := func(trace string, lines ...string) {
		t.Helper()
		slices.Sort(lines)
		if got := kept.of(t, trace); !slices.Equal(got, lines) {
			t.Errorf("%s has\n%s\nnot\n%s", trace, strings.Join(got, "\n"), strings.Join(lines, "\n"))
		}
	}
	expect(traceOne, append(stages(topic, "decode", "validate", "transform", "check", "send shop.typed.copies.v1", "decode", "validate", "send shop.guarded.copies.v1"),
		"process "+topic+" emitted & poll "+topic, "process "+topic+" emitted & poll "+topic)...)
	expect(traceTwo)
	expect(traceBad, append(stages(topic, "decode", "validate", "send shop.typed.dlq", "decode", "validate", "send shop.guarded.dlq"),
		"process "+topic+" dead-lettered rule.broken & poll "+topic, "process "+topic+" dead-lettered rule.broken & poll "+topic)...)
}

// What a service publishes under a span names it.
func TestTraceOfAPublisher(t *testing.T) {
	b := newBench(t, till())
	out := dataproduct.Out[Sale]("sales")
	source, err := dataproduct.OpenSource(b.Context(), b.config("till"), dataproduct.Source("shop/till", out))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = source.Close(context.Background()) }()
	publisher, err := dataproduct.NewPublisher(source, out)
	if err != nil {
		t.Fatal(err)
	}
	var at trace.SpanContextConfig
	if at.TraceID, err = trace.TraceIDFromHex(traceOne); err != nil {
		t.Fatal(err)
	}
	if at.SpanID, err = trace.SpanIDFromHex(callerID); err != nil {
		t.Fatal(err)
	}
	if at.TraceState, err = trace.ParseTraceState("shop=1"); err != nil {
		t.Fatal(err)
	}
	at.TraceFlags = trace.FlagsSampled
	if err := publisher.Publish(trace.ContextWithSpanContext(b.Context(), trace.NewSpanContext(at)), &Sale{ID: "p1", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	r := b.Read("shop.till.sales.v1", 1)[0]
	if header(r, "traceparent") != "00-"+traceOne+"-"+callerID+"-01" || header(r, "tracestate") != "shop=1" {
		t.Errorf("it went as %v", r.Headers)
	}
}
