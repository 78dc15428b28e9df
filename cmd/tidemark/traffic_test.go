package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

// startTraffic runs `tidemark traffic` until the test ends or stop is called, and gives the address of its health.
func startTraffic(t *testing.T, e env) (url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"traffic", "--http", "127.0.0.1:0", "--verdict-wait", "-1s", "--speed", "5"}, process{out: io.Discard, err: w, env: e.lookup})
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
	address := regexp.MustCompile(`url=(http://127\S+)`)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if at := address.FindStringSubmatch(lines.Text()); at != nil {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return at[1], stop
		}
	}
	t.Fatalf("it ended with %d before it listened", stop())
	return "", nil
}

// The shop answers before its brokers do, and is ready once it publishes.
func TestTrafficSaysHowItIs(t *testing.T) {
	url, stop := startTraffic(t, env{"TIDEMARK_BROKERS": "127.0.0.1:1", "TIDEMARK_REGISTRY": "http://127.0.0.1:1"})
	await(t, url+"/livez", http.StatusOK)
	await(t, url+"/readyz", http.StatusServiceUnavailable)
	await(t, url+"/metrics", http.StatusOK)
	if code := stop(); code != exitDone {
		t.Errorf("exit %d", code)
	}

	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	url, stop = startTraffic(t, env{"TIDEMARK_BROKERS": b.Address(), "TIDEMARK_REGISTRY": registrytest.Start(t)})
	await(t, url+"/readyz", http.StatusOK)
	await(t, url+"/healthz", http.StatusOK)
	const counted = `tidemark_traffic_events_total{kind="good",port="placed"}`
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for text := ""; !strings.Contains(text, counted); text = body(t, url+"/metrics") {
		if ctx.Err() != nil {
			t.Fatalf("the metrics do not count what was published:\n%s", text)
		}
	}
	if code := stop(); code != exitDone {
		t.Errorf("exit %d", code)
	}
}

func TestTrafficWantsAFreeAddress(t *testing.T) {
	taken := httptest.NewServer(http.NotFoundHandler())
	defer taken.Close()
	got := tidemark(t, env{}, "traffic", "--http", strings.TrimPrefix(taken.URL, "http://"))
	if got.code != exitFailed || !strings.Contains(got.err, "--http: cannot listen on") {
		t.Errorf("%+v", got)
	}
}

func body(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
