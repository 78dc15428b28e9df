package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

func serve(t *testing.T, m portal.Mesh) *Client {
	t.Helper()
	s, err := portal.New(portal.Options{Mesh: m, Clock: portaltest.Now})
	if err != nil {
		t.Fatal(err)
	}
	return connect(t, s.Handler(), "/")
}

func connect(t *testing.T, h http.Handler, below string) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c, err := New(server.URL+below, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestListsAreWhole(t *testing.T) {
	m := &portaltest.Mesh{}
	for i := range 2345 {
		m.PortList = append(m.PortList, mesh.Port{ID: fmt.Sprint("p", i), Domain: "d" + fmt.Sprint(i%2)})
	}
	c := serve(t, m)
	all, err := c.Ports(t.Context(), nil)
	if err != nil || len(all) != 2345 || all[2344].ID != "p2344" {
		t.Errorf("got %d, %v", len(all), err)
	}
	half, err := c.Ports(t.Context(), Filter{"domain": "d1", "owner": ""})
	if err != nil || len(half) != 1172 {
		t.Errorf("got %d, %v", len(half), err)
	}
}

func TestEveryResource(t *testing.T) {
	c := serve(t, portaltest.Shop())
	for name, ask := range map[string]func() (any, error){
		"data product": func() (any, error) { return c.DataProduct(t.Context(), "orders.order-lines") },
		"port":         func() (any, error) { return c.Port(t.Context(), "orders.order-lines.lines.v1") },
		"contract":     func() (any, error) { return c.Contract(t.Context(), "urn:datamesh:orders:order-lines:lines:1") },
		"instance":     func() (any, error) { return c.Instance(t.Context(), "orders") },
		"summary":      func() (any, error) { return c.Summary(t.Context()) },
		"search":       func() (any, error) { return c.Search(t.Context(), "order", 5) },
		"breaches":     func() (any, error) { return c.Breaches(t.Context(), Filter{"open": "true"}) },
	} {
		if v, err := ask(); err != nil || fmt.Sprint(v) == "" {
			t.Errorf("%s: got %v, %v", name, v, err)
		}
	}
	if _, err := c.Port(t.Context(), "a/../b?c"); NotFound(err) || err == nil {
		t.Errorf("a name that none has: %v", err)
	}
	if _, err := c.Port(t.Context(), "nothing"); !NotFound(err) {
		t.Errorf("one that does not exist: %v", err)
	}
	if _, err := c.DeadLetters(t.Context(), "orders.order-lines", nil); err == nil || !strings.Contains(err.Error(), "tidemark dlq list") {
		t.Errorf("dead letters: %v", err)
	}
}

func TestErrors(t *testing.T) {
	for _, base := range []string{"", "127.0.0.1:8080", "ftp://x", "http://", "http://%zz", "/api"} {
		if _, err := New(base, Options{}); err == nil {
			t.Errorf("%q is taken for a URL", base)
		}
	}
	garbage := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }), "")
	if _, err := garbage.Summary(t.Context()); err == nil || !strings.Contains(err.Error(), "not a platform's") {
		t.Errorf("garbage: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := garbage.Summary(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	var path string
	below := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { path = r.URL.Path; _, _ = w.Write([]byte("{}")) }), "/mesh/")
	if _, err := below.Summary(t.Context()); err != nil || path != "/mesh/api/v1/health" {
		t.Errorf("below a path: %q %v", path, err)
	}
}
