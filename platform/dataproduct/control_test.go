package dataproduct_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// said reads a control topic until done says that it has seen enough.
func (b *bench) said(topic string, done func(event.Event) bool) {
	b.t.Helper()
	codec, err := bus.NewCodec(control, b.Registry)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Eventually(func(ctx context.Context) error {
		_, err := b.Admin.Partitions(ctx, topic)
		return err
	})
	r, err := kafka.NewReader(b.Kafka, kafka.ReaderOptions{Topics: []string{topic}})
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Close()
	ctx := b.Context()
	for {
		records, err := r.Poll(ctx)
		if err != nil {
			b.t.Fatalf("%s: what was waited for was not said: %v", topic, err)
		}
		for _, rec := range records {
			e, err := codec.Decode(ctx, topic, rec.Value)
			if err != nil {
				b.t.Fatal(err)
			}
			if e.Key() != string(rec.Key) {
				b.t.Errorf("%s: key %q, want %q", topic, rec.Key, e.Key())
			}
			if done(e) {
				return
			}
		}
	}
}

// An observer copies nothing, and says what it saw: how far it read, what conforms, where violations stand.
func TestObserve(t *testing.T) {
	watch := product{id: "shop.watch", mode: "observe", in: till().out}
	b := newBench(t, till(), watch)
	b.sales(0, 0, 3)
	bad := b.sale(0, Sale{ID: "bad", Cents: -1})
	b.Write(bad)
	b.sales(0, 3, 5)
	r := b.Run(b.config("one"), dataproduct.Observe("shop/watch"))
	seen := func(position int64) {
		t.Helper()
		b.said(event.TopicFreshness, func(e event.Event) bool {
			f := e.(*event.Freshness)
			if f.InputPartition != 0 || f.Position != position {
				return false
			}
			if f.Port != "shop.watch.sales.v1" || f.InputTopic != "shop.till.sales.v1" || f.Accepted != position-1 || f.Rejected["rule.broken"] != 1 {
				t.Errorf("said %+v", f)
			}
			if want := (event.VerifiedRange{From: 0, To: position}); len(f.Verified) != 1 || position == 6 && f.Verified[0] != want {
				t.Errorf("verified %+v", f.Verified)
			}
			if position == 6 && (len(f.Violations) != 1 || f.Violations[0].Offset != bad.Offset) {
				t.Errorf("violations %+v", f.Violations)
			}
			return true
		})
	}
	seen(6)
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	// Counts go on after a restart.
	b.sales(0, 5, 7)
	b.Run(b.config("one"), dataproduct.Observe("shop/watch"))
	seen(8)
	if topics, err := kafkatest.Topics(b.Context(), b.Admin); err != nil || len(topics) != 1+len(event.ControlTopics()) {
		t.Errorf("an observer made topics: %v, %v", topics, err)
	}
}

// An instance says what it runs, that it lives, which partitions it holds, and goodbye; a verified range covers
// what it wrote.
func TestControlEvents(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	b.sales(0, 0, 3)
	r := b.Run(b.config("one"), receipts())
	kinds := map[string]int{}
	b.said(event.TopicProducts, func(e event.Event) bool {
		d := e.(*event.Descriptor)
		kinds[d.Kind]++
		return kinds["dataProduct"] == 1 && kinds["contract"] == 3
	})
	b.said(event.TopicHeartbeats, func(e event.Event) bool {
		h := e.(*event.Heartbeat)
		return h.Instance == "one" && len(h.DataProducts) == 1 && len(h.DataProducts[0].Partitions) == 3 && h.DataProducts[0].State == "running"
	})
	b.said(event.TopicFreshness, func(e event.Event) bool {
		f := e.(*event.Freshness)
		if f.Port != "shop.receipts.receipts.v1" || f.Accepted != 3 {
			return false
		}
		if f.Records != 3 || f.EventTime == nil || len(f.Verified) != 1 || f.Verified[0].From != 0 || f.Verified[0].To != 3 || len(f.Latency) == 0 {
			t.Errorf("said %+v", f)
		}
		return true
	})
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	var states []string
	b.said(event.TopicLifecycle, func(e event.Event) bool {
		l := e.(*event.Lifecycle)
		if l.Subject == event.SubjectDataProduct("shop.receipts", "one") {
			states = append(states, l.State)
		}
		return l.Subject == event.SubjectInstance("one") && l.State == "stopped"
	})
	if got, want := fmt.Sprint(states), "[declared provisioning starting running draining stopped]"; got != want {
		t.Errorf("states %s, want %s", got, want)
	}
}

// Two instances share the partitions; one that leaves hands over position and counts.
func TestTwoInstances(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	b.sales(0, 0, 20)
	b.sales(1, 0, 20)
	one := b.Run(b.config("one"), receipts())
	b.Read("shop.receipts.receipts.v1", 40)
	b.Run(b.config("two"), receipts())
	b.said(event.TopicHeartbeats, func(e event.Event) bool {
		h := e.(*event.Heartbeat)
		return h.Instance == "two" && len(h.DataProducts) == 1 && len(h.DataProducts[0].Partitions) > 0
	})
	b.sales(0, 20, 40)
	b.sales(1, 20, 40)
	if err := one.Stop(); err != nil {
		t.Fatal(err)
	}
	b.sales(0, 40, 60)
	b.sales(1, 40, 60)
	b.once("shop.receipts.receipts.v1", 60, 60)
	b.Eventually(func(ctx context.Context) error {
		at, err := b.Admin.GroupOffsets(ctx, "shop.receipts.v1")
		if err != nil {
			return err
		}
		for p := range int32(2) {
			if c := at[kafka.TopicPartition{Topic: "shop.till.sales.v1", Partition: p}]; c.Offset != 60 {
				return fmt.Errorf("partition %d is at %+v", p, c)
			}
		}
		return nil
	})
}

// Retention that passes the position is a gap that is counted, and reading goes on behind it.
func TestRetentionGap(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	b.sales(0, 0, 2)
	r := b.Run(b.config("one"), receipts())
	b.settled("shop.receipts.v1", "shop.till.sales.v1", 2)
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	b.sales(0, 2, 6)
	if err := b.Admin.Truncate(b.Context(), kafka.TopicPartition{Topic: "shop.till.sales.v1"}, 4); err != nil {
		t.Fatal(err)
	}
	b.Run(b.config("one"), receipts())
	b.settled("shop.receipts.v1", "shop.till.sales.v1", 6)
	at, err := b.Admin.GroupOffsets(b.Context(), "shop.receipts.v1")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := at[kafka.TopicPartition{Topic: "shop.till.sales.v1"}].Metadata, `"l":2`; !contains(got, want) {
		t.Errorf("the counts %s lack the two lost records", got)
	}
}

// A broker that goes away is waited for.
func TestWaitsForBroker(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	cfg := b.config("one")
	cfg.Kafka.Brokers = []string{"127.0.0.1:1"}
	instance, err := dataproduct.New(cfg, receipts())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := instance.Run(ctx); err != nil {
		t.Errorf("an instance that found no broker gave up by itself: %v", err)
	}
	if ctx.Err() == nil {
		t.Error("it ended before it was told to")
	}
}

// A restart goes on with the verified range of the process before it, and a partition that is read to the markers of
// its last transaction counts as caught up.
func TestRangeGoesOnAfterRestart(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	_, p := openTill(t, b)
	publish := func(id string) {
		t.Helper()
		if err := p.Publish(b.Context(), &Sale{ID: id, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	read := func() (from map[int32]int64) {
		t.Helper()
		r := b.Run(b.config("one"), receipts())
		b.said(event.TopicFreshness, func(e event.Event) bool {
			f := e.(*event.Freshness)
			if f.Port != "shop.receipts.receipts.v1" || f.InputTopic != "shop.till.sales.v1" || !f.Idle || f.Accepted == 0 || f.End != f.Position {
				return false
			}
			from = map[int32]int64{}
			for _, v := range f.Verified {
				from[v.Partition] = v.From
			}
			return true
		})
		if err := r.Stop(); err != nil {
			t.Fatal(err)
		}
		return from
	}
	publish("a")
	first := read()
	publish("a")
	b.Read("shop.receipts.receipts.v1", 1)
	second := b.Run(b.config("one"), receipts())
	b.Read("shop.receipts.receipts.v1", 2)
	b.said(event.TopicFreshness, func(e event.Event) bool {
		f := e.(*event.Freshness)
		if f.Port != "shop.receipts.receipts.v1" || f.Accepted != 2 {
			return false
		}
		if len(f.Verified) != 1 || f.Verified[0].From != first[f.Verified[0].Partition] || f.Verified[0].To < 2 {
			t.Errorf("verified %+v after a restart, from %v before", f.Verified, first)
		}
		return true
	})
	if err := second.Stop(); err != nil {
		t.Fatal(err)
	}
}

// Latencies are told by process: a partition that went to another instance and came back goes on where it was.
func TestLatencySurvivesARebalance(t *testing.T) {
	t.Parallel()
	source, guard := guarded("")
	b := newBench(t, source, guard)
	b.sales(0, 0, 4)
	b.sales(1, 0, 4)
	ids := func(from, to int) {
		for p := range int32(2) {
			for i := from; i < to; i++ {
				b.Write(b.sale(p, Sale{ID: fmt.Sprint(p, "-", i), Cents: 1}))
			}
		}
	}
	ids(0, 3)
	b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	b.Read("shop.clean.sales.v1", 8) // a sale of each key, and three more of each partition
	second := b.Run(b.config("two"), dataproduct.Guard("shop/clean"))
	b.said(event.TopicHeartbeats, func(e event.Event) bool {
		beat := e.(*event.Heartbeat)
		return beat.Instance == "two" && len(beat.DataProducts) == 1 && len(beat.DataProducts[0].Partitions) > 0
	})
	if err := second.Stop(); err != nil {
		t.Fatal(err)
	}
	ids(3, 4)
	told := map[int32]bool{}
	b.said(event.TopicFreshness, func(e event.Event) bool {
		f := e.(*event.Freshness)
		if f.InputTopic != "shop.till.sales.v1" || f.Instance != "one" || f.Position < 8 {
			return false
		}
		var s freshness.Sketch
		if err := s.Merge(f.Latency); err != nil || s.Count() != 8 {
			t.Errorf("partition %d: %d latencies of 8 records (%v)", f.InputPartition, s.Count(), err)
		}
		told[f.InputPartition] = true
		return len(told) == 2
	})
}
