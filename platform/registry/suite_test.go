package registry_test

import (
	"os"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

func TestEmbeddedRegistry(t *testing.T) {
	registrytest.Run(t, registry.Config{URLs: []string{registrytest.Start(t)}}, nil)
}

// A registry that other people wrote: Apicurio's Confluent API, such as http://127.0.0.1:8080/apis/ccompat/v7.
func TestRealRegistry(t *testing.T) {
	url := os.Getenv("TIDEMARK_TEST_REGISTRY")
	if url == "" {
		t.Skip("TIDEMARK_TEST_REGISTRY names no registry")
	}
	registrytest.Run(t, registry.Config{URLs: []string{url}}, registrytest.Apicurio())
}
