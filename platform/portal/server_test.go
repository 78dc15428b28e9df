package portal

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

func urlEscape(s string) string { return url.QueryEscape(s) }

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	s := newServer(t, portaltest.Shop())
	for _, target := range []string{"/", "/nowhere", "/data-products/orders.order-lines", "/search?q=x", s.css.path, "/livez", "/metrics", "/openapi.json", api.Prefix + "/ports", api.Prefix + "/nowhere"} {
		h := ask(s, target, "Origin", "http://evil.example").Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'",
			"X-Content-Type-Options":  "nosniff",
			"X-Frame-Options":         "DENY",
			"Referrer-Policy":         "no-referrer",
		} {
			if !strings.Contains(h.Get(name), want) {
				t.Errorf("%s: %s is %q", target, name, h.Get(name))
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: a weak policy %q", target, h.Get("Content-Security-Policy"))
		}
		if got := h.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s: lets %s read", target, got)
		}
	}
}

func TestOnlyReading(t *testing.T) {
	s := newServer(t, portaltest.Shop())
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		for _, target := range []string{"/", api.Prefix + "/ports", "/data-products/orders.order-lines"} {
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader("x")))
			if w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: got %d", method, target, w.Code)
			}
		}
	}
}

func TestStrangePaths(t *testing.T) {
	s := newServer(t, portaltest.Shop())
	for _, path := range []string{"/data-products/..%2f..%2fetc%2fpasswd", "/data-products/%00", "/static/..%2fserver.go", "/static/portal.css", "/data-products/" + strings.Repeat("a", 8000)} {
		w := ask(s, path)
		if w.Code != http.StatusNotFound {
			t.Errorf("%.40s: got %d", path, w.Code)
		}
	}
}

func TestHealth(t *testing.T) {
	m := portaltest.Shop()
	m.Reading = true
	s := newServer(t, m)
	if w := ask(s, "/readyz?verbose"); w.Code != 503 || !strings.Contains(w.Body.String(), "[-]fold failed") {
		t.Errorf("while reading: got %d %s", w.Code, w.Body)
	}
	m.Reading = false
	if w := ask(s, "/readyz?verbose"); w.Code != 200 || !strings.Contains(w.Body.String(), "[+]fold ok") {
		t.Errorf("after it: got %d %s", w.Code, w.Body)
	}
	broker := telemetry.Check{Name: "broker", Run: func(context.Context) error { return errors.New("away") }}
	s = newServer(t, m, func(o *Options) { o.Checks = []telemetry.Check{broker, FoldCheck(m)} })
	if w := ask(s, "/healthz"); w.Code != 503 || !strings.Contains(w.Body.String(), "[-]broker failed: away\n[+]fold ok") {
		t.Errorf("without a broker: got %d %s", w.Code, w.Body)
	}
	if w := ask(s, "/livez"); w.Code != 200 {
		t.Errorf("/livez: got %d", w.Code)
	}
}

func TestMetrics(t *testing.T) {
	s := newServer(t, portaltest.Shop())
	body := ask(s, "/metrics").Body.String()
	for _, line := range []string{
		`tidemark_port_info{data_product="orders.order-lines",domain="orders",mode="transform",owner="orders-team",port="orders.order-lines.lines.v1"} 1`,
		`tidemark_port_status{port="orders.order-status.status.v1",status="breached"} 1`,
		`tidemark_port_freshness_seconds{port="orders.order-lines.lines.v1"} 3`,
		`tidemark_port_records_total{port="orders.order-lines.lines.v1"} 9976`,
		`tidemark_port_accepted_total{port="orders.order-lines.lines.v1"} 5000`,
		`tidemark_port_rejected_total{port="orders.order-lines.lines.v1",reason="rule.broken"} 9`,
		`tidemark_port_filtered_total{filter="test-order",port="orders.order-lines.lines.v1"} 3`,
		`tidemark_port_last_event_timestamp_seconds{port="orders.order-lines.lines.v1"} 1.795273442e+09`,
		`tidemark_port_latency_seconds{port="orders.order-lines.lines.v1",quantile="0.99"} 0.18`,
		`tidemark_breaches{port="orders.order-status.status.v1",sla="freshness"} 1`,
		`tidemark_instance_up{instance="orders"} 1`,
		`tidemark_instance_up{instance="orders-2"} 0`,
		`tidemark_control_events_skipped_total 2`,
		`tidemark_fold_caught_up 1`,
		`tidemark_build_info{`,
		`go_goroutines`,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	if strings.Contains(body, `tidemark_port_freshness_seconds{port="catalog.prices.prices.v1"}`) {
		t.Error("a freshness is told for a port without one")
	}
}

// brokenMesh fails when it is asked for ports.
type brokenMesh struct{ *portaltest.Mesh }

func (brokenMesh) Ports() []mesh.Port { panic("an invariant broke") }

func TestFailureIsAnAnswer(t *testing.T) {
	s := newServer(t, brokenMesh{portaltest.Shop()})
	w := ask(s, "/")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "invariant") || strings.Contains(w.Body.String(), "goroutine") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestServeStopsWithItsContext(t *testing.T) {
	s := newServer(t, portaltest.Shop())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()

	answer, err := http.Get("http://" + ln.Addr().String() + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || string(body) != "ok\n" || answer.Body.Close() != nil {
		t.Errorf("got %q %v", body, err)
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it still serves")
	}
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

func TestServeStopsWhenItBeganCancelled(t *testing.T) {
	s := newServer(t, portaltest.Shop())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Serve(ctx, ln); err != nil {
		t.Errorf("got %v", err)
	}
}

// Over TLS, and only there, a browser is told to come back with TLS alone.
func TestStrictTransportSecurity(t *testing.T) {
	certified := httptest.NewTLSServer(nil) // lends its certificate
	defer certified.Close()
	s := newServer(t, portaltest.Shop(), func(o *Options) { o.TLS = &tls.Config{Certificates: certified.TLS.Certificates} })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	for _, path := range []string{"/", "/livez", "/nowhere", api.Prefix + "/ports"} {
		answer, err := certified.Client().Get("https://" + ln.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		if got := answer.Header.Get("Strict-Transport-Security"); got != "max-age=31536000" || answer.Body.Close() != nil {
			t.Errorf("%s: got %q", path, got)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := ask(s, "/").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("without TLS: %q", got)
	}
}
