package local

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal"
	"github.com/tidemark-mesh/tidemark/platform/provision"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/security"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

// PlatformConfig says what a platform watches. Kafka, Registry and Control are required.
type PlatformConfig struct {
	Kafka    kafka.Config
	Registry *registry.Client
	// Control holds the control topics' schemas, platform/mesh/*.avsc.
	Control fs.FS
	// Brokers and RegistryURL are shown to people who want to consume.
	Brokers, RegistryURL string
	// DeadLetters lists rejected records for the HTTP API; nil leaves them out.
	DeadLetters portal.DeadLetters
	// Checks decide readiness besides the platform's own.
	Checks []telemetry.Check
	// Policies judge what is published; nil judges nothing.
	Policies mesh.Policies
	// DriftEvery is how often to look whether the cluster is what is published; 0 never does. Drift says what contracts
	// leave open.
	DriftEvery time.Duration
	Drift      provision.Options
	// Token, TLS and Local are the HTTP server's; see portal.Options.
	Token security.Secret
	TLS   *tls.Config
	Local bool
	// Name is the platform's own on the control plane; default "platform".
	Name    string
	Version string
	Clock   func() time.Time
	Logger  *slog.Logger
}

// Platform is the fold of the control topics, the clock over it, and HTTP. It has no store: it reads the control topics
// anew at each start.
type Platform struct {
	cfg        PlatformConfig
	admin      *kafka.Admin
	mesh       *mesh.Mesh
	server     *portal.Server
	subscriber *bus.Subscriber
	control    atomic.Pointer[bus.Control] // nil until the brokers and the registry answered
	checks     []telemetry.Check
	drift      *driftWatch // nil where nobody looks
}

// NewPlatform makes a platform, without a network.
func NewPlatform(cfg PlatformConfig) (*Platform, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Name == "" {
		cfg.Name = "platform"
	}
	p := &Platform{cfg: cfg}
	codec, err := bus.NewCodec(cfg.Control, cfg.Registry)
	if err != nil {
		return nil, err
	}
	if p.admin, err = kafka.NewAdmin(cfg.Kafka); err != nil {
		return nil, err
	}
	if p.subscriber, err = bus.NewSubscriber(cfg.Kafka, bus.SubscriberConfig{Logger: cfg.Logger}); err != nil {
		p.admin.Close()
		return nil, err
	}
	p.mesh = mesh.New(mesh.Options{
		Subscriber: p.subscriber, Codec: codec, Ends: p.ends, Send: p.send, Policies: cfg.Policies, Name: cfg.Name,
		Clock: cfg.Clock, Logger: cfg.Logger,
	})
	p.checks = append([]telemetry.Check{
		{Name: "kafka", Run: p.admin.Ping},
		{Name: "registry", Run: cfg.Registry.Ping},
		portal.FoldCheck(p.mesh),
	}, cfg.Checks...)
	metrics := telemetry.NewRegistry(cfg.Version)
	if cfg.DriftEvery > 0 {
		cluster, err := provision.Open(provision.Config{Kafka: cfg.Kafka, Registry: cfg.Registry, Control: cfg.Control, By: cfg.Name, Clock: cfg.Clock})
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.drift = &driftWatch{cluster: cluster, options: cfg.Drift, every: cfg.DriftEvery, log: cfg.Logger}
		metrics.MustRegister(p.drift)
	}
	p.server, err = portal.New(portal.Options{
		Mesh: p.mesh, DeadLetters: cfg.DeadLetters, Publisher: publisher{p}, Checks: p.checks, Version: cfg.Version,
		Token: cfg.Token, TLS: cfg.TLS, Local: cfg.Local,
		Metrics: metrics, Brokers: cfg.Brokers, Registry: cfg.RegistryURL, Clock: cfg.Clock, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// Mesh is what the platform knows.
func (p *Platform) Mesh() *mesh.Mesh { return p.mesh }

// Ready gives nil when /readyz would answer 200, else what is missing.
func (p *Platform) Ready(ctx context.Context) error {
	var missing []error
	for i, err := range telemetry.RunChecks(ctx, p.checks) {
		if err != nil {
			missing = append(missing, fmt.Errorf("%s: %w", p.checks[i].Name, err))
		}
	}
	return errors.Join(missing...)
}

// Run answers HTTP on l, which it closes, and folds until ctx ends; then it gives nil. HTTP answers from the start:
// a broker or registry that is away is waited for, and /readyz says so.
func (p *Platform) Run(ctx context.Context, l net.Listener) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return p.server.Serve(running, l) })
	group.Go(func() error {
		if err := p.connect(running); err != nil {
			return err
		}
		if p.drift != nil {
			group.Go(func() error { return p.drift.run(running) })
		}
		return p.mesh.Run(running)
	})
	err := group.Wait()
	if ctx.Err() != nil {
		err = nil
	}
	return errors.Join(err, p.close())
}

func (p *Platform) close() error {
	var errs []error
	errs = append(errs, p.subscriber.Close())
	if control := p.control.Load(); control != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		errs = append(errs, control.Close(ctx))
	}
	if p.drift != nil {
		p.drift.cluster.Close()
	}
	p.admin.Close()
	return errors.Join(errs...)
}

// connect opens the control plane, however long that takes.
func (p *Platform) connect(ctx context.Context) error {
	return patiently(ctx, p.cfg.Logger, "the control plane is not there yet; trying again", func() error {
		control, err := bus.OpenControl(ctx, p.cfg.Kafka, p.cfg.Registry, p.cfg.Control, "tidemark://"+p.cfg.Name)
		if err == nil {
			p.control.Store(control)
		}
		return err
	})
}

// send drops what comes before the control plane is there: the judge says it again.
func (p *Platform) send(e event.Event) {
	if control := p.control.Load(); control != nil {
		control.Send(e)
	}
}

func (p *Platform) ends(ctx context.Context) (map[string]map[int32]int64, error) {
	ends := map[string]map[int32]int64{}
	err := patiently(ctx, p.cfg.Logger, "the control topics' ends are not known yet; trying again", func() error {
		found, err := p.admin.Ends(ctx, event.ControlTopics()...)
		for tp, end := range found {
			if ends[tp.Topic] == nil {
				ends[tp.Topic] = map[int32]int64{}
			}
			ends[tp.Topic][tp.Partition] = end
		}
		return err
	})
	return ends, err
}

// Waits between tries, each twice as long as the one before, half of it by chance.
const (
	firstWait = 50 * time.Millisecond
	mostWait  = 5 * time.Second
)

// patiently tries until it works or ctx ends, and says each time why it did not.
func patiently(ctx context.Context, log *slog.Logger, complaint string, try func() error) error {
	for wait := firstWait; ; wait = min(2*wait, mostWait) {
		err := try()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Warn(complaint, "reason", err, "in", wait)
		timer := time.NewTimer(wait/2 + rand.N(wait/2))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
