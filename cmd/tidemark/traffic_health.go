package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

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
