//go:build !integration

package dataproducttest

import (
	"net/http/httptest"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// schemas starts a registry that ends with the test.
func schemas(t testing.TB) (url string) {
	t.Helper()
	handler, err := server.New(t.Context(), server.MemoryStore())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	return web.URL
}
