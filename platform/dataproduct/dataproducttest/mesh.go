package dataproducttest

import (
	"context"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Mesh is what data products need to run in a test: a broker and a registry on loopback. Built with the tag integration
// it is the real ones of kafkatest, empty and for this test alone.
type Mesh struct {
	Kafka       kafka.Config
	Registry    *registry.Client
	RegistryURL string
	Admin       *kafka.Admin

	t        testing.TB
	patience time.Duration
}

// NewMesh starts a broker and a registry that end with the test.
func NewMesh(t testing.TB) *Mesh {
	t.Helper()
	return NewMeshOn(t, kafkatest.Start(t))
}

// NewMeshOn takes a cluster that there is, and a registry with nothing in it.
func NewMeshOn(t testing.TB, cluster kafkatest.Cluster) *Mesh {
	t.Helper()
	m := &Mesh{Kafka: cluster.Config, RegistryURL: schemas(t), t: t, patience: cluster.Patience}
	var err error
	if m.Registry, err = registry.New(registry.Config{URLs: []string{m.RegistryURL}, UnknownTTL: 10 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	if m.Admin, err = kafka.NewAdmin(m.Kafka); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Admin.Close)
	return m
}

// Context ends after a time that no step of a test should take: 10 s, and a minute on a real cluster.
func (m *Mesh) Context() context.Context {
	ctx, cancel := context.WithTimeout(m.t.Context(), m.patience)
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
