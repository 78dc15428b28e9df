package telemetry

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Namespace begins the name of every metric of ours.
const Namespace = "tidemark"

// maxScrapes bounds how many scrapes are answered at once; more get 503. A scrape copies every metric, so
// that unbounded ones could exhaust the process's memory.
const maxScrapes = 4

// NewRegistry gives a registry of its own (never the library's global one) that holds the Go runtime's and the
// process's metrics and tidemark_build_info, whose value is always 1. The version may be empty.
func NewRegistry(version string) *prometheus.Registry {
	r := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace:   Namespace,
		Name:        "build_info",
		Help:        "The binary that runs; always 1.",
		ConstLabels: prometheus.Labels{"version": version, "go_version": runtime.Version()},
	})
	build.Set(1)
	r.MustRegister(
		build,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return r
}

// MetricsHandler answers a scrape with what g gathers. A collector that fails makes the scrape fail with 500,
// since half of the metrics would read as a mesh that lost the other half.
func MetricsHandler(g prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(g, promhttp.HandlerOpts{
		ErrorHandling:       promhttp.HTTPErrorOnError,
		MaxRequestsInFlight: maxScrapes,
		EnableOpenMetrics:   true,
	})
}
