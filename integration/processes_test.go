//go:build integration

package integration

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
)

// TestProcesses runs the mesh as it runs in earnest, each part in a process of its own.
func TestProcesses(t *testing.T) {
	bin := build(t)
	t.Run("killed", func(t *testing.T) { killed(t, bin) })
	t.Run("rebalanced", func(t *testing.T) { rebalanced(t, bin) })
	t.Run("brokers restarted in turn", func(t *testing.T) { rolling(t, bin) })
	t.Run("secured", func(t *testing.T) { secured(t, bin) })
}

// killed kills processes at random moments while the shop publishes, and starts them again; no record is lost, none comes
// twice. TIDEMARK_KILLS and TIDEMARK_SEED say how often, and when.
func killed(t *testing.T, bin string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	m := dataproducttest.NewMesh(t)
	c := open(t, m.Kafka, m.RegistryURL)
	f := newFleet(t, bin, c, plain(c))
	f.platform()
	for _, name := range domainNames {
		f.domain(name, name)
	}
	// Two instances share the partitions of the domains that work most.
	f.domain("orders", "orders-2")
	f.domain("payments", "payments-2")
	f.shop(50)
	f.ready(ctx)

	kills, seed := number(t, "TIDEMARK_KILLS", 20), number(t, "TIDEMARK_SEED", 1)
	random := rand.New(rand.NewPCG(uint64(seed), 9))
	for n := range kills {
		victim := f.members[n%len(f.members)] // each in its turn, so that none is spared
		timer := time.NewTimer(time.Duration(random.Int64N(int64(time.Second))))
		<-timer.C
		if err := victim.process.gaveUp(); err != nil {
			t.Fatal(err)
		}
		victim.process.kill()
		f.start(victim)
	}
	f.phase(fmt.Sprint(kills, " kills"))
	f.ready(ctx)
	f.settle(ctx)
	judge(t, ctx, c)
	f.ready(ctx)
	f.stop(ctx)
}

func list(items []string) string { return strings.Join(items, ",") }
