package mesh

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// maxViolations is how many violations a port's health names.
const maxViolations = 16

// health puts together how a port does.
func (k *look) health(p *port, backfilling bool) Health {
	h := Health{
		Rejected: map[string]int64{}, Filtered: map[string]int64{}, Warnings: map[string]int64{},
		Verified: []VerifiedRange{}, Violations: []Violation{}, Quality: []Quality{}, Backfill: backfilling,
	}
	inputs := k.inputs(p)
	h.Idle = len(inputs) > 0
	for _, i := range inputs {
		h.RecordCount += i.Records
		h.Accepted += i.Accepted
		h.Lag += i.lag()
		h.Lost += i.Lost
		h.Idle = h.Idle && (i.Idle || i.untouched())
		add(h.Rejected, i.Rejected)
		add(h.Filtered, i.Filtered)
		add(h.Warnings, i.Warnings)
		h.LastUpdate = later(h.LastUpdate, i.UpdatedAt)
		for _, v := range i.Violations {
			h.Violations = append(h.Violations, Violation{v.Partition, v.Offset, v.Reason})
		}
	}
	h.Verified = verified(inputs)
	h.Violations = newestViolations(h.Violations)
	h.Quality = copiedQuality(k.quality(p))
	parts := claimed(inputs, nil)
	if reached, ok := freshness.Reached(parts); ok {
		reached = reached.UTC()
		minutes := max(0, k.now.Sub(reached).Minutes()) // clocks differ
		h.EventTime, h.FreshnessMinutes = &reached, &minutes
	}
	if c, ok := freshness.Completeness(h.Accepted, h.RejectedTotal()); ok {
		h.Completeness = &c
	}
	if f := k.ports[p.id]; f != nil {
		q := f.quantiles(&k.scratch)
		h.LatencyP50, h.LatencyP99 = clone(q.p50), clone(q.p99)
	}
	h.Breaches = len(k.breaches.open(p.id))
	h.Status = string(k.status(p, backfilling, h.Breaches > 0))
	return h
}

// status is the first that holds, in the order of precedence that Status documents.
func (k *look) status(p *port, backfilling, breached bool) Status {
	heard := len(k.inputs(p)) > 0
	state := k.crew(p.product).state
	switch {
	case state == lifecycle.Failed:
		return StatusFailed
	case state == lifecycle.Tripped:
		return StatusTripped
	case state == lifecycle.Lost:
		return StatusLost
	case state == lifecycle.Stopped, heard && (state == lifecycle.Declared || state == lifecycle.Unknown):
		return StatusStopped
	case breached:
		return StatusBreached
	case state == lifecycle.Degraded:
		return StatusDegraded
	case backfilling:
		return StatusBackfilling
	case heard:
		return StatusHealthy
	}
	return StatusUnknown
}

func add(sum, counts map[string]int64) {
	for name, n := range counts {
		sum[name] += n
	}
}

func later(a, b *time.Time) *time.Time {
	if b == nil || a != nil && !b.After(*a) {
		return a
	}
	utc := b.UTC()
	return &utc
}

func clone[T any](v *T) *T {
	if v == nil {
		return nil
	}
	c := *v
	return &c
}

func utc(t *time.Time) *time.Time { return later(nil, t) }

// verified merges what the input partitions' writers claim: where several write one partition of the port, the
// range from the first to the last claimed offset is theirs together.
func verified(inputs []*input) []VerifiedRange {
	all := []VerifiedRange{}
	for _, i := range inputs {
		for _, r := range i.Verified {
			all = append(all, VerifiedRange{r.Partition, r.From, r.To, i.ContractDigest})
		}
	}
	slices.SortFunc(all, func(a, b VerifiedRange) int {
		return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.ContractDigest, b.ContractDigest))
	})
	merged := all[:0]
	for _, r := range all {
		if n := len(merged); n > 0 && merged[n-1].Partition == r.Partition && merged[n-1].ContractDigest == r.ContractDigest {
			merged[n-1].From, merged[n-1].To = min(merged[n-1].From, r.From), max(merged[n-1].To, r.To)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

func newestViolations(all []Violation) []Violation {
	slices.SortFunc(all, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(b.Offset, a.Offset), cmp.Compare(a.Partition, b.Partition))
	})
	return all[:min(len(all), maxViolations)]
}

func (k *look) port(j *judge, p *port) Port {
	v := Port{
		ID: p.id, DataProduct: p.product.id, Domain: k.domain(p.product), Name: p.name, Version: p.version, Mode: p.mode,
		Topic: p.topic, Tags: []string{}, ContractID: p.contractID,
		Upstream: copied(p.upstream), Downstream: copied(p.downstream), Readers: copied(p.readers), Promises: []Promise{},
		Health: k.health(p, j.isBackfilling(k, p)),
	}
	if d := p.contract; d != nil {
		v.Owner, v.Description, v.Tags = d.owner, d.description, copied(d.tags)
		v.ContractDigest = d.Digest
	}
	v.Promises = k.promises(j, p, v.Health)
	if d := p.product.document; d != nil {
		v.Owner = cmp.Or(v.Owner, d.owner)
	}
	if v.ContractDigest == "" && len(k.inputs(p)) > 0 {
		v.ContractDigest = k.inputs(p)[0].ContractDigest
	}
	if sub := k.subjects[event.SubjectPort(p.id)]; sub != nil {
		switch {
		case sub.platform != nil && lifecycle.ByPlatform(lifecycle.Parse(sub.platform.State)):
			v.State = sub.platform.State
		case sub.own != nil:
			v.State = sub.own.State
		}
	}
	return v
}

func (k *look) domain(p *product) string {
	if p.document != nil {
		return p.document.product.domain
	}
	domain, _ := splitID(p.id)
	return domain
}

func copied[T any](s []T) []T { return append([]T{}, s...) }

func copiedCounts(m map[string]int64) map[string]int64 {
	if m == nil {
		return map[string]int64{}
	}
	return maps.Clone(m)
}

// inputReports tells a port's health by input partition.
func (k *look) inputReports(p *port) []Input {
	all := []Input{}
	for _, i := range k.inputs(p) {
		all = append(all, Input{
			Topic: i.InputTopic, Partition: i.InputPartition, Instance: i.Instance, Incarnation: i.Incarnation,
			Generation: i.Generation, At: i.At.UTC(), Position: i.Position, Lag: i.lag(), EventTime: utc(i.EventTime),
			UpdatedAt: utc(i.UpdatedAt), Idle: i.Idle, Backfill: i.Backfill, Accepted: i.Accepted,
			Rejected: copiedCounts(i.Rejected), Filtered: copiedCounts(i.Filtered), Records: i.Records,
			Lost: i.Lost, SchemaIDs: copied(i.SchemaIds),
		})
	}
	return all
}

func (k *look) dataProduct(j *judge, p *product) DataProduct {
	c := k.crew(p)
	v := DataProduct{
		ID: p.id, Versions: copied(p.versions), Mode: p.mode, Tags: []string{}, State: string(c.state), Cause: c.cause,
		InstancesWanted: p.wanted, Instances: copied(c.names), Inputs: copied(p.inputs), Outputs: copied(p.outputs),
		Problems: []string{}, Status: string(StatusUnknown), Tiers: maps.Clone(c.tiers),
	}
	v.Domain, v.Name = splitID(p.id)
	if d := p.document; d != nil {
		v.Domain, v.Name, v.Version, v.Owner, v.Description = d.product.domain, d.product.name, d.Version, d.owner, d.description
		v.Tags, v.Problems = copied(d.tags), copied(d.problems)
		v.Digest, v.PublishedBy, v.PublishedAt = d.Digest, d.PublishedBy, d.PublishedAt.UTC()
	}
	worst := len(statuses) - 1
	for _, id := range p.outputs {
		if out := k.catalog.ports[id]; out != nil {
			status := k.status(out, j.isBackfilling(k, out), len(k.breaches.open(id)) > 0)
			worst = min(worst, slices.Index(statuses[:], status))
		}
	}
	v.Status = string(statuses[worst])
	return v
}

func (k *look) contract(c *contractVersions) Contract {
	d := c.document
	v := Contract{
		ID: d.ID, Version: d.Version, Versions: copied(c.versions), Name: d.contract.name, Status: d.contract.status,
		Topic: d.contract.topic, Owner: d.owner, Description: d.description, Tags: copied(d.tags), Fields: copied(d.contract.fields),
		Promises: copied(d.contract.promises), Digest: d.Digest, PublishedBy: d.PublishedBy, PublishedAt: d.PublishedAt.UTC(),
		Problems: copied(d.problems), Verdict: verdictView(k.verdicts[d.Digest]),
	}
	if p := k.catalog.ports[d.contract.topic]; p != nil && p.contractID == d.ID {
		v.Port = p.id
	}
	return v
}

// instance is false for a name that nobody ever spoke of.
func (k *look) instance(name string) (Instance, bool) {
	l, ok := k.life(name)
	if !ok {
		return Instance{}, false
	}
	v := Instance{
		Name: name, Incarnation: l.incarnation, State: string(l.state), Cause: l.cause,
		HeartbeatSeconds: l.interval.Seconds(), DataProducts: []Held{},
	}
	if b := l.heartbeat; b != nil {
		v.Version, v.StartedAt, v.LastHeartbeat, v.DroppedEvents = b.Version, b.StartedAt.UTC(), b.At.UTC(), b.Dropped
		for _, held := range b.DataProducts {
			h := Held{ID: held.ID, Version: held.Version, Mode: held.Mode, Generation: held.Generation, Partitions: []HeldPartition{}, Tiers: maps.Clone(held.Tiers)}
			if m, ok := k.member(name, held.ID); ok {
				h.State = string(m.state)
			}
			for _, p := range held.Partitions {
				h.Partitions = append(h.Partitions, HeldPartition{p.Topic, p.Partition})
			}
			v.DataProducts = append(v.DataProducts, h)
		}
	}
	return v, true
}

func (k *look) breach(e *event.Breach) Breach {
	b := Breach{
		ID: e.ID, Port: e.Port, SLA: e.SLA, Start: e.Start.UTC(), End: utc(e.End), Promised: e.Promised, Observed: e.Observed,
		Cause: e.Cause, ContractDigest: e.ContractDigest,
	}
	if p := k.catalog.ports[e.Port]; p != nil {
		b.DataProduct = p.product.id
	}
	return b
}
