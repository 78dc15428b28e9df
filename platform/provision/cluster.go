package provision

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Config says what is provisioned. Kafka and Registry are required.
type Config struct {
	Kafka    kafka.Config
	Registry *registry.Client
	// Control holds the control topics' schemas, platform/mesh/*.avsc; nil takes those that come with this binary.
	Control fs.FS
	// By says in descriptors who published them; default "provision".
	By string
	// Env gives environment variables, as os.LookupEnv does, for passwords; nil knows none.
	Env func(name string) (string, bool)
	// Clock gives the time; default time.Now.
	Clock func() time.Time
}

// Cluster is a Kafka cluster and its registry, as somebody sees them who may change them. Its methods block on the
// network until ctx ends. It is safe for concurrent use.
type Cluster struct {
	cfg   Config
	admin *kafka.Admin
	codec *bus.Codec
}

// Open connects to nothing yet.
func Open(cfg Config) (*Cluster, error) {
	if cfg.Registry == nil {
		return nil, errors.New("provision: no schema registry")
	}
	if cfg.By == "" {
		cfg.By = "provision"
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Env == nil {
		cfg.Env = func(string) (string, bool) { return "", false }
	}
	cfg.Control = controlSchemas(cfg.Control)
	codec, err := bus.NewCodec(cfg.Control, cfg.Registry)
	if err != nil {
		return nil, fmt.Errorf("provision: %w", err)
	}
	admin, err := kafka.NewAdmin(cfg.Kafka)
	if err != nil {
		return nil, err
	}
	return &Cluster{cfg: cfg, admin: admin, codec: codec}, nil
}

// Close lets go of the connections.
func (c *Cluster) Close() { c.admin.Close() }

// controlSchemas are those of a tree, if it has them.
func controlSchemas(tree fs.FS) fs.FS {
	if tree == nil {
		return event.Schemas()
	}
	if info, err := fs.Stat(tree, "platform/mesh"); err != nil || !info.IsDir() {
		return event.Schemas()
	}
	return tree
}
