package portal

import (
	"net/url"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

func (s *Server) portView(p mesh.Port, now time.Time) pages.Port {
	h, ports := p.Health, []mesh.Port{p}
	view := pages.Port{
		Href:    portHref(p.DataProduct, p.ID),
		Anchor:  portAnchor(p.ID),
		ID:      p.ID,
		Name:    p.Name,
		Version: orNone(p.Version),
		Health:  statusBadge(h.Status),
		Facts: []pages.Fact{
			s.freshnessFact(ports),
			completenessFact(h.Completeness, s.details(p.ContractID).completeness),
			{Label: "Records", Value: human.Count(h.RecordCount), Note: lastUpdate(ports, now)},
			{Label: "Waiting", Value: human.Count(h.Lag), Note: "input records without an outcome"},
			latencyFact(ports),
		},
		Promises: promises(p.Promises),
		Contract: s.contractView(p),
		Commands: s.consume(p),
	}
	if h.Lost > 0 {
		view.Facts = append(view.Facts, pages.Fact{Label: "Lost", Value: human.Count(h.Lost), Note: "input records that retention removed unread", Tone: pages.Bad})
	}
	for _, r := range h.Verified {
		view.Verified = append(view.Verified, pages.Range{
			Partition: strconv.Itoa(int(r.Partition)), From: human.Count(r.From), To: human.Count(r.To),
		})
	}
	view.Outcomes = append(outcomes("rejected", h.Rejected), outcomes("filtered", h.Filtered)...)
	return view
}

// consume says how to read the port, here and with any Kafka client.
func (s *Server) consume(p mesh.Port) []pages.Command {
	topic := shellWord(p.Topic)
	kcat := "kcat -C -b " + shellWord(orText(s.Brokers, "BROKERS")) + " -t " + topic +
		" -s value=avro -r " + shellWord(orText(s.Registry, "REGISTRY")) + " -X isolation.level=read_committed"
	return []pages.Command{
		{Says: "Follow it, decoded", Line: "tidemark tail " + shellWord(p.ID)},
		{Says: "See what it promises", Line: "tidemark describe port " + shellWord(p.ID)},
		{Says: "With any Kafka client", Line: kcat},
	}
}

func (s *Server) contractView(p mesh.Port) pages.Contract {
	c, found := s.Mesh.Contract(p.ContractID)
	if !found {
		return pages.Contract{Missing: "No contract of this port has been published."}
	}
	view := pages.Contract{
		ID:       c.ID,
		Version:  c.Version,
		Digest:   shortDigest(c.Digest),
		Document: pages.Link{Text: "contract (ODCS, YAML)", Href: api.Prefix + "/contracts/" + url.PathEscape(c.ID) + "/document"},
		Purpose:  c.Description,
		Fields:   s.details(c.ID).fields,
	}
	view.Verdict, view.Findings = verdictView(c.Verdict)
	return view
}

// verdictView is what the policies say of a contract; nil: nothing yet.
func verdictView(v *mesh.Verdict) (pages.Badge, []string) {
	if v == nil {
		return pages.Badge{Tone: pages.Quiet, Text: "not judged yet"}, nil
	}
	badge := pages.Badge{Tone: pages.Quiet, Text: v.Outcome}
	switch v.Outcome {
	case event.Allowed:
		badge.Tone = pages.Good
	case event.Denied:
		badge.Tone = pages.Bad
	}
	var findings []string
	for _, f := range v.Findings {
		findings = append(findings, f.Severity+" "+f.Rule+": "+f.Message)
	}
	return badge, findings
}

// promises are a port's, each with its measurement and verdict, or with why there is none.
func promises(list []mesh.Promise) []pages.Promise {
	views := make([]pages.Promise, len(list))
	for i, p := range list {
		warning := p.Severity == avro.Warning.String()
		verdict := pages.Badge{Tone: pages.Quiet, Text: human.Kept(p.Holds, warning)}
		switch {
		case p.Holds == nil:
		case *p.Holds:
			verdict.Tone = pages.Good
		case warning:
			verdict.Tone = pages.Warn
		default:
			verdict.Tone = pages.Bad
		}
		views[i] = pages.Promise{
			Name: p.Property, Promised: p.Text, Measured: human.Measured(p.Value, p.Unit), Window: human.Window(p.Start, p.End, p.Records),
			Verdict: verdict,
		}
		if p.NotJudged != "" {
			views[i].Note = "not judged here: " + p.NotJudged
		}
	}
	return views
}

// shortDigest keeps as much of a digest as two people need to see that they mean the same.
func shortDigest(digest string) string {
	const short = len("sha256:") + 12
	if len(digest) <= short {
		return digest
	}
	return digest[:short] + "…"
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
