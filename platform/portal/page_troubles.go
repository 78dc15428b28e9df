package portal

import (
	"cmp"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

func deadLettersView(p mesh.DataProduct, in input) pages.DeadLetters {
	d := pages.DeadLetters{Total: human.Count(in.rejected), Reasons: outcomes("rejected", in.reasons)}
	switch p.Mode {
	case "source":
		d.Says = "records were refused with an error to the service that published them; none was sent."
	case "observe":
		d.Says = "records break the contract; they are left where they are, since this data product only observes."
	default:
		d.Says, d.Topic = "input records were set aside, byte for byte, in", event.DeadLetterTopic(p.ID)
		name := shellWord(p.ID)
		d.Commands = []pages.Command{
			{Says: "List them", Line: "tidemark dlq list " + name},
			{Says: "Send them again", Line: "tidemark dlq replay " + name},
		}
	}
	return d
}

// breachesOf gives the breaches of ports, those that last first, the newest first.
func (s *Server) breachesOf(ports []mesh.Port) []mesh.Breach {
	var list []mesh.Breach
	for _, b := range s.Mesh.Breaches() {
		if slices.ContainsFunc(ports, func(p mesh.Port) bool { return p.ID == b.Port }) {
			list = append(list, b)
		}
	}
	slices.SortStableFunc(list, func(a, b mesh.Breach) int {
		if a.Open() != b.Open() {
			return map[bool]int{true: -1, false: 1}[a.Open()]
		}
		return b.Start.Compare(a.Start)
	})
	return list
}

func breachViews(breaches []mesh.Breach, now time.Time) []pages.Breach {
	const most = 20
	var list []pages.Breach
	for _, b := range breaches[:min(len(breaches), most)] {
		v := pages.Breach{
			Badge:    pages.Badge{Tone: pages.Bad, Text: "open"},
			Port:     pages.Link{Text: b.Port, Href: portHref(b.DataProduct, b.Port)},
			SLA:      b.SLA,
			Since:    b.Start.UTC().Format("2006-01-02 15:04:05 UTC"),
			Lasted:   human.Age(b.Start, now),
			Promised: b.Promised,
			Observed: b.Observed,
			Cause:    orNone(b.Cause),
		}
		if b.End != nil {
			v.Badge = pages.Badge{Tone: pages.Quiet, Text: "over"}
			v.Lasted = human.Age(b.Start, *b.End)
		}
		list = append(list, v)
	}
	return list
}

// counted is a name with a count.
type counted struct {
	name string
	n    int64
}

// byCount orders counts, the greatest first, equal ones by name.
func byCount(counts map[string]int64) []counted {
	var list []counted
	for name, n := range counts {
		if n > 0 {
			list = append(list, counted{name, n})
		}
	}
	slices.SortFunc(list, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name))
	})
	return list
}

func (s *Server) notices(list []api.Attention) []pages.Notice {
	const most = 12
	var notices []pages.Notice
	for i, a := range list {
		if i == most {
			notices = append(notices, pages.Notice{Badge: pages.Badge{Tone: pages.Bad, Text: "more"}, Text: plural(len(list)-most, "thing more", "things more")})
			break
		}
		n := pages.Notice{Text: a.Cause}
		switch a.Kind {
		case "instance":
			n.Badge, n.What = stateBadge(a.Status, a.Cause), pages.Link{Text: "instance " + a.ID}
		case "data_product":
			n.Badge, n.What = stateBadge(a.Status, a.Cause), pages.Link{Text: a.ID, Href: dataProductHref(a.ID)}
		default:
			n.Badge, n.What = pages.Badge{Tone: pages.Bad, Text: a.Status}, pages.Link{Text: a.ID}
			if p, ok := s.Mesh.Port(a.ID); ok {
				n.What.Href = portHref(p.DataProduct, p.ID)
			}
		}
		notices = append(notices, n)
	}
	return notices
}

func breachBadge(ports []mesh.Port) pages.Badge {
	n := 0
	for _, p := range ports {
		n += p.Health.Breaches
	}
	if n == 0 {
		return pages.Badge{Tone: pages.Quiet, Text: "none"}
	}
	return pages.Badge{Tone: pages.Bad, Text: human.Count(int64(n)) + " open"}
}

func outcomes(kind string, counts map[string]int64) (list []pages.Outcome) {
	for _, c := range byCount(counts) {
		list = append(list, pages.Outcome{Kind: kind, Reason: c.name, Count: human.Count(c.n)})
	}
	return list
}
