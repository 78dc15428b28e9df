package portal

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// call asks for a path, with a header if it is named.
func call(s *Server, host, path, header, value string) int {
	r := httptest.NewRequest(http.MethodGet, "http://"+host+path, nil)
	if header != "" {
		r.Header.Set(header, value)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Code
}

func TestAToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("canary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, portaltest.Shop(), func(o *Options) { o.Token = security.SecretFile(file) })
	for _, path := range []string{"/", api.Prefix + "/ports", "/metrics", "/openapi.json", "/data-products/orders.order-lines"} {
		basic := httptest.NewRequest(http.MethodGet, path, nil)
		basic.SetBasicAuth("anybody", "canary")
		for value, want := range map[string]int{
			"": 401, "Bearer wrong": 401, "Bearer ": 401, "canary": 401, "Bearer canary": 200, basic.Header.Get("Authorization"): 200,
		} {
			if got := call(s, "platform", path, "Authorization", value); got != want {
				t.Errorf("%s with %q: %d, want %d", path, value, got, want)
			}
		}
	}
	for _, probe := range []string{"/livez", "/readyz", "/healthz"} {
		if got := call(s, "platform", probe, "", ""); got == 401 {
			t.Errorf("%s wants a token", probe)
		}
	}
	if got := call(s, "platform", "/livez", "", ""); got != 200 {
		t.Errorf("/livez wants a token: %d", got)
	}
	if err := os.WriteFile(file, []byte("another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if old, now := call(s, "platform", "/", "Authorization", "Bearer canary"), call(s, "platform", "/", "Authorization", "Bearer another"); old != 401 || now != 200 {
		t.Errorf("a token that was replaced: the old one %d, the new one %d", old, now)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got := call(s, "platform", "/", "Authorization", "Bearer "); got != 401 {
		t.Errorf("without its token it lets in: %d", got)
	}
}

func TestLoopbackHasLoopbackNames(t *testing.T) {
	s := newServer(t, portaltest.Shop(), func(o *Options) { o.Local = true })
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost": 200, "LOCALHOST:8080": 200, "[::1]:8080": 200, "127.9.9.9": 200,
		"evil.example": 421, "evil.example:8080": 421, "localhost.evil.example": 421, "10.0.0.1": 421,
	} {
		if got := call(s, host, "/", "", ""); got != want {
			t.Errorf("as %s: %d, want %d", host, got, want)
		}
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	now := portaltest.Now()
	s := newServer(t, portaltest.Shop(), func(o *Options) { o.Clock = func() time.Time { return now } })
	for i := range requestsAtOnce {
		if got := call(s, "platform", "/livez", "", ""); got != 200 {
			t.Fatalf("what watches was stopped: %d", got)
		}
		if got := call(s, "platform", api.Prefix+"/ports", "", ""); got != 200 {
			t.Fatalf("request %d: %d", i, got)
		}
	}
	if got := call(s, "platform", api.Prefix+"/ports", "", ""); got != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", got)
	}
	now = now.Add(time.Second)
	if got := call(s, "platform", api.Prefix+"/ports", "", ""); got != 200 {
		t.Errorf("a second later: %d", got)
	}
}
