package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

// fakeLetters lists one dead letter.
type fakeLetters struct{ err error }

func (f fakeLetters) List(_ context.Context, q DeadLetterQuery) (api.DeadLetterList, error) {
	if q.Cursor == "nonsense" {
		return api.DeadLetterList{}, &BadCursorError{q.Cursor}
	}
	return api.DeadLetterList{Next: "7", Items: []api.DeadLetter{{
		DataProduct: q.DataProduct, Topic: q.DataProduct + ".dlq", Partition: 1, Offset: 8, At: portaltest.Now(),
		Reason: "rule.broken", Rule: "sales.minimum", Field: "sales", Message: "below the minimum", SchemaID: 3, Size: 120,
		Origin: api.Origin{Topic: "orders.checkout.placed.v1", Partition: 2, Offset: 77},
	}}}, f.err
}

func withLetters(err error) func(*Options) {
	return func(o *Options) { o.DeadLetters = fakeLetters{err} }
}

// apiCases are requests with the golden file of the answer, by the path of the operation that answers.
var apiCases = []struct{ name, target, path string }{
	{"health", "/health", "/health"},
	{"data-products", "/data-products", "/data-products"},
	{"data-products-filtered", "/data-products?domain=orders&state=running&limit=1&offset=1", "/data-products"},
	{"data-product", "/data-products/orders.order-lines", "/data-products/{id}"},
	{"ports", "/ports?data_product=orders.order-lines", "/ports"},
	{"port", "/ports/orders.order-lines.lines.v1", "/ports/{id}"},
	{"port-health", "/ports/orders.order-lines.lines.v1/health", "/ports/{id}/health"},
	{"contracts", "/contracts", "/contracts"},
	{"contract", "/contracts/urn:datamesh:orders:order-lines:lines:1", "/contracts/{id}"},
	{"instances", "/instances?state=lost", "/instances"},
	{"instance", "/instances/orders", "/instances/{name}"},
	{"breaches-open", "/breaches?open=true", "/breaches"},
	{"dead-letters", "/dead-letters?data_product=orders.order-lines", "/dead-letters"},
	{"search", "/search?q=order-lines", "/search"},
}

func TestAPI(t *testing.T) {
	s := newServer(t, portaltest.Shop(), withLetters(nil))
	schemas := compileOpenAPI(t, s)
	for _, c := range apiCases {
		t.Run(c.name, func(t *testing.T) {
			w := ask(s, api.Prefix+c.target)
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("got %d %s: %s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			schemas.check(t, api.Prefix+c.path, "200", "application/json", w.Body.Bytes())
			var b bytes.Buffer
			if err := json.Indent(&b, w.Body.Bytes(), "", "  "); err != nil {
				t.Fatal(err)
			}
			goldentest.Equal(t, "testdata/api/"+c.name+".json", b.Bytes(), *update)
		})
	}
}

func TestAPIProblems(t *testing.T) {
	s := newServer(t, portaltest.Shop(), withLetters(nil))
	for _, c := range []struct {
		target string
		status int
		says   string
	}{
		{"/data-products/orders.nothing", 404, "GET /api/v1/data-products lists those that exist"},
		{"/ports/orders.nothing", 404, "GET /api/v1/ports lists"},
		{"/ports/orders.nothing/health", 404, "GET /api/v1/ports lists"},
		{"/contracts/nothing", 404, "GET /api/v1/contracts lists"},
		{"/contracts/nothing/document", 404, "GET /api/v1/contracts lists"},
		{"/instances/nobody", 404, "GET /api/v1/instances lists"},
		{"/dead-letters?data_product=orders.nothing", 404, "GET /api/v1/data-products lists"},
		{"/dead-letters", 422, "data_product"},
		{"/dead-letters?data_product=orders.order-lines&cursor=nonsense", 422, "leave cursor out"},
		{"/data-products?limit=0", 422, "limit"},
		{"/data-products?limit=100000", 422, "limit"},
		{"/data-products?offset=-1", 422, "offset"},
		{"/data-products?ownr=x", 422, "ownr"},
		{"/breaches?open=maybe", 422, "open"},
		{"/search", 422, "q"},
		{"/search?q=" + strings.Repeat("x", 201), 422, "length"},
		{"/nothing", 404, "/openapi.json lists what there is"},
		{"/data-products/" + strings.Repeat("x", 250), 422, "length"},
		{"/data-products/..%2f..%2fetc%2fpasswd", 422, "pattern"},
		{"/data-products/%2e%2e%2fetc", 422, "pattern"},
		{"/data-products/a%00b", 422, "pattern"},
		{"/contracts/a%00b", 422, "pattern"},
		{"/instances/a%0ab", 422, "pattern"},
		{"/data-products/%3Cscript%3E", 422, "pattern"},
	} {
		w := ask(s, api.Prefix+c.target)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%.60s: got %d %s, want %d with %q", c.target, w.Code, w.Body, c.status, c.says)
		}
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%.60s: got %s, want application/problem+json", c.target, got)
		}
	}
}

func TestLostRecordsNeedAttention(t *testing.T) {
	m := portaltest.Shop()
	m.PortList[2].Health.Lost = 1234
	s := newServer(t, m)
	for _, target := range []string{api.Prefix + "/health", "/", "/data-products/orders.order-lines", "/metrics"} {
		body := ask(s, target).Body.String()
		if !strings.Contains(body, "1,234") && !strings.Contains(body, `tidemark_port_lost_total{port="orders.order-lines.lines.v1"} 1234`) {
			t.Errorf("%s does not say it", target)
		}
	}
}

func TestDeadLettersWithoutBrokers(t *testing.T) {
	const target = api.Prefix + "/dead-letters?data_product=orders.order-lines"
	none := newServer(t, portaltest.Shop())
	if w := ask(none, target); w.Code != http.StatusNotImplemented || !strings.Contains(w.Body.String(), "tidemark dlq list orders.order-lines") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	away := newServer(t, portaltest.Shop(), withLetters(errors.New("dial tcp 10.1.2.3: secret detail")))
	w := ask(away, target)
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "10.1.2.3") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestDocumentsAreByteForByte(t *testing.T) {
	m := portaltest.Shop()
	s := newServer(t, m)
	const contract = api.Prefix + "/contracts/urn:datamesh:orders:order-lines:lines:1"
	for target, want := range map[string][2]string{
		contract + "/document": {"application/yaml", m.ContractList[0].Document},
		contract + "/schema":   {"application/json", m.ContractList[0].Schema},
		api.Prefix + "/data-products/orders.order-lines/document": {"application/yaml", m.Products[2].Document},
	} {
		w := ask(s, target)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != want[0] || w.Body.String() != want[1] {
			t.Errorf("%s: got %d %s %q", target, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
}

func TestPagesOfAListAreDisjointAndWhole(t *testing.T) {
	m := &portaltest.Mesh{}
	for _, name := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		m.PortList = append(m.PortList, mesh.Port{ID: name})
	}
	s := newServer(t, m)
	var ids string
	for offset := 0; ; {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, api.Prefix+"/ports?limit=7&offset="+strconv.Itoa(offset), nil))
		var l api.List[mesh.Port]
		if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		if l.Total != 26 || len(l.Items) > 7 {
			t.Fatalf("got %d of %d", len(l.Items), l.Total)
		}
		if len(l.Items) == 0 {
			break
		}
		for _, p := range l.Items {
			ids += p.ID
		}
		offset += len(l.Items)
	}
	if ids != "abcdefghijklmnopqrstuvwxyz" {
		t.Errorf("got %s", ids)
	}
}
