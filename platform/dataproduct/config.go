package dataproduct

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Config says where an instance runs and what it runs with. Kafka, Registry and Contracts are required.
type Config struct {
	Kafka    kafka.Config
	Registry *registry.Client
	// Contracts holds <domain>/<product>/ folders, at its root.
	Contracts fs.FS
	// Control holds the control topics' schemas, platform/mesh/*.avsc; default Contracts.
	Control fs.FS

	// Instance is the instance's stable name; default <binary>@<host>. It must not hold a colon, since it is
	// part of transactional ids.
	Instance string
	// Version is the binary's, told in heartbeats.
	Version string
	// Heartbeat is how often the instance says that it lives; default 5 s.
	Heartbeat time.Duration
	// SchemaGrace is how long a record waits for the registry to learn its schema id; default 10 s.
	SchemaGrace time.Duration
	// Replicas is the replication of topics that are created; default the broker's.
	Replicas int

	// Clock gives the time; default time.Now.
	Clock func() time.Time
	// Logger is the instance's log; default slog.Default().
	Logger *slog.Logger
	// Listener hears every change of state; it must not block.
	Listener lifecycle.Listener
}

func (c Config) withDefaults() (Config, error) {
	var errs []error
	if len(c.Kafka.Brokers) == 0 {
		errs = append(errs, errors.New("no brokers"))
	}
	if c.Registry == nil {
		errs = append(errs, errors.New("no schema registry"))
	}
	if c.Contracts == nil {
		errs = append(errs, errors.New("no contracts"))
	}
	if c.Instance == "" {
		c.Instance = defaultInstance()
	}
	if strings.Contains(c.Instance, ":") {
		errs = append(errs, fmt.Errorf("instance %q: a name without a colon is needed", c.Instance))
	}
	if c.Control == nil {
		c.Control = c.Contracts
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 5 * time.Second
	}
	if c.SchemaGrace == 0 {
		c.SchemaGrace = 10 * time.Second
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if err := errors.Join(errs...); err != nil {
		return c, fmt.Errorf("instance settings: %w", err)
	}
	return c, nil
}

// defaultInstance names the binary and the host: several domains' binaries may run on one host.
func defaultInstance() string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	binary := os.Args[0]
	if i := strings.LastIndexAny(binary, `/\`); i >= 0 {
		binary = binary[i+1:]
	}
	return strings.TrimSuffix(binary, ".exe") + "@" + host
}
