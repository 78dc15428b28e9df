package local

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/provision"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

// driftWatch looks again and again at how far the brokers and the registry are from what is published. What it finds is in
// the log and in metrics; tidemark drift tells more.
type driftWatch struct {
	cluster *provision.Cluster
	options provision.Options
	every   time.Duration
	log     *slog.Logger

	mu   sync.Mutex
	last *provision.Drifted // nil before the first look
}

// run looks until ctx ends. A look that fails is one of the next's.
func (d *driftWatch) run(ctx context.Context) error {
	ticker := time.NewTicker(d.every)
	defer ticker.Stop()
	for {
		if err := d.look(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("drift cannot be looked for now", "reason", err, "again_in", d.every)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (d *driftWatch) look(ctx context.Context) error {
	published, err := d.cluster.Published(ctx)
	if err != nil {
		return err
	}
	set, findings := contract.Load(published)
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			d.log.Debug("a published document is not looked at for drift", "finding", f.String())
		}
	}
	wanted, err := provision.Want(set, nil, d.options)
	if err != nil {
		return fmt.Errorf("what is published does not fit together: %w", err)
	}
	now, err := d.cluster.Drift(ctx, wanted)
	if err != nil {
		return err
	}
	d.mu.Lock()
	before := d.last
	d.last = now
	d.mu.Unlock()
	if now.Errors() > 0 && (before == nil || before.Errors() != now.Errors()) {
		d.log.Warn("the cluster is not what the contracts say", "resources", now.Errors(), "next", "tidemark drift says what differs, tidemark plan what would mend it")
	}
	return nil
}

var (
	driftResources = prometheus.NewDesc(telemetry.Namespace+"_drift_resources", "Resources of the cluster and the registry that are not what the contracts say.", []string{"kind", "rule"}, nil)
	driftChecked   = prometheus.NewDesc(telemetry.Namespace+"_drift_checked_timestamp_seconds", "When it was last looked for, in Unix seconds.", nil, nil)
)

// Describe implements prometheus.Collector.
func (d *driftWatch) Describe(ch chan<- *prometheus.Desc) {
	ch <- driftResources
	ch <- driftChecked
}

// Collect implements prometheus.Collector. It tells nothing before the first look.
func (d *driftWatch) Collect(ch chan<- prometheus.Metric) {
	d.mu.Lock()
	last := d.last
	d.mu.Unlock()
	if last == nil {
		return
	}
	for kind := range last.Checked {
		for _, rule := range []string{provision.RuleMissing, provision.RuleDiffers, provision.RuleExtra} {
			ch <- prometheus.MustNewConstMetric(driftResources, prometheus.GaugeValue, float64(last.Resources[kind][rule]), string(kind), rule)
		}
	}
	ch <- prometheus.MustNewConstMetric(driftChecked, prometheus.GaugeValue, float64(last.At.Unix()))
}
