package mesh

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

// snapshot is everything that can be asked, as JSON.
func snapshot(t *testing.T, m *Mesh) string {
	t.Helper()
	all := struct {
		DataProducts []DataProduct `json:"data_products"`
		Ports        []Port        `json:"ports"`
		Contracts    []Contract    `json:"contracts"`
		Instances    []Instance    `json:"instances"`
		Breaches     []Breach      `json:"breaches"`
	}{m.DataProducts(), m.Ports(), m.Contracts(), m.Instances(), m.Breaches()}
	for i := range all.Ports {
		all.Ports[i], _ = m.Port(all.Ports[i].ID)
	}
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// history makes events of a small mesh whose processes come, go, fight over partitions and break promises. The
// events of each key are in the order of the log.
func history(r *rand.Rand) map[string][]event.Event {
	log := map[string][]event.Event{}
	write := func(e event.Event) {
		key := e.Topic() + "/" + e.Key()
		log[key] = append(log[key], e)
	}
	inputs := map[string][]string{placed: {placed}, orders: {placed, "orders.orders.retry"}, invoices: {orders}}
	products := map[string]string{placed: "orders.checkout", orders: "orders.orders", invoices: "payments.invoices"}
	states := []string{"unknown", "declared", "starting", "running", "degraded", "tripped", "draining", "stopped", "failed", "from-the-future"}
	now := noon
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	for range 300 {
		now = now.Add(time.Duration(r.IntN(2000)-200) * time.Millisecond) // clocks are not quite right
		instance, incarnation := pick("a", "b", "c"), pick("1", "2", "3")
		port := pick(placed, orders, invoices)
		switch r.IntN(6) {
		case 0:
			d := contractOf(port, pick("", "5 minutes", "1 hours"))
			d.Digest, d.PublishedAt, d.Version = fmt.Sprintf("sha256:%d", r.IntN(5)), now, pick("1.0.0", "1.1.0")
			write(read(d)) // parsed once, for all the times that it is folded in
		case 1:
			d := productOf(products[port], pick("source", "transform", "observe"), 1+r.IntN(3), inputs[port][:r.IntN(2)], []string{port})
			d.Digest, d.PublishedAt, d.Version = fmt.Sprintf("sha256:%d", r.IntN(5)), now, pick("1.0.0", "1.1.0")
			write(read(d))
		case 2:
			hb := &event.Heartbeat{Instance: instance, Incarnation: incarnation, At: now, IntervalMillis: int32(r.IntN(6000) - 500)}
			for p, id := range products {
				if r.IntN(2) == 0 {
					hb.DataProducts = append(hb.DataProducts, event.HeldDataProduct{ID: id, State: pick(states...), Partitions: []event.HeldPartition{{Topic: p}}})
				}
			}
			write(hb)
		case 3:
			e := &event.Lifecycle{State: pick(append(states, "lost")...), Previous: pick(append(states, "lost")...), At: now, Instance: instance, Incarnation: incarnation, Cause: pick("", "why not")}
			e.Subject = pick(event.SubjectInstance(instance), event.SubjectDataProduct(products[port], instance), event.SubjectPort(port))
			write(e)
		case 4:
			var s freshness.Sketch
			s.Add(r.Float64())
			newest := now.Add(-time.Duration(r.IntN(1e4)) * time.Second)
			e := &event.Freshness{
				Port: port, DataProduct: products[port], Mode: pick("source", "transform"), InputTopic: pick(inputs[port]...), InputPartition: int32(r.IntN(3)),
				Instance: instance, Incarnation: incarnation, Generation: int32(r.IntN(4) - 1), Sequence: r.Int64N(50), At: now,
				Position: r.Int64N(100), End: r.Int64N(120) - 1, EventTime: &newest, UpdatedAt: &now, Idle: r.IntN(3) == 0, Backfill: r.IntN(3) == 0,
				Accepted: r.Int64N(100), Rejected: map[string]int64{pick("rule.broken", "frame.bad"): r.Int64N(9)}, Records: r.Int64N(100),
				Verified: []event.VerifiedRange{{Partition: int32(r.IntN(2)), From: r.Int64N(10), To: 10 + r.Int64N(90)}},
				Latency:  s.Bytes(), ContractDigest: pick("sha256:1", "sha256:2"),
			}
			write(e)
		case 5:
			start := noon.Add(time.Duration(r.IntN(5)) * time.Minute)
			e := &event.Breach{ID: fmt.Sprintf("%s/freshness/%d", port, start.UnixMilli()), Port: port, SLA: "freshness", Start: start, Cause: pick("a", "b")}
			if r.IntN(2) == 0 {
				end := start.Add(time.Duration(r.IntN(100)) * time.Second)
				e.End = &end
			}
			write(e)
		}
	}
	return log
}

// interleaved folds a history in, in a random order that keeps each key's, with redeliveries.
func interleaved(t *testing.T, log map[string][]event.Event, r *rand.Rand, redeliver bool) *Mesh {
	m := newWorld(t).Mesh
	type cursor struct {
		at   position
		left []event.Event
	}
	var keys []*cursor
	partitions := map[string]int32{} // of the topic, so far: each key has one of its own
	for _, events := range log {
		topic := events[0].Topic()
		keys = append(keys, &cursor{position{topic, partitions[topic], 0}, events})
		partitions[topic]++
	}
	done := map[position]event.Event{}
	for len(keys) > 0 {
		i := r.IntN(len(keys))
		c := keys[i]
		m.fold(c.at, func(s *state) bool { return s.apply(c.at, c.left[0]) })
		done[c.at] = c.left[0]
		c.at.Offset++
		if c.left = c.left[1:]; len(c.left) == 0 {
			keys[i] = keys[len(keys)-1]
			keys = keys[:len(keys)-1]
		}
		if redeliver && r.IntN(3) == 0 {
			for at, e := range done { // some earlier one
				before := m.Revision()
				m.fold(at, func(s *state) bool { return s.apply(at, e) })
				if m.Revision() != before {
					t.Errorf("a redelivered %s changed something", e.Type())
				}
				break
			}
		}
	}
	return m
}

func TestAnyInterleavingGivesTheSame(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 0))
		log := history(r)
		want := snapshot(t, interleaved(t, log, r, false))
		for range 3 {
			if got := snapshot(t, interleaved(t, log, r, true)); got != want {
				t.Fatalf("seed %d: another order gives another mesh:\n%s\nand\n%s", seed, got, want)
			}
		}
	}
}

// TestNewestGenerationAndSequenceWin is the rule of freshness events, one key.
func TestNewestGenerationAndSequenceWin(t *testing.T) {
	type word struct {
		incarnation string
		generation  int32
		sequence    int64
		at          time.Duration
	}
	for _, c := range []struct {
		name   string
		first  word
		second word
		wins   bool
	}{
		{"next of its sequence", word{"a", 3, 7, 0}, word{"a", 3, 8, 1}, true},
		{"same again", word{"a", 3, 7, 0}, word{"a", 3, 7, 0}, false},
		{"overtaken", word{"a", 3, 7, 0}, word{"a", 3, 6, 1}, false},
		{"newer generation", word{"a", 3, 7, 0}, word{"b", 4, 1, 1}, true},
		{"zombie of an older generation", word{"b", 4, 1, 0}, word{"a", 3, 99, time.Minute}, false},
		{"group that started anew", word{"b", 4, 1, 0}, word{"c", 1, 1, 2 * time.Minute}, true},
		{"source that restarted", word{"a", -1, 99, 0}, word{"b", -1, 1, 1}, true},
		{"same generation, other process", word{"a", 3, 99, 0}, word{"b", 3, 1, 1}, true},
	} {
		w := newWorld(t)
		for i, x := range []word{c.first, c.second} {
			w.hear(&event.Freshness{
				Port: orders, DataProduct: "orders.orders", InputTopic: placed, Incarnation: x.incarnation, Generation: x.generation,
				Sequence: x.sequence, At: noon.Add(x.at), Accepted: int64(i + 1),
			})
		}
		if got := w.health(orders).Accepted == 2; got != c.wins {
			t.Errorf("%s: second wins %t, want %t", c.name, got, c.wins)
		}
	}
}

func TestTombstonesPurge(t *testing.T) {
	w := shop(t)
	p := w.start("shop", "a", "orders.checkout")
	p.beat()
	p.says("instance/shop", "running", "starting")
	p.flows(placed, placed, 0, w.now)
	w.hear(&event.Breach{ID: placed + "/freshness/1", Port: placed, SLA: "freshness", Start: noon})
	purge := func(topic, key string) {
		t.Helper()
		at := position{topic, 0, w.offsets[topic]}
		w.offsets[topic]++
		before := w.Revision()
		w.fold(at, func(s *state) bool { return s.forget(at, key) })
		if w.Revision() == before {
			t.Errorf("purge of %s %s changed nothing", topic, key)
		}
	}
	purge(event.TopicProducts, "orders.checkout@1.0.0")
	if d, ok := w.DataProduct("orders.checkout"); !ok || d.Version != "" || d.State != "running" {
		t.Errorf("it still runs: %+v %t", d, ok)
	}
	purge(event.TopicProducts, contractID(placed)+"@1.0.0")
	purge(event.TopicHeartbeats, "shop")
	purge(event.TopicLifecycle, "instance/shop")
	if _, ok := w.Instance("shop"); ok {
		t.Error("the instance is still known")
	}
	purge(event.TopicFreshness, placed+"|"+placed+"|0")
	if p, ok := w.Port(placed); ok {
		t.Errorf("the port is still known: %+v", p)
	}
	purge(event.TopicBreaches, placed+"/freshness/1")
	if n := len(w.Breaches()); n != 0 {
		t.Errorf("%d breaches", n)
	}
}

// TestBreachOfAPurgedPortEnds: nobody promises anything any more.
func TestBreachOfAPurgedPortEnds(t *testing.T) {
	w := newWorld(t)
	w.hear(&event.Breach{ID: placed + "/freshness/1", Port: placed, SLA: "freshness", Start: noon})
	w.wait(time.Second)
	if b := w.Breaches(); len(b) != 1 || b[0].Open() {
		t.Errorf("breaches %+v", b)
	}
}

func TestBreachesAreBounded(t *testing.T) {
	w := newWorld(t)
	for i := range 100 {
		start := noon.Add(time.Duration(i) * time.Hour)
		end := start.Add(time.Minute)
		e := event.Breach{ID: fmt.Sprintf("%s/freshness/%d", placed, start.UnixMilli()), Port: placed, SLA: "freshness", Start: start}
		begin := e
		w.hear(&begin)
		if i != 5 { // that one lasts
			e.End = &end
			w.hear(&e)
		}
	}
	all := w.Breaches()
	if len(all) != keptBreaches+1 || !all[0].Open() || !all[1].Start.Equal(noon.Add(99*time.Hour)) {
		t.Errorf("%d breaches, first %+v", len(all), all[0])
	}
}
