package portal

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

func TestPages(t *testing.T) {
	shop, empty := newServer(t, portaltest.Shop()), newServer(t, &portaltest.Mesh{})
	for _, c := range []struct {
		name, target string
		server       *Server
		status       int
	}{
		{"overview", "/", shop, 200},
		{"overview-filtered", "/?domain=catalog", shop, 200},
		{"overview-empty", "/", empty, 200},
		{"data-product", "/data-products/orders.order-lines", shop, 200},
		{"data-product-lost", "/data-products/orders.order-status", shop, 200},
		{"data-product-missing", "/data-products/orders.nothing", shop, 404},
		{"search", "/search?q=order-lines", shop, 200},
		{"search-nothing", "/search?q=zebra", shop, 200},
		{"nowhere", "/nowhere", shop, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(c.server, c.target)
			if w.Code != c.status || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
				t.Fatalf("got %d %s", w.Code, w.Header().Get("Content-Type"))
			}
			checkAccessible(t, c.target, w.Body.String())
			goldentest.Equal(t, "testdata/pages/"+c.name+".html", readable(w.Body.Bytes()), *update)
		})
	}
}

func TestPageThatDidNotChangeIsNotSentAgain(t *testing.T) {
	m := portaltest.Shop()
	s := newServer(t, m)
	tag := ask(s, "/").Header().Get("ETag")
	if w := ask(s, "/", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("got %d with %d bytes", w.Code, w.Body.Len())
	}
	m.PortList[1].Health.RecordCount++
	if w := ask(s, "/", "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("after a change: got %d", w.Code)
	}
}

func TestPasswordOfTheRegistryIsNotShown(t *testing.T) {
	s := newServer(t, portaltest.Shop(), func(o *Options) { o.Registry = "http://one:8081,http://user:canary@p@two:8081" })
	page := ask(s, "/data-products/orders.order-lines").Body.String()
	if strings.Contains(page, "canary") || !strings.Contains(page, "http://one:8081,http://two:8081") {
		t.Error("the page shows it, or not the registry")
	}
}

func TestLargeMesh(t *testing.T) {
	m := &portaltest.Mesh{}
	for i := range 4000 {
		id := "domain-" + strconv.Itoa(i%50) + ".product-" + strconv.Itoa(i)
		m.Products = append(m.Products, mesh.DataProduct{ID: id, Domain: "domain-" + strconv.Itoa(i%50), Name: id, State: "running"})
	}
	w := ask(newServer(t, m), "/")
	if w.Code != http.StatusOK || w.Body.Len() > 2<<20 || !strings.Contains(w.Body.String(), "4000 data products, the first 500 shown") {
		t.Errorf("got %d with %d bytes", w.Code, w.Body.Len())
	}
}

func TestAssets(t *testing.T) {
	s := newServer(t, portaltest.Shop())
	page := ask(s, "/").Body.String()
	for _, path := range regexp.MustCompile(`/static/portal\.[0-9a-f]+\.(css|js)`).FindAllString(page, -1) {
		w := ask(s, path)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: got %d %v", path, w.Code, w.Header())
		}
	}
	if !strings.Contains(page, s.css.path) || !strings.Contains(page, s.js.path) {
		t.Error("the page refers to other assets")
	}
}

// Texts that a contract's author may write to make somebody else's browser run something.
var payloads = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`'><svg onload=alert(1)>`,
	`javascript:alert(1)`,
	`</title><script>alert(1)</script>`,
	`</textarea><iframe srcdoc="<script>alert(1)</script>">`,
	"\u2028alert(1)\u2029",
	`<a href="jav&#x0A;ascript:alert(1)">`,
	`<!--<img src="--><img src=x onerror=alert(1)//">`,
	`{{constructor.constructor('alert(1)')()}}`,
}

func TestHostileTextIsOnlyText(t *testing.T) {
	for _, payload := range payloads {
		m := hostile(payload)
		s := newServer(t, m, func(o *Options) { o.Version, o.Brokers, o.Registry = payload, payload, payload })
		id := "/data-products/" + strings.ReplaceAll(urlEscape(payload), "+", "%20")
		for _, target := range []string{"/", "/search?q=" + urlEscape(payload), id, "/?domain=" + urlEscape(payload) + "&state=" + urlEscape(payload)} {
			w := ask(s, target)
			if w.Code != http.StatusOK {
				t.Errorf("%s: got %d", target, w.Code)
				continue
			}
			checkHarmless(t, payload, target, w.Body.String())
		}
	}
}

// hostile is a mesh in which every text is the payload.
func hostile(x string) *portaltest.Mesh {
	h := mesh.Health{Status: x, Rejected: map[string]int64{x: 1}, Filtered: map[string]int64{x: 1}, Warnings: map[string]int64{x: 1}, Breaches: 1}
	b := mesh.Breach{ID: x, Port: x, DataProduct: x, SLA: x, Start: portaltest.Now(), Promised: x, Observed: x, Cause: x}
	return &portaltest.Mesh{
		Products: []mesh.DataProduct{{
			ID: x, Domain: x, Name: x, Version: x, Mode: x, Owner: x, Description: x, Tags: []string{x}, State: x, Status: x,
			Instances: []string{x}, Inputs: []string{x, x + "?"}, Outputs: []string{x}, Document: x, Problems: []string{x},
		}},
		PortList: []mesh.Port{{
			ID: x, DataProduct: x, Domain: x, Name: x, Version: x, Mode: x, Topic: x, Owner: x, Description: x, ContractID: x,
			Upstream: []string{x}, Readers: []string{x}, Promises: []mesh.Promise{{Property: x, Text: x}}, Health: h,
		}},
		ContractList: []mesh.Contract{{
			ID: x, Version: x, Name: x, Status: x, Port: x, Topic: x, Owner: x, Description: x, Digest: x, Document: x, Schema: x,
			Promises: []mesh.Promise{{Property: x, Text: x}},
		}},
		InstanceList: []mesh.Instance{{Name: x, State: "lost", Cause: x, Version: x, DataProducts: []mesh.Held{{ID: x, Partitions: []mesh.HeldPartition{{Topic: x}}}}}},
		BreachList:   []mesh.Breach{b},
	}
}

// checkHarmless parses a page as a browser does and looks for what could run.
func checkHarmless(t *testing.T, payload, target, page string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			if n.FirstChild != nil || !strings.HasPrefix(attribute(n, "src"), "/static/") {
				t.Errorf("%s with %q: a script that is not ours", target, payload)
			}
		case "img", "iframe", "object", "embed", "base", "textarea", "style":
			t.Errorf("%s with %q: an element <%s>", target, payload, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				t.Errorf("%s with %q: an attribute %s=%q", target, payload, a.Key, a.Val)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("%s with %q: %s leads to %q", target, payload, a.Key, a.Val)
			}
		}
	}
}

// checkAccessible looks for what a screen reader or a keyboard needs.
func checkAccessible(t *testing.T, here, page string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, labels, count := map[string]bool{}, map[string]bool{}, map[string]int{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("the id %s is used twice", id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "label":
			labels[attribute(n, "for")] = true
		case "th":
			if attribute(n, "scope") == "" {
				t.Error("a th without a scope")
			}
		case "svg":
			if attribute(n, "aria-hidden") != "true" && attribute(n, "aria-label") == "" {
				t.Error("a drawing that is neither hidden nor named")
			}
		case "html":
			if attribute(n, "lang") == "" {
				t.Error("the page has no language")
			}
		}
	}
	if count["h1"] != 1 || count["main"] != 1 || count["title"] != 1 {
		t.Errorf("got %d h1, %d main, %d title; want one of each", count["h1"], count["main"], count["title"])
	}
	for n := range doc.Descendants() {
		href := attribute(n, "href")
		if target, ok := strings.CutPrefix(strings.TrimPrefix(href, here), "#"); ok && !ids[target] {
			t.Errorf("a link to #%s, which is not on the page", target)
		}
		if n.Type == html.ElementNode && n.Data == "input" && !labels[attribute(n, "id")] {
			t.Error("an input without a label")
		}
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
