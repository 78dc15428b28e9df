package mesh

import (
	"maps"
	"testing"
	"time"
)

// What living instances say of how they work on records is told of the data product, all of it while they differ.
func TestTiers(t *testing.T) {
	w := shop(t)
	is := func(what string, want map[string]string) {
		t.Helper()
		if p, _ := w.DataProduct("orders.orders"); !maps.Equal(p.Tiers, want) {
			t.Errorf("%s: %v, not %v", what, p.Tiers, want)
		}
	}
	older, newer := w.start("orders-1", "a", "orders.orders"), w.start("orders-2", "b", "orders.orders")
	older.beat()
	is("an instance that does not say", map[string]string{})
	older.products[0].Tiers = map[string]string{"placed": "decoded", "status": "decoded"}
	newer.products[0].Tiers = map[string]string{"placed": "spliced", "status": "decoded"}
	older.beat()
	newer.beat()
	is("both", map[string]string{"placed": "decoded, spliced", "status": "decoded"})
	w.wait(10*time.Second, newer.beating())
	is("one is lost", map[string]string{"placed": "spliced", "status": "decoded"})
	if i, _ := w.Instance("orders-2"); i.DataProducts[0].Tiers["placed"] != "spliced" {
		t.Errorf("the instance: %+v", i.DataProducts)
	}
}
