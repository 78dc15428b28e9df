package server_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/registry/server"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

func TestMediaTypes(t *testing.T) {
	s, _ := fresh(t)
	const own = "application/vnd.schemaregistry.v1+json"
	for _, c := range []struct {
		content, accept string
		status          int
		given           string
	}{
		{"", "", 200, own},
		{own, own, 200, own},
		{"application/vnd.schemaregistry+json", "", 200, own},
		{"application/json; charset=utf-8", "application/json", 200, "application/json"},
		{"application/octet-stream", "*/*", 200, own},
		{own, "application/*;q=0.5, text/html", 200, own},
		{own, "application/vnd.schemaregistry.v1+json;q=0.1, application/json", 200, "application/json"},
		{own, "*/*, application/vnd.schemaregistry.v1+json;q=0", 200, "application/vnd.schemaregistry+json"},
		{own, "text/html", 406, own},
		{own, "application/json;q=0", 406, own},
		{"application/x-www-form-urlencoded", "", 415, own},
		{"text/plain", "text/html", 415, own},
		{"nonsense/", "", 415, own},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/compatibility/subjects/s/versions", strings.NewReader(asked(`"int"`)))
		if c.content != "" {
			r.Header.Set("Content-Type", c.content)
		}
		if c.accept != "" {
			r.Header.Set("Accept", c.accept)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.given {
			t.Errorf("sent %q, accept %q: %d %s; want %d %s", c.content, c.accept, w.Code, w.Header().Get("Content-Type"), c.status, c.given)
		}
		coded(t, w)
	}
}

// coded fails when an answer against a request is not the API's.
func coded(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code < 400 {
		if !json.Valid(w.Body.Bytes()) {
			t.Errorf("%d: not JSON: %.200s", w.Code, w.Body)
		}
		return
	}
	var e struct {
		Code    int    `json:"error_code"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Message == "" || e.Code != w.Code && e.Code/100 != w.Code && e.Code != 50001 {
		t.Errorf("%d: not the API's: %v: %.200s", w.Code, err, w.Body)
	}
}

func TestPathsThatAreNone(t *testing.T) {
	s, _ := fresh(t)
	play(t, s,
		step{"GET", "//subjects", "", 404, "404"},
		step{"GET", "/subjects/../config", "", 404, "404"},
		step{"OPTIONS", "/config", "", 405, "405"},
		step{"GET", "/exporters", "", 404, "404"},
		step{"GET", "/contexts", "", 200, `["."]`},
		step{"GET", "/contexts/:.staging:/subjects", "", 404, "404"},
	)
}

func TestLists(t *testing.T) {
	s, _ := fresh(t)
	play(t, s,
		step{"GET", "/schemas", "", 200, `[]`},
		step{"POST", "/subjects/a/versions", asked(`"int"`), 200, `{"id":1}`},
		step{"POST", "/subjects/a/versions", asked(`"long"`), 200, `{"id":2}`},
		step{"POST", "/subjects/b/versions", asked(`"long"`), 200, `{"id":2}`},
		step{"GET", "/schemas?subjectPrefix=a&latestOnly=true", "", 200, `[{"subject":"a","version":2,"id":2,"schema":"\"long\""}]`},
		step{"GET", "/schemas?offset=1&limit=1", "", 200, `[{"subject":"a","version":2,"id":2,"schema":"\"long\""}]`},
		step{"GET", "/subjects?subjectPrefix=:*:b", "", 200, `["b"]`},
		step{"GET", "/subjects?offset=1", "", 200, `["b"]`},
		step{"GET", "/subjects?offset=9", "", 200, `[]`},
		step{"GET", "/subjects/a/versions?limit=1", "", 200, `[1]`},
		step{"GET", "/schemas/ids/2/subjects?subject=b", "", 200, `["b"]`},
		step{"GET", "/schemas/ids/1?fetchMaxId=true&subject=a", "", 200, `{"schema":"\"int\"","maxId":2}`},
		step{"DELETE", "/subjects/a/versions/1", "", 200, `1`},
		step{"GET", "/subjects/a/versions?deletedOnly=true", "", 200, `[1]`},
		step{"GET", "/schemas?deleted=true&limit=1", "", 200, `[{"subject":"a","version":1,"id":1,"schema":"\"int\""}]`},
		step{"DELETE", "/mode", "", 200, `{"mode":"READWRITE"}`},
	)
}

func TestUsers(t *testing.T) {
	s, _ := fresh(t)
	file := filepath.Join(t.TempDir(), "users")
	list := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list("# who may\nann:s3cret:with a colon\r\n\nbob:other\n")
	users, err := server.ReadUsers(security.SecretFile(file))
	if err != nil {
		t.Fatal(err)
	}
	h := users.Guard(s)
	ask := func(name, password string, want int) {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/subjects", nil)
		if name != "" {
			r.SetBasicAuth(name, password)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		coded(t, w)
		if w.Code != want || (want == 401) != strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s:%s: %d %v; want %d", name, password, w.Code, w.Header(), want)
		}
	}
	ask("ann", "s3cret:with a colon", 200)
	ask("bob", "other", 200)
	ask("bob", "s3cret:with a colon", 401)
	ask("eve", "", 401)
	ask("", "", 401)
	list("eve:new\n")
	ask("eve", "new", 200)
	ask("bob", "other", 401)
	list("eve\n")
	ask("eve", "new", 500)
	for _, bad := range []string{"", "# nobody\n", "a:b\ntopsecret\n", ":topsecret", "a:", "a:b\na:topsecret"} {
		_, err := server.ReadUsers(security.SecretValue(bad))
		if err == nil || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNotReady(t *testing.T) {
	w := httptest.NewRecorder()
	server.NotReady().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/subjects", nil))
	if coded(t, w); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d", w.Code)
	}
}

// A web page whose name was made to point to this machine gets nothing of a registry that trusts loopback.
func TestLocalOnly(t *testing.T) {
	s, _ := fresh(t)
	guarded := server.LocalOnly(s)
	for host, want := range map[string]int{
		"127.0.0.1:8081": 200, "localhost:8081": 200, "[::1]:8081": 200, "registry.example:8081": 421, "localhost.example": 421,
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/subjects", nil)
		r.Host = host
		w := httptest.NewRecorder()
		guarded.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("as %s: %d, want %d", host, w.Code, want)
		}
		coded(t, w)
	}
}
