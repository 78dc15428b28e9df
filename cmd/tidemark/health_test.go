package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

// What probes a container sees only the exit code; who looks into it sees the reason.
func TestHealth(t *testing.T) {
	e := platform(t, portaltest.Shop())
	release := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "[-]shop.orders failed: it is tripped", http.StatusServiceUnavailable)
	})
	mux.HandleFunc("GET /hangs", func(http.ResponseWriter, *http.Request) { <-release })
	server := httptest.NewServer(mux)
	defer server.Close()
	defer close(release)
	gone := httptest.NewServer(mux)
	gone.Close()
	for _, c := range []struct {
		line string
		code int
		err  []string
	}{
		{"health", exitDone, nil},
		{"health " + server.URL + "/livez", exitDone, nil},
		{"health " + server.URL + "/readyz", exitFailed, []string{"503", "[-]shop.orders failed: it is tripped"}},
		{"health " + server.URL + "/nothing", exitFailed, []string{"404"}},
		{"health --timeout 20ms " + server.URL + "/hangs", exitFailed, []string{"deadline exceeded"}},
		{"health " + gone.URL + "/readyz", exitFailed, []string{"nothing healthy answers", "refused"}},
		{"health 127.0.0.1:8090", exitUsage, []string{"not a URL such as"}},
		{"health a b", exitUsage, nil},
		{"health --platform-ca-file /nowhere.pem", exitUsage, []string{"--platform-ca-file", "/nowhere.pem"}},
	} {
		start := time.Now()
		got := tidemark(t, e, strings.Fields(c.line)...)
		if got.code != c.code || got.out != "" || time.Since(start) > 4*time.Second {
			t.Errorf("%s: %+v after %s, want code %d", c.line, got, time.Since(start), c.code)
		}
		for _, want := range c.err {
			if !strings.Contains(got.err, want) {
				t.Errorf("%s: %q lacks %q", c.line, got.err, want)
			}
		}
	}
}
