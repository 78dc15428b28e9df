package dataproducttest

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// Config is an instance's settings for this mesh: a short grace and heartbeat, and a log that goes to the test.
func (m *Mesh) Config(contracts fs.FS, instance string) dataproduct.Config {
	return dataproduct.Config{
		Kafka: m.Kafka, Registry: m.Registry, Contracts: contracts, Instance: instance,
		Heartbeat: 200 * time.Millisecond, SchemaGrace: 50 * time.Millisecond, VerdictWait: -1,
		Logger: slog.New(slog.NewTextHandler(m.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

// Running is an instance that runs in a test.
type Running struct {
	*dataproduct.Instance
	cancel context.CancelFunc
	done   chan error
}

// Run starts an instance. It ends with the test, or by Stop.
func (m *Mesh) Run(cfg dataproduct.Config, products ...dataproduct.Product) *Running {
	m.t.Helper()
	instance, err := dataproduct.New(cfg, products...)
	if err != nil {
		m.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Running{Instance: instance, cancel: cancel, done: make(chan error, 1)}
	go func() { r.done <- instance.Run(ctx) }()
	m.t.Cleanup(func() { _ = r.Stop() })
	return r
}

// Stop ends the instance as a signal would, waits for it, and gives what Run gave. A second call gives nil.
func (r *Running) Stop() error {
	if r.cancel == nil {
		return nil
	}
	r.cancel()
	r.cancel = nil
	return <-r.done
}

// InState waits until a data product is in a state.
func (m *Mesh) InState(r *Running, id string, want lifecycle.State) {
	m.t.Helper()
	m.Eventually(func(context.Context) error {
		if got := r.States()[id]; got != want {
			return fmt.Errorf("%s is %s, not %s", id, got, want)
		}
		return nil
	})
}
