package registrytest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// step is one request and what must come of it.
type step struct {
	method, path, body string
	status             int
	want               string // what the answer must hold, as JSON: an object's further fields do not matter; of an error, its code
}

func (s *suite) play(t *testing.T, steps ...step) {
	t.Helper()
	for _, p := range steps {
		status, got := s.send(t, p.method, p.path, p.body)
		switch {
		case s.differs(t, p.method, p.path):
		case status != p.status:
			t.Errorf("%s %s: %d %.300s; want %d", p.method, p.path, status, got, p.status)
		case p.status >= 400:
			var e struct {
				Code    json.Number `json:"error_code"`
				Message string      `json:"message"`
			}
			if err := json.Unmarshal(got, &e); err != nil || e.Code.String() != p.want || e.Message == "" {
				t.Errorf("%s %s: %.300s; want error code %s and a message", p.method, p.path, got, p.want)
			}
		default:
			if !holds(decode(t, got), decode(t, []byte(p.want))) {
				t.Errorf("%s %s: %.300s; want %s", p.method, p.path, got, p.want)
			}
		}
	}
}

func (s *suite) send(t *testing.T, method, path, body string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	return s.do(t, r)
}

func (s *suite) do(t *testing.T, r *http.Request) (int, []byte) {
	t.Helper()
	if s.cfg.Username != "" {
		password, err := s.cfg.Password.Read()
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(s.cfg.Username, password)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, text
}

// id registers a schema and gives its id.
func (s *suite) id(t *testing.T, subject, body string) int {
	t.Helper()
	status, got := s.send(t, http.MethodPost, "/subjects/"+escape(subject)+"/versions", body)
	var a struct {
		ID int `json:"id"`
	}
	if err := json.Unmarshal(got, &a); err != nil || status != http.StatusOK || a.ID < 1 {
		t.Fatalf("register %s: %d %s", subject, status, got)
	}
	return a.ID
}

func escape(subject string) string { return url.PathEscape(subject) }

func decode(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("not JSON: %v: %.300s", err, text)
	}
	return v
}

// holds says that got is want, but for further fields of objects.
func holds(got, want any) bool {
	object, ok := want.(map[string]any)
	if !ok {
		return reflect.DeepEqual(got, want)
	}
	given, ok := got.(map[string]any)
	for key, value := range object {
		ok = ok && holds(given[key], value)
	}
	return ok
}

type reference struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// asked is the body of a request with a schema.
func asked(schema string, references ...reference) string {
	b, _ := json.Marshal(map[string]any{"schema": schema, "schemaType": "AVRO", "references": references})
	return string(b)
}
