package registry_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// papers is a registry of fixed answers by path, with a count of requests; a path that it has not is a subject or schema
// that is not there.
type papers struct {
	answers map[string]string
	away    atomic.Bool
	asked   atomic.Int32
}

func (p *papers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	answer, ok := p.answers[r.URL.Path]
	switch {
	case p.away.Load() && strings.HasPrefix(r.URL.Path, "/subjects/"):
		w.WriteHeader(http.StatusServiceUnavailable)
	case !ok:
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error_code":40401,"message":"not found"}`))
	default:
		_, _ = w.Write([]byte(answer))
	}
}

func registered(schema string, to ...string) string {
	var references []string
	for _, subject := range to {
		references = append(references, fmt.Sprintf(`{"name":"n","subject":%q,"version":1}`, subject))
	}
	return fmt.Sprintf(`{"id":1,"version":1,"schema":%q,"references":[%s]}`, schema, strings.Join(references, ","))
}

const (
	textCountry = `{"type":"record","name":"geo.Country","fields":[{"name":"code","type":"string"}]}`
	textAddress = `{"type":"record","name":"geo.Address","fields":[{"name":"country","type":"Country"}]}`
	textOrder   = `{"type":"record","name":"shop.Order","fields":[{"name":"to","type":"geo.Address"},{"name":"from","type":"geo.Address"}]}`
)

func TestReferences(t *testing.T) {
	p := &papers{answers: map[string]string{
		"/schemas/ids/7":               registered(textOrder, "address", "country"),
		"/subjects/address/versions/1": registered(textAddress, "country"),
		"/subjects/country/versions/1": registered(textCountry),
	}}
	cfg := registry.Config{URLs: []string{listen(t, p)}, Snapshot: t.TempDir()}
	c := configured(t, cfg)
	// While what it refers to cannot be had, it is the surroundings' fault, and nothing is remembered.
	p.away.Store(true)
	if _, err := c.Schema(t.Context(), 7); fault.KindOf(err) != fault.Transient || !strings.Contains(err.Error(), "subject address") {
		t.Errorf("%v", err)
	}
	p.away.Store(false)
	p.asked.Store(0)
	for range 3 {
		s, err := c.Schema(t.Context(), 7)
		if err != nil {
			t.Fatal(err)
		}
		if code, ok := s.Lookup("from", "country", "code"); !ok || code.Type() != avro.TypeString {
			t.Fatalf("%s", s)
		}
	}
	if n := p.asked.Load(); n != 3 {
		t.Errorf("asked %d times; want once for the schema and for each that it refers to", n)
	}
	// What is kept on disk stands alone.
	p.away.Store(true)
	if s, err := configured(t, cfg).Schema(t.Context(), 7); err != nil || s.Name() != "shop.Order" {
		t.Errorf("%v, %v", s, err)
	}
}

func TestReferencesThatLeadNowhere(t *testing.T) {
	p := &papers{answers: map[string]string{
		"/schemas/ids/1":              registered(`"x.T"`, "gone"),
		"/schemas/ids/2":              registered(`"x.T"`, "json"),
		"/schemas/ids/3":              registered(`"x.T"`, "circle"),
		"/schemas/ids/4":              registered(`["x.A","x.B"]`, "a", "b"),
		"/subjects/json/versions/1":   `{"id":1,"version":1,"schemaType":"JSON","schema":"{}"}`,
		"/subjects/circle/versions/1": registered(`"x.T"`, "circle"),
		"/subjects/a/versions/1":      registered(`{"type":"record","name":"x.A","fields":[{"name":"c","type":{"type":"fixed","name":"C","size":1}}]}`),
		"/subjects/b/versions/1":      registered(`{"type":"record","name":"x.B","fields":[{"name":"c","type":{"type":"fixed","name":"C","size":2}}]}`),
		"/schemas/ids/5":              registered(`"x.T"`, "long0"),
	}}
	for i := range 200 {
		p.answers[fmt.Sprintf("/subjects/long%d/versions/1", i)] = registered(`"int"`, fmt.Sprintf("long%d", i+1))
	}
	c := client(t, listen(t, p))
	for id, want := range map[int]string{1: "subject gone", 2: "JSON", 3: "x.T", 4: "x.C", 5: "more than 100"} {
		_, err := c.Schema(t.Context(), id)
		if !errors.Is(err, registry.ErrUnknownSchema) || !strings.Contains(err.Error(), want) {
			t.Errorf("schema %d: %v; want %s", id, err, want)
		}
	}
	if n := p.asked.Load(); n > 120 {
		t.Errorf("%d requests", n)
	}
}
