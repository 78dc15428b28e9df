package integration

import (
	"context"
	"os"
	"strconv"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// cluster is a broker and a registry, and how a test looks into them.
type cluster struct {
	kafka    kafka.Config
	url      string
	admin    *kafka.Admin
	registry *registry.Client
}

func open(t *testing.T, cfg kafka.Config, url string) *cluster {
	t.Helper()
	c := &cluster{kafka: cfg, url: url}
	var err error
	if c.registry, err = registry.New(registry.Config{URLs: []string{url}}); err != nil {
		t.Fatal(err)
	}
	if c.admin, err = kafka.NewAdmin(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.admin.Close)
	return c
}

// holds gives the cluster's topics and subjects.
func (c *cluster) holds(t *testing.T, ctx context.Context) (topics, subjects []string) {
	t.Helper()
	topics, err := kafkatest.Topics(ctx, c.admin)
	if err != nil {
		t.Fatal(err)
	}
	if subjects, err = c.registry.Subjects(ctx); err != nil {
		t.Fatal(err)
	}
	return topics, subjects
}

func number(t *testing.T, variable string, fallback int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%s: %v", variable, text, err)
	}
	return n
}
