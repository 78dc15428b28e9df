package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

// Mesh is a running mesh. Stop it with Close.
type Mesh struct {
	opts      Options
	contracts *contract.Set
	absent    map[string]bool // data products that nothing can be said of, since a domain is left out
	claim     *claim

	embedded *embedded // nil on a cluster that exists
	clients  *clients
	platform *Platform
	http     string // address
	traffic  *traffic.Traffic
	crew     *crew

	stopPlatform context.CancelFunc
	platformDone chan error
	startedAt    time.Time
	readyAfter   time.Duration
	open         atomic.Bool // the shop's topics are there
	claimed      bool        // what is in the claim is ours to delete
}

// Start starts a mesh and returns when it is ready: /readyz answers 200, and every data product takes events. With
// Existing, it waits for brokers and a registry that are away, until ctx ends, and gives an *OccupiedError when they have
// already what the mesh would make. An address that is taken is an *AddressError.
func Start(ctx context.Context, o Options) (_ *Mesh, err error) {
	m := &Mesh{opts: o.withDefaults()}
	m.startedAt = m.opts.Clock()
	defer func() {
		if err != nil {
			err = errors.Join(err, m.Close(context.WithoutCancel(ctx)))
		}
	}()
	if err := m.prepare(); err != nil {
		return nil, err
	}
	listener, err := listen("http", m.opts.ListenHTTP)
	if err != nil {
		return nil, err
	}
	m.http = listener.Addr().String()
	if err := m.reach(ctx); err != nil {
		_ = listener.Close()
		return nil, err
	}
	if err := m.run(ctx, listener); err != nil {
		return nil, err
	}
	if err := m.awaitReady(ctx); err != nil {
		return nil, err
	}
	m.readyAfter = m.opts.Clock().Sub(m.startedAt)
	return m, nil
}

// prepare reads the contracts.
func (m *Mesh) prepare() error {
	set, findings := contract.Load(m.opts.Contracts)
	var errs []error
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			errs = append(errs, errors.New(f.String()))
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("the contracts have errors:\n%w", errors.Join(errs...))
	}
	for _, name := range m.opts.Except {
		if !m.knows(name) {
			return fmt.Errorf("there is no domain %q to leave out; there are %s", name, strings.Join(m.names(), ", "))
		}
	}
	m.contracts, m.absent = set, absent(set, m.opts.Except)
	var err error
	m.claim, err = claimOf(set, m.opts.domains())
	return err
}

func (m *Mesh) knows(domain string) bool {
	for _, d := range m.opts.Domains {
		if d.Name == domain {
			return true
		}
	}
	return false
}

func (m *Mesh) names() []string {
	names := make([]string, len(m.opts.Domains))
	for i, d := range m.opts.Domains {
		names[i] = d.Name
	}
	return names
}

// reach starts broker and registry, or makes sure that those that exist are there and have room.
func (m *Mesh) reach(ctx context.Context) (err error) {
	if m.opts.Existing == nil {
		if m.embedded, err = embed(ctx, &m.opts); err != nil {
			return err
		}
		m.clients, err = connect(m.embedded.kafka(m.opts.Logger), []string{m.embedded.url}, m.opts.Logger)
		return err
	}
	cfg := kafka.Config{Brokers: m.opts.Existing.Brokers, ClientID: "tidemark-demo", Logger: m.opts.Logger}
	if m.clients, err = connect(cfg, m.opts.Existing.Registry, m.opts.Logger); err != nil {
		return err
	}
	var occupied *OccupiedError
	err = patiently(ctx, m.opts.Logger, "the brokers or the registry are not there yet; trying again", func() error {
		err := m.claim.check(ctx, m.clients)
		if errors.As(err, &occupied) {
			return nil
		}
		return err
	})
	if err == nil && occupied != nil {
		return occupied
	}
	m.claimed = err == nil
	return err
}

// run starts everything that runs on the cluster.
func (m *Mesh) run(ctx context.Context, listener net.Listener) error {
	where := m.Addresses()
	cfg := PlatformConfig{
		Kafka: m.clients.kafka, Registry: m.clients.registry, Control: m.opts.Contracts,
		Brokers: where.Brokers, RegistryURL: where.Registry,
		Checks:  []telemetry.Check{{Name: "data-products", Run: func(context.Context) error { return m.dataProducts() }}},
		Version: m.opts.Version, Clock: m.opts.Clock, Logger: m.opts.Logger,
	}
	if m.opts.DeadLetters != nil {
		cfg.DeadLetters = m.opts.DeadLetters(m.clients.kafka)
	}
	instance := dataproduct.Config{
		Kafka: m.clients.kafka, Registry: m.clients.registry, Contracts: m.opts.Contracts, Instance: shopInstance,
		Version: m.opts.Version, Heartbeat: heartbeat, SchemaGrace: schemaGrace, Clock: m.opts.Clock, Logger: m.opts.Logger,
	}
	crew, err := hire(instance, m.opts.domains())
	if err != nil {
		_ = listener.Close()
		return err
	}
	m.crew = crew
	if m.platform, err = NewPlatform(cfg); err != nil {
		_ = listener.Close()
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	m.stopPlatform, m.platformDone = stop, make(chan error, 1)
	go func() { m.platformDone <- m.platform.Run(running, listener) }()

	m.traffic, err = traffic.Open(ctx, traffic.Config{
		Instance: instance, Seed: m.opts.Seed, Bad: m.opts.Bad, Speed: m.opts.Speed, Progress: m.opts.Progress,
	})
	if err != nil {
		return err
	}
	m.crew.start(ctx)
	m.open.Store(true)
	return nil
}

// dataProducts is the readiness of what runs here.
func (m *Mesh) dataProducts() error {
	if !m.open.Load() {
		return errors.New("the shop is not open yet")
	}
	return m.crew.settled(m.absent)
}

// pollReady is how often a starting mesh is asked whether it is ready.
const pollReady = 20 * time.Millisecond

func (m *Mesh) awaitReady(ctx context.Context) error {
	ticker := time.NewTicker(pollReady)
	defer ticker.Stop()
	for {
		if m.platform.Ready(ctx) == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-m.crew.failed:
			return err
		case err := <-m.platformDone:
			m.platformDone <- nil // for Close
			return fmt.Errorf("the platform ended: %w", err)
		case <-ticker.C:
		}
	}
}

// Addresses are where a mesh can be reached.
type Addresses struct {
	Brokers  string `json:"brokers"`
	Registry string `json:"registry"`
	Platform string `json:"platform"`
}

// Addresses tells where the mesh can be reached.
func (m *Mesh) Addresses() Addresses {
	a := Addresses{Platform: "http://" + m.http}
	if m.embedded != nil {
		a.Brokers, a.Registry = m.embedded.broker.Address(), m.embedded.url
	} else {
		a.Brokers, a.Registry = strings.Join(m.opts.Existing.Brokers, ","), strings.Join(m.opts.Existing.Registry, ",")
	}
	return a
}

// ReadyAfter is how long Start took.
func (m *Mesh) ReadyAfter() time.Duration { return m.readyAfter }

// Run lets the shop publish: first what the file's orders brought so far, then for ever what goes on. It returns nil
// when ctx ended. An instance that ends by a fault of ours is logged, and shown as failed by the platform; the others go on.
func (m *Mesh) Run(ctx context.Context) error {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for {
			select {
			case err := <-m.crew.failed:
				m.opts.Logger.Error("an instance ended; the others go on", "reason", err)
			case <-watching.Done():
				return
			}
		}
	}()
	err := m.traffic.Backfill(ctx)
	if err == nil {
		err = m.traffic.Live(ctx)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Close stops everything, each before what it needs, and returns when nothing runs any more. It may be called more than
// once, and on a mesh that did not start.
func (m *Mesh) Close(ctx context.Context) error {
	var errs []error
	if m.traffic != nil {
		errs = append(errs, m.traffic.Close(ctx))
		m.traffic = nil
	}
	if m.crew != nil {
		m.crew.stop()
	}
	if m.stopPlatform != nil {
		m.stopPlatform()
		errs = append(errs, <-m.platformDone)
		m.stopPlatform = nil
	}
	if m.clients != nil {
		if m.claimed && m.opts.Remove {
			errs = append(errs, m.claim.remove(ctx, m.clients))
		}
		m.clients.admin.Close()
		m.clients = nil
	}
	if m.embedded != nil {
		errs = append(errs, m.embedded.close(ctx))
		m.embedded = nil
	}
	return errors.Join(errs...)
}
