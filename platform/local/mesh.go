package local

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
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
		a.Brokers, a.Registry = strings.Join(m.opts.Existing.Kafka.Brokers, ","), strings.Join(m.opts.Existing.Registry.URLs, ",")
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
	go m.watch(watching)
	err := m.traffic.Backfill(ctx)
	if err == nil {
		err = m.traffic.Live(ctx)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// watch tells of what ends by itself.
func (m *Mesh) watch(ctx context.Context) {
	for {
		select {
		case err := <-m.crew.failed:
			m.opts.Logger.Error("an instance ended; the others go on", "reason", err)
		case err := <-m.platformDone:
			m.platformDone <- nil // for Close
			if ctx.Err() == nil {
				m.opts.Logger.Error("the platform ended; the data products go on", "reason", err)
			}
			return
		case <-ctx.Done():
			return
		}
	}
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
