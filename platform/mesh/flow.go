package mesh

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

// flow is what freshness events say of one port.
type flow struct {
	inputs []*input // sorted by topic and partition
	// latency and quality are worked out when they are asked for.
	latency *quantiles
	quality []Quality // nil when it is not worked out
}

// input is one input partition of a port: its newest event, and what has to be remembered from older ones.
type input struct {
	*event.Freshness
	// since is when the newest run of activity began, by the writer's clock: the first event, or the first
	// that was not idle after one that was.
	since time.Time
	// loaded is how far the port's partitions were verified when a backfill last ended.
	loaded map[int32]int64
}

// silent is how long nothing can be heard of a writer that lives: it repeats itself every 30 s, and three times
// may be missed.
const silent = 90 * time.Second

// outdated says whether e is older news than known. Generations of one group only rise; within one, an
// incarnation's sequence rises. Otherwise the log's order decides. A lower generation is a zombie's, unless the
// newest one has been silent, by the events' own clocks: then it is a group that was deleted and started anew.
func outdated(e, known *event.Freshness) bool {
	if e.Generation != known.Generation {
		return e.Generation < known.Generation && e.At.Sub(known.At) < silent
	}
	return e.Incarnation == known.Incarnation && e.Sequence <= known.Sequence
}

func (s *state) applyFreshness(e *event.Freshness) bool {
	p := s.ports[e.Port]
	if p == nil {
		p = &flow{}
		s.ports[e.Port] = p
		s.catalog = nil
	}
	at, found := slices.BinarySearchFunc(p.inputs, e, func(i *input, e *event.Freshness) int {
		return cmp.Or(cmp.Compare(i.InputTopic, e.InputTopic), cmp.Compare(i.InputPartition, e.InputPartition))
	})
	if !found {
		p.inputs = slices.Insert(p.inputs, at, &input{Freshness: e, since: e.At})
		p.latency, p.quality = nil, nil
		return true
	}
	i := p.inputs[at]
	if outdated(e, i.Freshness) {
		return false
	}
	if i.Idle && !e.Idle {
		i.since = e.At
	}
	if i.Backfill && !e.Backfill {
		i.loaded = ends(e.Verified)
	}
	i.Freshness = e
	p.latency, p.quality = nil, nil
	return true
}

func ends(ranges []event.VerifiedRange) map[int32]int64 {
	to := make(map[int32]int64, len(ranges))
	for _, r := range ranges {
		to[r.Partition] = max(to[r.Partition], r.To)
	}
	return to
}

func (s *state) forgetFreshness(key string) bool {
	port, _, _ := strings.Cut(key, "|")
	p := s.ports[port]
	if p == nil {
		return false
	}
	before := len(p.inputs)
	p.inputs = slices.DeleteFunc(p.inputs, func(i *input) bool { return i.Key() == key })
	p.latency, p.quality = nil, nil
	if len(p.inputs) == 0 {
		delete(s.ports, port)
		s.catalog = nil
	}
	return len(p.inputs) < before
}

// newest is the newest accepted event time, zero if there is none.
func (i *input) newest() time.Time {
	if i.EventTime == nil {
		return time.Time{}
	}
	return *i.EventTime
}

// untouched: no record ever came, so there is nothing to be late with. A source has no input to be behind of.
func (i *input) untouched() bool {
	return i.Accepted == 0 && len(i.Rejected) == 0 && len(i.Filtered) == 0 &&
		(i.Mode == "source" || i.End >= 0 && i.Position >= i.End)
}

// replayed: the input is the data product's own topic of replayed dead letters, for which no order and hence no
// freshness is promised.
func (i *input) replayed() bool { return i.InputTopic == event.RetryTopic(i.DataProduct) }

func (i *input) lag() int64 {
	if i.End < 0 {
		return 0
	}
	return max(0, i.End-i.Position)
}

// quantiles of a port's latency, in seconds; nil before the first record.
type quantiles struct{ p50, p99 *float64 }

// quantiles merges the input partitions' sketches, in a sketch that is there to be reused.
func (p *flow) quantiles(all *freshness.Sketch) quantiles {
	if p.latency == nil {
		all.Reset()
		for _, i := range p.inputs {
			// What is no sketch is left out: it is a number for people, not a verdict.
			_ = all.Merge(i.Latency)
		}
		p.latency = &quantiles{}
		if v, ok := all.Quantile(0.5); ok {
			p.latency.p50 = &v
		}
		if v, ok := all.Quantile(0.99); ok {
			p.latency.p99 = &v
		}
	}
	return *p.latency
}
