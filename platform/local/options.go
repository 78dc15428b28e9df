package local

import (
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Options say what a mesh is like. Contracts and Domains are required.
type Options struct {
	// Contracts holds <domain>/<product>/ folders and the control topics' platform/mesh.
	Contracts fs.FS
	// Domains are the instances, one for each.
	Domains []Domain
	// Except are domains that this process does not run: they are missing, or run in binaries of their own. The
	// operational systems publish for them all the same.
	Except []string

	// ListenKafka, ListenRegistry and ListenHTTP are host:port; port 0, the default, takes a free one.
	ListenKafka, ListenRegistry, ListenHTTP string
	// Data is the folder that keeps everything; empty keeps it in memory.
	Data string
	// Existing is a cluster to use instead of an embedded one; nil embeds one.
	Existing *Cluster
	// Remove lets Close delete what the mesh made on an existing cluster: its topics, subjects and groups.
	Remove bool

	// Bad is how many bad events there are for each good one, from 0 to 1.
	Bad float64
	// Seed of everything that is invented; nil takes that of the data folder, else 1.
	Seed *uint64
	// Speed is how many orders a second come after the backfill.
	Speed float64

	// DeadLetters makes what lists dead letters for the HTTP API; nil leaves them out.
	DeadLetters func(kafka.Config) portal.DeadLetters
	// Policies judge what is published; nil judges nothing, and no instance waits for a verdict.
	Policies mesh.Policies
	// Progress hears how much of the backfill is published; nil is nobody.
	Progress func(done, total int)
	// Version is the binary's.
	Version string
	// Clock tells the time; default time.Now.
	Clock func() time.Time
	// Logger is the process's log; default discards.
	Logger *slog.Logger
}

// Domain is one domain's instance: its name and the data products that it runs.
type Domain struct {
	Name         string
	DataProducts []dataproduct.Product
}

// Cluster is a broker and a registry that exist.
type Cluster struct {
	Kafka    kafka.Config
	Registry registry.Config
}

// Names of the shop's instance and how the demo's instances behave: quicker than elsewhere, since somebody watches.
const (
	shopInstance = "shop"
	heartbeat    = time.Second
	// A schema id that the registry does not know is waited for this long. Here nothing but a bad event has one.
	schemaGrace = 300 * time.Millisecond
	unknownTTL  = 100 * time.Millisecond
)

const anyPort = "127.0.0.1:0"

func (o Options) withDefaults() Options {
	for _, listen := range []*string{&o.ListenKafka, &o.ListenRegistry, &o.ListenHTTP} {
		if *listen == "" {
			*listen = anyPort
		}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// domains are those that this process runs.
func (o *Options) domains() []Domain {
	var run []Domain
	for _, d := range o.Domains {
		if !slices.Contains(o.Except, d.Name) {
			run = append(run, d)
		}
	}
	return run
}

func (o *Options) names() []string {
	names := make([]string, len(o.Domains))
	for i, d := range o.Domains {
		names[i] = d.Name
	}
	return names
}
