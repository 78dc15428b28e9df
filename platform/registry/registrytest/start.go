package registrytest

import (
	"net/http/httptest"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// Start serves an empty registry on loopback until the test ends, and gives its URL.
func Start(t testing.TB) string {
	t.Helper()
	handler, err := server.New(t.Context(), server.MemoryStore())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	return web.URL
}

// Client is a client of a registry that Start serves.
func Client(t testing.TB) *registry.Client {
	t.Helper()
	client, err := registry.New(registry.Config{URLs: []string{Start(t)}})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
