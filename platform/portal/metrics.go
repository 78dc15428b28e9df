package portal

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(telemetry.Namespace+"_"+name, help, labels, nil)
}

// The mesh's metrics. Counts are the fold's: cumulative over the life of a port's consumer group, so that they
// go on after a restart of the platform.
var (
	portInfo         = desc("port_info", "A port; always 1.", "port", "data_product", "domain", "owner", "mode")
	portStatus       = desc("port_status", "The port's health status: 1 for the one that holds.", "port", "status")
	portFreshness    = desc("port_freshness_seconds", "Now minus the newest accepted event time in the port's slowest input partition that is not idle.", "port")
	portLastEvent    = desc("port_last_event_timestamp_seconds", "The event time up to which the port's data is complete, in Unix seconds.", "port")
	portLastUpdate   = desc("port_last_update_timestamp_seconds", "When a record was last accepted, in Unix seconds.", "port")
	portRecords      = desc("port_records_total", "Records emitted on the port (observe: conforming).", "port")
	portAccepted     = desc("port_accepted_total", "Input records that were emitted (observe: conforming).", "port")
	portRejected     = desc("port_rejected_total", "Input records that were dead-lettered (observe: violating).", "port", "reason")
	portFiltered     = desc("port_filtered_total", "Input records that a declared filter dropped.", "port", "filter")
	portLost         = desc("port_lost_total", "Input offsets that retention removed before they were read.", "port")
	portCompleteness = desc("port_completeness_ratio", "Accepted / (accepted + rejected).", "port")
	portLag          = desc("port_lag_records", "Input records that have no outcome yet.", "port")
	portLatency      = desc("port_latency_seconds", "From the input record's timestamp to its commit.", "port", "quantile")
	breachesOpen     = desc("breaches", "Promises that are not held now.", "port", "sla")
	instanceUp       = desc("instance_up", "1 while the instance lives, 0 when it is lost, failed or stopped.", "instance")
	eventsSkipped    = desc("control_events_skipped_total", "Control events that this platform could not decode.")
	caughtUp         = desc("fold_caught_up", "1 once this platform has read the control events that were there when it began.")
)

// collector turns the fold into metrics whenever it is scraped, so that they are never older than the fold.
type collector struct {
	mesh  Mesh
	clock func() time.Time
}

// Describe lists what Collect may give.
func (*collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		portInfo, portStatus, portFreshness, portLastEvent, portLastUpdate, portRecords, portAccepted, portRejected, portFiltered,
		portLost, portCompleteness, portLag, portLatency, breachesOpen, instanceUp, eventsSkipped, caughtUp,
	} {
		ch <- d
	}
}

// Collect reads the fold once.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	metric := func(kind prometheus.ValueType, d *prometheus.Desc, v float64, labels []string) {
		m, err := prometheus.NewConstMetric(d, kind, v, labels...)
		if err != nil { // the scrape fails; the process does not
			m = prometheus.NewInvalidMetric(d, err)
		}
		ch <- m
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) { metric(prometheus.GaugeValue, d, v, labels) }
	counter := func(d *prometheus.Desc, v int64, labels ...string) {
		metric(prometheus.CounterValue, d, float64(v), labels)
	}
	for _, p := range c.mesh.Ports() {
		collectPort(p, gauge, counter)
	}
	open := map[[2]string]int{}
	for _, b := range c.mesh.Breaches() {
		if b.Open() {
			open[[2]string{b.Port, b.SLA}]++
		}
	}
	for key, n := range open {
		gauge(breachesOpen, float64(n), key[0], key[1])
	}
	for _, i := range c.mesh.Instances() {
		gauge(instanceUp, truth(lifecycle.Parse(i.State).Alive()), i.Name)
	}
	counter(eventsSkipped, c.mesh.Skipped())
	gauge(caughtUp, truth(c.mesh.CaughtUp()))
}

func collectPort(p mesh.Port, gauge func(*prometheus.Desc, float64, ...string), counter func(*prometheus.Desc, int64, ...string)) {
	h := p.Health
	gauge(portInfo, 1, p.ID, p.DataProduct, p.Domain, p.Owner, p.Mode)
	gauge(portStatus, 1, p.ID, h.Status)
	optional := func(d *prometheus.Desc, v *float64, scale float64, labels ...string) {
		if v != nil {
			gauge(d, *v*scale, labels...)
		}
	}
	when := func(d *prometheus.Desc, t *time.Time) {
		if t != nil {
			gauge(d, float64(t.UnixMilli())/1000, p.ID)
		}
	}
	optional(portFreshness, h.FreshnessMinutes, 60, p.ID)
	optional(portCompleteness, h.Completeness, 1, p.ID)
	optional(portLatency, h.LatencyP50, 1, p.ID, "0.5")
	optional(portLatency, h.LatencyP99, 1, p.ID, "0.99")
	when(portLastEvent, h.EventTime)
	when(portLastUpdate, h.LastUpdate)
	gauge(portLag, float64(h.Lag), p.ID)
	counter(portRecords, h.RecordCount, p.ID)
	counter(portAccepted, h.Accepted, p.ID)
	counter(portLost, h.Lost, p.ID)
	for reason, n := range h.Rejected {
		counter(portRejected, n, p.ID, reason)
	}
	for filter, n := range h.Filtered {
		counter(portFiltered, n, p.ID, filter)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
