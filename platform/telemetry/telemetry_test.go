package telemetry

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func TestReadyzSaysWhichCheckFails(t *testing.T) {
	broker := Check{Name: "broker", Run: func(context.Context) error { return nil }}
	fold := Check{Name: "fold", Run: func(context.Context) error { return errors.New("3 events behind") }}

	for _, c := range []struct {
		name, target string
		checks       []Check
		status       int
		body         string
	}{
		{"all pass", "/readyz", []Check{broker}, 200, "ok\n"},
		{"verbose", "/readyz?verbose", []Check{broker}, 200, "[+]broker ok\nreadyz check passed\n"},
		{"one fails", "/readyz", []Check{broker, fold}, 503, "[+]broker ok\n[-]fold failed: 3 events behind\nreadyz check failed\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := get(Readyz(c.checks...), c.target)
			if w.Code != c.status || w.Body.String() != c.body {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, c.status, c.body)
			}
		})
	}
}

func TestReadyzDoesNotHangWithItsChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		release := make(chan struct{})
		stuck := Check{Name: "stuck", Run: func(context.Context) error { <-release; return nil }}
		w := get(Readyz(stuck), "/readyz?verbose")
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "[-]stuck failed: no answer within 2s") {
			t.Errorf("got %d %q", w.Code, w.Body)
		}
		if took := time.Since(start); took != checkTimeout {
			t.Errorf("took %s, want %s", took, checkTimeout)
		}
		close(release)
	})
}

func TestRoutes(t *testing.T) {
	mux := http.NewServeMux()
	reg := NewRegistry("1.2.3")
	reg.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Namespace: Namespace, Name: "level"}))
	Routes(mux, MetricsHandler(reg))
	for path, want := range map[string]string{
		"/livez":   "ok\n",
		"/readyz":  "ok\n",
		"/healthz": "ok\n",
		"/metrics": `tidemark_build_info{go_version=`,
	} {
		if w := get(mux, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: got %d %.80q, want 200 with %q", path, w.Code, w.Body, want)
		}
	}
	body := get(mux, "/metrics").Body.String()
	for _, name := range []string{"go_goroutines", "process_start_time_seconds", "tidemark_level", `version="1.2.3"`} {
		if !strings.Contains(body, name) {
			t.Errorf("/metrics lacks %s", name)
		}
	}
}
