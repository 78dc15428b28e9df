package registry_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/riferrei/srclient"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

const (
	textA  = `{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}`
	textAB = `{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"string","default":""}]}`
	textB  = `{"type":"record","name":"R","fields":[{"name":"b","type":"string"}]}`
)

func listen(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func client(t *testing.T, urls ...string) *registry.Client {
	t.Helper()
	return configured(t, registry.Config{URLs: urls})
}

func configured(t *testing.T, cfg registry.Config) *registry.Client {
	t.Helper()
	c, err := registry.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.RetryAtOnce()
	return c
}

func parse(t *testing.T, text string) *avro.Schema {
	t.Helper()
	s, err := avro.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRegister(t *testing.T) {
	ctx, c := t.Context(), client(t, registrytest.Start(t))
	register := func(subject, text string) int {
		t.Helper()
		id, err := c.Register(ctx, subject, parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if err := c.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Latest(ctx, "s"); !errors.Is(err, registry.ErrUnknownSubject) {
		t.Errorf("latest of nothing: %v", err)
	}
	if err := c.SetLevel(ctx, "s", avro.FullTransitive); err != nil {
		t.Fatal(err)
	}
	one, two := register("s", textA), register("s", textAB)
	if again := register("s", textA); again != one {
		t.Errorf("the same schema again: id %d, want %d", again, one)
	}
	if other := register("a/b c", textAB); other != two {
		t.Errorf("the same schema elsewhere: id %d, want %d", other, two)
	}
	for id, want := range map[int]string{one: textA, two: textAB} {
		if s, err := c.Schema(ctx, id); err != nil || s.String() != want {
			t.Errorf("schema %d: %v, %v; want %s", id, s, err, want)
		}
	}
	if v, err := c.Latest(ctx, "s"); err != nil || v.ID != two || v.Version != 2 || v.Schema.String() != textAB {
		t.Errorf("latest: %+v, %v", v, err)
	}
	if got, err := c.Subjects(ctx); err != nil || !slices.Equal(got, []string{"a/b c", "s"}) {
		t.Errorf("subjects: %v, %v", got, err)
	}
	for range 2 { // deleting what is gone is no error
		if err := c.DeleteSubject(ctx, "a/b c"); err != nil {
			t.Error(err)
		}
	}
	if got, err := c.Subjects(ctx); err != nil || !slices.Equal(got, []string{"s"}) {
		t.Errorf("subjects after a deletion: %v, %v", got, err)
	}
}

func TestRegisterIncompatible(t *testing.T) {
	ctx, c := t.Context(), client(t, registrytest.Start(t))
	for _, text := range []string{textA, textAB} {
		if _, err := c.Register(ctx, "s", parse(t, text)); err != nil {
			t.Fatal(err)
		}
	}
	for level, version := range map[avro.Level]int{avro.BackwardTransitive: 1, avro.Full: 2} {
		if err := c.SetLevel(ctx, "s", level); err != nil {
			t.Fatal(err)
		}
		_, err := c.Register(ctx, "s", parse(t, textB))
		var e *registry.IncompatibleError
		if !errors.As(err, &e) || fault.KindOf(err) != fault.Fatal {
			t.Fatalf("at %s: %v (%v); want a fatal *IncompatibleError", level, err, fault.KindOf(err))
		}
		if e.Subject != "s" || e.Version != version || e.Level != level || len(e.Findings) == 0 {
			t.Errorf("at %s: %+v", level, e)
		}
		if !strings.Contains(err.Error(), "subject s") || !strings.Contains(err.Error(), "major version") {
			t.Errorf("the message %q names no next step", err)
		}
	}
	if v, err := c.Latest(ctx, "s"); err != nil || v.Version != 2 {
		t.Errorf("after a refusal the latest version is %+v, %v", v, err)
	}
	if err := c.SetLevel(ctx, "s", avro.None); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Register(ctx, "s", parse(t, textB)); err != nil {
		t.Errorf("at NONE: %v", err)
	}
}

// The registry may see what we do not: its verdict counts as well.
func TestRegisterRefusedByRegistry(t *testing.T) {
	inner, err := server.New(t.Context(), server.MemoryStore())
	if err != nil {
		t.Fatal(err)
	}
	var creations atomic.Int32
	c := client(t, listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/versions") && creations.Add(1) > 1 {
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"error_code":409,"message":"an extension forbids it"}`))
			return
		}
		inner.ServeHTTP(w, r)
	})))
	if _, err := c.Register(t.Context(), "s", parse(t, textA)); err != nil {
		t.Fatal(err)
	}
	_, err = c.Register(t.Context(), "s", parse(t, textAB))
	var e *registry.IncompatibleError
	if !errors.As(err, &e) || e.Version != 1 || !strings.Contains(err.Error(), "an extension forbids it") {
		t.Errorf("got %v", err)
	}
}

// srclient itself, with everything that it can ask, is content with the embedded registry.
func TestServerAgainstSrclient(t *testing.T) {
	c := srclient.NewSchemaRegistryClient(registrytest.Start(t))
	c.CachingEnabled(false)
	made, err := c.CreateSchema("s", textA, srclient.Avro)
	if err != nil || made.ID() != 1 || made.Schema() != textA {
		t.Fatalf("create: %+v, %v", made, err)
	}
	if ok, err := c.IsSchemaCompatible("s", textB, "latest", srclient.Avro); err != nil || ok {
		t.Errorf("compatible: %v, %v", ok, err)
	}
	if _, err := c.CreateSchema("s", textB, srclient.Avro); err == nil {
		t.Error("an incompatible schema was created")
	} else if e, ok := errors.AsType[srclient.Error](err); !ok || e.Code != 409 {
		t.Errorf("incompatible: %v", err)
	}
	if got, err := c.LookupSchema("s", textA, srclient.Avro); err != nil || got.Version() != 1 {
		t.Errorf("lookup: %+v, %v", got, err)
	}
	if l, err := c.GetGlobalCompatibilityLevel(); err != nil || *l != srclient.Backward {
		t.Errorf("global level: %v, %v", l, err)
	}
	if l, err := c.ChangeSubjectCompatibilityLevel("s", srclient.None); err != nil || *l != srclient.None {
		t.Errorf("change level: %v, %v", l, err)
	}
	if _, err := c.CreateSchema("s", textB, srclient.Avro); err != nil {
		t.Error(err)
	}
	if got, err := c.GetSchemaVersions("s"); err != nil || !slices.Equal(got, []int{1, 2}) {
		t.Errorf("versions: %v, %v", got, err)
	}
	if got, err := c.GetLatestSchema("s"); err != nil || got.ID() != 2 {
		t.Errorf("latest: %+v, %v", got, err)
	}
	if got, err := c.GetSubjectVersionsById(2); err != nil || len(got) != 1 {
		t.Errorf("uses of 2: %v, %v", got, err)
	}
	if err := c.DeleteSubjectByVersion("s", 1, true); err != nil {
		t.Error(err)
	}
	if got, err := c.GetSubjectsIncludingDeleted(); err != nil || !slices.Equal(got, []string{"s"}) {
		t.Errorf("subjects: %v, %v", got, err)
	}
	if _, err := c.CreateSchema("s", `{}`, srclient.Json); err == nil {
		t.Error("a JSON schema was created")
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []registry.Config{
		{},
		{URLs: []string{""}},
		{URLs: []string{"localhost:8081"}},
		{URLs: []string{"ftp://localhost"}},
		{URLs: []string{"http://user:secret@localhost:8081"}},
		{URLs: []string{"http://localhost:8081?x=1"}},
		{URLs: []string{"http://localhost:8081"}, Username: "only"},
	} {
		_, err := registry.New(c)
		if err == nil {
			t.Errorf("%v was taken", c.URLs)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q shows the password", err)
		}
	}
	urls, err := registry.ParseURLs(" http://a:1, https://b ,")
	if err != nil || !slices.Equal(urls, []string{"http://a:1", "https://b"}) {
		t.Errorf("%v, %v", urls, err)
	}
}

func TestSchemaEndsWithContext(t *testing.T) {
	release := make(chan struct{})
	c := client(t, listen(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		_, _ = w.Write([]byte(`{"schema":"\"int\""}`))
	})))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Schema(ctx, 1); fault.KindOf(err) != fault.Transient || !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who gave up got %v", err)
	}
	// The fetch goes on for those who come later.
	close(release)
	if s, err := c.Schema(t.Context(), 1); err != nil || s.Type() != avro.TypeInt {
		t.Errorf("%v, %v", s, err)
	}
}
