package dataproduct_test

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// faked is a mesh on a broker that the test has a say in.
func faked(t *testing.T) (*kfake.Cluster, *dataproducttest.Mesh) {
	t.Helper()
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second),
		kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster, dataproducttest.NewMeshOn(t, kafkatest.Cluster{Config: kafka.Config{Brokers: cluster.ListenAddrs()}, Patience: 10 * time.Second})
}

// unread hangs up on whoever reads a topic below an offset, as long as it is not told to stop. It counts them.
func unread(cluster *kfake.Cluster, topic string, below int64) (met *atomic.Int64, stop func()) {
	id := cluster.TopicInfo(topic).TopicID
	met = new(atomic.Int64)
	var over atomic.Bool
	cluster.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		for _, t := range r.(*kmsg.FetchRequest).Topics {
			for _, p := range t.Partitions {
				if t.TopicID == id && p.FetchOffset < below && !over.Load() {
					met.Add(1)
					return nil, errors.New("away"), true
				}
			}
		}
		return nil, nil, false
	})
	return met, func() { over.Store(true) }
}

// filtered waits until the data product has told of an input what it filtered.
func (b *bench) filtered(input string, want map[string]int64) {
	b.t.Helper()
	b.said(event.TopicFreshness, func(e event.Event) bool {
		f := e.(*event.Freshness)
		return f.InputTopic == input && maps.Equal(f.Filtered, want)
	})
}

// A memory is whole when everything before the position was read, however long the partition's leader is away meanwhile.
func TestMemoryOutlastsSilence(t *testing.T) {
	cluster, mesh := faked(t)
	source, guard := guarded("")
	b := newBenchOn(t, mesh, source, guard)
	b.Write(b.sale(0, Sale{ID: "a", Cents: 1}))
	run := b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	b.settled("shop.clean.v1", "shop.till.sales.v1", 1)
	if err := run.Stop(); err != nil {
		t.Fatal(err)
	}
	b.Write(b.sale(0, Sale{ID: "a", Cents: 2}))
	met, back := unread(cluster, "shop.till.sales.v1", 1)
	var leap atomic.Int64
	cfg := b.config("one")
	cfg.Clock = func() time.Time { return time.Now().Add(time.Duration(leap.Load()) * time.Minute) }
	b.Run(cfg, dataproduct.Guard("shop/clean"))
	b.Eventually(func(context.Context) error {
		if met.Load() == 0 {
			return errors.New("nobody reads what was before the position")
		}
		return nil
	})
	leap.Store(1)
	tried := met.Load()
	b.Eventually(func(context.Context) error {
		if met.Load() < tried+4 {
			return errors.New("after a minute nobody tries to read it any more")
		}
		return nil
	})
	back()
	b.settled("shop.clean.v1", "shop.till.sales.v1", 2)
	b.expect("dead", b.rejected("shop.clean.dlq", 1), []string{"a@1 unique.duplicate"})
}

// A retry topic that cannot be read for long holds up its replays alone.
func TestSlowRetryTopicHoldsUpNobody(t *testing.T) {
	cluster, mesh := faked(t)
	clean := product{id: "shop.clean", mode: "guard", in: till().out, out: []port{{id: "shop.clean.sales"}}}
	b := newBenchOn(t, mesh, till(), clean)
	b.Write(b.sale(1, Sale{ID: "bad", Cents: -1}))
	run := b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	letter := b.Read("shop.clean.dlq", 1)[0]
	b.replay("shop.clean.retry", letter)
	b.settled("shop.clean.v1", "shop.clean.retry", 1)
	if err := run.Stop(); err != nil {
		t.Fatal(err)
	}
	_, back := unread(cluster, "shop.clean.retry", 1)
	b.replay("shop.clean.retry", letter)
	b.sales(0, 0, 3)
	b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	b.once("shop.clean.sales.v1", 3, 0)
	back()
	b.settled("shop.clean.v1", "shop.clean.retry", 2)
	b.filtered("shop.clean.retry", map[string]int64{"replayed-before": 1, "rejected-again": 1})
}

// Where retention removes what was to be reread while its leader is away, there is nothing to wait for.
func TestMemoryOfWhatIsGone(t *testing.T) {
	cluster, mesh := faked(t)
	source, guard := guarded("")
	b := newBenchOn(t, mesh, source, guard)
	b.Write(b.sale(0, Sale{ID: "a", Cents: 1}))
	run := b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	b.settled("shop.clean.v1", "shop.till.sales.v1", 1)
	if err := run.Stop(); err != nil {
		t.Fatal(err)
	}
	met, back := unread(cluster, "shop.till.sales.v1", 1)
	defer back()
	var leap atomic.Int64
	cfg := b.config("one")
	cfg.Clock = func() time.Time { return time.Now().Add(time.Duration(leap.Load()) * time.Minute) }
	b.Run(cfg, dataproduct.Guard("shop/clean"))
	b.Eventually(func(context.Context) error {
		if met.Load() == 0 {
			return errors.New("nobody reads what was before the position")
		}
		return nil
	})
	if err := cluster.DeleteRecords("shop.till.sales.v1", 0, 1); err != nil {
		t.Fatal(err)
	}
	leap.Store(1)
	b.said(event.TopicFreshness, func(e event.Event) bool {
		f := e.(*event.Freshness)
		return f.InputTopic == "shop.till.sales.v1" && f.InputPartition == 0 && f.Position == 1 && f.Idle
	})
}
