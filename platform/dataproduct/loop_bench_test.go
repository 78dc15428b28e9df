package dataproduct_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// orderSchema is the reference order's of platform/avro and of the benchmarks that run beside peers; below is a contract for it.
func orderSchema(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("../../integration/bench/orders/order.avsc")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const orderSample = `{"orderId":"CA-2017-152156","customerId":"CG-12520","status":"paid","currency":"USD","total":"993.90","discount":0.25,
	"placedAt":"2026-01-21T09:30:00Z","dueOn":"2026-01-24","channel":"web","priority":3,"gift":false,"note":"leave it with a good neighbour!",
	"shipTo":{"street":"Jefferson Street 14 B","city":"Henderson","postcode":"42420","country":"US"},
	"lines":[{"sku":"FUR-BO-10001798","quantity":2,"price":130.98},{"sku":"FUR-CH-10000454","quantity":3,"price":243.98},
		{"sku":"OFF-LA-10000240","quantity":2,"price":7.31}]}`

const orderContract = `
apiVersion: v3.1.0
kind: DataContract
id: %s
name: Orders
version: 1.0.0
status: active
domain: bench
schema:
  - name: Order
    physicalName: %s
    physicalType: topic
    logicalType: object
    properties:
      - {name: orderId, logicalType: string, physicalType: string, required: true, logicalTypeOptions: {pattern: '^[A-Z]{2}-\d{4}-\d{6}$'}}
      - {name: customerId, logicalType: string, physicalType: string, required: true, logicalTypeOptions: {minLength: 4, maxLength: 20}}
      - {name: status, logicalType: string, physicalType: enum, required: true, quality: [{metric: invalidValues, arguments: {validValues: [placed, paid, shipped]}, mustBe: 0, severity: error}]}
      - {name: currency, logicalType: string, physicalType: string, required: true, quality: [{metric: invalidValues, arguments: {validValues: [EUR, GBP, USD]}, mustBe: 0, severity: error}]}
      - {name: total, logicalType: number, physicalType: "decimal(12,2)", required: true, logicalTypeOptions: {minimum: 0.01, maximum: 100000}}
      - {name: discount, logicalType: number, physicalType: double, required: true, logicalTypeOptions: {exclusiveMaximum: 1, multipleOf: 0.05}}
      - {name: placedAt, logicalType: timestamp, physicalType: timestamp-millis, required: true}
      - {name: dueOn, logicalType: date, physicalType: date, required: true}
      - {name: channel, logicalType: string, physicalType: string, required: true, logicalTypeOptions: {pattern: '^[a-z]+$'}}
      - {name: priority, logicalType: integer, physicalType: int, required: true, logicalTypeOptions: {minimum: 1, maximum: 5}}
      - {name: gift, logicalType: boolean, physicalType: boolean, required: true}
      - {name: note, logicalType: string, physicalType: string, logicalTypeOptions: {maxLength: 200}}
      - name: shipTo
        logicalType: object
        physicalType: record
        required: true
        properties:
          - {name: street, logicalType: string, physicalType: string, required: true}
          - {name: city, logicalType: string, physicalType: string, required: true}
          - {name: postcode, logicalType: string, physicalType: string, required: true}
          - {name: country, logicalType: string, physicalType: string, required: true, logicalTypeOptions: {minLength: 2, maxLength: 2}}
      - name: lines
        logicalType: array
        physicalType: array
        required: true
        logicalTypeOptions: {minItems: 1, maxItems: 100, uniqueItems: true}
        items:
          logicalType: object
          physicalType: record
          properties:
            - {name: sku, logicalType: string, physicalType: string, required: true}
            - {name: quantity, logicalType: integer, physicalType: int, required: true, logicalTypeOptions: {exclusiveMinimum: 0}}
            - {name: price, logicalType: number, physicalType: double, required: true, logicalTypeOptions: {minimum: 0.01, multipleOf: 0.01}}
team: {name: bench-team}
customProperties:
  - {property: tidemark.key, value: orderId}
  - {property: tidemark.eventTime, value: placedAt}
  - {property: tidemark.partitions, value: %d}
`

// orderFiles are a till that writes orders, and what copies them.
func orderFiles(t testing.TB, partitions int, mode, extra string) fstest.MapFS {
	contract := func(port string) *fstest.MapFile {
		id := "urn:datamesh:" + strings.ReplaceAll(port, ".", ":") + ":1"
		return &fstest.MapFile{Data: fmt.Appendf(nil, orderContract, id, port+".v1", partitions)}
	}
	product := func(id, ports, extra string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, `
apiVersion: v1.0.0
kind: DataProduct
id: %[1]s
name: %[1]s
version: 1.0.0
status: active
domain: bench
team: {name: bench-team}
%[2]s
customProperties:
%[3]s`, id, ports, extra)}
	}
	schema := &fstest.MapFile{Data: orderSchema(t)}
	return fstest.MapFS{
		"bench/till/product.odps.yaml":   product("bench.till", `outputPorts: [{name: orders, version: 1.0.0, contractId: "urn:datamesh:bench:till:orders:1"}]`, "  - {property: tidemark.mode, value: source}\n"),
		"bench/till/orders.v1.odcs.yaml": contract("bench.till.orders"),
		"bench/till/orders.v1.avsc":      schema,
		"bench/copy/product.odps.yaml": product("bench.copy", `inputPorts: [{name: orders, version: 1.0.0, contractId: "urn:datamesh:bench:till:orders:1"}]
outputPorts: [{name: clean, version: 1.0.0, contractId: "urn:datamesh:bench:copy:clean:1"}]`,
			"  - {property: tidemark.mode, value: "+mode+"}\n  - {property: tidemark.breaker, value: {ratio: 1, window: 1000, run: 1000000000}}\n"+extra),
		"bench/copy/clean.v1.odcs.yaml": contract("bench.copy.clean"),
		"bench/copy/clean.v1.avsc":      schema,
	}
}

const atLeastOnce = "  - {property: tidemark.delivery, value: at-least-once}\n"

// benchmarkGuard takes b.N records through a guard; run it with a fixed -benchtime, such as 500000x.
func benchmarkGuard(b *testing.B, bad, slots int, extra string) {
	benchmarkLoop(b, dataproduct.Guard("bench/copy"), bad, slots, extra)
}

func benchmarkLoop(b *testing.B, product dataproduct.Product, bad, slots int, extra string) {
	rig := startRig(b, rigged{Records: b.N, Bad: bad, Partitions: 4})
	files := orderFiles(b, rig.Partitions, string(product.Mode()), extra)
	cfg := rig.config(b, files)
	cfg.Slots = slots
	instance, err := dataproduct.New(cfg, product)
	if err != nil {
		b.Fatal(err)
	}
	measure(b, b.N, func() {
		runThrough(b, cfg.Kafka, instance, b.N)
	})
}

// What a check and a copy cost, exactly once and at least once, and where every record is rejected.
func BenchmarkGuardOrder(b *testing.B)               { benchmarkGuard(b, 0, 0, "") }
func BenchmarkGuardOrderOneSlot(b *testing.B)        { benchmarkGuard(b, 0, 1, "") }
func BenchmarkGuardOrderAtLeastOnce(b *testing.B)    { benchmarkGuard(b, 0, 0, atLeastOnce) }
func BenchmarkGuardOrderBad(b *testing.B)            { benchmarkGuard(b, 1, 0, "") }
func BenchmarkGuardOrderBadAtLeastOnce(b *testing.B) { benchmarkGuard(b, 1, 0, atLeastOnce) }

// Order is the reference order as an event.
type Order struct {
	OrderID    string     `avro:"orderId"`
	CustomerID string     `avro:"customerId"`
	Status     string     `avro:"status"`
	Currency   string     `avro:"currency"`
	Total      *big.Rat   `avro:"total"`
	Discount   float64    `avro:"discount"`
	PlacedAt   time.Time  `avro:"placedAt"`
	DueOn      *time.Time `avro:"dueOn"`
	Channel    string     `avro:"channel"`
	Priority   int32      `avro:"priority"`
	Gift       bool       `avro:"gift"`
	Note       *string    `avro:"note"`
	ShipTo     Address    `avro:"shipTo"`
	Lines      []Line     `avro:"lines"`
}

// Address is where an order goes.
type Address struct {
	Street   string `avro:"street"`
	City     string `avro:"city"`
	Postcode string `avro:"postcode"`
	Country  string `avro:"country"`
}

// Line is one of an order's articles.
type Line struct {
	SKU      string  `avro:"sku"`
	Quantity int32   `avro:"quantity"`
	Price    float64 `avro:"price"`
}

// What a typed function on each record costs: it is checked, decoded, changed, encoded and checked again.
func BenchmarkTransformOrder(b *testing.B) {
	in, out := dataproduct.In[Order]("orders"), dataproduct.Out[Order]("clean")
	change := func(o *Order, emit *dataproduct.Emit) error {
		o.Priority = 1
		out.To(emit, *o)
		return nil
	}
	benchmarkLoop(b, dataproduct.Transform("bench/copy", dataproduct.On(in, change, out)), 0, 0, "")
}

// What copying the fields' bytes costs instead.
func BenchmarkTransformOrderProjected(b *testing.B) {
	in, out := dataproduct.In[Order]("orders"), dataproduct.Out[Order]("clean")
	benchmarkLoop(b, dataproduct.Transform("bench/copy", dataproduct.Project(in, out, nil)), 0, 0, "")
}

// What the typed function costs when it is written on views: two fields are decoded and one is set, the others are copied.
func BenchmarkTransformOrderSpliced(b *testing.B) {
	in, out := dataproduct.In[Order]("orders"), dataproduct.Out[Order]("clean")
	change := func(o OrderView, emit *dataproduct.Emit) error {
		p := dataproduct.Copy[OrderPatch](emit, out)
		p.SetPriority(1 + int32(len(o.Status())+len(o.ShipTo().Country()))/10)
		return nil
	}
	benchmarkLoop(b, dataproduct.Transform("bench/copy", dataproduct.Splice(in, change, out.Spliced(nil, "priority"))), 0, 0, "")
}

// BenchmarkFloor is the client library alone: it reads the records and writes them as they are.
func BenchmarkFloor(b *testing.B) {
	rig := startRig(b, rigged{Records: b.N, Partitions: 4})
	admin, err := kafka.NewAdmin(rig.kafka())
	if err != nil {
		b.Fatal(err)
	}
	defer admin.Close()
	if err := admin.EnsureTopics(b.Context(), kafka.Topic{Name: "floor", Partitions: rig.Partitions}); err != nil {
		b.Fatal(err)
	}
	cl, err := kgo.NewClient(kgo.SeedBrokers(rig.Brokers), kgo.ConsumeTopics("bench.till.orders.v1"),
		kgo.ConsumerGroup("floor"), kgo.DisableAutoCommit(), kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.MaxBufferedRecords(100_000),
		kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		b.Fatal(err)
	}
	defer cl.Close()
	measure(b, b.N, func() {
		for n := 0; n < b.N; {
			fetches := cl.PollRecords(b.Context(), 10_000)
			records := fetches.Records()
			out := make([]kgo.Record, len(records))
			for i, r := range records {
				out[i] = kgo.Record{Topic: "floor", Key: r.Key, Value: r.Value}
				cl.Produce(b.Context(), &out[i], func(_ *kgo.Record, err error) {
					if err != nil && !errors.Is(err, context.Canceled) {
						b.Error(err)
					}
				})
			}
			n += len(records)
		}
		if err := cl.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := cl.CommitUncommittedOffsets(b.Context()); err != nil {
			b.Fatal(err)
		}
	})
}
