package registry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// says answers every request alike and counts them.
type says struct {
	status int
	body   string
	asked  atomic.Int32
}

func (s *says) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.asked.Add(1)
	w.WriteHeader(s.status)
	_, _ = w.Write([]byte(s.body))
}

const answerInt = `{"schema":"\"int\""}`

// Whose fault it is that a schema cannot be had decides between a dead letter and a pause.
func TestWhoseFault(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		unknown bool
	}{
		"unknown id":                   {404, `{"error_code":40403,"message":"Schema 7 not found"}`, true},
		"not Avro":                     {200, `{"schemaType":"JSON","schema":"{}"}`, true},
		"references that lead nowhere": {200, `{"schema":"\"x.T\"","references":[{"name":"x.T","subject":"x","version":1}]}`, true},
		"not a schema":                 {200, `{"schema":"nonsense"}`, true},
		"404 of something else":        {404, `<html>not here</html>`, false},
		"404 of the API, another path": {404, `{"error_code":404,"message":"HTTP 404 Not Found"}`, false},
		"no schema in it":              {200, `{}`, false},
		"not JSON":                     {200, `hello`, false},
		"too large":                    {200, `{"schema":"` + strings.Repeat(" ", 9<<20) + `"}`, false},
		"500":                          {500, `{"error_code":50001,"message":"store"}`, false},
		"500 in HTML":                  {500, `<html>`, false},
		"503":                          {503, ``, false},
		"401":                          {401, `{"error_code":401,"message":"Unauthorized"}`, false},
		"403":                          {403, ``, false},
		"429":                          {429, `{"error_code":429,"message":"slow down"}`, false},
		"302":                          {302, ``, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := client(t, listen(t, &says{status: c.status, body: c.body})).Schema(t.Context(), 7)
			if errors.Is(err, registry.ErrUnknownSchema) != c.unknown {
				t.Errorf("got %v", err)
			}
			want := fault.Transient
			if c.unknown {
				want = fault.Rejected
			}
			if got := fault.KindOf(err); got != want {
				t.Errorf("%v is %v; want %v", err, got, want)
			}
			if err == nil || !strings.Contains(err.Error(), "schema id 7") || len(err.Error()) > 2000 {
				t.Errorf("the message does not name the id, or is too long: %.200v", err)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	if _, err := client(t, s.URL).Schema(t.Context(), 7); fault.KindOf(err) != fault.Transient {
		t.Errorf("got %v", err)
	}
	if err := client(t, s.URL).Ping(t.Context()); fault.KindOf(err) != fault.Transient {
		t.Errorf("got %v", err)
	}
}

func TestHang(t *testing.T) {
	h, release := hanging()
	defer release()
	c := configured(t, registry.Config{URLs: []string{listen(t, h)}, Timeout: 50 * time.Millisecond})
	if _, err := c.Schema(t.Context(), 7); fault.KindOf(err) != fault.Transient || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// hanging never answers until it is released.
func hanging() (http.Handler, func()) {
	end := make(chan struct{})
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-end }), sync.OnceFunc(func() { close(end) })
}

// A hanging, a broken and a good address: the good one answers, and is asked first from then on.
func TestSeveralAddresses(t *testing.T) {
	hang, release := hanging()
	defer release()
	broken, good := &says{status: 500}, &says{status: 200, body: answerInt}
	c := configured(t, registry.Config{
		URLs:    []string{listen(t, hang), listen(t, broken), listen(t, good) + "/"},
		Timeout: 50 * time.Millisecond,
	})
	for id := 1; id <= 5; id++ {
		if s, err := c.Schema(t.Context(), id); err != nil || s.Type() != avro.TypeInt {
			t.Fatalf("schema %d: %v, %v", id, s, err)
		}
	}
	if b, g := broken.asked.Load(), good.asked.Load(); b != 1 || g != 5 {
		t.Errorf("the broken address was asked %d times, the good one %d; want 1 and 5", b, g)
	}
}

// However many ask, an id is fetched once.
func TestOneFetchAnID(t *testing.T) {
	var mu sync.Mutex
	fetched := make(map[string]int)
	c := client(t, listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		fetched[r.URL.Path]++
		mu.Unlock()
		_, _ = w.Write([]byte(answerInt))
	})))
	var askers sync.WaitGroup
	for range 32 {
		askers.Go(func() {
			for id := 1; id <= 10; id++ {
				if _, err := c.Schema(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
		})
	}
	askers.Wait()
	if len(fetched) != 10 {
		t.Errorf("fetched %v; want ten paths", fetched)
	}
	for path, n := range fetched {
		if n != 1 {
			t.Errorf("%s was fetched %d times", path, n)
		}
	}
}

// "Unknown" is believed for a moment, and no longer.
func TestUnknownIsForgotten(t *testing.T) {
	h := &says{status: 404, body: `{"error_code":40403,"message":"Schema not found"}`}
	c := configured(t, registry.Config{URLs: []string{listen(t, h)}, UnknownTTL: time.Second})
	now := time.UnixMilli(0)
	c.SetClock(func() time.Time { return now })
	ask := func(want int32) {
		t.Helper()
		if _, err := c.Schema(t.Context(), 7); !errors.Is(err, registry.ErrUnknownSchema) {
			t.Fatalf("got %v", err)
		}
		if got := h.asked.Load(); got != want {
			t.Errorf("asked %d times; want %d", got, want)
		}
	}
	ask(1)
	now = now.Add(999 * time.Millisecond)
	ask(1)
	now = now.Add(time.Millisecond)
	ask(2)
	// Hostile ids do not fill the memory, and impossible ones are not even asked for.
	for _, id := range []int{0, -1, 1 << 31} {
		if _, err := c.Schema(t.Context(), id); !errors.Is(err, registry.ErrUnknownSchema) {
			t.Errorf("id %d: %v", id, err)
		}
	}
	ask(2)
}

// A failure is not remembered: the next who asks gets the schema.
func TestFailureIsNotRemembered(t *testing.T) {
	var calls atomic.Int32
	c := client(t, listen(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = w.Write([]byte(answerInt))
	})))
	if _, err := c.Schema(t.Context(), 1); err == nil {
		t.Fatal("no error")
	}
	if _, err := c.Schema(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
}

func TestCredentials(t *testing.T) {
	var got atomic.Value
	cfg := registry.Config{Username: "me", Password: security.SecretValue("secret"), URLs: []string{listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		got.Store(user + ":" + password)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error_code":401,"message":"Unauthorized"}`))
	}))}}
	c := configured(t, cfg)
	_, schema := c.Schema(t.Context(), 1)
	_, register := c.Register(t.Context(), "s", parse(t, textA)) // a person must mend it: no waiting
	if got.Load() != "me:secret" {
		t.Errorf("sent %v", got.Load())
	}
	if fault.KindOf(schema) != fault.Transient || fault.KindOf(register) != fault.Fatal {
		t.Errorf("schema: %v (%v); register: %v (%v)", schema, fault.KindOf(schema), register, fault.KindOf(register))
	}
	if strings.Contains(fmt.Sprint(schema, register), "secret") {
		t.Error("a message shows the password")
	}
}

// A registry that redirects does not make us ask hosts that nobody named.
func TestNoRedirect(t *testing.T) {
	elsewhere := &says{status: 200, body: answerInt}
	target := listen(t, elsewhere)
	_, err := client(t, listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	}))).Schema(t.Context(), 1)
	if err == nil || elsewhere.asked.Load() != 0 {
		t.Errorf("got %v, and %d requests elsewhere", err, elsewhere.asked.Load())
	}
}

// Start-up calls wait for a registry that is away, say so, and end with their context.
func TestRegisterWaits(t *testing.T) {
	steady := registrytest.Start(t)
	var calls atomic.Int32
	flaky := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) <= 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		forward(w, r, steady)
	}))
	var log bytes.Buffer
	c := configured(t, registry.Config{URLs: []string{flaky}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if _, err := c.Register(t.Context(), "s", parse(t, textA)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "does not answer; trying again"); n != 3 {
		t.Errorf("the log says it %d times: %s", n, log.String())
	}

	away := configured(t, registry.Config{URLs: []string{listen(t, &says{status: 503})}})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := away.Register(ctx, "s", parse(t, textA))
	if fault.KindOf(err) != fault.Transient || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v; want the deadline and what was last said", err)
	}
}

// A registry may list a version that it then does not have, while its subject is deleted: what holds is asked for again.
func TestVersionVanishes(t *testing.T) {
	steady := registrytest.Start(t)
	if _, err := client(t, steady).Register(t.Context(), "s", parse(t, textA)); err != nil {
		t.Fatal(err)
	}
	var vanished atomic.Bool
	url := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/versions/1") && !vanished.Swap(true) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"error_code":40401,"message":"no such subject"}`))
			return
		}
		forward(w, r, steady)
	}))
	if err := client(t, url).Follows(t.Context(), "s", avro.Backward, parse(t, textAB)); fault.KindOf(err) != fault.Transient {
		t.Errorf("got %v, want a fault that passes", err)
	}
	vanished.Store(false)
	if id, err := client(t, url).Register(t.Context(), "s", parse(t, textAB)); err != nil || id == 0 || !vanished.Load() {
		t.Errorf("id %d, vanished %t: %v", id, vanished.Load(), err)
	}
}

func forward(w http.ResponseWriter, r *http.Request, to string) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, to+r.URL.RequestURI(), r.Body)
	if err != nil {
		panic(err)
	}
	out.Header = r.Header
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body)
	_, _ = w.Write(b.Bytes())
}

// Waits double up to a bound, half of each by chance, so that a fleet that lost its registry does not come back at once.
func TestWaitsGrowAndDiffer(t *testing.T) {
	one, two := registry.Waits(12), registry.Waits(12)
	for i := range one {
		middle := min(200*time.Millisecond<<i, 10*time.Second)
		if one[i] < middle/2 || one[i] > middle*3/2 {
			t.Errorf("wait %d is %s; want %s, give or take half", i+1, one[i], middle)
		}
	}
	if slices.Equal(one, two) {
		t.Error("two clients wait alike")
	}
}
