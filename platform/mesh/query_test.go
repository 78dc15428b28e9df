package mesh

import (
	"sync"
	"testing"
)

// TestQueriesWhileItFolds is for the race detector.
func TestQueriesWhileItFolds(t *testing.T) {
	w := busy(t)
	stop := make(chan struct{})
	var asking sync.WaitGroup
	for range 3 {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				w.DataProducts()
				w.Ports()
				w.Port(orders)
				w.Contracts()
				w.Contract(contractID(orders))
				w.Instances()
				w.Instance("shop")
				w.Breaches()
				w.Search("orders", 5)
				w.CaughtUp()
				w.Behind()
				w.Skipped()
			}
		})
	}
	p := w.start("orders-1", "b", "orders.orders")
	for range 200 {
		p.beat()
		p.flows(orders, placed, 0, noon, behind(1))
		w.hear(contractOf(placed, "7 minutes"))
		w.tick()
	}
	close(stop)
	asking.Wait()
	if i, _ := w.Instance("orders-1"); i.Incarnation != "b" {
		t.Errorf("instance %+v", i)
	}
}
