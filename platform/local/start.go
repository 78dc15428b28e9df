package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/security"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

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
	names := m.opts.names()
	for _, name := range m.opts.Except {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no domain %q to leave out; there are %s", name, strings.Join(names, ", "))
		}
	}
	m.contracts, m.absent = set, absent(set, m.opts.Except)
	var err error
	m.claim, err = claimOf(set, m.opts.domains())
	return err
}

// reach starts broker and registry, or makes sure that those that exist are there and have room.
func (m *Mesh) reach(ctx context.Context) (err error) {
	if m.opts.Existing == nil {
		if m.embedded, err = embed(ctx, &m.opts); err != nil {
			return err
		}
		m.clients, err = connect(m.embedded.kafka(m.opts.Logger), registry.Config{URLs: []string{m.embedded.url}}, m.opts.Logger)
		return err
	}
	cfg := m.opts.Existing.Kafka
	cfg.ClientID, cfg.Logger = "tidemark-demo", m.opts.Logger
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
		Checks: []telemetry.Check{{Name: "data-products", Run: func(context.Context) error { return m.dataProducts() }}},
		Local:  loopback(m.opts.ListenHTTP), Policies: m.opts.Policies, Version: m.opts.Version, Clock: m.opts.Clock, Logger: m.opts.Logger,
	}
	if m.opts.DeadLetters != nil {
		cfg.DeadLetters = m.opts.DeadLetters(m.clients.kafka)
	}
	instance := dataproduct.Config{
		Kafka: m.clients.kafka, Registry: m.clients.registry, Contracts: m.opts.Contracts, Instance: shopInstance,
		Version: m.opts.Version, Heartbeat: heartbeat, SchemaGrace: schemaGrace, Clock: m.opts.Clock, Logger: m.opts.Logger,
	}
	if m.opts.Policies == nil {
		instance.VerdictWait = -1 // nobody would answer
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

// loopback tells whether an address to listen on is reached from this machine only.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && security.Loopback(host)
}
