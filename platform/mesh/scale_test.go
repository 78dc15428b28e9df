package mesh

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

// large is the log of a mesh of many data products with one port each, three input partitions, and a hundred
// data products an instance; with descriptors of the length that real ones have.
func large(tb testing.TB, products int) []event.Event {
	tb.Helper()
	text := func(file string) string {
		b, err := os.ReadFile("../../contracts/orders/orders/" + file)
		if err != nil {
			tb.Fatal(err)
		}
		return string(b)
	}
	contract, product, schema := text("orders.v1.odcs.yaml"), text("product.odps.yaml"), text("orders.v1.avsc")
	var latency freshness.Sketch
	for ms := range 3000 {
		latency.Add(float64(ms%300) / 1000)
	}
	named := func(doc string, i int) string {
		doc = strings.ReplaceAll(doc, "orders:orders:orders", fmt.Sprintf("orders:p%d:orders", i))
		return strings.ReplaceAll(doc, "orders.orders", fmt.Sprintf("orders.p%d", i))
	}
	var log []event.Event
	beats := map[string]*event.Heartbeat{}
	for i := range products {
		id := fmt.Sprintf("orders.p%d", i)
		port := id + ".orders.v1"
		instance := fmt.Sprintf("orders-%d", i/100)
		log = append(log,
			&event.Descriptor{Kind: "contract", ID: fmt.Sprintf("urn:datamesh:orders:p%d:orders:1", i), Version: "1.0.0", Digest: fmt.Sprint("sha256:c", i), Document: named(contract, i), Schema: strings.Clone(schema), PublishedAt: noon},
			&event.Descriptor{Kind: "dataProduct", ID: id, Version: "1.0.0", Digest: fmt.Sprint("sha256:p", i), Document: named(product, i), PublishedAt: noon},
			&event.Lifecycle{Subject: event.SubjectDataProduct(id, instance), State: "running", Previous: "starting", At: noon, Instance: instance, Incarnation: "a"},
		)
		hb := beats[instance]
		if hb == nil {
			hb = &event.Heartbeat{Instance: instance, Incarnation: "a", At: noon, IntervalMillis: 5000}
			beats[instance] = hb
			log = append(log, hb)
		}
		hb.DataProducts = append(hb.DataProducts, event.HeldDataProduct{ID: id, State: "running", Version: "1.0.0", Mode: "transform"})
		for p := range int32(3) {
			e := flow4(port, id, instance, p, 1, latency.Bytes())
			log = append(log, e)
		}
	}
	return log
}

func flow4(port, id, instance string, partition int32, sequence int64, latency []byte) *event.Freshness {
	newest := noon.Add(time.Duration(sequence) * time.Second)
	return &event.Freshness{
		Port: port, DataProduct: id, Mode: "transform", InputTopic: "orders.checkout.placed.v1", InputPartition: partition,
		Instance: instance, Incarnation: "a", Generation: 3, Sequence: sequence, At: newest, Position: 100, End: 100, EventTime: &newest, UpdatedAt: &newest,
		Accepted: 100, Records: 100, Rejected: map[string]int64{"rule.broken": 1}, Filtered: map[string]int64{}, Warnings: map[string]int64{},
		Verified: []event.VerifiedRange{{Partition: 0, To: 9}, {Partition: 1, To: 9}, {Partition: 2, To: 9}}, Latency: latency, ContractDigest: "sha256:c", SchemaIds: []int32{7},
	}
}

const many = 4000

func BenchmarkReplay(b *testing.B) {
	log := large(b, many)
	b.ReportAllocs()
	for b.Loop() {
		s := newState()
		for i, e := range log {
			s.apply(position{e.Topic(), 0, int64(i)}, e)
		}
		s.catalogue()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(log)), "ns/event")
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkMemory tells what the mesh keeps, events included.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		log := large(b, many)
		s := newState()
		for i, e := range log {
			s.apply(position{e.Topic(), 0, int64(i)}, e)
		}
		s.catalogue()
		b.ReportMetric(float64(heap()-before)/(1<<20), "MiB")
		runtime.KeepAlive(s)
	}
}

func largeWorld(b *testing.B) *Mesh {
	m := New(Options{Clock: func() time.Time { return noon.Add(time.Minute) }})
	for i, e := range large(b, many) {
		m.state.apply(position{e.Topic(), 0, int64(i)}, e)
	}
	m.progress.expect(nil, noon)
	m.tick()
	return m
}

func BenchmarkQueries(b *testing.B) {
	m := largeWorld(b)
	latency := m.state.ports["orders.p7.orders.v1"].inputs[0].Latency
	for _, q := range []struct {
		name string
		ask  func()
	}{
		{"DataProducts", func() { m.DataProducts() }},
		{"Ports", func() { m.Ports() }},
		{"Port", func() { m.Port("orders.p7.orders.v1") }},
		{"Search", func() { m.Search("order placed", 20) }},
		{"Judge", m.tick},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				q.ask()
			}
		})
	}
	b.Run("PortsAfterEachChanged", func(b *testing.B) {
		sequence := int64(1)
		for b.Loop() {
			b.StopTimer()
			sequence++
			for i := range many {
				for p := range int32(3) {
					id := fmt.Sprintf("orders.p%d", i)
					m.state.applyFreshness(flow4(id+".orders.v1", id, fmt.Sprintf("orders-%d", i/100), p, sequence, latency))
				}
			}
			b.StartTimer()
			m.Ports()
		}
	})
}

// TestScale holds the costs of a large mesh to an order of magnitude.
func TestScale(t *testing.T) {
	const products = 400
	log := large(t, products)
	s := newState()
	before := heap()
	for i, e := range log {
		s.apply(position{e.Topic(), 0, int64(i)}, e)
	}
	s.catalogue()
	if kept := (heap() - before) / products; kept > 64<<10 {
		t.Errorf("%d bytes for each data product, beside its events", kept)
	}
	runtime.KeepAlive(log)
	j := newJudge()
	if said := j.decide(s, noon); len(said) > 0 {
		t.Errorf("said %v", said)
	}
}
