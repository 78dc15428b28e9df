package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// step is one request and what must come of it.
type step struct {
	method, path, body string
	status             int
	want               string // the whole answer as JSON; or, of an error, its code alone
}

// play runs steps in order against a registry.
func play(t *testing.T, h http.Handler, steps ...step) {
	t.Helper()
	for _, s := range steps {
		status, got := request(t, h, s.method, s.path, s.body)
		if status != s.status {
			t.Fatalf("%s %s: %d %s; want %d", s.method, s.path, status, got, s.status)
		}
		if s.status >= 400 {
			var e struct {
				Code    json.Number `json:"error_code"`
				Message string      `json:"message"`
			}
			if err := json.Unmarshal([]byte(got), &e); err != nil || e.Code.String() != s.want || e.Message == "" {
				t.Fatalf("%s %s: %s; want error code %s and a message", s.method, s.path, got, s.want)
			}
			continue
		}
		if !sameJSON(t, got, s.want) {
			t.Fatalf("%s %s:\n got %s\nwant %s", s.method, s.path, got, s.want)
		}
	}
}

func request(t *testing.T, h http.Handler, method, path, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); got != "application/vnd.schemaregistry.v1+json" {
		t.Fatalf("%s %s: content type %q", method, path, got)
	}
	text, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(text)
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	return normal(t, a) == normal(t, b)
}

func normal(t *testing.T, text string) string {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("not JSON: %v: %s", err, text)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func fresh(t *testing.T) (*server.Server, *server.Memory) {
	t.Helper()
	store := server.MemoryStore()
	return open(t, store), store
}

func open(t *testing.T, store server.Store) *server.Server {
	t.Helper()
	s, err := server.New(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asked is the body of a request with a schema.
func asked(schema string) string {
	b, _ := json.Marshal(map[string]string{"schema": schema})
	return string(b)
}

// record is a schema of a record R with these fields.
func record(fields ...string) string {
	return `{"type":"record","name":"R","fields":[` + strings.Join(fields, ",") + `]}`
}

const (
	fieldA  = `{"name":"a","type":"string"}`
	fieldB  = `{"name":"b","type":"string"}`
	optionB = `{"name":"b","type":"string","default":""}`
)

// quoted is text as a JSON string.
func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// failing is a store whose appends fail on demand, with the record stored or not.
type failing struct {
	*server.Memory
	fail  error
	store bool
}

func (f *failing) Append(ctx context.Context, records ...server.Record) error {
	if f.fail == nil || f.store {
		if err := f.Memory.Append(ctx, records...); err != nil {
			return err
		}
	}
	return f.fail
}
