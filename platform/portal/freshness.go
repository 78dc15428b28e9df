package portal

import (
	"time"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

// freshness is how old the data of the slowest of some ports is, and what is promised for it.
type freshness struct {
	minutes  *float64
	promised time.Duration // 0 without a promise
	judged   bool          // false while a backfill is under way
}

// freshness gives the port that is nearest to, or farthest beyond, its promise; without promises the oldest.
func (s *Server) freshness(ports []mesh.Port) freshness {
	var worst freshness
	for _, p := range ports {
		f := freshness{p.Health.FreshnessMinutes, s.details(p.ContractID).freshness, !p.Health.Backfill}
		if f.minutes != nil && (worst.minutes == nil || f.pressing() > worst.pressing()) {
			worst = f
		}
	}
	return worst
}

// pressing orders freshnesses: used share of the promise first, age second.
func (f freshness) pressing() float64 {
	if f.promised > 0 {
		return 1e9 + *f.minutes/f.promised.Minutes()
	}
	return *f.minutes / 1e9
}

// tide draws the used share of the promise; nil where there is none.
func (f freshness) tide() *pages.Tide {
	if f.minutes == nil || f.promised <= 0 {
		return nil
	}
	percent := *f.minutes / f.promised.Minutes() * 100
	t := &pages.Tide{Fill: int(min(percent, 1000)), Tone: pages.Good}
	t.Label = human.Percent(ptr(percent/100)) + " of the promise"
	switch {
	case !f.judged:
		t.Tone = pages.Quiet
		t.Label += ", not judged during a backfill"
	case percent > 100:
		t.Tone = pages.Bad
	case percent > 80:
		t.Tone = pages.Warn
	}
	return t
}
