package tail_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/mask"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
	"github.com/tidemark-mesh/tidemark/platform/tail"
)

const (
	topic      = "shop.orders.orders.v1"
	schemaText = `{"type": "record", "name": "Order", "fields": [
		{"name": "id", "type": "string"},
		{"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}},
		{"name": "note", "type": ["null", "string"]}]}`
)

// mesh is an embedded broker and an embedded registry.
type mesh struct {
	kafka    kafka.Config
	registry *registry.Client
	schema   *avro.Schema
	id       int
}

func start(t *testing.T) *mesh {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topic))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client, err := registry.New(registry.Config{URLs: []string{registrytest.Start(t)}, UnknownTTL: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	m := &mesh{kafka: kafka.Config{Brokers: cluster.ListenAddrs()}, registry: client}
	if m.schema, err = avro.Parse([]byte(schemaText)); err != nil {
		t.Fatal(err)
	}
	if m.id, err = client.Register(t.Context(), topic+"-value", m.schema); err != nil {
		t.Fatal(err)
	}
	return m
}

// order encodes an order.
func (m *mesh) order(t *testing.T, id string) []byte {
	t.Helper()
	payload, err := avro.EncodeJSON(m.schema, fmt.Appendf(nil, `{"id": %q, "total": "12.50", "note": "ring twice"}`, id))
	if err != nil {
		t.Fatal(err)
	}
	return append(avro.AppendFrame(nil, m.id), payload...)
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// write puts values on a partition, each a minute after the one before, the first at a minute after noon.
func (m *mesh) write(t *testing.T, partition int32, minute int, values ...[]byte) {
	t.Helper()
	p, err := kafka.NewProducer(m.kafka, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for i, v := range values {
		r := &kafka.Record{
			Topic: topic, Key: []byte("key"), Value: v, Timestamp: noon.Add(time.Duration(minute+i) * time.Minute),
			Headers: []kafka.Header{{Key: "x-user", Value: []byte("claire")}, {Key: "ce_type", Value: []byte("order")}},
		}
		kafka.Pin(r, partition)
		if err := p.ProduceSync(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

func (m *mesh) orders(t *testing.T, ids ...string) [][]byte {
	t.Helper()
	values := make([][]byte, len(ids))
	for i, id := range ids {
		values[i] = m.order(t, id)
	}
	return values
}

// lines gives what Lines gives, as JSON.
func (m *mesh) lines(t *testing.T, o tail.Options) []*tail.Line {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	o.Topic = topic
	var lines []*tail.Line
	for l, err := range tail.Lines(ctx, m.kafka, m.registry, o) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

func ids(lines []*tail.Line) string {
	var ids []string
	for _, l := range lines {
		id, _ := l.Value.(avro.Record).Get("id")
		ids = append(ids, id.(string))
	}
	return strings.Join(ids, "")
}

func TestWhereToBegin(t *testing.T) {
	m := start(t)
	m.write(t, 0, 0, m.orders(t, "a", "b", "c")...)  // 12:00, 12:01, 12:02
	m.write(t, 1, 10, m.orders(t, "d", "e", "f")...) // 12:10, 12:11, 12:12
	open := tail.Options{Partition: tail.AllPartitions, Mask: mask.Nothing()}
	for name, c := range map[string]struct {
		change func(*tail.Options)
		want   string // sorted where partitions are read side by side
	}{
		"the end":         {func(*tail.Options) {}, ""},
		"the beginning":   {func(o *tail.Options) { o.From = tail.Beginning() }, "abcdef"},
		"one partition":   {func(o *tail.Options) { o.From, o.Partition = tail.Beginning(), 1 }, "def"},
		"an offset":       {func(o *tail.Options) { o.From = tail.Offset(2) }, "cf"},
		"a late offset":   {func(o *tail.Options) { o.From = tail.Offset(99) }, ""},
		"a time":          {func(o *tail.Options) { o.From = tail.Since(noon.Add(2 * time.Minute)) }, "cdef"},
		"a late time":     {func(o *tail.Options) { o.From = tail.Since(noon.Add(time.Hour)) }, ""},
		"the last four":   {func(o *tail.Options) { o.From = tail.Last(4) }, "cdef"},
		"the last of all": {func(o *tail.Options) { o.From = tail.Last(1) }, "f"},
		"the last many":   {func(o *tail.Options) { o.From = tail.Last(99) }, "abcdef"},
		"a limit":         {func(o *tail.Options) { o.From, o.Limit = tail.Last(4), 2 }, "cd"},
	} {
		o := open
		c.change(&o)
		got := []byte(ids(m.lines(t, o)))
		if !strings.HasPrefix(name, "the last") { // those are in order over all partitions
			slices.Sort(got)
		}
		if string(got) != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestFollow(t *testing.T) {
	m := start(t)
	m.write(t, 0, 0, m.orders(t, "a", "b", "c")...)
	o := tail.Options{Topic: topic, Partition: tail.AllPartitions, Mask: mask.Nothing(), From: tail.Last(2), Follow: true}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var lines []*tail.Line
	for l, err := range tail.Lines(ctx, m.kafka, m.registry, o) {
		if errors.Is(err, context.Canceled) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch lines = append(lines, l); len(lines) {
		case 2:
			m.write(t, 1, 9, m.orders(t, "d")...)
		case 3:
			cancel()
		}
	}
	if got := ids(lines); got != "bcd" {
		t.Errorf("got %q, want bcd", got)
	}
}

func TestALineHidesAndKeepsItsForm(t *testing.T) {
	m := start(t)
	m.write(t, 0, 0, m.order(t, "a"))
	lines := m.lines(t, tail.Options{Partition: tail.AllPartitions, From: tail.Beginning()})
	if len(lines) != 1 {
		t.Fatalf("got %d lines", len(lines))
	}
	got, err := json.Marshal(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"topic":"shop.orders.orders.v1","partition":0,"offset":0,"timestamp":"2026-11-21T12:00:00Z","key":"***",`+
		`"headers":[{"name":"x-user","value":"***"},{"name":"ce_type","value":"order"}],"schema_id":%d,"value":{"id":"***","total":12.50,"note":"***"}}`, m.id)
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The key is shown where it is the field that the contract says, and else only to those who may see all.
func TestAKeyIsShownWhereItIsTheField(t *testing.T) {
	m := start(t)
	m.write(t, 0, 0, m.orders(t, "key", "other")...)
	c, findings := contract.ParseContract("orders.v1.odcs.yaml", []byte(`apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:shop:orders:orders:1
version: 1.0.0
status: active
schema:
  - {name: Order, physicalName: shop.orders.orders.v1, physicalType: topic, logicalType: object, properties: [{name: id, logicalType: string}]}
customProperties: [{property: tidemark.key, value: id}]
`))
	if c == nil {
		t.Fatal(findings)
	}
	for name, o := range map[string]struct {
		mask mask.Mask
		key  []string
		want string
	}{
		"the contract's field":    {mask.Of(c), c.Key(), "key ***"},
		"a field that is none":    {mask.Of(c), []string{"nothing"}, "*** ***"},
		"a path below a text":     {mask.Of(c), []string{"id", "below"}, "*** ***"},
		"for those who see all":   {mask.Nothing(), c.Key(), "key key"},
		"a contract without such": {mask.Text(), nil, "*** ***"},
	} {
		lines := m.lines(t, tail.Options{Partition: 0, From: tail.Beginning(), Mask: o.mask, Key: o.key})
		if got := *lines[0].Key + " " + *lines[1].Key; got != o.want {
			t.Errorf("%s: got %q, want %q", name, got, o.want)
		}
	}
}

func TestWhatCannotBeDecodedIsShownWithItsReason(t *testing.T) {
	m := start(t)
	whole := m.order(t, "a")
	m.write(t, 0, 0, []byte("plain"), whole[:len(whole)-3], append(avro.AppendFrame(nil, 4711), 1), nil, whole)
	reasons := []string{"frame.bad", "avro.truncated", "schema.unknown", "tombstone", ""}
	for _, m2 := range []struct {
		mask  mask.Mask
		bytes bool
	}{{mask.Text(), false}, {mask.Nothing(), true}} {
		lines := m.lines(t, tail.Options{Partition: 0, From: tail.Beginning(), Mask: m2.mask})
		if len(lines) != len(reasons) {
			t.Fatalf("got %d lines", len(lines))
		}
		for i, l := range lines {
			got := ""
			switch {
			case l.Tombstone:
				got = "tombstone"
			case l.Undecodable != nil:
				got = string(l.Undecodable.Reason)
				if (l.Undecodable.Bytes != nil) != m2.bytes {
					t.Errorf("%s: bytes %v", got, l.Undecodable.Bytes)
				}
			}
			if got != reasons[i] {
				t.Errorf("line %d: %q, want %q", i, got, reasons[i])
			}
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	m := start(t)
	fails := func(o tail.Options) error {
		for _, err := range tail.Lines(t.Context(), m.kafka, m.registry, o) {
			return err
		}
		return nil
	}
	if err := fails(tail.Options{Topic: "no.such.topic", Partition: tail.AllPartitions, Follow: true}); !errors.Is(err, kafka.ErrUnknownTopic) {
		t.Errorf("unknown topic: %v", err)
	}
	if err := fails(tail.Options{Topic: topic, Partition: 7}); err == nil || !strings.Contains(err.Error(), "there are 0 to 1") {
		t.Errorf("unknown partition: %v", err)
	}
}

// away is a registry that does not answer.
type away struct{}

func (away) Schema(context.Context, int) (*avro.Schema, error) {
	return nil, errors.New("registry: connection refused")
}

func TestARegistryThatIsAwayIsNoFaultOfTheRecord(t *testing.T) {
	m := start(t)
	m.write(t, 0, 0, m.order(t, "a"))
	for l, err := range tail.Lines(t.Context(), m.kafka, away{}, tail.Options{Topic: topic, From: tail.Beginning()}) {
		if !errors.As(err, new(*registry.CallError)) {
			t.Fatalf("got %+v, %v", l, err)
		}
		return
	}
	t.Error("ended without an error")
}
