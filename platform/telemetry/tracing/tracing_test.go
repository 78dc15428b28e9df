package tracing_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

// env gives Settings that read variables, name=value.
func env(pairs ...string) tracing.Settings {
	values := make(map[string]string)
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	return tracing.Settings{Service: "orders", Instance: "orders@here", Version: "v1", Getenv: func(name string) string { return values[name] }}
}

// posted is what a collector got.
type posted struct {
	path   string
	header http.Header
	spans  tracepb.TracesData
}

func collector(t *testing.T, status int) (url string, got chan *posted) {
	t.Helper()
	got = make(chan *posted, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := &posted{path: r.URL.Path, header: r.Header}
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			zipped, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body = zipped
		}
		text, err := io.ReadAll(body)
		if err == nil {
			err = proto.Unmarshal(text, &p.spans)
		}
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		got <- p
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

// Spans get to the collector that the settings name, with who speaks.
func TestExport(t *testing.T) {
	url, got := collector(t, http.StatusOK)
	for name, s := range map[string]tracing.Settings{
		"/v1/traces":      env("OTEL_EXPORTER_OTLP_ENDPOINT="+url+"/", "OTEL_EXPORTER_OTLP_HEADERS=api-key=a%20b, other=c", "OTEL_SERVICE_NAME=shop", "OTEL_RESOURCE_ATTRIBUTES=team=x"),
		"/in":             env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="+url+"/in", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TRACES_HEADERS=api-key=a b", "OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_TIMEOUT=5000"),
		"/flag/v1/traces": env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_HEADERS=api-key=a b", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"),
	} {
		if strings.HasPrefix(name, "/flag") {
			s.Endpoint = url + "/flag"
		}
		traces, err := tracing.Open(s)
		if err != nil || traces == nil {
			t.Fatal(name, err)
		}
		now := tracing.Now()
		span := tracing.Span{Context: tracing.Begin(tracing.Context{}), Name: "process orders", Start: now, End: now}
		traces.Emit(span)
		if err := traces.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		p := <-got
		if p.path != name || p.header.Get("Api-Key") != "a b" || len(p.spans.ResourceSpans) != 1 {
			t.Fatalf("%s: %s %v %v", name, p.path, p.header, &p.spans)
		}
		who := p.spans.ResourceSpans[0].Resource.String()
		service := "orders"
		if name == "/v1/traces" {
			service = "shop"
			if !strings.Contains(who, `"team"`) {
				t.Errorf("who speaks: %s", who)
			}
		}
		if !strings.Contains(who, `"`+service+`"`) || !strings.Contains(who, `"orders@here"`) {
			t.Errorf("who speaks: %s", who)
		}
		if is := p.spans.ResourceSpans[0].ScopeSpans[0].Spans[0].Name; is != "process orders" {
			t.Errorf("span %s", is)
		}
	}
}

// A collector that takes nothing stops nobody: the log says so, once.
func TestDropped(t *testing.T) {
	url, _ := collector(t, http.StatusServiceUnavailable)
	var log bytes.Buffer
	s := env("OTEL_EXPORTER_OTLP_ENDPOINT=" + url)
	s.Logger = slog.New(slog.NewTextHandler(&log, nil))
	traces, err := tracing.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	now := tracing.Now()
	for range 3 {
		spans := make([]tracing.Span, 10_000) // more than one batch
		for i := range spans {
			spans[i] = tracing.Span{Context: tracing.Begin(tracing.Context{}), Name: "process orders", Start: now, End: now}
		}
		traces.Emit(spans...)
	}
	if err := traces.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := traces.Dropped(); n != 30_000 {
		t.Errorf("%d of 30,000 were counted", n)
	}
	traces.Emit(tracing.Span{Context: tracing.Begin(tracing.Context{})})
	if n := traces.Dropped(); n != 30_001 {
		t.Error("one that came after the end is not counted")
	}
	if n := strings.Count(log.String(), "spans are dropped"); n != 1 || !strings.Contains(log.String(), "503") {
		t.Errorf("said %d times: %s", n, &log)
	}
}

func TestSettings(t *testing.T) {
	at := "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1"
	for _, off := range [][]string{nil, {at, "OTEL_SDK_DISABLED=true"}, {at, "OTEL_TRACES_EXPORTER=none"}, {"OTEL_TRACES_SAMPLER=always_on"}} {
		if traces, err := tracing.Open(env(off...)); traces != nil || err != nil {
			t.Errorf("%v: %v %v", off, traces, err)
		}
	}
	for want, setting := range map[string]string{
		"use otlp or none":       "OTEL_TRACES_EXPORTER=zipkin",
		"no http or https URL":   "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=collector:4317",
		"http/protobuf":          "OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
		"a share from 0 to 1":    "OTEL_TRACES_SAMPLER_ARG=NaN",
		"always_on, always_off":  "OTEL_TRACES_SAMPLER=jaeger_remote",
		"name=value":             "OTEL_EXPORTER_OTLP_HEADERS=secret",
		"milliseconds":           "OTEL_EXPORTER_OTLP_TIMEOUT=10s",
		"gzip or none":           "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION=zstd",
		"CERTIFICATE is not sup": "OTEL_EXPORTER_OTLP_CERTIFICATE=ca.pem",
	} {
		_, err := tracing.Open(env(at, setting))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", setting, err)
		}
	}
	parent := func(flags string) tracing.Context {
		return tracing.Parent([]byte("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"+flags), nil)
	}
	for settings, want := range map[string][3]bool{ // of a trace that is sampled, of one that is not, of none
		"":                               {true, false, false},
		"OTEL_TRACES_SAMPLER_ARG=1":      {true, false, true},
		"OTEL_TRACES_SAMPLER=always_on":  {true, true, true},
		"OTEL_TRACES_SAMPLER=always_off": {},
		"OTEL_TRACES_SAMPLER=parentbased_always_on":       {true, false, true},
		"OTEL_TRACES_SAMPLER=parentbased_always_off":      {true, false, false},
		"OTEL_TRACES_SAMPLER=parentbased_traceidratio":    {true, false, true},
		"OTEL_TRACES_SAMPLER=traceidratio ..._ARG=0.0001": {},
		"OTEL_TRACES_SAMPLER=traceidratio ..._ARG=0.9999": {true, true, true},
	} {
		traces, err := tracing.Open(env(append(strings.Fields(strings.ReplaceAll(settings, "...", "OTEL_TRACES_SAMPLER")), at)...))
		if err != nil {
			t.Fatal(settings, err)
		}
		passed := 0 // between ten that are sampled
		for range 10 {
			passed += min(traces.Gap(), 1000)
		}
		if got := [3]bool{traces.Sampled(parent("01")), traces.Sampled(parent("00")), passed < 50}; got != want {
			t.Errorf("%s: %v, not %v", settings, got, want)
		}
		_ = traces.Close(t.Context())
	}
	var off *tracing.Tracing
	if off.Dropped() != 0 || off.Close(t.Context()) != nil {
		t.Error("a nil Tracing does not close")
	}
}

// What is written is what OTLP's own code reads.
func TestSpan(t *testing.T) {
	got := make(chan *tracepb.TracesData, 1)
	traces := tracing.New(tracing.DefaultSampler(), tracing.Attributes{}.Text("service.name", "orders"), func(_ context.Context, body []byte) error {
		var d tracepb.TracesData
		if err := proto.Unmarshal(body, &d); err != nil {
			t.Error(err)
		}
		if rest := d.ResourceSpans[0].ScopeSpans[0].Spans[0].ProtoReflect().GetUnknown(); len(rest) > 0 {
			t.Errorf("what is not known is there: %x", rest)
		}
		got <- &d
		return nil
	})
	long := strings.Repeat("long", 100)
	parent := tracing.Parent([]byte("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), []byte("a=1"))
	link := tracing.Begin(tracing.Context{})
	s := tracing.Span{Context: tracing.Begin(parent), Parent: parent.Span, Name: "process orders", Kind: tracing.Consumer, Start: 7, End: 9, Link: &link, Failed: "away",
		Attributes: tracing.Attributes{}.Number("offset", 1<<40).Number("less", -1), More: tracing.Attributes{}.Text("topic", long)}
	traces.Emit(s)
	if err := traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := (<-got).ResourceSpans[0]
	is := d.ScopeSpans[0].Spans[0]
	if !bytes.Equal(is.TraceId, parent.Trace[:]) || !bytes.Equal(is.ParentSpanId, parent.Span[:]) || !bytes.Equal(is.SpanId, s.Context.Span[:]) || is.TraceState != "a=1" ||
		is.Name != s.Name || is.Kind != tracepb.Span_SPAN_KIND_CONSUMER || is.StartTimeUnixNano != 7 || is.EndTimeUnixNano != 9 || is.Flags != 1 ||
		is.Status.Code != tracepb.Status_STATUS_CODE_ERROR || is.Status.Message != "away" || !bytes.Equal(is.Links[0].TraceId, link.Trace[:]) || !bytes.Equal(is.Links[0].SpanId, link.Span[:]) {
		t.Error(is)
	}
	if a := is.Attributes; len(a) != 3 || a[0].Key != "offset" || a[0].Value.GetIntValue() != 1<<40 || a[1].Value.GetIntValue() != -1 || a[2].Value.GetStringValue() != long {
		t.Error(is.Attributes)
	}
	if a := d.Resource.Attributes; len(a) != 1 || a[0].Key != "service.name" || a[0].Value.GetStringValue() != "orders" || d.ScopeSpans[0].Scope.Name == "" {
		t.Error(d)
	}
}

// Of many records the share is sampled.
func TestGap(t *testing.T) {
	traces := tracing.New(tracing.DefaultSampler(), nil, func(context.Context, []byte) error { return nil })
	defer traces.Close(t.Context())
	records := 0
	const sampled = 20_000
	for range sampled {
		records += traces.Gap() + 1
	}
	if share := float64(sampled) / float64(records); share < 0.0096 || share > 0.0104 { // five standard deviations
		t.Errorf("%v of the records", share)
	}
}

// Spans that come faster than they can be sent are dropped and counted; nobody waits.
func TestFull(t *testing.T) {
	sent, wait := 0, make(chan struct{})
	traces := tracing.New(tracing.DefaultSampler(), nil, func(_ context.Context, body []byte) error {
		<-wait
		var got tracepb.TracesData
		if err := proto.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
		sent += len(got.ResourceSpans[0].ScopeSpans[0].Spans)
		return nil
	})
	now := tracing.Now()
	const emitted = 100_000
	for range emitted {
		traces.Emit(tracing.Span{Context: tracing.Begin(tracing.Context{}), Start: now, End: now})
	}
	close(wait)
	if err := traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if lost := int(traces.Dropped()); lost == 0 || sent+lost != emitted {
		t.Errorf("%d were sent and %d dropped", sent, lost)
	}
}

// What anybody may write into a header costs nobody else's spans: neither what is no text nor what is long.
func TestHostileState(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	var got tracepb.TracesData
	traces := tracing.New(tracing.DefaultSampler(), tracing.Attributes{}.Text("service.name", "a\xff"), func(_ context.Context, body []byte) error {
		if err := proto.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
		if len(body) > 10_000 {
			t.Errorf("%d bytes", len(body))
		}
		return nil
	})
	for _, state := range []string{"a=1", "a=\xff", "a=\n", strings.Repeat("a=1,", 1<<18)} {
		at := tracing.Parent([]byte(parent), []byte(state))
		if !at.Valid() || (at.State != "") != (state == "a=1") {
			t.Errorf("%.10q: %.20v", state, at)
		}
		traces.Emit(tracing.Span{Context: tracing.Begin(at), Name: "process", Attributes: tracing.Attributes{}.Text("tidemark.rule", state[:3])})
	}
	if err := traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(got.ResourceSpans[0].ScopeSpans[0].Spans); n != 4 || traces.Dropped() != 0 {
		t.Errorf("%d spans, %d dropped", n, traces.Dropped())
	}
}

func TestParent(t *testing.T) {
	const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	at := tracing.Parent([]byte(good), []byte("a=1"))
	if !at.Valid() || !at.Sampled || at.State != "a=1" || string(at.Header()) != good {
		t.Errorf("%+v %s", at, at.Header())
	}
	if !tracing.Parent([]byte("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-09-more"), nil).Sampled {
		t.Error("a later version's is not read")
	}
	for _, bad := range []string{"", good[:54], good + "-more", "ff" + good[2:], "00-00000000000000000000000000000000-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "00-0af7651916cd43dd8448eb211c8031xx-b7ad6b7169203331-01", strings.ReplaceAll(good, "-", "_")} {
		if tracing.Parent([]byte(bad), []byte("a=1")).Valid() {
			t.Errorf("%q is taken", bad)
		}
	}
}
