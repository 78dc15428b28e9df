package registry_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// door stands before a registry that can go away, and that another can take the place of.
type door struct {
	away    atomic.Bool
	created atomic.Bool // what would create a version is answered 503
	behind  atomic.Pointer[server.Server]
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.away.Load() || d.created.Load() && strings.HasSuffix(r.URL.Path, "/versions") && r.Method == http.MethodPost {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	d.behind.Load().ServeHTTP(w, r)
}

// replace puts an empty registry behind the door.
func (d *door) replace(t *testing.T) {
	t.Helper()
	s, err := server.New(t.Context(), server.MemoryStore())
	if err != nil {
		t.Fatal(err)
	}
	d.behind.Store(s)
}

// lines are a log of which a test waits for a line; what comes after a hundred is dropped.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	select {
	case l <- string(line):
	default:
	}
	return len(line), nil
}

// next is the next line, which has to hold these words.
func (l lines) next(t *testing.T, words string) {
	t.Helper()
	select {
	case line := <-l:
		if !strings.Contains(line, words) {
			t.Errorf("the log says %swhere %q was to come", line, words)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("the log does not say %q", words)
	}
}

// kept is an instance's life: a registry behind a door and a folder that stays.
func kept(t *testing.T) (*door, registry.Config) {
	t.Helper()
	d := &door{}
	d.replace(t)
	return d, registry.Config{URLs: []string{listen(t, d)}, Snapshot: filepath.Join(t.TempDir(), "schemas")}
}

// registers gives an id that has to come.
func registers(t *testing.T, c *registry.Client, subject, text string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // it waits for a registry that is away
	defer cancel()
	id, err := c.Register(ctx, subject, parse(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// waits checks that a call finds no answer but the registry's own, which does not come.
func waits(t *testing.T, what string, call func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := call(ctx); fault.KindOf(err) != fault.Transient || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%s: %v", what, err)
	}
}

func registering(t *testing.T, c *registry.Client, subject, text string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := c.Register(ctx, subject, parse(t, text))
		return err
	}
}

// A process that starts while the registry is away gets the ids and levels of the one before it, and only those.
func TestRegisterOutlivesTheRegistry(t *testing.T) {
	d, cfg := kept(t)
	before := configured(t, cfg)
	if err := before.SetLevel(t.Context(), "s", avro.Full); err != nil {
		t.Fatal(err)
	}
	one, two := registers(t, before, "s", textA), registers(t, before, "s", textAB)
	d.away.Store(true)

	said := make(lines, 100)
	logged := cfg
	logged.Logger = slog.New(slog.NewTextHandler(said, nil))
	after := configured(t, logged)
	if err := after.SetLevel(t.Context(), "s", avro.Full); err != nil {
		t.Error(err)
	}
	if a, ab := registers(t, after, "s", textA), registers(t, after, "s", textAB); a != one || ab != two {
		t.Errorf("ids %d and %d, which were %d and %d", a, ab, one, two)
	}
	said.next(t, "the schema registry does not answer; going on")
	if n := len(said); n != 0 {
		t.Errorf("the log says %d more: %s", n, <-said)
	}
	if s, err := after.Schema(t.Context(), two); err != nil || s.String() != textAB { // nobody asked for it before
		t.Errorf("%v, %v", s, err)
	}
	said.next(t, "going on with the schema that was read before")
	d.away.Store(false)
	said.next(t, "answers again")

	d.away.Store(true)
	third := configured(t, cfg)
	waits(t, "another subject", registering(t, third, "other", textA))
	waits(t, "another schema", registering(t, third, "s", textB))
	waits(t, "another level", func(ctx context.Context) error { return third.SetLevel(ctx, "s", avro.None) })
	other := cfg
	other.URLs = []string{listen(t, &says{status: 503})}
	waits(t, "another registry", registering(t, configured(t, other), "s", textA))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := registering(t, configured(t, cfg), "s", textA)(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who gave up got %v", err)
	}
}

// A caller's time that runs out while the registry hangs has been the registry's.
func TestRegisterWithoutAnAnswerInTime(t *testing.T) {
	d, cfg := kept(t)
	hang, release := hanging()
	defer release()
	var hangs atomic.Bool
	cfg.URLs = []string{listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hangs.Load() {
			hang.ServeHTTP(w, r)
			return
		}
		d.ServeHTTP(w, r)
	}))}
	want := registers(t, configured(t, cfg), "s", textA)
	hangs.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if id, err := configured(t, cfg).Register(ctx, "s", parse(t, textA)); err != nil || id != want {
		t.Errorf("id %d, %v; want %d", id, err, want)
	}
}

// A registry that answers is right, whatever one before it said, and what it contradicts is forgotten.
func TestRefusalWinsOverSnapshot(t *testing.T) {
	d, cfg := kept(t)
	registers(t, configured(t, cfg), "s", textA)
	d.replace(t)
	registers(t, client(t, cfg.URLs[0]), "s", textB) // it keeps nothing
	_, err := configured(t, cfg).Register(t.Context(), "s", parse(t, textA))
	if _, ok := errors.AsType[*registry.IncompatibleError](err); !ok || fault.KindOf(err) != fault.Fatal {
		t.Errorf("got %v", err)
	}
	d.away.Store(true)
	waits(t, "what was refused", registering(t, configured(t, cfg), "s", textA))
}

// A registry that says that it knows a schema not, and then fails, has said enough.
func TestUnknownAndThenAway(t *testing.T) {
	d, cfg := kept(t)
	registers(t, configured(t, cfg), "s", textA)
	d.replace(t)
	d.created.Store(true)
	waits(t, "what the registry does not know", registering(t, configured(t, cfg), "s", textA))
}

// Another registry that comes back instead: what is written under an id that it does not give is said aloud.
func TestSnapshotIsConfirmed(t *testing.T) {
	d, cfg := kept(t)
	registers(t, configured(t, cfg), "s", textA)
	d.away.Store(true)
	said := make(lines, 100)
	cfg.Logger = slog.New(slog.NewTextHandler(said, nil))
	c := configured(t, cfg)
	registers(t, c, "s", textA)
	said.next(t, "going on")
	d.replace(t)
	if _, err := d.clientBehind(t).Register(t.Context(), "taken", parse(t, textB)); err != nil {
		t.Fatal(err)
	}
	d.away.Store(false)
	said.next(t, "the schema's id is 2, and was 1 before")
	said.next(t, "answers again")
	if id := registers(t, c, "s", textA); id != 2 {
		t.Errorf("id %d is still taken from the snapshot", id)
	}
}

// clientBehind speaks to the registry past the door.
func (d *door) clientBehind(t *testing.T) *registry.Client {
	return client(t, listen(t, d.behind.Load()))
}

// Files that are broken, or another's, count as none; and a folder does not fill up.
func TestSnapshotHoldsRubbish(t *testing.T) {
	d, cfg := kept(t)
	registers(t, configured(t, cfg), "s", textA)
	notes, err := filepath.Glob(cfg.Snapshot + "/*.json")
	if err != nil || len(notes) != 1 {
		t.Fatalf("%v, %v", notes, err)
	}
	good, err := os.ReadFile(notes[0])
	if err != nil {
		t.Fatal(err)
	}
	d.away.Store(true)
	for _, text := range []string{"", "{", `{"subject":"s"}`, strings.Replace(string(good), `"s"`, `"t"`, 1), strings.Replace(string(good), `"id":1`, `"id":-1`, 1)} {
		if err := os.WriteFile(notes[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		waits(t, text, registering(t, configured(t, cfg), "s", textA))
	}
	d.away.Store(false)
	for i := range 10_000 {
		if err := os.WriteFile(filepath.Join(cfg.Snapshot, fmt.Sprint(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := make(lines, 100)
	cfg.Logger = slog.New(slog.NewTextHandler(said, nil))
	registers(t, configured(t, cfg), "s", textAB)
	said.next(t, "which is the most")
	registers(t, configured(t, cfg), "s", textA) // it has a file
	if got, err := os.ReadFile(notes[0]); err != nil || string(got) != string(good) {
		t.Errorf("%s, %v", got, err)
	}
}
