package integration

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

const ownTopic = "somebody.elses.topic.v1"

// startCluster gives a cluster that is there before the mesh, with something of its own.
func startCluster(t *testing.T, ctx context.Context) *cluster {
	t.Helper()
	m := dataproducttest.NewMesh(t)
	c := open(t, m.Kafka, m.RegistryURL)
	if err := c.admin.EnsureTopics(ctx, kafka.Topic{Name: ownTopic}); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *cluster) demo() local.Options {
	o := shop()
	o.Existing = &local.Cluster{Kafka: c.kafka, Registry: registry.Config{URLs: []string{c.url}}}
	return o
}

// On a cluster that exists the mesh comes to the same, and takes with it exactly what it made.
func TestOnceOnAClusterThatExists(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
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
	ctx, cancel := context.WithTimeout(context.Background(), patience)
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
