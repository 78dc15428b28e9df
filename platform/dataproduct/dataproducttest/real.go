//go:build integration

package dataproducttest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// schemas gives the real registry with no subjects. It goes with the cluster that the test has already, so nobody else has it,
// and a registry that is beside a cluster for tests is for tests.
func schemas(t testing.TB) (url string) {
	t.Helper()
	url = os.Getenv(kafkatest.Registry)
	if url == "" {
		t.Fatalf("no Schema Registry to test on: set %s to the URL of one that is for tests, or run make integration", kafkatest.Registry)
	}
	client, err := registry.New(registry.Config{URLs: []string{url}})
	if err != nil {
		t.Fatalf("%s: %v", kafkatest.Registry, err)
	}
	forget := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		subjects, err := client.Subjects(ctx)
		for _, s := range subjects {
			if err == nil {
				err = client.DeleteSubject(ctx, s)
			}
		}
		return err
	}
	if err := forget(); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	t.Cleanup(func() {
		if err := forget(); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	})
	return url
}
