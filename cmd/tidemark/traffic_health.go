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

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

// shopHealth is what the shop says of itself, also before its brokers and its registry are there.
type shopHealth struct {
	open atomic.Pointer[traffic.Traffic]
}

func (h *shopHealth) handler(version string) http.Handler {
	mux := http.NewServeMux()
	metrics := telemetry.NewRegistry(version)
	metrics.MustRegister(h)
	telemetry.Routes(mux, telemetry.MetricsHandler(metrics), telemetry.Check{Name: "shop", Run: h.ready})
	return mux
}

func (h *shopHealth) ready(context.Context) error {
	t := h.open.Load()
	if t == nil {
		return errors.New("it is not open: it waits for its brokers, its registry, or what the policies say of its data products")
	}
	if err := t.Trouble(); err != nil {
		return fmt.Errorf("it cannot publish, and tries again: %w", err)
	}
	return nil
}

func shopDesc() *prometheus.Desc {
	return prometheus.NewDesc(telemetry.Namespace+"_traffic_events_total", "Events that the demo's shop has published on a port, by this process and those before it; kind is good or bad.", []string{"port", "kind"}, nil)
}

// Describe implements prometheus.Collector.
func (h *shopHealth) Describe(to chan<- *prometheus.Desc) { to <- shopDesc() }

// Collect implements prometheus.Collector.
func (h *shopHealth) Collect(to chan<- prometheus.Metric) {
	t := h.open.Load()
	if t == nil {
		return
	}
	desc := shopDesc()
	for port, count := range t.Published().Ports {
		to <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(count.Good), port, "good")
		to <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(count.BadEvents()), port, "bad")
	}
}

// serveHealth answers on an address until stop is called; without an address it does nothing.
func serveHealth(address string, handler http.Handler, log *slog.Logger) (stop func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--http: cannot listen on %s: %w; choose another address, port 0 takes a free one", address, err)
	}
	const timeout = 10 * time.Second
	server := &http.Server{Handler: handler, ReadTimeout: timeout, WriteTimeout: timeout, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	log.Info("health and metrics over HTTP", "url", "http://"+listener.Addr().String())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("health over HTTP ended", "reason", err)
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
		<-done
	}, nil
}
