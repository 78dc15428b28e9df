package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// env is an environment of a test.
type env map[string]string

func (e env) lookup(name string) (string, bool) {
	v, ok := e[name]
	return v, ok
}

// result is what a command line did.
type result struct {
	code     int
	out, err string
}

// tidemark runs one command line, away from the user's own environment and files.
func tidemark(t *testing.T, e env, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), args, process{out: &out, err: &err, env: e.lookup, now: portaltest.Now})
	return result{code, out.String(), err.String()}
}

// platform serves a mesh and gives the environment that names it.
func platform(t *testing.T, m portal.Mesh) env {
	t.Helper()
	s, err := portal.New(portal.Options{Mesh: m, Clock: portaltest.Now, Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return env{"TIDEMARK_PLATFORM": server.URL}
}

func TestAskingThePlatform(t *testing.T) {
	e := platform(t, portaltest.Shop())
	for file, lines := range map[string][]string{
		"get.txt": {
			"get data-products", "get dp --domain orders --state lost -o wide", "get ports", "get po -o wide", "get contracts",
			"get instances", "get instances --state lost -o name", "get breaches", "get breaches --open true -o wide",
			"get ports -o name", "get port orders.order-lines.lines.v1", "get data-products orders.checkout catalog.prices",
			"get data-products --domain nowhere", "get port orders.nothing",
		},
		"describe.txt": {
			"describe data-product orders.order-status", "describe port orders.order-lines.lines.v1",
			"describe contract urn:datamesh:orders:order-lines:lines:1", "describe instance orders-2", "describe port",
			"describe data-product orders.nothing", "describe port orders.checkout.placed.v1 -o name",
		},
		"json.txt":   {"get instances --state lost -o json", "get data-product orders.checkout -o json", "get data-products --domain nowhere -o json"},
		"yaml.txt":   {"get port orders.order-lines.lines.v1 -o yaml", "describe instance orders -o yaml"},
		"search.txt": {"search order-lines", "search order-lines -o name", "search zebra", "search", "search x --limit 0"},
		"complete.txt": {
			"__complete describe port orders.or", "__complete get data-products c", "__complete get ports orders.checkout.placed.v1 orders",
			"__complete describe data-product orders.checkout o", "__complete tail orders.order-l", "__complete get ports -o w",
		},
	} {
		var b strings.Builder
		for _, line := range lines {
			r := tidemark(t, e, strings.Fields(line)...)
			fmt.Fprintf(&b, "$ tidemark %s\n%s", line, r.out)
			if r.err != "" {
				fmt.Fprintf(&b, "(stderr)\n%s", r.err)
			}
			fmt.Fprintf(&b, "(exit %d)\n\n", r.code)
		}
		goldentest.Equal(t, "testdata/"+file, []byte(b.String()), *update)
	}
}

// What describe suggests for a port that is observed works without the platform too: it names the topic.
func TestDescribeSuggestsTheTopic(t *testing.T) {
	e := platform(t, &portaltest.Mesh{PortList: []mesh.Port{{ID: "shop.watch.orders.v1", Topic: "legacy.orders"}}})
	r := tidemark(t, e, "describe", "port", "shop.watch.orders.v1")
	if !strings.Contains(r.out, "\nFollow it with: tidemark tail legacy.orders\n") || !strings.Contains(r.out, "none open") {
		t.Errorf("got %s%s", r.out, r.err)
	}
	if r := tidemark(t, e, "get", "breaches"); r.err != "No breaches here; without filters more may show.\n" {
		t.Errorf("got %q", r.err)
	}
}

func TestPlatformThatIsAway(t *testing.T) {
	away := httptest.NewServer(nil)
	url := away.URL
	away.Close()
	for _, line := range []string{"get data-products", "describe port x", "search x"} {
		r := tidemark(t, nil, append(strings.Fields(line), "--platform", url)...)
		if r.code != exitFailed || r.out != "" {
			t.Errorf("%s: got %d and %q on stdout", line, r.code, r.out)
		}
		for _, part := range []string{url, "tidemark demo", "tidemark serve", "--platform", "from flag"} {
			if !strings.Contains(r.err, part) {
				t.Errorf("%s: the error does not name %s: %s", line, part, r.err)
			}
		}
	}
	if r := tidemark(t, nil, "__complete", "get", "ports", "x", "--platform", url); r.code != exitDone || strings.Contains(r.err, "refused") {
		t.Errorf("completion: got %d %s", r.code, r.err)
	}
}

func TestAnotherServerThanAPlatform(t *testing.T) {
	other := httptest.NewServer(nil) // answers 404 in plain text
	defer other.Close()
	r := tidemark(t, env{"TIDEMARK_PLATFORM": other.URL}, "get", "ports")
	if r.code != exitFailed || !strings.Contains(r.err, "is it another server?") {
		t.Errorf("got %d %s", r.code, r.err)
	}
}

func TestTextsCannotSteerTheTerminal(t *testing.T) {
	m := portaltest.Shop()
	m.Products[0].Owner = "\x1b]0;owned\x07\x1b[31mteam\u202e"
	m.Products[0].Description = "a\nb\rc"
	e := platform(t, m)
	for _, line := range []string{"get data-products -o wide", "describe data-product catalog.prices", "search catalog.prices"} {
		r := tidemark(t, e, strings.Fields(line)...)
		if strings.ContainsAny(r.out, "\x1b\x07\r\u202e") {
			t.Errorf("%s: control characters reach the terminal: %q", line, r.out)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		line string
		code int
		says string
	}{
		{"", exitDone, ""},
		{"--help", exitDone, ""},
		{"nothing", exitUsage, `unknown command "nothing"`},
		{"get nothing", exitUsage, `unknown command "nothing" for "tidemark get"`},
		{"get pots", exitUsage, "did you mean tidemark get ports?"},
		{"get", exitDone, ""},
		{"version extra", exitUsage, "see tidemark version --help"},
		{"version --nothing", exitUsage, "unknown flag: --nothing"},
		{"version -o xml", exitUsage, "table, wide, json, yaml, name"},
		{"get ports --platform not-a-url", exitUsage, "http://127.0.0.1:8080"},
		{"completion tcsh", exitUsage, "tcsh"},
	} {
		r := tidemark(t, nil, strings.Fields(c.line)...)
		if r.code != c.code || !strings.Contains(r.err, c.says) {
			t.Errorf("%q: got %d %s", c.line, r.code, r.err)
		}
		if strings.Contains(r.err, "goroutine") {
			t.Errorf("%q: a stack trace: %s", c.line, r.err)
		}
	}
}

func TestSearchOfNothing(t *testing.T) {
	for _, text := range []string{"", " "} {
		if r := tidemark(t, nil, "search", text); r.code != exitUsage || !strings.Contains(r.err, "name what to search for") {
			t.Errorf("%q: got %d %s", text, r.code, r.err)
		}
	}
}

func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if r := tidemark(t, nil, "completion", shell); r.code != exitDone || !strings.Contains(r.out, "tidemark") {
			t.Errorf("%s: got %d %s", shell, r.code, r.err)
		}
	}
}

func TestVersion(t *testing.T) {
	if r := tidemark(t, nil, "version", "-o", "json"); r.code != exitDone || !strings.Contains(r.out, `"go": "go1.`) {
		t.Errorf("got %d %s", r.code, r.out)
	}
	if r := tidemark(t, nil, "version"); !strings.HasPrefix(r.out, "tidemark ") {
		t.Errorf("got %s", r.out)
	}
}

func TestWatchEndsQuietly(t *testing.T) {
	e := platform(t, portaltest.Shop())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, err := &interrupting{after: cancel}, &bytes.Buffer{}
	code := run(ctx, []string{"get", "ports", "--watch", "-o", "name"}, process{out: out, err: err, env: e.lookup})
	if code != exitDone || err.Len() > 0 || !strings.HasPrefix(out.String(), "catalog.prices.prices.v1\n") {
		t.Errorf("got %d %q %q", code, out.String(), err.String())
	}
}

// interrupting is a reader of the output who presses Ctrl-C at the first line.
type interrupting struct {
	bytes.Buffer
	after func()
}

func (i *interrupting) Write(p []byte) (int, error) {
	defer i.after()
	return i.Buffer.Write(p)
}
