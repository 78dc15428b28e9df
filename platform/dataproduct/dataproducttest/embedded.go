//go:build !integration

package dataproducttest

import (
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

// schemas starts a registry that ends with the test.
func schemas(t testing.TB) (url string) {
	t.Helper()
	return registrytest.Start(t)
}
