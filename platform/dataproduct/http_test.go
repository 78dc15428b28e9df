package dataproduct_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// asked is an answer to a request: status and body.
func asked(t *testing.T, method, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// A tripped data product is seen and resumed over the instance's own HTTP address.
func TestResumeOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBench(t, till(), receiptsFiles(testFilter+"  - {property: tidemark.breaker, value: {run: 3}}\n"))
	for i := range 3 {
		b.Write(b.sale(0, Sale{ID: fmt.Sprint("bad", i), Cents: -1}))
	}
	b.sales(0, 0, 2)
	cfg := b.config("one")
	cfg.HTTP = "127.0.0.1:0"
	r := b.Run(cfg, receipts())
	b.InState(r, "shop.receipts", lifecycle.Tripped)
	url := "http://" + r.HTTPAddress()
	expect := func(method, path string, status int, has string) {
		t.Helper()
		if code, body := asked(t, method, url+path); code != status || !strings.Contains(body, has) {
			t.Errorf("%s %s: %d %q, want %d with %q", method, path, code, body, status, has)
		}
	}
	expect("GET", "/livez", 200, "ok")
	expect("GET", "/readyz?verbose", 503, "[-]shop.receipts failed: it is tripped")
	expect("GET", "/metrics", 200, `tidemark_instance_data_product_state{data_product="shop.receipts",state="tripped"} 1`)
	expect("GET", "/metrics", 200, `tidemark_instance_input_port_tier{data_product="shop.receipts",port="sales",tier="decoded"} 1`)
	expect("GET", "/resume?product=shop.receipts", 405, "")
	expect("POST", "/resume?product=shop.nothing", 404, "/readyz?verbose")
	expect("POST", "/resume?product=shop.receipts", 200, "shop.receipts goes on")
	b.once("shop.receipts.receipts.v1", 2, 0)
	b.InState(r, "shop.receipts", lifecycle.Running)
	expect("GET", "/readyz?verbose", 200, "[+]shop.receipts ok")
	expect("POST", "/resume?product=shop.receipts", 409, "is running, not tripped")
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
		_ = c.Close()
		t.Error("it listens after its end")
	}
}

// Only who is on the machine may resume: no other host, no page of a stranger in a browser, no name that leads here.
func TestResumeIsForThisMachine(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	i, err := dataproduct.New(b.config("one"), receipts())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from, host string
		header     [2]string
		status     int
	}{
		"from here":            {from: "127.0.0.1:5", host: "127.0.0.1:80", status: http.StatusConflict},
		"by name":              {from: "[::1]:5", host: "localhost:80", status: http.StatusConflict},
		"from elsewhere":       {from: "10.0.0.7:5", host: "127.0.0.1:80", status: http.StatusForbidden},
		"by a stranger's name": {from: "127.0.0.1:5", host: "evil.example:80", status: http.StatusForbidden},
		"from a page":          {from: "127.0.0.1:5", host: "127.0.0.1:80", header: [2]string{"Origin", "https://evil.example"}, status: http.StatusForbidden},
	} {
		req := httptest.NewRequest(http.MethodPost, "/resume?product=shop.receipts", nil)
		req.RemoteAddr, req.Host = c.from, c.host
		if c.header[0] != "" {
			req.Header.Set(c.header[0], c.header[1])
		}
		w := httptest.NewRecorder()
		i.Handler().ServeHTTP(w, req)
		if w.Code != c.status {
			t.Errorf("%s: %d %q, want %d", name, w.Code, w.Body, c.status)
		}
	}
}

// An address that is taken is an error at once, which names the flag.
func TestHTTPAddressTaken(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	cfg := b.config("one")
	cfg.HTTP = taken.Addr().String()
	i, err := dataproduct.New(cfg, receipts())
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Run(context.WithoutCancel(t.Context())); err == nil || !strings.Contains(err.Error(), "--http") || !strings.Contains(err.Error(), cfg.HTTP) {
		t.Errorf("Run gave %v", err)
	}
}
