package portal

import (
	"bytes"
	"flag"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// newServer is a portal over m at the fixture's time.
func newServer(t *testing.T, m Mesh, change ...func(*Options)) *Server {
	t.Helper()
	o := Options{Mesh: m, Clock: portaltest.Now, Version: "1.2.3", Brokers: "127.0.0.1:9092", Registry: "http://127.0.0.1:8081"}
	for _, c := range change {
		c(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends a GET, with pairs of header names and values.
func ask(s *Server, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

var assetDigest = regexp.MustCompile(`/static/portal\.[0-9a-f]{12}\.`)

// readable puts each tag of a page on a line of its own and leaves out what changes with the assets.
func readable(page []byte) []byte {
	page = assetDigest.ReplaceAll(page, []byte("/static/portal.DIGEST."))
	return append(bytes.ReplaceAll(page, []byte("><"), []byte(">\n<")), '\n')
}
