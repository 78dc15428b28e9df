package portal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

// chrome is what stands around every page.
func (s *Server) chrome(title string, now time.Time) pages.Chrome {
	return pages.Chrome{
		Title:   title,
		CSS:     s.css.path,
		Script:  s.js.path,
		Version: s.Version,
		Now:     now.UTC().Format("15:04:05 UTC"),
	}
}

// live is chrome of a page that keeps itself current and says how the mesh is doing.
func (s *Server) live(title string, now time.Time, sum api.Summary) pages.Chrome {
	c := s.chrome(title, now)
	c.Live = true
	c.Summary = pages.Badge{Tone: pages.Good, Text: "Nothing needs attention"}
	switch n := len(sum.Attention); {
	case !sum.CaughtUp:
		c.Summary = pages.Badge{Tone: pages.Quiet, Text: "The platform is still reading what the mesh said before"}
	case n > 0:
		c.Summary = pages.Badge{Tone: pages.Bad, Text: plural(n, "thing needs attention", "things need attention")}
	}
	return c
}

// render sends a page, or 304 when the browser has the very same one.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) {
	var b bytes.Buffer
	if err := page.Render(r.Context(), &b); err != nil {
		s.Logger.ErrorContext(r.Context(), "a page could not be made", "path", r.URL.Path, "error", err)
		http.Error(w, "the page could not be made; the platform's log says why", http.StatusInternalServerError)
		return
	}
	digest := sha256.Sum256(b.Bytes())
	tag := `"` + base64.RawURLEncoding.EncodeToString(digest[:12]) + `"`
	h := w.Header()
	if status == http.StatusOK {
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader may have gone
}

// problemPage says what went wrong and leads back to the list.
func (s *Server) problemPage(w http.ResponseWriter, r *http.Request, status int, text string) {
	s.render(w, r, status, pages.ProblemPage(pages.Problem{
		Chrome:  s.chrome(http.StatusText(status), s.Clock()),
		Heading: http.StatusText(status),
		Text:    text,
		Next:    pages.Link{Text: "See all data products", Href: "/"},
	}))
}

// stateBadge judges a lifecycle state.
func stateBadge(state, why string) pages.Badge {
	tone := pages.Quiet
	switch lifecycle.Parse(state) {
	case lifecycle.Running:
		tone = pages.Good
	case lifecycle.Degraded, lifecycle.Draining, lifecycle.Deprecated:
		tone = pages.Warn
	case lifecycle.Tripped, lifecycle.Failed, lifecycle.Lost:
		tone = pages.Bad
	}
	return pages.Badge{Tone: tone, Text: state, Title: why}
}

// statusBadge judges a port's health status.
func statusBadge(status string) pages.Badge {
	tone := pages.Quiet
	switch mesh.Status(status) {
	case mesh.StatusHealthy:
		tone = pages.Good
	case mesh.StatusDegraded, mesh.StatusStopped:
		tone = pages.Warn
	case mesh.StatusFailed, mesh.StatusTripped, mesh.StatusLost, mesh.StatusBreached:
		tone = pages.Bad
	}
	return pages.Badge{Tone: tone, Text: orNone(status)}
}

func dataProductHref(id string) string { return "/data-products/" + url.PathEscape(id) }

// portHref leads to a port's section on its data product's page.
func portHref(dataProduct, port string) string {
	return dataProductHref(dataProduct) + "#" + url.PathEscape(portAnchor(port))
}

func portAnchor(id string) string { return "port-" + id }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// withoutUser takes user and password out of a comma-separated list of URLs.
func withoutUser(list string) string {
	urls := strings.Split(list, ",")
	for i, text := range urls {
		if scheme, rest, ok := strings.Cut(text, "://"); ok {
			urls[i] = scheme + "://" + rest[strings.LastIndexByte(rest, '@')+1:]
		}
	}
	return strings.Join(urls, ",")
}

// shellWord quotes text for a shell where it holds more than names do, so that a copied command runs nothing else.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-:/,", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
