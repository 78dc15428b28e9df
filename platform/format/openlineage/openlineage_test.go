package openlineage_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/format/openlineage"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files")

var at = time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC)

func checkAll(t *testing.T, s *formattest.OpenLineage, events []openlineage.Event) []byte {
	t.Helper()
	lines, err := openlineage.Lines(events)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(lines) {
		if err := s.Check(line); err != nil {
			t.Errorf("%v\n%s", err, line)
		}
	}
	return lines
}

func TestContracts(t *testing.T) {
	s, set := formattest.NewOpenLineage(t), formattest.Repository(t)
	columns := 0
	for _, p := range set.DataProducts() {
		events, findings := openlineage.Export(p, set, openlineage.Options{Time: at})
		answered := p.OutputPorts
		if p.Mode() == contract.Observe {
			answered = p.InputPorts
		}
		if len(findings) > 0 || len(events) != 1+len(answered) {
			t.Errorf("%s: %d events: %v", p.ID, len(events), findings)
		}
		lines := checkAll(t, s, events)
		columns += bytes.Count(lines, []byte("columnLineage"))
		runs, _ := openlineage.Runs(p, set, openlineage.Options{}, someRun(p))
		checkAll(t, s, runs)
	}
	if columns == 0 {
		t.Error("no column lineage at all")
	}
}

func someRun(p *contract.DataProduct) openlineage.Run {
	r := openlineage.Run{
		Instance: "orders-1", Incarnation: "8f0c", Version: "1.2.0", Started: at, Seen: at.Add(time.Minute), Ended: at.Add(time.Hour),
		Outcome: openlineage.Failed, Cause: "the dead letter topic is missing",
		Records: map[string]int64{}, Assertions: map[string]openlineage.Assertion{},
	}
	for _, port := range append(p.InputPorts, p.OutputPorts...) {
		r.Records[port.ContractID] = 9994
		r.Assertions[port.ContractID] = openlineage.Assertion{{Rule: "id.duplicateValues", Metric: "duplicateValues", Column: "lines[].id", Severity: "warning", Expected: "0", Actual: "3"}}
	}
	return r
}

const (
	productText = `{apiVersion: v1.0.0, kind: DataProduct, id: orders.order-lines, name: Order lines, version: 1.0.0, status: active, domain: orders, tags: [b, a, b],
  description: {purpose: Lines of orders.}, team: {name: orders-team, members: [{username: ines, role: data steward}, {username: gone, dateOut: "2026-01-01"}]},
  inputPorts: [{name: placed, version: 1.0.0, contractId: "urn:datamesh:orders:checkout:placed:1"}, {name: prices, version: 1.0.0, contractId: "urn:datamesh:orders:checkout:prices:1"}],
  outputPorts: [{name: lines, type: topic, version: 1.0.0, contractId: "urn:datamesh:orders:order-lines:lines:1", inputContracts: [{id: "urn:datamesh:orders:checkout:placed:1", version: 1.0.0}]}],
  customProperties: [{property: tidemark.mode, value: transform}]}`
	sourceText = `{apiVersion: v1.0.0, kind: DataProduct, id: orders.checkout, version: 1.0.0, status: active, domain: orders, team: {name: orders-team},
  outputPorts: [{name: placed, type: topic, version: 1.0.0, contractId: "urn:datamesh:orders:checkout:placed:1"}, {name: prices, type: topic, version: 1.0.0, contractId: "urn:datamesh:orders:checkout:prices:1"}],
  customProperties: [{property: tidemark.mode, value: source}]}`
	contractText = `{apiVersion: v3.1.0, kind: DataContract, id: "urn:datamesh:orders:%[1]s:1", version: 1.0.0, status: active, name: %[2]s, domain: orders, team: {name: orders-team},
  servers: [{server: s, type: kafka, host: "SASL_SSL://kafka.example:9093,kafka2.example:9093", environment: production}],
  schema: [{name: %[2]s, physicalName: orders.%[3]s.v1, physicalType: topic, properties: [%[4]s]}]}`
)

func tree(lines string) *contract.Set {
	file := func(id, name, topic, properties string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, contractText, id, name, topic, properties)}
	}
	avsc := func(fields string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`{"type":"record","name":"T","fields":[` + fields + `]}`)}
	}
	items := `{"name":"orderId","type":"string"},{"name":"items","type":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"sku","type":"string"}]}}}`
	properties := `{name: orderId, logicalType: string, required: true, description: The order., classification: internal}, {name: items, logicalType: array, required: true, items: {logicalType: object, properties: [{name: sku, logicalType: string, required: true, classification: pii}]}}`
	set, _ := contract.Load(fstest.MapFS{
		"orders/order-lines/product.odps.yaml":  {Data: []byte(productText)},
		"orders/order-lines/lines.v1.odcs.yaml": file("order-lines:lines", "OrderLine", "order-lines.lines", lines),
		"orders/order-lines/lines.v1.avsc":      avsc(`{"name":"orderId","type":"string"},{"name":"sku","type":["null","string"]},{"name":"sum","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},{"name":"more","type":{"type":"map","values":"long"}}`),
		"orders/checkout/product.odps.yaml":     {Data: []byte(sourceText)},
		"orders/checkout/placed.v1.odcs.yaml":   file("checkout:placed", "PlacedOrder", "checkout.placed", properties),
		"orders/checkout/placed.v1.avsc":        avsc(items),
		"orders/checkout/prices.v1.odcs.yaml":   file("checkout:prices", "Price", "checkout.prices", `{name: sku, logicalType: string, required: true}`),
		"orders/checkout/prices.v1.avsc":        avsc(`{"name":"sku","type":"string"}`),
	})
	return set
}

const lineProperties = `{name: orderId, logicalType: string, required: true, transformSourceObjects: [PlacedOrder], tags: [key]},
  {name: sku, logicalType: string, transformSourceObjects: ["PlacedOrder.items[].sku", "urn:datamesh:orders:checkout:prices:1.sku", "Stock.sku", PlacedOrder.nothing], transformLogic: first(items)},
  {name: sum, logicalType: number, required: true, physicalType: "decimal(9,2)"}, {name: more, logicalType: object, physicalType: map, required: true}`

func TestGolden(t *testing.T) {
	s, set := formattest.NewOpenLineage(t), tree(lineProperties)
	p, ok := set.DataProduct("orders.order-lines")
	if !ok {
		t.Fatal("the tree is not right")
	}
	o := openlineage.Options{Time: at, Environment: "production", JobNamespace: "shop"}
	events, findings := openlineage.Export(p, set, o)
	if len(findings) != 2 || findings[0].Rule != openlineage.RuleSource || findings[0].Line == 0 {
		t.Error(findings)
	}
	runs, _ := openlineage.Runs(p, set, o, someRun(p), openlineage.Run{Instance: "orders-2", Incarnation: "1", Started: at, Seen: at})
	checkAll(t, s, append(events, runs...))
	golden(t, "order-lines.json", append(events, runs...))
}

func golden(t *testing.T, name string, events []openlineage.Event) {
	t.Helper()
	got, err := json.MarshalIndent(events, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	goldentest.Equal(t, filepath.Join("testdata", name), got, *update)
}

// A contract of every kind of rule, in a data product of every mode.
func TestGenerated(t *testing.T) {
	s := formattest.NewOpenLineage(t)
	var properties []string
	for i, k := range contracttest.Kinds() {
		properties = append(properties, fmt.Sprintf("{name: f%d, %s, classification: pii, tags: [t], transformSourceObjects: [T.f%d, x, '', '.', T., T.nothing]}", i, k.Property, i))
	}
	text := fmt.Sprintf(`{apiVersion: v3.2.0, kind: DataContract, id: "urn:datamesh:a:b:c:1", version: 1.2.0, status: active, name: T, team: {name: "a b", members: [{username: x, role: "Data  Owner"}]},
  servers: [{server: s, type: kafka, host: "k:1"}], schema: [{name: T, physicalName: a.b.c.v1, physicalType: topic, properties: [%s]}]}`, strings.Join(properties, ", "))
	for _, mode := range []string{"source", "transform", "guard", "observe"} {
		inputs, outputs := `inputPorts: [{name: c, version: 1.0.0, contractId: "urn:datamesh:a:b:c:1"}],`, `outputPorts: [{name: c, version: 1.0.0, contractId: "urn:datamesh:a:b:c:1"}],`
		product := `{apiVersion: v1.0.0, kind: DataProduct, id: a.b, version: 1.0.0, status: active, domain: a, ` + inputs + outputs + ` customProperties: [{property: tidemark.mode, value: ` + mode + `}]}`
		set, _ := contract.Load(fstest.MapFS{
			"a/b/product.odps.yaml": {Data: []byte(product)}, "a/b/c.v1.odcs.yaml": {Data: []byte(text)},
			"a/b/c.v1.avsc": {Data: []byte(`{"type":"record","name":"T","fields":[` + strings.TrimSuffix(contracttest.Fields(), ",") + `]}`)},
		})
		p, findings := contract.ParseDataProduct("product.odps.yaml", []byte(product))
		if c, ok := set.Contract("urn:datamesh:a:b:c:1"); !ok || p == nil || c.Schema() == nil {
			t.Fatal(findings)
		}
		events, _ := openlineage.Export(p, set, openlineage.Options{Time: at})
		lines := checkAll(t, s, events)
		if got := bytes.Contains(lines, []byte("columnLineage")); got != (mode == "transform" || mode == "guard") {
			t.Errorf("%s: column lineage %t", mode, got)
		}
		runs, _ := openlineage.Runs(p, set, openlineage.Options{}, someRun(p))
		checkAll(t, s, runs)
	}
}

// The name of a cluster is its first broker, whatever the listener's protocol.
func TestNamespaces(t *testing.T) {
	set := tree(lineProperties)
	p, _ := set.DataProduct("orders.order-lines")
	for bootstrap, want := range map[string]string{
		"":                                 "kafka://kafka.example:9093",
		"broker:9092":                      "kafka://broker:9092",
		"broker":                           "kafka://broker:9092",
		"PLAINTEXT://broker:1,other:2":     "kafka://broker:1",
		" SASL_SSL://broker:9092/ , other": "kafka://broker:9092",
		"[::1]:9092":                       "kafka://[::1]:9092",
		"[::1]":                            "kafka://[::1]:9092",
	} {
		events, _ := openlineage.Export(p, set, openlineage.Options{Time: at, Bootstrap: bootstrap})
		if got := events[0].Outputs[0].Namespace; got != want {
			t.Errorf("%q: %s, want %s", bootstrap, got, want)
		}
	}
	events, findings := openlineage.Export(p, set, openlineage.Options{Time: at, Environment: "staging"})
	if len(events) != 1 || len(events[0].Inputs)+len(events[0].Outputs) != 0 || len(findings) != 3 || findings[0].Rule != openlineage.RuleServer {
		t.Error(events, findings)
	}
}

// A run keeps its id, and no two share one.
func TestRunIDs(t *testing.T) {
	set := tree(lineProperties)
	p, _ := set.DataProduct("orders.order-lines")
	id := func(instance, incarnation string) string {
		events, _ := openlineage.Runs(p, set, openlineage.Options{}, openlineage.Run{Instance: instance, Incarnation: incarnation, Started: at})
		if len(events) != 1 || events[0].EventType != "START" {
			t.Fatal(events)
		}
		return events[0].Run.ID
	}
	one, again := id("a", "1"), id("a", "1")
	if one != again || one == id("a", "2") || one == id("b", "1") {
		t.Error("run ids do not tell runs apart")
	}
}

// The standard's core schema lets a broken facet pass; this test's does not.
func TestStandardRefusesBrokenFacets(t *testing.T) {
	s, set := formattest.NewOpenLineage(t), tree(lineProperties)
	p, _ := set.DataProduct("orders.order-lines")
	events, _ := openlineage.Export(p, set, openlineage.Options{Time: at})
	lines, _ := openlineage.Lines(events[1:])
	for from, to := range map[string]string{
		`"name":"orderId","ordinal_position":1`: `"name":7,"ordinal_position":1`,
		`"datasetVersion"`:                      `"versionOfDataset"`,
		`"lifecycleStateChange":"CREATE"`:       `"lifecycleStateChange":"BIRTH"`,
		`1-2-0/SchemaDatasetFacet`:              `9-9-9/SchemaDatasetFacet`,
		`"_producer"`:                           `"producer"`,
		`"version":{`:                           `"datasetVersion":{`,
		`"eventTime":"2026-11-02T09:30:00`:      `"eventTime":"yesterday`,
	} {
		broken := bytes.Replace(lines, []byte(from), []byte(to), 1)
		if !bytes.Contains(lines, []byte(from)) {
			t.Errorf("%s does not occur in %s", from, lines)
		}
		if s.Check(broken) == nil {
			t.Errorf("%s for %s is accepted", to, from)
		}
	}
}
