package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

func (s *Server) overviewPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.render(w, r, http.StatusOK, pages.OverviewPage(s.overview(overviewFilter{
		domain: q.Get("domain"), owner: q.Get("owner"), state: q.Get("state"),
	})))
}

// maxRows bounds the list, which a browser asks for every two seconds.
const maxRows = 500

// overviewFilter narrows the list; an empty field does not.
type overviewFilter struct{ domain, owner, state string }

func (s *Server) overview(f overviewFilter) pages.Overview {
	now, sum := s.Clock(), summarize(s.Mesh, s.Clock())
	products, ports := s.Mesh.DataProducts(), portsByProduct(s.Mesh.Ports())
	o := pages.Overview{
		Chrome:    s.live("Data products", now, sum),
		Facts:     meshFacts(sum, products, ports),
		Attention: s.notices(sum.Attention),
		Filters: []pages.Filter{
			filter("domain", "Domain", f.domain, products, func(p mesh.DataProduct) string { return p.Domain }),
			filter("owner", "Owner", f.owner, products, func(p mesh.DataProduct) string { return p.Owner }),
			filter("state", "State", f.state, products, func(p mesh.DataProduct) string { return p.State }),
		},
		Filtered: f != overviewFilter{},
	}
	found := 0
	for _, p := range products {
		if !matches(f.domain, p.Domain, f.owner, p.Owner, f.state, p.State) {
			continue
		}
		if found++; found > maxRows {
			continue
		}
		if n := len(o.Groups); n == 0 || o.Groups[n-1].Domain != p.Domain {
			o.Groups = append(o.Groups, pages.Group{Domain: p.Domain})
		}
		last := &o.Groups[len(o.Groups)-1]
		last.Rows = append(last.Rows, s.row(p, ports[p.ID]))
	}
	o.Shown = plural(found, "data product", "data products")
	if o.Filtered {
		o.Shown = human.Count(int64(found)) + " of " + plural(len(products), "data product", "data products")
	}
	if found > maxRows {
		o.Shown += ", the first " + human.Count(maxRows) + " shown: filter or search for the others"
	}
	o.Empty = pages.Empty{Text: "No data product matches."}
	if len(products) == 0 {
		o.Empty = pages.Empty{Text: "No data product has been published yet. Start one, or try a whole mesh:", Command: "tidemark demo"}
	}
	return o
}

func (s *Server) row(p mesh.DataProduct, ports []mesh.Port) pages.Row {
	in := countInput(p.Mode, ports)
	fresh := s.freshness(ports)
	row := pages.Row{
		Anchor:       p.ID,
		ID:           p.ID,
		Name:         pages.Link{Text: p.Name, Href: dataProductHref(p.ID)},
		Purpose:      firstSentence(p.Description),
		State:        stateBadge(p.State, ""),
		Health:       statusBadge(p.Status),
		Freshness:    human.Minutes(fresh.minutes),
		Tide:         fresh.tide(),
		Completeness: human.Percent(in.completeness()),
		Records:      human.Count(records(ports)),
		Rejected:     human.Count(in.rejected),
		Breaches:     breachBadge(ports),
		Owner:        orNone(p.Owner),
		Mode:         p.Mode,
	}
	if fresh.promised > 0 {
		row.Promise = human.Duration(fresh.promised)
	}
	return row
}

// filter offers every value that some data product has.
func filter(name, label, selected string, products []mesh.DataProduct, of func(mesh.DataProduct) string) pages.Filter {
	values := map[string]bool{}
	for _, p := range products {
		if v := of(p); v != "" {
			values[v] = true
		}
	}
	f := pages.Filter{Name: name, Label: label, Options: []pages.Option{{Text: "all", Selected: selected == ""}}}
	for _, v := range sortedNames(values) {
		f.Options = append(f.Options, pages.Option{Value: v, Text: v, Selected: v == selected})
	}
	return f
}

func records(ports []mesh.Port) (sum int64) {
	for _, p := range ports {
		sum += p.Health.RecordCount
	}
	return sum
}

// firstSentence keeps a list's rows short.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i+1]
	}
	return text
}

func sortedNames(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func orNone(text string) string {
	if text == "" {
		return human.None
	}
	return text
}

func ptr[T any](v T) *T { return &v }
