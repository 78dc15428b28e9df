package traffic

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// town is a broker and a registry for a shop.
func town(t *testing.T) Config {
	t.Helper()
	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return Config{Instance: dataproduct.Config{
		Kafka: kafka.Config{Brokers: []string{b.Address()}}, Registry: registrytest.Client(t), Contracts: os.DirFS("../../../contracts"), Instance: "shop", VerdictWait: -1,
	}}
}

// published counts the committed records of each of the shop's topics.
func published(t *testing.T, cfg Config) map[string]int64 {
	t.Helper()
	admin, err := kafka.NewAdmin(cfg.Instance.Kafka)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	n := map[string]int64{}
	for _, topic := range topics {
		n[topic] = 0
		bounds, err := scan.Bounds(t.Context(), admin, topic)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range scan.Records(t.Context(), cfg.Instance.Kafka, bounds) {
			if err != nil {
				t.Fatal(err)
			}
			n[topic]++
		}
	}
	return n
}

// A shop that is closed in the middle of the backfill, and in the live phase, goes on where it was.
func TestTrafficGoesOnWhereItWas(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cfg, seed := town(t), uint64(7)
	cfg.Seed, cfg.Bad, cfg.Speed = &seed, 0.02, 1000

	part, stop := context.WithCancel(ctx)
	cfg.Progress = func(done, _ int) {
		if done >= 20*batch {
			stop()
		}
	}
	first := open(t, ctx, cfg)
	if err := first.Backfill(part); !errors.Is(err, context.Canceled) {
		t.Fatalf("Backfill = %v, want that it was told to end", err)
	}
	base := first.Ledger().Base
	closeShop(t, first)

	cfg.Progress, cfg.Seed = nil, nil
	second := open(t, ctx, cfg)
	if l := second.Ledger(); l.Base != base || l.Seed != seed || l.Done < 20*batch {
		t.Errorf("the second shop goes on with %+v", l)
	}
	if err := second.Backfill(ctx); err != nil {
		t.Fatal(err)
	}
	live, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	if err := second.Live(live); err != nil {
		t.Fatal(err)
	}
	ticks := second.Ledger().Tick
	closeShop(t, second)

	third := open(t, ctx, cfg)
	defer closeShop(t, third)
	l := third.Ledger()
	if ticks == 0 || l.Tick != ticks || l.Ports["placed"].Good != 5009+ticks {
		t.Errorf("%d ticks became %d, with %d orders", ticks, l.Tick, l.Ports["placed"].Good)
	}
	got := published(t, cfg)
	for topic, want := range l.Published() {
		if got[topic] != want {
			t.Errorf("%s holds %d records, the ledger says %d", topic, got[topic], want)
		}
	}
	other := uint64(8)
	cfg.Seed = &other
	if _, err := Open(ctx, cfg); err == nil {
		t.Error("a shop with another seed goes on with these data")
	}
}

func TestOpenRefusesNonsense(t *testing.T) {
	for _, c := range []Config{{Bad: -0.1}, {Bad: 1.1}, {Speed: -1}} {
		if _, err := Open(t.Context(), c); err == nil {
			t.Errorf("Open of %+v went well", c)
		}
	}
}

func open(t *testing.T, ctx context.Context, cfg Config) *Traffic {
	t.Helper()
	s, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeShop(t *testing.T, s *Traffic) {
	t.Helper()
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
