package integration

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local"
	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// cluster is a broker and a registry that are there before the mesh, with something of their own.
type cluster struct {
	kafka    kafka.Config
	url      string
	admin    *kafka.Admin
	registry *registry.Client
}

const ownTopic = "somebody.elses.topic.v1"

func startCluster(t *testing.T, ctx context.Context) *cluster {
	t.Helper()
	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	c := &cluster{kafka: kafka.Config{Brokers: []string{b.Address()}}}
	handler, err := server.New(ctx, server.MemoryStore())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	c.url = web.URL
	if c.registry, err = registry.New(registry.Config{URLs: []string{c.url}}); err != nil {
		t.Fatal(err)
	}
	if c.admin, err = kafka.NewAdmin(c.kafka); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.admin.Close)
	if err := c.admin.EnsureTopics(ctx, kafka.Topic{Name: ownTopic}); err != nil {
		t.Fatal(err)
	}
	return c
}

// holds gives the cluster's topics and subjects.
func (c *cluster) holds(t *testing.T, ctx context.Context) (topics, subjects []string) {
	t.Helper()
	topics, err := c.admin.Topics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if subjects, err = c.registry.Subjects(ctx); err != nil {
		t.Fatal(err)
	}
	slices.Sort(topics)
	return topics, subjects
}

func (c *cluster) demo() local.Options {
	o := demo()
	o.Existing = &local.Cluster{Brokers: c.kafka.Brokers, Registry: []string{c.url}}
	return o
}

// On a cluster that exists the mesh comes to the same, and takes with it exactly what it made.
func TestOnceOnAClusterThatExists(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := startCluster(t, ctx)
	o := c.demo()
	o.Bad, o.Remove = 0.02, true
	once(t, o)
	topics, subjects := c.holds(t, ctx)
	if !slices.Equal(topics, []string{ownTopic}) || len(subjects) > 0 {
		t.Errorf("left behind: topics %v, subjects %v", topics, subjects)
	}
	for _, group := range []string{"orders.orders.v1", "fulfillment.tracking.v1", "catalog.pim.v1", "catalog.pim.v1.checkpoint"} {
		if offsets, err := c.admin.GroupOffsets(ctx, group); err != nil || len(offsets) > 0 {
			t.Errorf("left behind: group %s with %v (%v)", group, offsets, err)
		}
	}
}

// A cluster that has anything of the mesh's names already is left as it is.
func TestOccupiedClustersAreRefused(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := startCluster(t, ctx)
	const occupied = "orders.orders.dlq"
	if err := c.admin.EnsureTopics(ctx, kafka.Topic{Name: occupied}); err != nil {
		t.Fatal(err)
	}
	o := c.demo()
	o.Remove = true
	var refused *local.OccupiedError
	if _, err := local.Start(ctx, o); !errors.As(err, &refused) || !slices.Equal(refused.Topics, []string{occupied}) || len(refused.Subjects) > 0 {
		t.Fatalf("Start = %v, want an OccupiedError that names %s", err, occupied)
	}
	topics, subjects := c.holds(t, ctx)
	if !slices.Equal(topics, []string{occupied, ownTopic}) || len(subjects) > 0 {
		t.Errorf("the refused cluster holds topics %v and subjects %v", topics, subjects)
	}
}
