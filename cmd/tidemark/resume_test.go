package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

func TestResume(t *testing.T) {
	e := platform(t, portaltest.Shop())
	mux := http.NewServeMux()
	mux.HandleFunc("POST /resume", func(w http.ResponseWriter, r *http.Request) {
		if id := r.URL.Query().Get("product"); id != "shop.orders" {
			http.Error(w, "instance one does not run "+id, http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte("shop.orders goes on\n"))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	gone := httptest.NewServer(mux)
	gone.Close()
	for _, c := range []struct {
		line     string
		code     int
		out, err string
	}{
		{"resume shop.orders --instance " + server.URL, 0, "shop.orders goes on\n", ""},
		{"resume shop.other --instance " + server.URL, 1, "", "instance one does not run shop.other"},
		{"resume shop.orders --instance " + gone.URL, 1, "", "tidemark get instances"},
		{"resume shop.orders --instance nowhere", 2, "", "not a URL such as"},
		{"resume shop.orders", 2, "", "--instance is missing"},
		{"resume", 2, "", ""},
	} {
		if got := tidemark(t, e, strings.Fields(c.line)...); got.code != c.code || got.out != c.out || !strings.Contains(got.err, c.err) {
			t.Errorf("%s: %+v", c.line, got)
		}
	}
}
