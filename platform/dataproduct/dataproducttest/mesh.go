package dataproducttest

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// Mesh is what data products need to run in a test: a broker and a registry on loopback.
type Mesh struct {
	Kafka       kafka.Config
	Registry    *registry.Client
	RegistryURL string
	Admin       *kafka.Admin

	t testing.TB
}

// NewMesh starts a broker and a registry that end with the test.
func NewMesh(t testing.TB) *Mesh {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	handler, err := server.New(t.Context(), server.MemoryStore())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	client, err := registry.New(registry.Config{URLs: []string{web.URL}, UnknownTTL: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	m := &Mesh{Kafka: kafka.Config{Brokers: cluster.ListenAddrs()}, Registry: client, RegistryURL: web.URL, t: t}
	if m.Admin, err = kafka.NewAdmin(m.Kafka); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Admin.Close)
	return m
}

// Context ends after a time that no step of a test should take.
func (m *Mesh) Context() context.Context {
	ctx, cancel := context.WithTimeout(m.t.Context(), 10*time.Second)
	m.t.Cleanup(cancel)
	return ctx
}

// Provide creates a contract's topic and registers its schema, as its owner would, and gives the schema's id.
func (m *Mesh) Provide(c *contract.Contract) int {
	m.t.Helper()
	ctx := m.Context()
	config := map[string]string{}
	if c.Compacted() {
		config["cleanup.policy"] = "compact"
	}
	if err := m.Admin.EnsureTopics(ctx, kafka.Topic{Name: c.Topic(), Partitions: c.Partitions(), Config: config}); err != nil {
		m.t.Fatal(err)
	}
	id, err := m.Registry.Register(ctx, c.Topic()+"-value", c.Schema())
	if err != nil {
		m.t.Fatal(err)
	}
	return id
}

// Write produces records as a plain client does.
func (m *Mesh) Write(records ...*kafka.Record) {
	m.t.Helper()
	p, err := kafka.NewProducer(m.Kafka, kafka.ProducerOptions{})
	if err != nil {
		m.t.Fatal(err)
	}
	defer p.Close()
	for _, r := range records {
		if err := p.ProduceSync(m.Context(), r); err != nil {
			m.t.Fatal(err)
		}
	}
}

// Read gives the first n records that a reader of committed records sees in a topic, and fails the test if
// they do not come.
func (m *Mesh) Read(topic string, n int) []*kafka.Record {
	m.t.Helper()
	ctx := m.Context()
	m.Eventually(func(ctx context.Context) error { // a reader asks again only after seconds
		_, err := m.Admin.Partitions(ctx, topic)
		return err
	})
	r, err := kafka.NewReader(m.Kafka, kafka.ReaderOptions{Topics: []string{topic}})
	if err != nil {
		m.t.Fatal(err)
	}
	defer r.Close()
	var all []*kafka.Record
	for len(all) < n {
		records, err := r.Poll(ctx)
		if err != nil {
			m.t.Fatalf("%s: %d of %d records came: %v", topic, len(all), n, err)
		}
		all = append(all, records...)
	}
	return all
}

// Eventually waits until check gives nil, and fails the test with its last error otherwise.
func (m *Mesh) Eventually(check func(context.Context) error) {
	m.t.Helper()
	ctx := m.Context()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			m.t.Fatalf("it did not come to be: %v", err)
		case <-tick.C:
		}
	}
}

// Frame puts a payload into the Confluent wire format.
func Frame(id int, payload []byte) []byte { return append(avro.AppendFrame(nil, id), payload...) }
