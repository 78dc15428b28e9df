package dataproduct

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/security"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

// httpShutdown is how long requests under way have when the instance stops.
const httpShutdown = 2 * time.Second

// Handler is what the instance says of itself, and takes, over HTTP:
//
//	GET  /livez, /readyz?verbose, /metrics   as every Tidemark process; ready while each data product runs or is degraded
//	POST /resume?product=ID                  closes a tripped circuit breaker; from the same machine only
func (i *Instance) Handler() http.Handler {
	mux := http.NewServeMux()
	metrics := telemetry.NewRegistry(i.host.cfg.Version)
	metrics.MustRegister(instanceMetrics{i})
	telemetry.Routes(mux, telemetry.MetricsHandler(metrics), i.checks()...)
	// A page in somebody's browser may send requests to this machine too.
	mux.Handle("POST /resume", http.NewCrossOriginProtection().Handler(http.HandlerFunc(i.handleResume)))
	return mux
}

// checks are one for each data product. A source has none: it runs in its service.
func (i *Instance) checks() []telemetry.Check {
	var checks []telemetry.Check
	for _, r := range i.runners {
		checks = append(checks, telemetry.Check{Name: r.plan.ID(), Run: func(context.Context) error {
			switch state := r.machine.State(); state {
			case lifecycle.Running, lifecycle.Degraded:
				return nil
			default:
				return fmt.Errorf("it is %s", state)
			}
		}})
	}
	return checks
}

func (i *Instance) handleResume(w http.ResponseWriter, req *http.Request) {
	id := req.URL.Query().Get("product")
	state, here := i.States()[id]
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case !local(req):
		http.Error(w, "resume takes requests from the machine that the instance runs on only, to its loopback address", http.StatusForbidden)
	case !here:
		http.Error(w, fmt.Sprintf("instance %s does not run data product %q; /readyz?verbose lists those that it runs", i.host.cfg.Instance, id), http.StatusNotFound)
	case state != lifecycle.Tripped:
		http.Error(w, fmt.Sprintf("data product %s is %s, not tripped: there is nothing to resume", id, state), http.StatusConflict)
	default:
		i.host.log.Info("resume asked for over HTTP", "data_product", id, "remote", req.RemoteAddr)
		i.Resume(id)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "%s goes on\n", id) // the caller may have gone
	}
}

// local says whether a request comes from this machine and means it: a name that a stranger's server resolves to this
// machine is none of ours.
func local(req *http.Request) bool {
	from, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil || !security.Loopback(from) {
		return false
	}
	host := req.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return security.Loopback(host)
}

// serveHTTP serves Handler on the configured address until stop is called; without an address it does nothing.
func (i *Instance) serveHTTP() (stop func(), err error) {
	if i.host.cfg.HTTP == "" {
		return func() {}, nil // and no registry of metrics that nobody reads
	}
	at, stop, err := telemetry.Serve(i.host.cfg.HTTP, "health, metrics and resume", i.Handler(), httpShutdown, i.host.log)
	if err == nil {
		i.address.Store(&at)
	}
	return stop, err
}

// HTTPAddress is where the instance listens, host:port; empty before Run listens, and without Config.HTTP.
func (i *Instance) HTTPAddress() string {
	if at := i.address.Load(); at != nil {
		return *at
	}
	return ""
}

// instanceMetrics are what an instance tells of itself. What became of the data is in the platform's.
type instanceMetrics struct{ i *Instance }

func stateDesc() *prometheus.Desc {
	return prometheus.NewDesc(telemetry.Namespace+"_instance_data_product_state", "The state that the data product is in, in this instance; always 1.", []string{"data_product", "state"}, nil)
}

func tierDesc() *prometheus.Desc {
	return prometheus.NewDesc(telemetry.Namespace+"_instance_input_port_tier", "How records of an input port are worked on in this instance: checked, forwarded as they are, projected field by field, spliced from what is read and set, or decoded into events; always 1.", []string{"data_product", "port", "tier"}, nil)
}

func spansDesc() *prometheus.Desc {
	return prometheus.NewDesc(telemetry.Namespace+"_instance_spans_dropped_total", "Spans of sampled records that came faster than they could be sent; absent where nothing is traced.", nil, nil)
}

// Describe implements prometheus.Collector.
func (instanceMetrics) Describe(to chan<- *prometheus.Desc) {
	to <- stateDesc()
	to <- tierDesc()
	to <- spansDesc()
}

// Collect implements prometheus.Collector.
func (m instanceMetrics) Collect(to chan<- prometheus.Metric) {
	desc := stateDesc()
	for id, state := range m.i.States() {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, 1, id, string(state))
	}
	if traces := m.i.host.cfg.Tracing; traces != nil {
		to <- prometheus.MustNewConstMetric(spansDesc(), prometheus.CounterValue, float64(traces.Dropped()))
	}
	desc = tierDesc()
	for _, r := range m.i.runners {
		for _, in := range r.plan.inputs {
			to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, 1, r.plan.ID(), in.name, string(in.tier))
		}
	}
}
