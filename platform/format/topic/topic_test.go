package topic_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/format/topic"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// updating tells whether the golden files are to be written anew, by the flag that dataproducttest declares.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

const saleSchema = `{
  "type": "record", "name": "Sale", "namespace": "till", "doc": "A sale at a till.",
  "fields": [
    {"name": "saleId", "type": "string"},
    {"name": "till", "type": ["null", "string"], "default": null},
    {"name": "kind", "type": "string"},
    {"name": "email", "type": ["null", "string"], "default": null},
    {"name": "ref", "type": "string"},
    {"name": "units", "type": "int"},
    {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
    {"name": "share", "type": "double"},
    {"name": "note", "type": "string"},
    {"name": "soldAt", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "openedOn", "type": {"type": "int", "logicalType": "date"}},
    {"name": "items", "type": {"type": "array", "items": {"type": "record", "name": "Item", "fields": [
      {"name": "sku", "type": "string"}, {"name": "quantity", "type": "int"}]}}},
    {"name": "labels", "type": {"type": "map", "values": "string"}}
  ]
}`

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// sale is one record as JSON.
func sale(i int, rng *rand.Rand) map[string]any {
	at := start.Add(time.Duration(i) * 3 * time.Second)
	if i%50 == 49 {
		at = at.Add(-100 * time.Second)
	}
	v := map[string]any{
		"saleId": fmt.Sprintf("S-%06d", i), "till": []string{"north", "south"}[i%2], "kind": []string{"sale", "refund", "void"}[i%3],
		"email": nil, "ref": fmt.Sprintf("%08x-0000-4000-8000-%012x", rng.Uint32(), i), "units": 1 + rng.IntN(14),
		"amount": json.Number(fmt.Sprintf("%d.%02d", rng.IntN(400), rng.IntN(100))), "share": rng.Float64(),
		"note": []string{"", "as agreed, thanks", "ok"}[i%3] + strings.Repeat("x", rng.IntN(30)), "soldAt": at.Format(time.RFC3339), "openedOn": "2024-02-29",
		"items":  []any{map[string]any{"sku": fmt.Sprintf("AB-%d", 10+i%9000), "quantity": 1 + i%3}},
		"labels": map[string]any{fmt.Sprint("l", i): "x"},
	}
	if i%2 == 0 {
		v["email"] = fmt.Sprintf("user%d@shop.example", i)
	}
	return v
}

// fill writes n sales, framed Avro with a schema, else JSON, and gives the payloads.
func fill(t testing.TB, m *dataproducttest.Mesh, name string, partitions, n int, schema *avro.Schema) [][]byte {
	t.Helper()
	ctx := t.Context()
	settings := map[string]string{"retention.ms": "604800000"}
	if err := m.Admin.EnsureTopics(ctx, kafka.Topic{Name: name, Partitions: partitions, Config: settings}); err != nil {
		t.Fatal(err)
	}
	id := 0
	if schema != nil {
		var err error
		if id, err = m.Registry.Register(ctx, name+"-value", schema); err != nil {
			t.Fatal(err)
		}
	}
	p, err := kafka.NewProducer(m.Kafka, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	var payloads [][]byte
	for i := range n {
		value := sale(i, rng)
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		r := &kafka.Record{Topic: name, Key: []byte(value["saleId"].(string)), Value: text, Timestamp: start.Add(time.Duration(i)*3*time.Second + 2*time.Second)}
		if schema != nil {
			payload, err := avro.EncodeJSON(schema, text)
			if err != nil {
				t.Fatal(err)
			}
			payloads, r.Value = append(payloads, payload), dataproducttest.Frame(id, payload)
		}
		p.Produce(ctx, r, func(_ *kafka.Record, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	if err := p.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	return payloads
}

func parse(t testing.TB, text string) *avro.Schema {
	t.Helper()
	s, err := avro.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// usable wants a proposal that can be written, read again and bound to its schema, and gives what was read.
func usable(t *testing.T, p *topic.Proposal) *contract.Contract {
	t.Helper()
	text, lost := p.Contract.Encode("")
	if len(lost) > 0 {
		t.Errorf("writing loses %v", lost)
	}
	c, findings := contract.ParseContract("proposed.odcs.yaml", text)
	if c == nil {
		t.Fatalf("%v\n%s", findings, text)
	}
	for _, f := range append(findings, c.Bind("proposed.avsc", p.Schema)...) {
		if f.Severity != contract.SeverityNote {
			t.Errorf("%v", f)
		}
	}
	return c
}

// What is proposed for an Avro topic can be read, says what the topic shows, and refuses nothing that it holds.
func TestProposeForAvro(t *testing.T) {
	m := dataproducttest.NewMesh(t)
	schema := parse(t, saleSchema)
	payloads := fill(t, m, "till.sales", 3, 1500, schema)
	p, err := topic.Propose(t.Context(), topic.Source{Kafka: m.Kafka, Registry: m.Registry, Topic: "till.sales"})
	if err != nil {
		t.Fatal(err)
	}
	c := usable(t, p)
	goldentest.Equal(t, "testdata/avro.odcs.yaml", c.Raw, updating())
	var notes strings.Builder
	for _, f := range p.Findings {
		fmt.Fprintln(&notes, f)
	}
	goldentest.Equal(t, "testdata/avro.findings.txt", []byte(notes.String()), updating())
	rules, _ := c.Rules()
	program, err := avro.Compile(schema, avro.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	walk := program.NewNotes()
	for _, payload := range payloads {
		if v := program.Walk(payload, walk); !v.OK() {
			t.Fatalf("the proposal refuses what the topic holds: %v", program.Rejection(v))
		}
	}
	if strings.Contains(string(c.Raw), "@shop.example") {
		t.Error("a personal value is in the contract")
	}
}

// A JSON topic gets a schema too, by which its own records can be written.
func TestProposeForJSON(t *testing.T) {
	m := dataproducttest.NewMesh(t)
	fill(t, m, "till-sales", 2, 400, nil)
	p, err := topic.Propose(t.Context(), topic.Source{Kafka: m.Kafka, Registry: m.Registry, Topic: "till-sales", Records: 300})
	if err != nil {
		t.Fatal(err)
	}
	if p.Records < 250 || p.Records > 300 {
		t.Errorf("%d records were read, 300 at most were asked for", p.Records)
	}
	usable(t, p)
	goldentest.Equal(t, "testdata/json.avsc", p.Schema, updating())
	schema := parse(t, string(p.Schema))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		text, err := json.Marshal(sale(i, rng))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := avro.EncodeJSON(schema, text); err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
	}
}
