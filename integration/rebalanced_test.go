//go:build integration

package integration

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
)

// rebalanced lets instances come and go in good order while the shop publishes, and stops some without ending them, as a machine
// does that swaps or is moved: for longer than the group waits for a member, and then for longer than the brokers wait for a transaction
// as well. Others do the work meanwhile. What the frozen ones had in hand counts for nothing when they go on; no record is lost, none
// comes twice.
func rebalanced(t *testing.T, bin string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	m := dataproducttest.NewMesh(t)
	c := open(t, m.Kafka, m.RegistryURL)
	f := newFleet(t, bin, c, plain(c))
	f.platform()
	for _, name := range domainNames {
		f.domain(name, name)
	}
	frozen := []*member{f.domain("orders", "orders-2"), f.domain("payments", "payments-2")}
	f.shop(50)
	f.ready(ctx)

	for range 4 {
		guests := []*member{f.domain("orders", "orders-3"), f.domain("payments", "payments-3")}
		f.ready(ctx)
		f.progress(ctx, "orders.orders")
		for _, g := range guests {
			if err := g.process.stop(ctx); err != nil {
				t.Fatal(err)
			}
			f.members = slices.DeleteFunc(f.members, func(m *member) bool { return m == g })
		}
	}
	f.phase("guests came and went")

	for _, long := range []time.Duration{12 * time.Second, 17 * time.Second} {
		for _, m := range frozen {
			m.process.signal(syscall.SIGSTOP)
		}
		thaw := time.NewTimer(long)
		f.progress(ctx, "orders.orders") // by the others
		f.progress(ctx, "payments.payments")
		<-thaw.C
		for _, m := range frozen {
			m.process.signal(syscall.SIGCONT)
		}
		f.ready(ctx)
		f.phase(fmt.Sprint("frozen for ", long))
	}
	f.settle(ctx)
	judge(t, ctx, c)
	f.ready(ctx)
	f.stop(ctx)
}
