package portal

import (
	"net/http"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

// routes is every path that the server answers.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	telemetry.Routes(mux, telemetry.MetricsHandler(s.Metrics), s.Checks...)
	s.api(mux)

	mux.Handle("GET "+s.css.path, s.css)
	mux.Handle("GET "+s.js.path, s.js)
	mux.HandleFunc("GET /{$}", s.overviewPage)
	mux.HandleFunc("GET /data-products/{id}", s.dataProductPage)
	mux.HandleFunc("GET /search", s.searchPage)
	mux.HandleFunc("/", s.nowhere)
	return mux
}

// nowhere answers what no other route does, in the form that the path lets expect.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request) {
	status, text := http.StatusNotFound, "There is nothing at this address."
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		status, text = http.StatusMethodNotAllowed, "This address can be read only."
	}
	if r.URL.Path == api.Prefix || strings.HasPrefix(r.URL.Path, api.Prefix+"/") {
		writeProblem(w, status, text+" /openapi.json lists what there is.")
		return
	}
	s.problemPage(w, r, status, text)
}
