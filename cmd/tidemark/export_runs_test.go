package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

// TestExportOfRuns: what the platform knows of instances follows what the files say, as the specification wants it.
func TestExportOfRuns(t *testing.T) {
	standard := formattest.NewOpenLineage(t)
	shop := portaltest.Shop()
	began := portaltest.Now().Add(-time.Hour)
	held := func(name, state, cause string, minutes int, states ...string) mesh.Instance {
		i := mesh.Instance{Name: name, Incarnation: "i-" + name, State: state, Cause: cause, Version: "1.2.3", StartedAt: began.Add(time.Duration(minutes) * time.Minute), LastHeartbeat: portaltest.Now()}
		for n, s := range states {
			i.DataProducts = append(i.DataProducts, mesh.Held{ID: []string{"orders.order-lines", "orders.order-status"}[n], State: s})
		}
		return i
	}
	shop.InstanceList = []mesh.Instance{
		held("failed", "degraded", "the dead letter topic is missing", 50, "failed"), held("lost", "lost", "no heartbeat for 12 s", 50, "running"),
		held("one", "running", "", 1, "running"), held("other", "running", "", 2), held("stopped", "stopped", "", 50, "stopped"), held("two", "running", "", 2, "tripped", "running"),
		{Name: "silent", State: "starting", DataProducts: []mesh.Held{{ID: "orders.order-lines", State: "starting"}}},
	}
	for i := range shop.PortList {
		if p := &shop.PortList[i]; p.DataProduct == "orders.order-lines" {
			p.ContractID = "urn:datamesh:orders:order-lines:lines:1"
			p.Health.Quality = []mesh.Quality{
				{Rule: "sales.nullValues", Metric: "nullValues", Value: 2.5, Unit: "percent", Promise: "mustBeLessThan 5 percent", Severity: "warning", Holds: new(true), Records: 40},
				{Rule: "rowCount", Metric: "rowCount", Value: 40, Unit: "rows", Promise: "mustBeGreaterThan 50", Severity: "error", Holds: new(false), Records: 40},
				{Rule: "sales.missingValues", Metric: "missingValues"},
			}
		}
	}
	e := platform(t, shop)
	contracts, err := filepath.Abs("../../contracts")
	if err != nil {
		t.Fatal(err)
	}
	files := tidemark(t, nil, "export", "--format", "openlineage", "orders.order-lines", "--contracts", contracts)
	r := tidemark(t, e, "export", "--format", "openlineage", "--runs", "orders.order-lines", "--contracts", contracts)
	runs, ok := strings.CutPrefix(r.out, files.out)
	if r.code != exitDone || !ok || files.out == "" || r.err != files.err {
		t.Fatalf("%d %s%s", r.code, r.out, r.err)
	}
	for line := range strings.Lines(r.out) {
		if err := standard.Check([]byte(line)); err != nil {
			t.Errorf("%v\n%s", err, line)
		}
	}
	goldentest.Equal(t, "testdata/runs.jsonl", []byte(runs), *update)
	for line, want := range map[string]string{
		"export --format dcs --runs orders.order-lines":      "in the format openlineage alone",
		"export --format openlineage --runs orders.prices":   "there is no data product, port or contract orders.prices",
		"export --format openlineage --runs orders.checkout": "no instance of orders.checkout",
	} {
		if r := tidemark(t, e, append(strings.Fields(line), "--contracts", contracts)...); !strings.Contains(r.err, want) {
			t.Errorf("%s: %d %s", line, r.code, r.err)
		}
	}
	if r := tidemark(t, env{"TIDEMARK_PLATFORM": "http://127.0.0.1:1"}, "export", "--format", "openlineage", "--runs", "orders.order-lines", "--contracts", contracts); r.code != exitFailed || r.out != "" {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
}
