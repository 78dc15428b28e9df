package diff

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// promise is a property of the SLA that can be compared by its value, in whatever unit the files say it.
type promise struct {
	value  func(contract.SLA) float64 // 0: not promised
	larger bool                       // the larger value is the stronger promise
}

func promises() map[string]promise {
	span := func(of func(contract.SLA) time.Duration) func(contract.SLA) float64 {
		return func(s contract.SLA) float64 { return of(s).Seconds() }
	}
	return map[string]promise{
		"freshness":    {span(func(s contract.SLA) time.Duration { return s.Freshness }), false},
		"latency":      {span(func(s contract.SLA) time.Duration { return s.Latency }), false},
		"frequency":    {span(func(s contract.SLA) time.Duration { return s.Frequency }), false},
		"retention":    {span(func(s contract.SLA) time.Duration { return s.Retention }), true},
		"timeToDetect": {span(func(s contract.SLA) time.Duration { return s.TimeToDetect }), false},
		"timeToNotify": {span(func(s contract.SLA) time.Duration { return s.TimeToNotify }), false},
		"timeToRepair": {span(func(s contract.SLA) time.Duration { return s.TimeToRepair }), false},
		"completeness": {func(s contract.SLA) float64 { return s.Completeness }, true},
		"availability": {func(s contract.SLA) float64 { return s.Availability }, true},
		"errorRate":    {func(s contract.SLA) float64 { return s.ErrorRate }, false},
	}
}

// sla compares the promises, each by its property and what it is about. When support ends is for the lifecycle.
func (d *contractDiff) sla() {
	old, now := promisesOf(d.old), promisesOf(d.now)
	for _, o := range old {
		key := promiseKey(o)
		if i := slices.IndexFunc(now, func(n contract.SLAProperty) bool { return promiseKey(n) == key }); i >= 0 {
			d.promise(o, now[i])
		} else {
			d.was("sla.loosened", spot{o.Place, "property"}, spot{d.now.Place, "slaProperties"}, "%s is not promised any more, was %s", key, promiseText(o))
		}
	}
	for _, n := range now {
		key := promiseKey(n)
		if !slices.ContainsFunc(old, func(o contract.SLAProperty) bool { return promiseKey(o) == key }) {
			d.at("sla.tightened", n.Place, "property", "%s is promised from now on: %s", key, promiseText(n))
		}
	}
}

func (d *contractDiff) promise(old, now contract.SLAProperty) {
	// More of an entry than its value: what is measured, and when.
	if keys := differing(old, now, "ID", "Value", "Unit", "Driver", "Description", "CustomProperties", "AuthoritativeDefinitions"); len(keys) > 0 {
		d.at("sla.changed", now.Place, keys[0], "%s", differ(keys, promiseKey(now)))
		return
	}
	if by, ok := stronger(old, now); ok {
		switch {
		case by > 0:
			d.at("sla.tightened", now.Place, "value", "%s is %s, was %s", promiseKey(now), promiseText(now), promiseText(old))
		case by < 0:
			d.at("sla.loosened", now.Place, "value", "%s is %s, was %s", promiseKey(now), promiseText(now), promiseText(old))
		}
	} else if promiseText(old) != promiseText(now) {
		d.at("sla.changed", now.Place, "value", "%s is %s, was %s", promiseKey(now), promiseText(now), promiseText(old))
	}
	if keys := differing(old, now, "Value", "Unit"); len(keys) > 0 {
		d.at("doc.changed", now.Place, keys[0], "%s", differ(keys, promiseKey(now)))
	}
}

// stronger tells by how much NEW promises more; ok is false where that cannot be told.
func stronger(old, now contract.SLAProperty) (by int, ok bool) {
	if now.Property == "generalAvailability" {
		a, b := old.SLA().GeneralAvailability, now.SLA().GeneralAvailability
		return a.Compare(b), !a.IsZero() && !b.IsZero()
	}
	if now.Property == "throughput" && old.Unit == now.Unit && old.Value.IsNumber() && now.Value.IsNumber() {
		return compareTexts(now.Value.Text, old.Value.Text)
	}
	p, known := promises()[now.Property]
	if !known {
		return 0, false
	}
	a, b := p.value(old.SLA()), p.value(now.SLA())
	by = cmp.Compare(b, a)
	if !p.larger {
		by = -by
	}
	return by, a != 0 && b != 0
}

// promisesOf are the promises about the data, without those about when it ends.
func promisesOf(c *contract.Contract) []contract.SLAProperty {
	return slices.DeleteFunc(slices.Clone(c.SLAProperties), func(p contract.SLAProperty) bool {
		return p.Property == "endOfSupport" || p.Property == "endOfLife"
	})
}

func promiseKey(p contract.SLAProperty) string {
	if p.Element == "" {
		return p.Property
	}
	return p.Property + " of " + p.Element
}

func promiseText(p contract.SLAProperty) string {
	return strings.TrimSpace(p.Value.Text + " " + p.Unit)
}
