//go:build integration

package integration

import (
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/local"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// onKafka says that Kafka and the registry are those that other people wrote.
const onKafka = true

// patience bounds what a test may take, on machines that do more than this.
const patience = 10 * time.Minute

// place puts the mesh on the real cluster.
func place(t *testing.T, o *local.Options) {
	t.Helper()
	m := dataproducttest.NewMesh(t)
	o.Existing = &local.Cluster{Kafka: m.Kafka, Registry: registry.Config{URLs: []string{m.RegistryURL}}}
	o.Remove = true
}
