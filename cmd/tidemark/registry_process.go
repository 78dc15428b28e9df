package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"
	"golang.org/x/sync/errgroup"

	"github.com/tidemark-mesh/tidemark/platform/registry/server"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

// registryProcess serves a registry. It listens before it has read its log, and says until then that it is not ready.
type registryProcess struct {
	store  *server.Kafka
	log    *slog.Logger
	ready  atomic.Pointer[server.Server]
	reason atomic.Pointer[error] // why the newest try to read the log failed
	server *http.Server
}

func newRegistryProcess(store *server.Kafka, access registryAccess, version string, log *slog.Logger) *registryProcess {
	r := &registryProcess{store: store, log: log}
	guard := access.guard
	if guard == nil {
		guard = func(next http.Handler) http.Handler { return next }
	}
	checks := []telemetry.Check{{Name: "kafka", Run: store.Ping}, {Name: "schemas", Run: r.loaded}}
	mux := http.NewServeMux()
	telemetry.Routes(mux, guard(telemetry.MetricsHandler(telemetry.NewRegistry(version))), checks...)
	probes := map[string]bool{"/livez": true, "/readyz": true, "/healthz": true, "/metrics": true}
	api := guard(http.HandlerFunc(r.api))
	r.server = &http.Server{
		// A mux alone would redirect paths that the registry answers itself.
		Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if probes[q.URL.Path] {
				mux.ServeHTTP(w, q)
				return
			}
			api.ServeHTTP(w, q)
		}),
		TLSConfig:         access.tls,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second, // a change may wait 15 s for the brokers, behind others
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what clients do wrong is theirs
	}
	return r
}

func (r *registryProcess) api(w http.ResponseWriter, q *http.Request) {
	if s := r.ready.Load(); s != nil {
		s.ServeHTTP(w, q)
		return
	}
	server.NotReady().ServeHTTP(w, q)
}

func (r *registryProcess) loaded(context.Context) error {
	switch reason := r.reason.Load(); {
	case r.ready.Load() != nil:
		return nil
	case reason != nil:
		return fmt.Errorf("not read yet: %w", *reason)
	}
	return errors.New("not read yet")
}

// run answers on l, which it closes, until ctx ends; then it gives nil.
func (r *registryProcess) run(ctx context.Context, l net.Listener) error {
	serve := r.server.Serve
	if r.server.TLSConfig != nil {
		serve = func(l net.Listener) error { return r.server.ServeTLS(l, "", "") }
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error { return r.load(running) })
	group.Go(func() error {
		<-running.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second) // changes under way end by then
		defer cancel()
		return r.server.Shutdown(grace)
	})
	err := group.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// load reads the log, however long the brokers let us wait.
func (r *registryProcess) load(ctx context.Context) error {
	const each = 30 * time.Second
	waits := backoff.NewExponentialBackOff(backoff.WithInitialInterval(200*time.Millisecond), backoff.WithMaxInterval(10*time.Second), backoff.WithMaxElapsedTime(0))
	return backoff.RetryNotify(func() error {
		try, cancel := context.WithTimeout(ctx, each)
		defer cancel()
		s, err := server.New(try, r.store, server.WithLogger(r.log))
		if err == nil {
			r.ready.Store(s)
		}
		return err
	}, backoff.WithContext(waits, ctx), func(err error, wait time.Duration) {
		r.reason.Store(&err)
		r.log.WarnContext(ctx, "the registry's log cannot be read yet; trying again", "in", wait.Round(time.Millisecond), "error", err)
	})
}
