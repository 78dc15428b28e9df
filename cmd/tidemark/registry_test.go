package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// startRegistry runs `tidemark registry` until the test ends or stop is called, and gives its address.
func startRegistry(t *testing.T, e env, args ...string) (url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"registry", "--listen-http", "127.0.0.1:0"}, args...), process{out: io.Discard, err: w, env: e.lookup})
		_ = w.Close()
	}()
	code := -1
	stop = func() int {
		cancel()
		if code < 0 {
			code = <-ended
		}
		return code
	}
	t.Cleanup(func() { stop() })
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if at := regexp.MustCompile(`https?://127\S+`).FindString(lines.Text()); at != "" && strings.HasPrefix(lines.Text(), "the schema registry answers") {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return at, stop
		}
	}
	t.Fatalf("it ended with %d before it listened", stop())
	return "", nil
}

// await asks until path answers with a status.
func await(t *testing.T, url string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == status {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s never answered %d", url, status)
		}
	}
}

// The stand-alone registry passes the suite, asks who calls, and knows after a restart what it knew.
func TestRegistry(t *testing.T) {
	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	e := env{"TIDEMARK_BROKERS": b.Address(), "TIDEMARK_HTTP_USERS": "# who\nann:s3cret"}
	cfg := func(url string) registry.Config {
		return registry.Config{URLs: []string{url}, Username: "ann", Password: security.SecretValue("s3cret")}
	}
	url, stop := startRegistry(t, e)
	await(t, url+"/livez", http.StatusOK)
	await(t, url+"/readyz", http.StatusOK)
	await(t, url+"/healthz", http.StatusOK)
	await(t, url+"/subjects", http.StatusUnauthorized)
	await(t, url+"/metrics", http.StatusUnauthorized)
	registrytest.Run(t, cfg(url), nil)
	if _, err := registryClient(t, cfg(url)).Register(t.Context(), "kept", parsed(t, `"string"`)); err != nil {
		t.Fatal(err)
	}
	if code := stop(); code != exitDone {
		t.Errorf("exit %d", code)
	}
	url, _ = startRegistry(t, e)
	await(t, url+"/readyz", http.StatusOK)
	if v, err := registryClient(t, cfg(url)).Latest(t.Context(), "kept"); err != nil || v.Schema.String() != `"string"` {
		t.Errorf("after a restart: %+v, %v", v, err)
	}
}

// Without brokers it lives, is not ready, and says so as the API does.
func TestRegistryWaitsForBrokers(t *testing.T) {
	url, stop := startRegistry(t, env{"TIDEMARK_BROKERS": "127.0.0.1:1"}, "--log-level", "error")
	await(t, url+"/livez", http.StatusOK)
	await(t, url+"/readyz", http.StatusServiceUnavailable)
	await(t, url+"/subjects", http.StatusServiceUnavailable)
	if code := stop(); code != exitDone {
		t.Errorf("exit %d", code)
	}
}

// Where loopback alone keeps strangers out, a foreign name is refused; where clients say who they are, any name is fine.
func TestRegistryOnLoopbackHasLoopbackNames(t *testing.T) {
	foreign := func(e env) int {
		url, _ := startRegistry(t, e, "--log-level", "error")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/subjects", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "registry.example"
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if got := foreign(env{"TIDEMARK_BROKERS": "127.0.0.1:1"}); got != http.StatusMisdirectedRequest {
		t.Errorf("without users: %d", got)
	}
	if got := foreign(env{"TIDEMARK_BROKERS": "127.0.0.1:1", "TIDEMARK_HTTP_USERS": "ann:s3cret"}); got != http.StatusUnauthorized {
		t.Errorf("with users: %d", got)
	}
}

func TestRegistryRefusesStrangers(t *testing.T) {
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("ann s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"registry --listen-http 0.0.0.0:0":                                "--http-cert-file",
		"registry --listen-http :0 --http-users-file " + users:            "line 1 is not name:password",
		"registry --listen-http 8081":                                     "host:port",
		"registry --http-cert-file c.pem":                                 "belong together",
		"registry --http-client-ca-file ca.pem":                           "needs --http-cert-file",
		"registry --http-users-file " + users + ".none":                   "--http-users-file",
		"registry --tls maybe":                                            "--tls",
		"registry --http-cert-file none.pem --http-key-file none-key.pem": "none.pem",
	} {
		got := tidemark(t, env{}, strings.Fields(line)...)
		if got.code != exitUsage || !strings.Contains(got.err, want) || strings.Contains(got.err, "s3cret") {
			t.Errorf("%s: %+v; want %s", line, got, want)
		}
	}
}

func registryClient(t *testing.T, cfg registry.Config) *registry.Client {
	t.Helper()
	c, err := registry.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parsed(t *testing.T, text string) *avro.Schema {
	t.Helper()
	s, err := avro.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
