package deploy_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/domains/orders"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// metrics are the names that the platform and a domain's process answer at /metrics, each with its labels.
type metrics map[string][]string

// scraped asks a platform over a mesh that has something of each kind, and a domain that has not started.
func scraped(t *testing.T) metrics {
	t.Helper()
	shop := portaltest.Shop()
	for i := range shop.PortList {
		shop.PortList[i].Health.LastUpdate = shop.PortList[i].Health.EventTime
	}
	platform, err := portal.New(portal.Options{Mesh: shop, Clock: portaltest.Now})
	if err != nil {
		t.Fatal(err)
	}
	nowhere, err := registry.New(registry.Config{URLs: []string{"http://127.0.0.1:1"}})
	if err != nil {
		t.Fatal(err)
	}
	domain, err := dataproduct.New(dataproduct.Config{
		Kafka: kafka.Config{Brokers: []string{"127.0.0.1:1"}}, Registry: nowhere, Contracts: files.FS, Instance: "orders",
	}, orders.All()...)
	if err != nil {
		t.Fatal(err)
	}
	m := metrics{"up": nil} // Prometheus' own, of each target
	m.scrape(t, platform.Handler())
	m.scrape(t, domain.Handler())
	return m
}

var (
	seriesLine = regexp.MustCompile(`(?m)^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$`)
	labelName  = regexp.MustCompile(`(\w+)="`)
)

func (m metrics) scrape(t *testing.T, from http.Handler) {
	t.Helper()
	w := httptest.NewRecorder()
	from.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("/metrics: %d %s", w.Code, w.Body)
	}
	for _, line := range seriesLine.FindAllStringSubmatch(w.Body.String(), -1) {
		name := line[1]
		m[name] = append(m[name], "")
		for _, label := range labelName.FindAllStringSubmatch(line[2], -1) {
			m[name] = append(m[name], label[1])
		}
	}
}

// targetLabels are what prometheus.yml gives each series besides its own.
var targetLabels = []string{"job", "instance", "domain"}

var (
	metricName = regexp.MustCompile(`\b(?:tidemark|go|process)_\w+|\bup\b`)
	selector   = regexp.MustCompile(`\b(\w+)\{([^{}]*)\}`)
	matcher    = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"`)
)

// faults holds a query to what there is: metrics, their labels, the words of a status.
func (m metrics) faults(query string) []string {
	var found []string
	fault := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	names := metricName.FindAllString(query, -1)
	if len(names) == 0 {
		fault("it asks for no metric of ours: %s", query)
	}
	for _, name := range names {
		if _, ok := m[name]; !ok {
			fault("no process has a metric %s", name)
		}
	}
	for _, s := range selector.FindAllStringSubmatch(query, -1) {
		for _, label := range matcher.FindAllStringSubmatch(s[2], -1) {
			if !slices.Contains(m[s[1]], label[1]) && !slices.Contains(targetLabels, label[1]) {
				fault("metric %s has no label %s", s[1], label[1])
			}
			if label[1] != "status" {
				continue
			}
			for word := range strings.SplitSeq(label[2], "|") {
				if !slices.Contains(mesh.Statuses(), mesh.Status(word)) {
					fault("no port is ever %q", word)
				}
			}
		}
	}
	if strings.Count(query, "(") != strings.Count(query, ")") {
		fault("a bracket is not closed: %s", query)
	}
	return found
}

// A test that finds nothing wrong proves something only if it can find it.
func TestFaultsAreFound(t *testing.T) {
	m := scraped(t)
	for _, name := range []string{
		"tidemark_port_lost_total", "tidemark_port_filtered_total", "tidemark_port_latency_seconds", "tidemark_breaches",
		"tidemark_instance_data_product_state", "process_resident_memory_bytes",
	} {
		if _, ok := m[name]; !ok {
			t.Errorf("the scrape lacks %s: it would call a right query wrong", name)
		}
	}
	for _, query := range []string{
		`tidemark_port_age_seconds`, `tidemark_port_status{state="healthy"}`, `tidemark_port_status{status=~"failed|broken"}`,
		`sum(tidemark_breaches`, `vector(1)`,
	} {
		if len(m.faults(query)) != 1 {
			t.Errorf("found wrong in %s: %q", query, m.faults(query))
		}
	}
}
