package dataproduct

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

// Config says where an instance runs and what it runs with. Kafka, Registry and Contracts are required.
type Config struct {
	Kafka    kafka.Config
	Registry *registry.Client
	// Contracts holds <domain>/<product>/ folders, at its root.
	Contracts fs.FS
	// Control holds the control topics' schemas, platform/mesh/*.avsc; default Contracts where it has them, else those that
	// the binary carries.
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
	// VerdictWait is how long a data product waits at its start for the platform's policies to judge its contracts;
	// default 10 s, and then it starts unjudged. Negative asks for no verdict.
	VerdictWait time.Duration
	// HTTP is the address, host:port, on which Instance.Run serves health and metrics, and takes a resume; port 0 takes a
	// free one. Default: none.
	HTTP string
	// CommitInterval is the least time between two commits of the same partitions; default 100 ms, at most 5 s. Records that come
	// after a longer pause are committed at once. Longer costs less, and readers of committed records wait longer.
	CommitInterval time.Duration
	// Slots is how many transactions of a data product may be under way at once, each with a share of its partitions; default 2. One commits
	// while the others work. A producer of its own belongs to each, opened when it is first needed.
	Slots int
	// StaticMembership makes the instance a static member of its groups: a restart within 45 s moves no partition. The instance's
	// name must then be no other running instance's.
	StaticMembership bool
	// ServerAssigned lets the broker assign partitions (KIP-848), where it can: Kafka 4.3 and later. A rebalance then stops
	// only the partitions that move.
	ServerAssigned bool
	// Replicas is the replication of topics that are created; default the broker's.
	Replicas int

	// Tracing makes spans of some of the records; default none. Who opened it closes it.
	Tracing *tracing.Tracing

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
		c.Control = controlSchemas(c.Contracts)
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 5 * time.Second
	}
	if c.SchemaGrace == 0 {
		c.SchemaGrace = 10 * time.Second
	}
	if c.VerdictWait == 0 {
		c.VerdictWait = verdictWait
	}
	if c.CommitInterval == 0 {
		c.CommitInterval = commitInterval
	}
	if c.CommitInterval < 0 || c.CommitInterval > mostCommitInterval {
		errs = append(errs, fmt.Errorf("commit interval %s: more than 0, at most %s", c.CommitInterval, mostCommitInterval))
	}
	if c.Slots == 0 {
		c.Slots = 2
	}
	if c.Slots < 0 || c.Slots > mostSlots {
		errs = append(errs, fmt.Errorf("%d slots: use 1 to %d", c.Slots, mostSlots))
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

const (
	commitInterval = 100 * time.Millisecond
	// mostCommitInterval leaves a round time for its commit.
	mostCommitInterval = 5 * time.Second
	mostSlots          = 64
)

// defaultInstance names the binary and the host: several domains' binaries may run on one host.
func defaultInstance() string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return binaryName() + "@" + host
}

func binaryName() string {
	binary := os.Args[0]
	if i := strings.LastIndexAny(binary, `/\`); i >= 0 {
		binary = binary[i+1:]
	}
	return strings.TrimSuffix(binary, ".exe")
}

// controlSchemas are the contracts' own, or those that come with this package: a domain's contracts need not hold the
// platform's.
func controlSchemas(contracts fs.FS) fs.FS {
	if contracts == nil {
		return nil
	}
	if info, err := fs.Stat(contracts, "platform/mesh"); err == nil && info.IsDir() {
		return contracts
	}
	return event.Schemas()
}
