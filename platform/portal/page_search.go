package portal

import (
	"net/http"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

const (
	maxQuery = 200 // bytes of a search
	maxHits  = 50
)

func (s *Server) searchPage(w http.ResponseWriter, r *http.Request) {
	words := strings.TrimSpace(r.URL.Query().Get("q"))
	if len(words) > maxQuery {
		s.problemPage(w, r, http.StatusUnprocessableEntity, "The search is too long; a few words do.")
		return
	}
	s.render(w, r, http.StatusOK, pages.ResultsPage(s.results(words)))
}

func (s *Server) results(words string) pages.Results {
	page := pages.Results{
		Chrome: s.chrome("Search", s.Clock()),
		Empty:  pages.Empty{Text: "Type a name, an owner, a field or a word of a description into the box above."},
	}
	page.Query = words
	if words == "" {
		return page
	}
	hits := s.search(words, maxHits)
	page.Empty = pages.Empty{Text: "Nothing matches. Fewer or shorter words find more; this lists everything:", Command: "tidemark get data-products"}
	page.Count = plural(len(hits), "match, the best first", "matches, the best first")
	for _, h := range hits {
		page.Hits = append(page.Hits, pages.Hit{
			Kind: strings.ReplaceAll(h.Kind, "-", " "),
			Name: pages.Link{Text: h.ID, Href: s.hitHref(h)},
			Text: firstSentence(h.Description),
		})
	}
	return page
}

// hitHref leads to where a hit is shown; an instance has no page of its own yet.
func (s *Server) hitHref(h mesh.Hit) string {
	switch h.Kind {
	case mesh.KindDataProduct:
		return dataProductHref(h.ID)
	case mesh.KindPort:
		if p, ok := s.Mesh.Port(h.ID); ok {
			return portHref(p.DataProduct, p.ID)
		}
	case mesh.KindContract:
		if c, ok := s.Mesh.Contract(h.ID); ok {
			if p, ok := s.Mesh.Port(c.Port); ok {
				return portHref(p.DataProduct, p.ID)
			}
		}
	}
	return ""
}
