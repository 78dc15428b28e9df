package bus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

var contracts = os.DirFS("../../contracts")

func openControl(t *testing.T, cfg kafka.Config, reg *registry.Client, contracts fs.FS) *bus.Control {
	t.Helper()
	c, err := bus.OpenControl(t.Context(), cfg, reg, contracts, "/instances/test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = c.Close(ctx)
	})
	return c
}

func newCodec(t *testing.T, contracts fs.FS, reg *registry.Client) *bus.Codec {
	t.Helper()
	c, err := bus.NewCodec(contracts, reg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// received reads the first n messages of a topic.
func received(t *testing.T, cfg kafka.Config, topic string, n int) []*message.Message {
	t.Helper()
	sub, err := bus.NewSubscriber(cfg, bus.SubscriberConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	messages, err := sub.Subscribe(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	var out []*message.Message
	for len(out) < n {
		m, ok := <-messages
		if !ok {
			t.Fatalf("%s: %d messages; want %d", topic, len(out), n)
		}
		m.Ack()
		out = append(out, m)
	}
	return out
}

func at(millis int64) time.Time { return time.UnixMilli(millis).UTC() }

func pointer[T any](v T) *T { return &v }

// everything is one event of each kind with every field set.
func everything() []event.Event {
	return []event.Event{
		&event.Descriptor{
			Kind: "contract", ID: "urn:datamesh:orders:orders:orders:1", Version: "1.2.0", Digest: "sha256:ab",
			Document: "kind: DataContract\n", Schema: `"int"`, Mode: "transform", PublishedBy: "orders-1", PublishedAt: at(1_700_000_000_123),
		},
		&event.Lifecycle{
			Subject: event.SubjectInstance("orders-1"), State: "running", Previous: "starting", At: at(1_700_000_000_001),
			Instance: "orders-1", Incarnation: "i", Cause: "all partitions assigned",
		},
		&event.Heartbeat{
			Instance: "orders-1", Incarnation: "i", At: at(1), IntervalMillis: 5000, StartedAt: at(0), Version: "v1", Dropped: 3,
			DataProducts: []event.HeldDataProduct{{
				ID: "orders.orders", Version: "1.0.0", Mode: "transform", State: "running", Generation: 4,
				Partitions: []event.HeldPartition{{Topic: "a.b.c.v1", Partition: 2}},
			}},
		},
		&event.Freshness{
			Port: "orders.orders.orders.v1", DataProduct: "orders.orders", Mode: "transform", InputTopic: "orders.checkout.placed.v1",
			InputPartition: 1, Instance: "orders-1", Incarnation: "i", Generation: 2, Sequence: 9, At: at(5), Position: 100, End: 120,
			EventTime: pointer(at(4)), UpdatedAt: pointer(at(5)), Idle: true, Backfill: true, Accepted: 90,
			Rejected: map[string]int64{"rule.broken": 7}, Filtered: map[string]int64{"test-order": 3}, Records: 180,
			Warnings: map[string]int64{"sales.minimum": 1},
			Verified: []event.VerifiedRange{{Partition: 0, From: 1, To: 5}}, Violations: []event.Violation{{Partition: 1, Offset: 2, Reason: "frame.bad"}},
			Latency: []byte{1, 2, 3}, ContractDigest: "sha256:cd", SchemaIds: []int32{1, 2},
		},
		&event.Breach{
			ID: "p/freshness/1", Port: "p", SLA: "freshness", Start: at(1), End: pointer(at(2)),
			Promised: "5 min", Observed: "7 min", Cause: "instance orders-1 is lost", ContractDigest: "sha256:ef",
		},
	}
}

func TestControlRoundTrip(t *testing.T) {
	cfg, reg := broker(t), registrytest.Client(t)
	c := openControl(t, cfg, reg, contracts)
	codec := newCodec(t, contracts, reg)
	var senders sync.WaitGroup
	for _, e := range everything() {
		senders.Go(func() { c.Send(e) })
	}
	senders.Wait()
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := c.Dropped(); n != 0 {
		t.Fatalf("%d dropped", n)
	}
	for _, sent := range everything() {
		m := received(t, cfg, sent.Topic(), 1)[0]
		got, err := codec.Decode(t.Context(), sent.Topic(), m.Payload)
		if err != nil {
			t.Fatalf("%T: %v", sent, err)
		}
		if !reflect.DeepEqual(utc(got), utc(sent)) {
			t.Errorf("got  %+v\nsent %+v", got, sent)
		}
		at, ok := bus.CoordinatesOf(m)
		if !ok || at.Partition != 0 || at.Offset != 0 || time.Since(at.Timestamp).Abs() > time.Hour {
			t.Errorf("%T: coordinates %+v, %v", sent, at, ok)
		}
		want := map[string]string{
			bus.MetadataKey:  sent.Key(),
			"ce_specversion": "1.0",
			"ce_id":          m.UUID,
			"ce_source":      "/instances/test",
			"ce_type":        sent.Type(),
			"ce_time":        sent.Time().UTC().Format(time.RFC3339Nano),
			"ce_subject":     sent.Key(),
			"ce_dataschema":  "urn:datamesh:platform:mesh:" + strings.Split(sent.Topic(), ".")[2] + ":1",
			"content-type":   "application/avro",
		}
		for _, own := range []string{bus.MetadataPartition, bus.MetadataOffset, bus.MetadataTimestamp} {
			delete(m.Metadata, own)
		}
		if !maps.Equal(m.Metadata, want) {
			t.Errorf("%T: metadata %v\nwant %v", sent, m.Metadata, want)
		}
	}
}

// utc takes the zones out of an event, which Avro does not carry.
func utc(e event.Event) string {
	return strings.ReplaceAll(fmt.Sprintf("%+v", deref(e)), "Local", "UTC")
}

func deref(e event.Event) any { return reflect.ValueOf(e).Elem().Interface() }

// The control topics are as the design has them, on the broker too, and the subjects are FULL_TRANSITIVE.
func TestControlTopics(t *testing.T) {
	cfg, reg := broker(t), registrytest.Client(t)
	openControl(t, cfg, reg, contracts)
	openControl(t, cfg, reg, contracts) // a second one finds everything there
	var names []string
	for _, topic := range bus.ControlTopics() {
		names = append(names, topic.Name)
	}
	if !reflect.DeepEqual(names, event.ControlTopics()) {
		t.Errorf("topics %v; want %v", names, event.ControlTopics())
	}
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	for _, name := range names {
		if n, err := admin.Partitions(t.Context(), name); err != nil || n != 1 {
			t.Errorf("%s: %d partitions, %v", name, n, err)
		}
		v, err := reg.Latest(t.Context(), name+"-value")
		if err != nil || v.Version != 1 {
			t.Fatalf("subject of %s: %+v, %v", name, v, err)
		}
		// FULL_TRANSITIVE shows by what it refuses: a field that old readers and old data lack.
		text := v.Schema.String()
		wider := strings.Replace(text, `"fields":[`, `"fields":[{"name":"added","type":"string"},`, 1)
		var refused *registry.IncompatibleError
		if _, err := reg.Register(t.Context(), name+"-value", parse(t, wider)); !errors.As(err, &refused) || refused.Level != avro.FullTransitive {
			t.Errorf("subject of %s took a breaking change: %v", name, err)
		}
	}
}

func parse(t *testing.T, text string) *avro.Schema {
	t.Helper()
	s, err := avro.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Old and new binaries live side by side: what a newer one adds is skipped, what an older one lacks gets its
// default.
func TestOtherVersions(t *testing.T) {
	cfg, reg := broker(t), registrytest.Client(t)
	openControl(t, cfg, reg, contracts)
	codec := newCodec(t, contracts, reg)
	text, err := fs.ReadFile(contracts, "platform/mesh/lifecycle.v1.avsc")
	if err != nil {
		t.Fatal(err)
	}
	const cause = `,
    {"name": "cause", "type": "string", "default": "", "doc": "Why, in one sentence, without field values."}`
	for name, c := range map[string]struct {
		edits []string
		value string
		want  event.Lifecycle
	}{
		"newer": {
			[]string{`"fields": [`, `"fields": [{"name": "added", "type": ["null", "string"], "default": null},`, `"retired"]`, `"retired", "frozen"]`},
			`{"added":"x","subject":"s","state":"frozen","previous":"running","at":"1970-01-01T00:00:00.001Z","instance":"i","incarnation":"n","cause":"c"}`,
			event.Lifecycle{Subject: "s", State: "unknown", Previous: "running", At: at(1), Instance: "i", Incarnation: "n", Cause: "c"},
		},
		"older": {
			[]string{cause, "", `, "retired"]`, `]`},
			`{"subject":"s","state":"lost","previous":"running","at":"1970-01-01T00:00:00.001Z","instance":"i","incarnation":"n"}`,
			event.Lifecycle{Subject: "s", State: "lost", Previous: "running", At: at(1), Instance: "i", Incarnation: "n"},
		},
	} {
		schema := string(text)
		for i := 0; i < len(c.edits); i += 2 {
			if !strings.Contains(schema, c.edits[i]) {
				t.Fatalf("%s: the schema has no %s", name, c.edits[i])
			}
			schema = strings.Replace(schema, c.edits[i], c.edits[i+1], 1)
		}
		writer := parse(t, schema)
		id, err := reg.Register(t.Context(), event.TopicLifecycle+"-value", writer)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		payload, err := avro.EncodeJSON(writer, []byte(c.value))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := codec.Decode(t.Context(), event.TopicLifecycle, append(avro.AppendFrame(nil, id), payload...))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if utc(got) != utc(&c.want) {
			t.Errorf("%s: got %+v\nwant %+v", name, got, &c.want)
		}
	}
}

func TestDecodeRejects(t *testing.T) {
	reg := registrytest.Client(t)
	codec := newCodec(t, contracts, reg)
	foreign, err := reg.Register(t.Context(), "foreign", parse(t, `"int"`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(contracts, "platform/mesh/breaches.v1.avsc")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := reg.Register(t.Context(), "ours", parse(t, string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		value []byte
		want  fault.Reason
	}{
		"empty":            {nil, fault.FrameBad},
		"no frame":         {[]byte("hello"), fault.FrameBad},
		"unknown id":       {avro.AppendFrame(nil, 999), fault.SchemaUnknown},
		"another schema":   {append(avro.AppendFrame(nil, foreign), 2), fault.SchemaIncompatible},
		"truncated":        {append(avro.AppendFrame(nil, ours), 4, 'i'), fault.AvroTruncated},
		"a length of 2^62": {append(avro.AppendFrame(nil, ours), 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), fault.AvroLength},
	} {
		for range 2 { // the answer of a remembered schema is the same
			_, err := codec.Decode(t.Context(), event.TopicBreaches, c.value)
			r, ok := errors.AsType[*fault.Rejection](err)
			if !ok || r.Reason != c.want || fault.KindOf(err) != fault.Rejected {
				t.Errorf("%s: %v; want %s", name, err, c.want)
			}
		}
	}
	if _, err := codec.Decode(t.Context(), "orders.orders.orders.v1", nil); err == nil {
		t.Error("a topic that is no control topic was decoded")
	}
}

// However stuck the brokers are, Send returns, drops what does not fit and counts it; Close ends in time.
func TestSendNeverBlocks(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	var log bytes.Buffer
	cfg := kafka.Config{Brokers: cluster.ListenAddrs(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	c, err := bus.OpenControl(t.Context(), cfg, registrytest.Client(t), contracts, "/test")
	if err != nil {
		t.Fatal(err)
	}
	c.Send(&event.Breach{ID: "first"})
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	cluster.Close()
	const events = 20_000
	for i := range events {
		c.Send(&event.Breach{ID: fmt.Sprint(i)})
		c.Send(&event.Heartbeat{Instance: "one", Dropped: int64(i)}) // waits at most once
	}
	queued := c.Dropped()
	if queued < events/4 || queued > events {
		t.Errorf("%d dropped of %d", queued, events)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := c.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("close: %v", err)
	}
	if lost := c.Dropped(); lost < events {
		t.Errorf("after Close %d dropped; want all of at least %d", lost, events)
	}
	if lines := strings.Count(log.String(), "dropped"); lines > 40 {
		t.Errorf("%d lines about drops", lines)
	}
	c.Send(&event.Breach{ID: "late"})
	if err := c.Close(t.Context()); err != nil {
		t.Errorf("second close: %v", err)
	}
}

func TestOpenControlWaits(t *testing.T) {
	var log bytes.Buffer
	cfg := kafka.Config{Brokers: []string{"127.0.0.1:1"}, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := bus.OpenControl(ctx, cfg, registrytest.Client(t), contracts, "/test"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without a broker: %v", err)
	}
	if _, err := bus.OpenControl(t.Context(), broker(t), registrytest.Client(t), fstest.MapFS{}, "/test"); err == nil || !strings.Contains(err.Error(), "platform/mesh/products.v1.avsc") {
		t.Errorf("without schemas: %v", err)
	}
}
