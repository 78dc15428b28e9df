package dataproduct

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// host is one instance: what its data products share, and its voice on the control plane.
type host struct {
	cfg         Config
	plans       []*plan
	registry    *registry.Client
	admin       *kafka.Admin
	log         *slog.Logger
	incarnation string
	started     time.Time
	state       *lifecycle.Machine

	mu      sync.Mutex
	control *bus.Control  // nil until connected
	early   []event.Event // what was said before that

	verdicts verdicts
	reading  sync.WaitGroup // of the verdicts

	dropped int64 // as of the last heartbeat
	beats   chan struct{}
	holding func() []event.HeldDataProduct
}

// newHost reads the contracts and binds the data products, without a network: every mistake in the files and
// the code shows here, all at once.
func newHost(cfg Config, products []Product) (*host, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	_, plans, err := bindAll(cfg.Contracts, products)
	if err != nil {
		return nil, err
	}
	admin, err := kafka.NewAdmin(cfg.Kafka)
	if err != nil {
		return nil, err
	}
	h := &host{
		cfg: cfg, plans: plans, registry: cfg.Registry, admin: admin,
		log:         cfg.Logger.With("instance", cfg.Instance),
		incarnation: newIncarnation(), started: cfg.Clock(),
		beats:   make(chan struct{}, 1),
		holding: func() []event.HeldDataProduct { return nil },
	}
	h.state = h.machine(event.SubjectInstance(cfg.Instance))
	return h, nil
}

func newIncarnation() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

func (h *host) now() time.Time { return h.cfg.Clock() }

// machine makes a state machine whose changes are logged, told to the listener and published.
func (h *host) machine(subject string) *lifecycle.Machine {
	publish := lifecycle.Listener{Changed: func(t lifecycle.Transition) {
		h.send(&event.Lifecycle{
			Subject: t.Subject, State: string(t.To), Previous: string(t.From), At: t.At, Cause: t.Cause,
			Instance: h.cfg.Instance, Incarnation: h.incarnation,
		})
	}}
	return &lifecycle.Machine{
		Subject: subject, Clock: h.cfg.Clock,
		Listener: lifecycle.Tee(lifecycle.Logging(h.log), publish, h.cfg.Listener),
	}
}

// send hands an event to the control plane, which never blocks. Before the connection stands, events wait.
func (h *host) send(e event.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.control == nil {
		h.early = append(h.early, e)
		return
	}
	h.control.Send(e)
}

// connect opens the control plane, however long that takes, and publishes what this instance runs.
func (h *host) connect(ctx context.Context) error {
	for tries := 0; ; tries++ {
		control, err := bus.OpenControl(ctx, h.cfg.Kafka, h.registry, h.cfg.Control, "tidemark://"+h.cfg.Instance)
		if err == nil {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.control = control
			for _, e := range h.early {
				control.Send(e)
			}
			h.early = nil
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if fault.KindOf(err) == fault.Fatal {
			return fmt.Errorf("control plane: %w", err)
		}
		h.log.Warn("the control plane is not there yet; trying again", "brokers", h.cfg.Kafka.Brokers, "reason", err)
		if !h.pause(ctx, tries) {
			return ctx.Err()
		}
	}
}

// speak publishes that this instance lives, until ctx ends.
func (h *host) speak(ctx context.Context) {
	ticker := time.NewTicker(h.cfg.Heartbeat)
	defer ticker.Stop()
	for {
		h.heartbeat()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-h.beats:
		}
	}
}

// hangUp sends what is queued and closes the control plane.
func (h *host) hangUp() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	h.reading.Wait()
	if err := h.control.Close(ctx); err != nil {
		h.log.Warn("the last control events may be missing", "reason", err)
	}
	h.admin.Close()
}

// beat asks for a heartbeat soon: the partitions changed.
func (h *host) beat() {
	select {
	case h.beats <- struct{}{}:
	default:
	}
}

func (h *host) heartbeat() {
	if dropped := h.control.Dropped(); dropped > h.dropped {
		h.dropped = dropped
		h.describe() // what was dropped may have been this, and nobody else says it again
	}
	h.send(&event.Heartbeat{
		Instance: h.cfg.Instance, Incarnation: h.incarnation, At: h.now(), StartedAt: h.started, Version: h.cfg.Version,
		IntervalMillis: int32(h.cfg.Heartbeat.Milliseconds()), // seconds
		DataProducts:   h.holding(), Dropped: h.control.Dropped(),
	})
}

// describe publishes the data products and their contracts as they are run.
func (h *host) describe() {
	seen := make(map[string]bool)
	for _, pl := range h.plans {
		h.send(&event.Descriptor{
			Kind: "dataProduct", ID: pl.ID(), Version: pl.doc.Version, Digest: pl.doc.Digest(), Document: string(pl.doc.Raw),
			Mode: string(pl.mode), PublishedBy: h.cfg.Instance, PublishedAt: h.now(),
		})
		var contracts []*contract.Contract
		for _, in := range pl.inputs {
			contracts = append(contracts, in.contract)
		}
		for _, out := range pl.outputs {
			contracts = append(contracts, out.contract)
		}
		for _, c := range contracts {
			if seen[c.ID] {
				continue
			}
			seen[c.ID] = true
			h.send(&event.Descriptor{
				Kind: "contract", ID: c.ID, Version: c.Version, Digest: c.Digest(), Document: string(c.Raw), Schema: c.Schema().String(),
				PublishedBy: h.cfg.Instance, PublishedAt: h.now(),
			})
		}
	}
}

// pause waits before the next try, longer each time, half of it jittered; false when ctx ended.
func (h *host) pause(ctx context.Context, tries int) bool {
	wait := min(retryMost, retryFirst<<min(tries, 8))
	timer := time.NewTimer(wait/2 + mathrand.N(wait/2+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// quietTries is how many tries fail without a warning: in the first moments brokers have not all heard of a new topic.
const quietTries = 4

// patiently tries until it works, ctx ends, or the fault is ours.
func (h *host) patiently(ctx context.Context, what string, try func(context.Context) error) error {
	for tries := 0; ; tries++ {
		err := kafka.Classify(try(ctx))
		if err == nil || isFatal(err) || ctx.Err() != nil {
			return err
		}
		level := slog.LevelWarn
		if tries < quietTries {
			level = slog.LevelDebug
		}
		h.log.Log(ctx, level, fmt.Sprintf("%s did not work yet; trying again", what), "reason", err)
		if !h.pause(ctx, tries) {
			return err
		}
	}
}
