package dataproduct

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Freshness goes out when it changed, at most this often for a port and partition, and when nothing happens this seldom.
const (
	reportAtMost  = time.Second
	reportAtLeast = 30 * time.Second
)

// reporter remembers what was said, so that only news goes out.
type reporter struct {
	said     map[reportKey]said
	sequence int64
}

type reportKey struct {
	port string
	kafka.TopicPartition
}

type said struct {
	at            time.Time
	position, end int64
	idle          bool
}

// report sends what changed since the last report; a final one does not wait its turn. It never blocks: what the
// control plane cannot take is dropped there and comes again.
func (r *runner) report(final bool) {
	now := r.host.now()
	for _, p := range r.parts {
		// What is counted of a partition is told between its rounds only: during one, parts of it are ahead of the others.
		if !final && (p.open || now.Sub(p.toldAt) < reportAtMost) {
			continue
		}
		p.toldAt = now
		if r.plan.mode == ModeObserve {
			r.say(p, p.input.id, nil, now)
			continue
		}
		for _, out := range r.plan.outputs {
			r.say(p, out.topic, out, now)
		}
	}
}

func (r *runner) say(p *partition, port string, out *outputPort, now time.Time) {
	key := reportKey{port, p.TopicPartition}
	counter := p.counters[out]
	rolled := counter != nil && !p.open && counter.Roll(now)
	news := said{at: now, position: p.position, end: p.lagEnd(), idle: p.idle(now)}
	before, known := r.reporter.said[key]
	if age := now.Sub(before.at); known && age < reportAtLeast && !rolled {
		if before.at = now; before == news {
			return
		}
	}
	if r.reporter.said == nil {
		r.reporter.said = make(map[reportKey]said)
	}
	r.reporter.said[key] = news
	r.reporter.sequence++
	e := r.freshness(p, port, out, now)
	var err error
	if e.Quality, err = qualityOf(counter); err != nil {
		r.log.Warn("quality is not told", "port", port, "reason", err)
	}
	r.host.send(e)
}

func (r *runner) freshness(p *partition, port string, out *outputPort, now time.Time) *event.Freshness {
	t := &p.committed
	e := &event.Freshness{
		Port: port, DataProduct: r.plan.ID(), Mode: string(r.plan.mode),
		InputTopic: p.Topic, InputPartition: p.Partition,
		Instance: r.host.cfg.Instance, Incarnation: r.host.incarnation, Generation: r.session.Generation(), Sequence: r.reporter.sequence,
		At: now, Position: max(0, p.position), End: p.lagEnd(), Idle: p.idle(now),
		EventTime: millis(t.EventTime), UpdatedAt: millis(t.UpdatedAt),
		Accepted: t.Accepted, Rejected: maps.Clone(t.Rejected), Filtered: maps.Clone(t.Filtered), Warnings: maps.Clone(t.Warnings), Lost: t.Lost,
		Latency: p.latency.Bytes(), SchemaIds: slices.Clone(p.schemas),
	}
	if out == nil {
		e.ContractDigest = p.input.contract.Digest()
		e.Verified = observed(p)
		e.Records = t.Accepted + sum(t.Rejected)
		for _, v := range p.violated {
			e.Violations = append(e.Violations, event.Violation{Partition: p.Partition, Offset: v.offset, Reason: v.reason})
		}
		return e
	}
	e.ContractDigest = out.contract.Digest()
	e.Records = t.Records[out.name]
	for _, rng := range r.verified[out] {
		e.Verified = append(e.Verified, rng)
	}
	slices.SortFunc(e.Verified, func(a, b event.VerifiedRange) int { return cmp.Compare(a.Partition, b.Partition) })
	return e
}

func sum(m map[string]int64) (n int64) {
	for _, v := range m {
		n += v
	}
	return n
}

// millis turns Unix milliseconds into a time; nil for 0, which stands for never.
func millis(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := time.UnixMilli(ms).UTC()
	return &t
}
