package mesh

import (
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

func TestBackfillIsNotJudged(t *testing.T) {
	w := shop(t)
	s, o, i := w.start("shop", "a", "orders.checkout"), w.start("orders-1", "a", "orders.orders"), w.start("pay-1", "a", "payments.invoices")
	beats := []func(){s.beating(), o.beating(), i.beating()}
	years := noon.AddDate(-3, 0, 0)
	w.wait(20*time.Minute, append(beats, func() {
		s.flows(placed, placed, 0, years, backfill, offsets(50, 50, event.VerifiedRange{To: 50}))
		o.flows(orders, placed, 0, years, offsets(10, 50, event.VerifiedRange{To: 8}))
		i.flows(invoices, orders, 0, years, offsets(5, 8))
	})...)
	w.expectLines("the past is not judged", w.breachLines())
	for _, id := range []string{placed, orders, invoices} {
		if h := w.health(id); h.Status != "backfilling" || !h.Backfill {
			t.Errorf("%s is %s", id, h.Status)
		}
	}
	// The source is done at offset 60; orders has read to 30 of it, invoices lags behind orders.
	live := func(op, ov, ip int64) func() {
		return func() {
			s.flows(placed, placed, 0, w.now, offsets(60, 60, event.VerifiedRange{To: 60}))
			o.flows(orders, placed, 0, years, offsets(op, 60, event.VerifiedRange{To: ov}))
			i.flows(invoices, orders, 0, years, offsets(ip, ov))
		}
	}
	w.wait(20*time.Minute, append(beats, live(30, 25, 12))...)
	w.expectLines("nor is catching up", w.breachLines())
	if h := w.health(placed); h.Status != "healthy" {
		t.Errorf("source is %s", h.Status)
	}
	if a, b := w.health(orders), w.health(invoices); a.Status != "backfilling" || b.Status != "backfilling" {
		t.Errorf("orders %s, invoices %s", a.Status, b.Status)
	}
	// orders is through; invoices has not read up to where orders was then.
	w.wait(9*time.Minute, append(beats, live(60, 55, 40))...)
	if a, b := w.health(orders), w.health(invoices); a.Status != "healthy" || b.Status != "backfilling" {
		t.Errorf("orders %s, invoices %s", a.Status, b.Status)
	}
	w.expectLines("one promise of patience after the backfill", w.breachLines())
	w.wait(2*time.Minute, append(beats, live(60, 55, 55))...)
	if got := w.breachLines(); len(got) != 1 || !strings.HasPrefix(got[0], orders+" begins ") {
		t.Errorf("then it is judged: %v", got)
	}
	if b := w.health(invoices); b.Status != "healthy" {
		t.Errorf("invoices %s", b.Status)
	}
}

// TestBackfillOfTheDeadIsJudged: a source that died while it loaded the past is late.
func TestBackfillOfTheDeadIsJudged(t *testing.T) {
	w := shop(t)
	s := w.start("shop", "a", "orders.checkout")
	w.wait(10*time.Minute, s.beating(), func() { s.flows(placed, placed, 0, noon.AddDate(-3, 0, 0), backfill) })
	w.wait(6 * time.Minute)
	if got := w.breachLines(); len(got) != 1 || !strings.Contains(got[0], "instance shop is lost") {
		t.Errorf("breaches: %v", got)
	}
}
