package portal

import (
	"slices"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

func (s *Server) productFacts(ports []mesh.Port, in input, breaches []mesh.Breach, now time.Time) []pages.Fact {
	rejected := pages.Fact{Label: "Rejected", Value: human.Count(in.rejected)}
	if reasons := byCount(in.reasons); len(reasons) > 0 {
		rejected.Note = "most for " + reasons[0].name
	}
	open := 0
	for _, b := range breaches {
		if b.Open() {
			open++
		}
	}
	broken := pages.Fact{Label: "Open breaches", Value: strconv.Itoa(open)}
	if over := len(breaches) - open; over > 0 {
		broken.Note = human.Count(int64(over)) + " in the past"
	}
	if open > 0 {
		broken.Tone = pages.Bad
	}
	return []pages.Fact{
		s.freshnessFact(ports),
		{Label: "Completeness", Value: human.Percent(in.completeness()), Note: "accepted of judged"},
		{Label: "Records", Value: human.Count(records(ports)), Note: lastUpdate(ports, now)},
		rejected,
		latencyFact(ports),
		broken,
	}
}

func (s *Server) freshnessFact(ports []mesh.Port) pages.Fact {
	fresh := s.freshness(ports)
	f := pages.Fact{Label: "Freshness", Value: human.Minutes(fresh.minutes), Tide: fresh.tide()}
	switch {
	case slices.ContainsFunc(ports, func(p mesh.Port) bool { return p.Health.Backfill }):
		f.Note = "backfilling, not judged"
	case fresh.promised > 0:
		f.Note = "promised " + human.Duration(fresh.promised)
	case len(ports) > 0:
		f.Note = "no promise"
	}
	if f.Tide != nil && (f.Tide.Tone == pages.Bad || f.Tide.Tone == pages.Warn) {
		f.Tone = f.Tide.Tone
	}
	return f
}

func latencyFact(ports []mesh.Port) pages.Fact {
	f := pages.Fact{Label: "Latency", Value: human.None}
	var slowest *float64
	for _, p := range ports {
		if h := p.Health; h.LatencyP99 != nil && (slowest == nil || *h.LatencyP99 > *slowest) {
			slowest = h.LatencyP99
			f.Value, f.Note = human.Seconds(h.LatencyP50), "99 % within "+human.Seconds(h.LatencyP99)
		}
	}
	return f
}

func lastUpdate(ports []mesh.Port, now time.Time) string {
	var newest time.Time
	for _, p := range ports {
		if t := p.Health.LastUpdate; t != nil && t.After(newest) {
			newest = *t
		}
	}
	if newest.IsZero() {
		return ""
	}
	return "the last " + human.Ago(newest, now)
}

func meshFacts(sum api.Summary, products []mesh.DataProduct, ports map[string][]mesh.Port) []pages.Fact {
	domains := map[string]bool{}
	var read int64
	for _, p := range products {
		domains[p.Domain] = true
		in := countInput(p.Mode, ports[p.ID])
		read += in.accepted + in.rejected + in.filtered
	}
	gone := 0
	for _, a := range sum.Attention {
		if a.Kind == "instance" {
			gone++
		}
	}
	rejected := pages.Fact{Label: "Rejected", Value: human.Count(sum.Rejected)}
	if read > 0 {
		rejected.Note = human.Percent(ptr(float64(sum.Rejected)/float64(read))) + " of input"
	}
	healthy := sum.Statuses[string(mesh.StatusHealthy)]
	return []pages.Fact{
		{Label: "Data products", Value: human.Count(int64(sum.DataProducts)), Note: "in " + plural(len(domains), "domain", "domains")},
		{Label: "Ports", Value: human.Count(int64(sum.Ports)), Note: human.Count(int64(healthy)) + " healthy"},
		alarm(pages.Fact{Label: "Instances", Value: human.Count(int64(sum.Instances)), Note: plural(gone, "needs attention", "need attention")}, gone > 0),
		{Label: "Records", Value: human.Count(sum.Records), Note: "on all ports"},
		rejected,
		alarm(pages.Fact{Label: "Open breaches", Value: human.Count(int64(sum.Breaches))}, sum.Breaches > 0),
	}
}

// alarm makes a fact loud, or takes its note away when there is nothing to be loud about.
func alarm(f pages.Fact, loud bool) pages.Fact {
	if loud {
		f.Tone = pages.Bad
	} else {
		f.Note = ""
	}
	return f
}

func completenessFact(ratio *float64, promised float64) pages.Fact {
	f := pages.Fact{Label: "Completeness", Value: human.Percent(ratio), Note: "no promise"}
	if promised > 0 {
		f.Note = "promised " + human.Percent(&promised)
		if ratio != nil && *ratio < promised {
			f.Tone, f.Note = pages.Warn, "below the promised "+human.Percent(&promised)
		}
	}
	return f
}
