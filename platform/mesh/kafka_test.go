package mesh_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

// surroundings are an embedded broker and an embedded registry, on real connections.
type surroundings struct {
	kafka    kafka.Config
	registry *registry.Client
}

func embedded(t *testing.T) surroundings {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return surroundings{kafka.Config{Brokers: cluster.ListenAddrs()}, registrytest.Client(t)}
}

func (s surroundings) control(t *testing.T) *bus.Control {
	t.Helper()
	c, err := bus.OpenControl(t.Context(), s.kafka, s.registry, os.DirFS("../../contracts"), "/platform/test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	return c
}

// mesh runs one until the test ends, and returns when it has caught up.
func (s surroundings) mesh(t *testing.T, send func(event.Event)) *mesh.Mesh {
	t.Helper()
	subscriber, err := bus.NewSubscriber(s.kafka, bus.SubscriberConfig{})
	if err != nil {
		t.Fatal(err)
	}
	admin, err := kafka.NewAdmin(s.kafka)
	if err != nil {
		t.Fatal(err)
	}
	codec, err := bus.NewCodec(os.DirFS("../../contracts"), s.registry)
	if err != nil {
		t.Fatal(err)
	}
	m := mesh.New(mesh.Options{
		Subscriber: subscriber, Codec: codec, Send: send, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
		JudgeEvery: 20 * time.Millisecond,
		Ends: func(ctx context.Context) (map[string]map[int32]int64, error) {
			ends, err := admin.Ends(ctx, event.ControlTopics()...)
			by := map[string]map[int32]int64{}
			for tp, end := range ends {
				if by[tp.Topic] == nil {
					by[tp.Topic] = map[int32]int64{}
				}
				by[tp.Topic][tp.Partition] = end
			}
			return by, err
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = subscriber.Close()
		admin.Close()
	})
	until(t, m, "it has caught up", m.CaughtUp)
	return m
}

// until waits for the mesh to change until something holds.
func until(t *testing.T, m *mesh.Mesh, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		at := m.Revision()
		if holds() {
			return
		}
		m.Wait(ctx, at)
		if ctx.Err() != nil {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// TestOverKafka: events of one process go through a broker to two platforms, which agree on what became of it.
func TestOverKafka(t *testing.T) {
	s := embedded(t)
	control := s.control(t)
	first := s.mesh(t, control.Send)

	now := time.Now().UTC().Truncate(time.Millisecond)
	contract, err := os.ReadFile("../../contracts/orders/orders/orders.v1.odcs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	product, err := os.ReadFile("../../contracts/orders/orders/product.odps.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const port = "orders.orders.orders.v1"
	events := []event.Event{
		&event.Descriptor{Kind: "contract", ID: "urn:datamesh:orders:orders:orders:1", Version: "1.0.0", Digest: "sha256:c", Document: string(contract), PublishedBy: "orders-1", PublishedAt: now},
		&event.Descriptor{Kind: "dataProduct", ID: "orders.orders", Version: "1.0.0", Digest: "sha256:p", Document: string(product), Mode: "transform", PublishedBy: "orders-1", PublishedAt: now},
		&event.Lifecycle{Subject: "instance/orders-1", State: "running", Previous: "starting", At: now, Instance: "orders-1", Incarnation: "a"},
		&event.Heartbeat{Instance: "orders-1", Incarnation: "a", At: now, IntervalMillis: 50, StartedAt: now, DataProducts: []event.HeldDataProduct{{ID: "orders.orders", Version: "1.0.0", Mode: "transform", State: "running"}}},
		&event.Freshness{
			Port: port, DataProduct: "orders.orders", Mode: "transform", InputTopic: "orders.checkout.placed.v1", Instance: "orders-1", Incarnation: "a",
			Generation: 1, Sequence: 1, At: now, Position: 7, End: 7, EventTime: &now, UpdatedAt: &now, Accepted: 7, Records: 7, ContractDigest: "sha256:c",
		},
	}
	for _, e := range events {
		control.Send(e)
	}
	publisher, err := bus.NewPublisher(s.kafka)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = publisher.Close() }()
	if err := publisher.Publish(event.TopicHeartbeats, message.NewMessage("1", []byte("no heartbeat"))); err != nil {
		t.Fatal(err)
	}

	until(t, first, "the instance is lost, and nothing else was said", func() bool {
		i, ok := first.Instance("orders-1")
		return ok && i.State == "lost" && first.Skipped() == 1
	})
	p, ok := first.Port(port)
	if !ok || p.Owner == "" || p.Health.RecordCount != 7 || p.Health.Status != "lost" || p.ContractID != "urn:datamesh:orders:orders:orders:1" || len(p.Promises) == 0 {
		t.Errorf("port %+v", p)
	}
	if d, ok := first.DataProduct("orders.orders"); !ok || d.State != "lost" || len(d.Problems) > 0 || d.Document != string(product) {
		t.Errorf("data product %+v", d)
	}

	if err := control.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := s.mesh(t, nil)
	a, b := known(t, first), known(t, second)
	if a != b {
		t.Errorf("one platform knows\n%s\nthe other, that read it all again,\n%s", a, b)
	}
	if second.Skipped() != 1 {
		t.Errorf("skipped %d", second.Skipped())
	}
}

// known is what does not depend on the time.
func known(t *testing.T, m *mesh.Mesh) string {
	t.Helper()
	b, err := json.MarshalIndent([]any{m.DataProducts(), m.Contracts(), m.Instances(), m.Breaches()}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
