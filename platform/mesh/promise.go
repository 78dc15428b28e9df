package mesh

import (
	"math"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// The slaProperties entries that the mesh judges. A quality rule is judged under its id.
const (
	slaFreshness    = "freshness"
	slaFrequency    = "frequency"
	slaLatency      = "latency"
	slaCompleteness = "completeness"
	slaErrorRate    = "errorRate"
)

// promisesOf lists what a contract promises.
func promisesOf(c *contract.Contract) []Promise {
	var all []Promise
	for _, p := range c.SLA().Promises {
		all = append(all, Promise{
			Kind: PromiseSLA, Property: p.Property, Text: strings.TrimSpace(p.Value + " " + p.Unit), NotJudged: contract.Unjudged(p.Property),
		})
	}
	if len(c.EventTime()) == 0 {
		for i := range all {
			if all[i].Property == slaFreshness {
				all[i].NotJudged = contract.FreshnessWithoutTime
			}
		}
	}
	for _, m := range c.Metrics() {
		all = append(all, Promise{Kind: PromiseQuality, Property: m.ID, Text: m.Promise(), Severity: m.Severity.String()})
	}
	return all
}

// promises are what the port's contract promises with what was measured, and what else is counted of it: uniqueness that
// no reader can enforce.
func (k *look) promises(j *judge, p *port, h Health) []Promise {
	all := copied(p.promised().promises)
	open := map[string]bool{}
	for _, b := range k.breaches.open(p.id) {
		open[b.SLA] = true
	}
	told := map[string]int{}
	for i := range all {
		if told[all[i].Property] = i; all[i].Kind == PromiseSLA {
			k.measure(j, p, h, &all[i], open[all[i].Property])
		}
	}
	for _, q := range h.Quality {
		i, promised := told[q.Rule]
		if !promised || all[i].Kind != PromiseQuality {
			i, all = len(all), append(all, Promise{Kind: PromiseQuality, Property: q.Rule, Text: q.Promise, Severity: q.Severity})
		}
		all[i].Value, all[i].Unit, all[i].Holds = &q.Value, q.Unit, clone(q.Holds)
		all[i].Start, all[i].End, all[i].Records = utc(&q.Start), clone(q.End), q.Records
	}
	return all
}

// measure adds to a promise what is known of it. It does not hold while its breach lasts, whatever a window says.
func (k *look) measure(j *judge, p *port, h Health, promise *Promise, breached bool) {
	sla := p.promised().sla
	switch promise.Property {
	case slaFreshness:
		promise.Value, promise.Unit = clone(h.FreshnessMinutes), "minutes"
		promise.Holds = kept(promise.Value, sla.Freshness, h.Backfill)
	case slaFrequency:
		if h.LastUpdate != nil {
			promise.Value = ptr(max(0, k.now.Sub(*h.LastUpdate).Minutes()))
		}
		promise.Unit, promise.Holds = "minutes", kept(promise.Value, sla.Frequency, h.Backfill)
	case slaLatency, slaCompleteness, slaErrorRate:
		if promise.Property == slaLatency && p.mode == modeSource {
			promise.NotJudged = contract.LatencyOfSource
			return
		}
		if w := j.watches[p.id]; w != nil && w.window.last != nil {
			w.window.last.measure(sla, promise)
		}
	default:
		return
	}
	if breached {
		promise.Holds = ptr(false)
	}
}

// kept says that a promise in time holds, as far as no breach says otherwise; nil while nothing is measured or judged. What
// is beyond the promise and not breached is either under the judge's patience, or silence that nobody is to blame for.
func kept(minutes *float64, promise time.Duration, backfilling bool) *bool {
	if minutes == nil || backfilling || *minutes > promise.Minutes() {
		return nil
	}
	return ptr(true)
}

func ptr[T any](v T) *T { return &v }

// percent is a share with as many digits as tell it from a promise such as 99.95 percent, rounded down: only what is whole
// reads 100.
func percent(share float64) float64 { return math.Floor(share*1e6+1e-6) / 1e4 }
