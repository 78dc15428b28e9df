package mesh

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

const (
	placed   = "orders.checkout.placed.v1"
	orders   = "orders.orders.orders.v1"
	invoices = "payments.invoices.invoices.v1"
)

// shop is a world with a source, a data product that reads it, and one in another domain that reads that.
func shop(t *testing.T) *world {
	w := newWorld(t)
	w.hear(
		contractOf(placed, "5 minutes"), contractOf(orders, "10 minutes"), contractOf(invoices, "10 minutes"),
		productOf("orders.checkout", "source", 1, nil, []string{placed}),
		productOf("orders.orders", "transform", 1, []string{placed}, []string{orders}),
		productOf("payments.invoices", "transform", 1, []string{orders}, []string{invoices}),
	)
	for _, d := range w.DataProducts() {
		if len(d.Problems) > 0 {
			t.Fatalf("fixture: %s", d.Problems)
		}
	}
	for _, c := range w.Contracts() {
		if len(c.Problems) > 0 {
			t.Fatalf("fixture: %s", c.Problems)
		}
	}
	return w
}

// TestReplayWaitsOneDeadline: after a replay nobody is lost or late for what was missed meanwhile.
func TestReplayWaitsOneDeadline(t *testing.T) {
	w := shop(t)
	p := w.start("shop", "a", "orders.checkout")
	p.beat()
	p.flows(placed, placed, 0, w.now)
	w.now = w.now.Add(time.Hour) // the platform was away

	w.tick()
	w.wait(2 * time.Second)
	w.expectLines("not a word", append(w.transitions(), w.breachLines()...))
	w.wait(2 * time.Second)
	w.expectLines("lost, three heartbeats later", w.transitions(), "12:00:03 instance/shop: running -> lost")
	w.wait(4 * time.Minute)
	w.expectLines("still under grace", w.breachLines())
	w.wait(time.Minute)
	w.expectLines("and then from when it really began", w.breachLines(),
		placed+" begins 12:05:00: instance shop is lost: 3 heartbeats missed; the last sign of life was at 2026-11-21T12:00:00Z")
}

// TestTwoPlatformsAgree: what they say is equal to the byte, but for where an end is.
func TestTwoPlatformsAgree(t *testing.T) {
	run := func(late time.Duration) *world {
		w := shop(t)
		w.wait(late) // this platform's ticks are at other times
		w.now = noon
		p := w.start("shop", "a", "orders.checkout")
		p.beat()
		p.flows(placed, placed, 0, noon)
		w.now = noon.Add(late)
		w.wait(11 * time.Minute)
		return w
	}
	a, b := run(0), run(137*time.Millisecond)
	a.expectLines("transitions", a.transitions(), b.transitions()...)
	a.expectLines("breaches", a.breachLines(), b.breachLines()...)
	if len(a.breachLines()) == 0 {
		t.Error("no breach to compare")
	}
	// What the other says changes nothing.
	before := len(a.Breaches())
	a.hear(b.said...)
	if len(a.Breaches()) != before {
		t.Errorf("%d breaches, before %d", len(a.Breaches()), before)
	}
}

func TestSourceIsLateByItsOwnPromise(t *testing.T) {
	w := shop(t)
	p := w.start("shop", "a", "orders.checkout")
	beat := p.beating()
	w.wait(6*time.Minute, beat, func() { p.flows(placed, placed, 0, w.now) })
	w.expectLines("fresh", w.breachLines())
	last := w.now
	// Alive and silent: silence is data too.
	w.wait(6*time.Minute, beat, func() { p.flows(placed, placed, 0, last, idle) })
	w.expectLines("breach", w.breachLines(), placed+" begins 12:11:00: orders.checkout published nothing newer than 2026-11-21T12:06:00Z")
	h := w.health(placed)
	if h.Status != "breached" || h.Breaches != 1 || *h.FreshnessMinutes != 6 {
		t.Errorf("health %+v", h)
	}
	b := w.Breaches()[0]
	if b.ID != placed+"/freshness/1795262" && !strings.HasPrefix(b.ID, placed+"/freshness/") || b.Promised != "5 minutes" || b.Observed != "complete up to 2026-11-21T12:06:00Z" || b.DataProduct != "orders.checkout" {
		t.Errorf("breach %+v", b)
	}
	w.said = nil
	end := w.now
	p.flows(placed, placed, 0, w.now)
	w.wait(time.Second, beat)
	w.expectLines("fresh again", w.breachLines(), placed+" ends "+end.Add(500*time.Millisecond).Format("15:04:05"))
	if h := w.health(placed); h.Status != "healthy" || h.Breaches != 0 {
		t.Errorf("health %+v", h)
	}
}

// TestSilenceUpstreamCountsByTheOwnPromise: a source that breaks its promise breaks a wider one only later.
func TestSilenceUpstreamCountsByTheOwnPromise(t *testing.T) {
	w := shop(t)
	s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
	w.wait(11*time.Minute, s.beating(), o.beating(), func() {
		s.flows(placed, placed, 0, noon, idle)
		o.flows(orders, placed, 0, noon, idle)
	})
	why := "orders.checkout published nothing newer than 2026-11-21T12:00:00Z"
	w.expectLines("breaches", w.breachLines(), placed+" begins 12:05:00: "+why, orders+" begins 12:10:00: upstream port "+placed+": "+why)
}

// TestNothingHappened: a source without a promise may be silent, and what reads it is not late.
func TestNothingHappened(t *testing.T) {
	w := newWorld(t)
	w.hear(
		contractOf(placed, ""), contractOf(orders, "1 minutes"),
		productOf("orders.checkout", "source", 1, nil, []string{placed}),
		productOf("orders.orders", "transform", 1, []string{placed}, []string{orders}),
	)
	s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
	s.flows(placed, placed, 0, w.now)
	o.flows(orders, placed, 0, w.now)
	last := w.now
	alive := []func(){s.beating(), o.beating(), func() {
		s.flows(placed, placed, 0, last, idle)
		o.flows(orders, placed, 0, last, idle)
	}}
	w.wait(time.Hour, alive...)
	w.expectLines("no alarm", w.breachLines())
	if h := w.health(orders); h.Status != "healthy" || *h.FreshnessMinutes != 60 || !h.Idle {
		t.Errorf("health %+v", h)
	}
	// The shop dies: now silence means something.
	w.wait(70*time.Second, alive[1], func() { o.flows(orders, placed, 0, last, idle) })
	w.expectLines("the cause is upstream", w.breachLines(),
		orders+" begins 13:01:00: upstream port "+placed+": instance shop is lost: 3 heartbeats missed; the last sign of life was at 2026-11-21T12:59:59Z")
	w.said = nil
	again := w.start("shop", "b", "orders.checkout")
	w.wait(5*time.Second, again.beating(), alive[1], func() {
		again.flows(placed, placed, 0, w.now)
		o.flows(orders, placed, 0, w.now)
	})
	if got := w.breachLines(); len(got) != 1 || !strings.HasPrefix(got[0], orders+" ends") {
		t.Errorf("after the return: %v", got)
	}
}

// TestLatenessTravelsDown: the port where it begins is named, two steps up.
func TestLatenessTravelsDown(t *testing.T) {
	w := shop(t)
	s, o, i := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders"), w.start("pay-1", "a", "payments.invoices")
	reach := w.now
	flow := func() {
		s.flows(placed, placed, 0, reach)
		o.flows(orders, placed, 0, reach)
		i.flows(invoices, orders, 0, reach)
	}
	beats := []func(){s.beating(), o.beating(), i.beating()}
	w.wait(11*time.Minute, append(beats, flow, func() { reach = w.now })...)
	w.expectLines("fresh", w.breachLines())
	w.wait(11*time.Minute, append(beats, flow)...) // records come, but ever the same old ones
	why := "orders.checkout published nothing newer than 2026-11-21T12:11:00Z"
	w.expectLines("late", w.breachLines(),
		placed+" begins 12:16:00: "+why,
		orders+" begins 12:21:00: upstream port "+placed+": "+why,
		invoices+" begins 12:21:00: upstream port "+placed+": "+why)
}

func TestCauses(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(w *world) []func()
		want string
	}{
		{"behind itself", func(w *world) []func() {
			s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
			return []func(){s.beating(), o.beating(), func() {
				s.flows(placed, placed, 0, w.now)
				o.flows(orders, placed, 0, noon, behind(7))
				o.flows(orders, placed, 1, w.now, behind(3))
			}}
		}, "orders.orders is behind: 10 input records have no outcome yet"},
		{"tripped", func(w *world) []func() {
			s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
			o.flows(orders, placed, 0, noon)
			o.products[0].State = "tripped"
			w.hear(&event.Lifecycle{Subject: "data-product/orders.orders@orders-1", State: "tripped", Previous: "running", At: noon, Incarnation: "a", Instance: "orders-1", Cause: "too many rejects"})
			return []func(){s.beating(), o.beating(), func() { s.flows(placed, placed, 0, w.now) }}
		}, "orders.orders is tripped: too many rejects"},
		{"stopped", func(w *world) []func() {
			s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
			o.beat()
			o.flows(orders, placed, 0, noon)
			o.says("instance/orders-1", "stopped", "draining")
			return []func(){s.beating(), func() { s.flows(placed, placed, 0, w.now) }}
		}, "instance orders-1 is stopped"},
		{"left out", func(w *world) []func() {
			s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
			o.beat()
			o.flows(orders, placed, 0, noon)
			other := w.start("orders-1", "b", "orders.order-lines")
			return []func(){s.beating(), other.beating(), func() { s.flows(placed, placed, 0, w.now) }}
		}, "no instance runs orders.orders"},
		{"old data", func(w *world) []func() {
			s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
			return []func(){s.beating(), o.beating(), func() {
				s.flows(placed, placed, 0, w.now)
				o.flows(orders, placed, 0, noon)
			}}
		}, "nothing newer than 2026-11-21T12:00:00Z came in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := shop(t)
			w.wait(10*time.Minute+2*time.Second, c.run(w)...)
			w.expectLines("breach", w.breachLines(), orders+" begins 12:10:00: "+c.want)
		})
	}
}

// TestNoProducer: a topic that no data product of the mesh publishes answers for nobody, so its silence counts.
func TestNoProducer(t *testing.T) {
	w := newWorld(t)
	w.hear(contractOf(orders, "10 minutes"), productOf("orders.orders", "transform", 1, []string{placed}, []string{orders}))
	o := w.start("orders-1", "a", "orders.orders")
	w.wait(11*time.Minute, o.beating(), func() { o.flows(orders, placed, 0, noon, idle) })
	w.expectLines("breach", w.breachLines(), orders+" begins 12:10:00: no data product publishes "+placed)
}

// TestOneRecordAfterSilenceIsNoBreach: a partition that wakes up gets a full promise to become fresh.
func TestOneRecordAfterSilenceIsNoBreach(t *testing.T) {
	w := shop(t)
	s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
	beats := []func(){s.beating(), o.beating()}
	w.wait(30*time.Minute, append(beats, func() {
		s.flows(placed, placed, 0, w.now)
		o.flows(orders, placed, 0, w.now)
		o.flows(orders, placed, 1, noon, idle)
	})...)
	w.wait(9*time.Minute, append(beats, func() {
		s.flows(placed, placed, 0, w.now)
		o.flows(orders, placed, 0, w.now)
		o.flows(orders, placed, 1, noon, behind(1)) // something came that is not accepted
	})...)
	w.expectLines("patience", w.breachLines())
	w.wait(2*time.Minute, append(beats, func() { s.flows(placed, placed, 0, w.now) })...)
	if got := w.breachLines(); len(got) != 1 || !strings.HasPrefix(got[0], orders+" begins 12:40:00: orders.orders is behind") {
		t.Errorf("in the end: %v", got)
	}
}

// TestIdleOfTheDeadIsNotBelieved: a stopped writer cannot say that nothing happens.
func TestIdleOfTheDeadIsNotBelieved(t *testing.T) {
	w := shop(t)
	s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
	w.wait(20*time.Minute, s.beating(), o.beating(), func() {
		s.flows(placed, placed, 0, w.now)
		o.flows(orders, placed, 0, noon, idle)
	})
	w.expectLines("idle", w.breachLines())
	w.wait(11*time.Minute, s.beating(), func() { s.flows(placed, placed, 0, w.now) })
	if got := w.breachLines(); len(got) != 1 || !strings.HasPrefix(got[0], orders+" begins 12:30:00: instance orders-1 is lost") {
		t.Errorf("dead: %v", got)
	}
}

// TestIdleWearsOut: nor is one believed that does not repeat itself.
func TestIdleWearsOut(t *testing.T) {
	w := shop(t)
	s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
	o.flows(orders, placed, 0, noon, idle)
	w.wait(12*time.Minute, s.beating(), o.beating(), func() { s.flows(placed, placed, 0, w.now) })
	w.expectLines("breach", w.breachLines(), orders+" begins 12:10:00: nothing newer than 2026-11-21T12:00:00Z came in")
}

// TestReplaysHaveNoFreshness: the topic of replayed dead letters holds nobody up.
func TestReplaysHaveNoFreshness(t *testing.T) {
	w := shop(t)
	s, o := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders")
	w.wait(30*time.Minute, s.beating(), o.beating(), func() {
		s.flows(placed, placed, 0, w.now)
		o.flows(orders, placed, 0, w.now)
		o.flows(orders, "orders.orders.retry", 0, noon.Add(-time.Hour), behind(1))
	})
	w.expectLines("fresh", w.breachLines())
	if h := w.health(orders); *h.FreshnessMinutes != 0 {
		t.Errorf("freshness %f", *h.FreshnessMinutes)
	}
}

// TestPromiseWithdrawn: a breach of a promise that nobody makes any more is over.
func TestPromiseWithdrawn(t *testing.T) {
	w := shop(t)
	s := w.start("shop", "a", "orders.checkout")
	w.wait(6*time.Minute, s.beating(), func() { s.flows(placed, placed, 0, noon, idle) })
	if len(w.breachLines()) != 1 {
		t.Fatalf("breaches: %v", w.breachLines())
	}
	w.said = nil
	free := contractOf(placed, "")
	free.Digest, free.PublishedAt = "sha256:new", w.now
	w.hear(free)
	w.wait(time.Second, s.beating())
	if got := w.breachLines(); len(got) != 1 || !strings.Contains(got[0], "ends") {
		t.Errorf("breaches: %v", got)
	}
}

// TestLossOfItsWordsHeals: what did not come back is said again, and no more often than needed.
func TestLossOfItsWordsHeals(t *testing.T) {
	w := shop(t)
	w.deaf = true
	w.start("shop", "a", "orders.checkout").beat()
	w.wait(24 * time.Second)
	if n := len(w.transitions()); n != 3 { // at 3.5 s, 13.5 s and 23.5 s
		t.Errorf("said %d times: %v", n, w.transitions())
	}
	w.deaf = false
	w.wait(time.Minute)
	if n := len(w.transitions()); n != 4 {
		t.Errorf("said %d times: %v", n, w.transitions())
	}
}

// TestDeepLineage: many ways up cost no more than many ports, and a circle ends.
func TestDeepLineage(t *testing.T) {
	w := newWorld(t)
	name := func(layer, i int) (id, topic string) {
		id = fmt.Sprintf("deep.p%d-%d", layer, i)
		return id, id + ".out.v1"
	}
	p := w.start("deep-1", "a")
	const layers = 40
	for layer := range layers {
		for i := range 2 {
			id, topic := name(layer, i)
			up := (layer + layers - 1) % layers // the first reads the last
			_, left := name(up, 0)
			_, right := name(up, 1)
			w.hear(contractOf(topic, "5 minutes"), productOf(id, "transform", 1, []string{left, right}, []string{topic}))
			p.products = append(p.products, event.HeldDataProduct{ID: id, State: "running"})
			p.flows(topic, left, 0, noon, idle)
		}
	}
	w.wait(85*time.Second, p.beating())
	w.expectLines("nothing happened", w.breachLines())
	w.wait(10 * time.Minute) // and then everybody is late
	if n := len(w.Breaches()); n != 2*layers {
		t.Errorf("%d breaches", n)
	}
}
