package dataproduct_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// shut is the address of the registry behind a door that answers 503 while away says so.
func (b *bench) shut(away *atomic.Bool) string {
	b.t.Helper()
	target, err := url.Parse(b.RegistryURL)
	if err != nil {
		b.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	b.t.Cleanup(door.Close)
	return door.URL
}

// A restart needs no registry: with a snapshot, a guard and a transform go on from where they were, and the guard forwards a
// newer writer's records too.
func TestRestartWithoutTheRegistry(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter), product{id: "shop.clean", mode: "guard", in: till().out, out: []port{{id: "shop.clean.sales"}}})
	newer, err := avro.Parse([]byte(`{"type": "record", "name": "Sale", "fields": [{"name": "id", "type": "string"},
		{"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "cents", "type": "long"},
		{"name": "note", "type": ["null", "string"], "default": null}, {"name": "till", "type": "string", "default": "left"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	id, err := b.Registry.Register(t.Context(), "newer-value", newer)
	if err != nil {
		t.Fatal(err)
	}
	sales := func(from, to int) { // partition 1 has the newer writer's
		b.sales(0, from, to)
		for i := from; i < to; i++ {
			r := b.sale(1, Sale{ID: "p1", Cents: int64(i)})
			r.Value = append(dataproducttest.Frame(id, r.Value[avro.FrameSize:]), 0) // its till has an empty name
			b.Write(r)
		}
	}
	once := func(n int) {
		t.Helper()
		for _, topic := range []string{"shop.clean.sales.v1", "shop.receipts.receipts.v1"} {
			seen := map[string]bool{}
			for _, r := range b.Read(topic, n) {
				seen[string(r.Key)+string(r.Value)] = true
			}
			if len(seen) != n {
				t.Errorf("%s: %d of %d records are there twice", topic, n-len(seen), n)
			}
		}
	}
	var away atomic.Bool
	cfg := b.config("one")
	folder, door := t.TempDir(), b.shut(&away)
	start := func() { // what a new process knows is in the folder
		t.Helper()
		var err error
		if cfg.Registry, err = registry.New(registry.Config{URLs: []string{door}, Snapshot: folder}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(cfg.Registry.Close)
	}
	start()
	sales(0, 2)
	r := b.Run(cfg, dataproduct.Guard("shop/clean"), receipts())
	once(4)
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	away.Store(true)
	sales(2, 4)
	start()
	r = b.Run(cfg, dataproduct.Guard("shop/clean"), receipts())
	once(8)
	for _, product := range []string{"shop.clean", "shop.receipts"} {
		b.InState(r, product, lifecycle.Running)
	}
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
}
