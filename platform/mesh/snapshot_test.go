package mesh

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

const tracking = "fulfillment.tracking.tracking.v1"

// busy is a shop in which something of everything goes on.
func busy(t *testing.T) *world {
	w := shop(t)
	raw := "fulfillment.warehouse.tracking.v1"
	w.hear(
		contractOf(raw, "1 hours"),
		productOf("fulfillment.warehouse", "source", 1, nil, []string{raw}),
		productOf("fulfillment.tracking", "observe", 1, []string{raw}, nil),
		&event.Descriptor{Kind: "dataProduct", ID: "orders.broken", Version: "0.1.0", Mode: "guard", Digest: "sha256:broken", Document: "kind: [", PublishedBy: "x", PublishedAt: noon},
	)
	s := w.start("shop", "a", "orders.checkout", "fulfillment.warehouse")
	o1, o2 := w.start("orders-1", "a", "orders.orders"), w.start("orders-2", "a", "orders.orders")
	p := w.start("pay-1", "a", "payments.invoices")
	f := w.start("fulfillment-1", "a", "fulfillment.tracking")
	o1.products[0].Partitions = []event.HeldPartition{{Topic: placed, Partition: 0}}
	f.products[0].State = "degraded"
	p.beat()
	p.flows(invoices, orders, 0, w.now.Add(-time.Minute))
	w.wait(6*time.Minute, s.beating(), o1.beating(), o2.beating(), f.beating(), func() {
		var latency freshness.Sketch
		for ms := range 100 {
			latency.Add(float64(ms) / 1000)
		}
		s.flows(placed, placed, 0, noon, idle)
		s.flows(raw, raw, 0, w.now)
		o1.flows(orders, placed, 0, w.now, offsets(40, 42, event.VerifiedRange{Partition: 0, From: 4, To: 40}, event.VerifiedRange{Partition: 1, From: 1, To: 9}), func(e *event.Freshness) {
			e.Rejected, e.Filtered = map[string]int64{"rule.broken": 2}, map[string]int64{"test-order": 3}
			e.Latency, e.SchemaIds = latency.Bytes(), []int32{3, 7}
		})
		o2.flows(orders, placed, 1, w.now.Add(-30*time.Second), offsets(90, 90, event.VerifiedRange{Partition: 0, From: 7, To: 44}), func(e *event.Freshness) {
			e.Rejected, e.Warnings = map[string]int64{"rule.broken": 1, "frame.bad": 1}, map[string]int64{"sales.minimum": 4}
			e.Latency = latency.Bytes()
		})
		f.flows(tracking, raw, 0, w.now, func(e *event.Freshness) {
			e.Mode, e.Violations = "observe", []event.Violation{{Offset: 3, Reason: "rule.broken"}, {Offset: 5, Reason: "frame.bad"}}
		})
	})
	w.hear(&event.Lifecycle{Subject: event.SubjectPort(invoices), State: "deprecated", Previous: "running", At: noon, Cause: "v2 is there"})
	return w
}

func TestSnapshot(t *testing.T) {
	w := busy(t)
	goldentest.Equal(t, "testdata/snapshot.golden.json", []byte(snapshot(t, w.Mesh)), *update)
	w.expectLines("breaches", w.breachLines(), placed+" begins 12:05:00: orders.checkout published nothing newer than 2026-11-21T12:00:00Z")
}

// TestReplayGivesTheSameMesh: a second platform that reads the topics from the beginning knows the same.
func TestReplayGivesTheSameMesh(t *testing.T) {
	first := shop(t)
	var log []event.Event
	p := first.start("shop", "a", "orders.checkout")
	record := func(e event.Event) { log = append(log, e) }
	first.wait(time.Minute, func() {
		e := &event.Freshness{
			Port: placed, DataProduct: "orders.checkout", Mode: "source", InputTopic: placed, Instance: "shop", Incarnation: "a", Generation: -1,
			Sequence: p.sequence + 1, At: first.now, EventTime: &[]time.Time{first.now}[0], Accepted: p.sequence,
		}
		p.sequence++
		record(e)
		first.hear(e)
	})
	second := shop(t)
	second.now = first.now
	second.hear(log...)
	if a, b := snapshot(t, first.Mesh), snapshot(t, second.Mesh); a != b {
		t.Errorf("first:\n%s\nsecond:\n%s", a, b)
	}
}

func TestQueriesReturnCopies(t *testing.T) {
	w := busy(t)
	before := snapshot(t, w.Mesh)
	for _, d := range w.DataProducts() {
		spoil(d.Inputs, d.Outputs, d.Tags, d.Versions, d.Instances, d.Problems)
	}
	for _, c := range w.Contracts() {
		spoil(c.Fields, c.Tags, c.Versions)
		for i := range c.Promises {
			c.Promises[i].Text = "spoilt"
		}
	}
	for _, id := range []string{placed, orders, tracking} {
		p, _ := w.Port(id)
		spoil(p.Upstream, p.Downstream, p.Readers, p.Tags)
		for k := range p.Health.Rejected {
			p.Health.Rejected[k] = -1
		}
		for i := range p.Inputs {
			clear(p.Inputs[i].Rejected)
			for j := range p.Inputs[i].SchemaIDs {
				p.Inputs[i].SchemaIDs[j] = -1
			}
		}
		if p.Health.LatencyP50 != nil {
			*p.Health.LatencyP50 = -1
		}
		*p.Health.LastUpdate = time.Time{}
	}
	if after := snapshot(t, w.Mesh); after != before {
		t.Error("a caller changed what the mesh knows")
	}
}

func spoil(all ...[]string) {
	for _, s := range all {
		for i := range s {
			s[i] = "spoilt"
		}
	}
}

func TestSearch(t *testing.T) {
	w := busy(t)
	for query, want := range map[string]string{
		"":                    "",
		"  ,. ":               "",
		"nothing-of-the-kind": "",
		"invoices":            "data-product payments.invoices (id), port payments.invoices.invoices.v1 (id), contract urn:datamesh:payments:invoices:invoices:1 (id)",
		"INVOI":               "data-product payments.invoices (id), port payments.invoices.invoices.v1 (id), contract urn:datamesh:payments:invoices:invoices:1 (id)",
		"payments-team":       "data-product payments.invoices (id), port payments.invoices.invoices.v1 (id), contract urn:datamesh:payments:invoices:invoices:1 (id)",
		"shop":                "instance shop (id)",
		"sku checkout":        "port orders.checkout.placed.v1 (id), contract urn:datamesh:orders:checkout:placed:1 (id)",
		"racking warehouse":   "port fulfillment.warehouse.tracking.v1 (id), contract urn:datamesh:fulfillment:warehouse:tracking:1 (id), port fulfillment.tracking.tracking.v1 (id)",
	} {
		var got []string
		for _, h := range w.Search(query, 0) {
			got = append(got, h.Kind+" "+h.ID+" ("+h.Matched+")")
		}
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("search %q:\n%s\nwant\n%s", query, g, want)
		}
	}
	if hits := w.Search("orders", 2); len(hits) != 2 || hits[0].Score < hits[1].Score {
		t.Errorf("limited: %+v", hits)
	}
}

func TestCloseness(t *testing.T) {
	for _, c := range []struct {
		in, word string
		want     float64
	}{
		{"orders.order-lines", "order", 4}, {"orders", "order", 2}, {"reorder", "order", 1}, {"reorder orders", "order", 2},
		{"lines", "order", 0}, {"größe", "größe", 4}, {"übergröße", "größe", 1},
	} {
		if got := closeness(c.in, c.word); got != c.want {
			t.Errorf("%q in %q: %g, want %g", c.word, c.in, got, c.want)
		}
	}
}

// TestUndeclared: what runs without a descriptor is shown all the same.
func TestUndeclared(t *testing.T) {
	w := newWorld(t)
	p := w.start("x-1", "a", "labs.trial")
	p.beat()
	p.flows("labs.trial.out.v2", "labs.raw.in.v1", 0, w.now)
	port, ok := w.Port("labs.trial.out.v2")
	if !ok || port.Name != "out" || port.Version != "2" || port.Mode != "transform" || !slices.Equal(port.Upstream, []string{"labs.raw.in.v1"}) || port.Health.Status != "healthy" {
		t.Errorf("port %+v %t", port, ok)
	}
	d, ok := w.DataProduct("labs.trial")
	if !ok || d.Domain != "labs" || d.Name != "trial" || d.State != "running" || d.Status != "healthy" || !d.PublishedAt.IsZero() {
		t.Errorf("data product %+v %t", d, ok)
	}
}

// TestRollback: the version that was published last speaks, also if it is the lower one; ports of both majors stay.
func TestRollback(t *testing.T) {
	w := newWorld(t)
	v1, v2 := productOf("orders.orders", "transform", 1, nil, []string{orders}), productOf("orders.orders", "transform", 1, nil, []string{"orders.orders.orders.v2"})
	v2.Version, v2.PublishedAt = "2.0.0", v1.PublishedAt.Add(time.Minute)
	w.hear(v1, v2)
	if d, _ := w.DataProduct("orders.orders"); d.Version != "2.0.0" || len(d.Outputs) != 2 {
		t.Errorf("forward: %+v", d)
	}
	again := *v1
	again.PublishedAt = v2.PublishedAt.Add(time.Minute)
	w.hear(&again)
	if d, _ := w.DataProduct("orders.orders"); d.Version != "1.0.0" || len(d.Outputs) != 2 || !slices.Equal(d.Versions, []string{"2.0.0", "1.0.0"}) {
		t.Errorf("back: %+v", d)
	}
}

func TestStateOfADataProduct(t *testing.T) {
	for _, c := range []struct {
		name   string
		wanted int
		states []string // of orders.orders in its instances; lost and stopped are the instance's
		want   string
	}{
		{"nobody", 1, nil, "declared"},
		{"one", 1, []string{"running"}, "running"},
		{"the worst of the living", 2, []string{"running", "tripped"}, "tripped"},
		{"enough live", 1, []string{"running", "lost"}, "running"},
		{"too few live", 2, []string{"running", "lost"}, "degraded"},
		{"one stopped of two", 2, []string{"running", "stopped"}, "degraded"},
		{"one failed of two", 1, []string{"running", "failed"}, "degraded"},
		{"fewer than wanted from the start", 3, []string{"running"}, "running"},
		{"all lost", 2, []string{"lost", "lost"}, "lost"},
		{"lost before stopped", 2, []string{"lost", "stopped"}, "lost"},
		{"failed before lost", 2, []string{"lost", "failed"}, "failed"},
		{"all stopped", 2, []string{"stopped", "stopped"}, "stopped"},
	} {
		w := newWorld(t)
		w.hear(productOf("orders.orders", "transform", c.wanted, []string{placed}, []string{orders}))
		for i, state := range c.states {
			p := w.start(string(rune('a'+i)), "1", "orders.orders")
			p.products[0].State = state
			switch state {
			case "lost", "stopped":
				p.products[0].State = "running"
				p.beat()
				p.says("instance/"+p.name, state, "running")
				w.hear(&event.Lifecycle{Subject: "instance/" + p.name, State: state, Previous: "running", At: w.now.Add(3 * time.Second), Incarnation: "1", Instance: p.name})
			default:
				p.beat()
			}
		}
		if d, _ := w.DataProduct("orders.orders"); d.State != c.want {
			t.Errorf("%s: %s, want %s", c.name, d.State, c.want)
		}
	}
}
