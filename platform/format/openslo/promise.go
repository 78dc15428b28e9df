package openslo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// defaultTarget is the share of time in which a threshold has to hold where the contract promises no availability, and
// highest the target of what is promised always: OpenSLO wants a target below 1.
const (
	defaultTarget = 0.99
	highest       = 0.9999
)

// promise adds the SLI and the SLO of one entry of slaProperties.
func (e *exporter) promise(s *contract.SLAProperty) {
	if _, field, ok := strings.Cut(s.Element, "."); ok {
		e.note(&s.Place, "element", RuleMetric, "%s is promised of %s alone, and no metric tells of one field", s.Property, field)
		return
	}
	switch s.Property {
	case "freshness":
		e.atMost(s, e.sla.Freshness, e.query("tidemark_port_freshness_seconds", ""))
	case "latency":
		e.atMost(s, e.sla.Latency, e.query("tidemark_port_latency_seconds", `,quantile="0.99"`))
	case "frequency":
		e.atMost(s, e.sla.Frequency, "time() - "+e.query("tidemark_port_last_update_timestamp_seconds", ""))
	case "availability":
		if e.sla.Availability > 0 {
			zero := 0.0
			e.thresholds(s, e.query("tidemark_port_status", `,status=~"failed|tripped|lost|stopped"`), objective{Op: "lte", Value: &zero, Target: e.below(s, e.sla.Availability)}, true)
		}
	case "completeness":
		if e.sla.Completeness > 0 {
			e.occurrences(s, ratio{Counter: true, Good: prometheus(e.accepted()), Total: prometheus(e.judged())}, e.sla.Completeness)
		}
	case "errorRate":
		if e.sla.ErrorRate > 0 {
			e.occurrences(s, ratio{Counter: true, Bad: prometheus(e.rejected()), Total: prometheus(e.judged())}, 1-e.sla.ErrorRate)
		}
	default:
		e.note(&s.Place, "property", RuleMetric, "no metric tells whether %s is held", strconv.Quote(s.Property))
	}
}

// atMost is a promise that something takes no longer than a time, in seconds.
func (e *exporter) atMost(s *contract.SLAProperty, longest time.Duration, query string) {
	if longest <= 0 { // it could not be read, which parsing the contract said
		return
	}
	target := e.sla.Availability
	if target <= 0 {
		target = defaultTarget
		e.note(&s.Place, "property", RuleAssumed, "the contract does not say how much of the time %s has to hold: the target is %v; promise an availability to set it", s.Property, target)
	}
	seconds := longest.Seconds()
	e.thresholds(s, query, objective{Op: "lte", Value: &seconds, Target: e.below(s, target)}, false)
}

// thresholds compares a metric in each minute. A state is the sum of the series that have it.
func (e *exporter) thresholds(s *contract.SLAProperty, query string, o objective, state bool) {
	if state {
		query = "sum(" + query + ") or vector(0)"
	}
	o.DisplayName, o.TimeSliceTarget, o.TimeSliceWindow = promised(s), 1, "1m"
	e.pair(s, sliSpec{Description: brief(s.Description), ThresholdMetric: prometheus(query)}, "Timeslices", o)
}

// occurrences counts good or bad records.
func (e *exporter) occurrences(s *contract.SLAProperty, r ratio, target float64) {
	e.pair(s, sliSpec{Description: brief(s.Description), RatioMetric: &r}, "Occurrences", objective{DisplayName: promised(s), Target: e.below(s, target)})
}

func (e *exporter) pair(s *contract.SLAProperty, spec sliSpec, method string, o objective) {
	name := dnsLabel(e.port + "-" + s.Property)
	title := strings.TrimSpace(e.contract.Name + " " + s.Property)
	e.add("SLI", metadata{Name: name, DisplayName: title}, spec)
	e.add("SLO", metadata{Name: name, DisplayName: title}, sloSpec{
		Description: brief(s.Description), Service: dnsLabel(e.port), IndicatorRef: name,
		TimeWindow: []timeWindow{{"4w", true}}, BudgetingMethod: method, Objectives: []objective{o},
	})
}

// below is the target, which OpenSLO wants below 1, without the noise of its arithmetic.
func (e *exporter) below(s *contract.SLAProperty, target float64) float64 {
	if target >= 1 {
		e.note(&s.Place, "value", RuleAssumed, "%s is promised always, and OpenSLO has no target of 1: it is written as %v", s.Property, highest)
		return highest
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(target, 'f', 9, 64), 64)
	if err != nil || rounded >= 1 {
		return highest
	}
	return rounded
}

func promised(s *contract.SLAProperty) string {
	return strings.TrimSpace(s.Property + " " + s.Value.Text + " " + s.Unit)
}

func prometheus(query string) *metric {
	return &metric{metricSource{"Prometheus", map[string]string{"query": query}}}
}

func (e *exporter) query(name, more string) string {
	return fmt.Sprintf("%s{port=%q%s}", name, e.port, more)
}

func (e *exporter) accepted() string {
	return "sum(" + e.query("tidemark_port_accepted_total", "") + ")"
}

// rejected has no series before the first rejection.
func (e *exporter) rejected() string {
	return "(sum(" + e.query("tidemark_port_rejected_total", "") + ") or vector(0))"
}

func (e *exporter) judged() string { return e.accepted() + " + " + e.rejected() }
