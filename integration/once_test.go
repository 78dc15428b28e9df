package integration

import (
	"context"
	"slices"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/local"
)

// once replays the file and gives the summary; differences with the ledger are test errors.
func once(t *testing.T, o local.Options) *local.Summary {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m, err := local.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	s, err := m.Once(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range s.Differences {
		t.Error(d)
	}
	t.Logf("ready after %.1f s, done after %.1f s more; reasons %v", s.ReadySeconds, s.RunSeconds, s.Reasons)
	return s
}

func records(s *local.Summary, port string) int64 {
	i := slices.IndexFunc(s.Ports, func(p local.PortSummary) bool { return p.Port == port })
	if i < 0 {
		return -1
	}
	return s.Ports[i].Records
}

func TestOnce(t *testing.T) {
	for name, bad := range map[string]float64{"good events only": 0, "two bad ones for a hundred good ones": 0.02} {
		t.Run(name, func(t *testing.T) {
			o, seed := demo(t), uint64(7)
			o.Bad, o.Seed = bad, &seed
			s := once(t, o)
			if n := records(s, "orders.orders.orders.v1"); n != 5009 {
				t.Errorf("%d orders, want 5009", n)
			}
			if n := records(s, "orders.order-lines.lines.v1"); n != 9994 {
				t.Errorf("%d order lines, want 9994", n)
			}
			if s.DataProducts != 12 || s.Instances != 6 || len(s.Ports) != 14 {
				t.Errorf("%d data products, %d instances, %d ports; want 12, 6, 14", s.DataProducts, s.Instances, len(s.Ports))
			}
			if want := map[bool]int{false: 0, true: 9}[bad > 0]; len(s.Injected) != want || len(s.Reasons) != want {
				t.Errorf("%d classes and %d reasons, want %d", len(s.Injected), len(s.Reasons), want)
			}
		})
	}
}

// A domain that is left out takes with it what reads its ports, and nothing else.
func TestOnceWithoutADomain(t *testing.T) {
	o := demo(t)
	o.Except = []string{"orders"}
	s := once(t, o)
	for _, gone := range []string{"orders.orders.orders.v1", "payments.invoices.invoices.v1", "marketing.product-sales.sales.v1"} {
		if records(s, gone) >= 0 {
			t.Errorf("port %s is judged, though nobody can make it", gone)
		}
	}
	if records(s, "payments.payments.payments.v1") < 10_000 || s.Instances != 5 {
		t.Errorf("%d payments, %d instances", records(s, "payments.payments.payments.v1"), s.Instances)
	}
}
