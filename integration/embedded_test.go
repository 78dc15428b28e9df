//go:build !integration

package integration

import (
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/local"
)

// onKafka says that Kafka and the registry are those that other people wrote.
const onKafka = false

// patience bounds what a test may take.
const patience = 2 * time.Minute

// place leaves the mesh its embedded broker and registry.
func place(*testing.T, *local.Options) {}
