package dataproduct_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

const lateSchema = 77 // an id that the registry answers for only later

func (b *bench) lateSale(partition int32, s Sale) *kafka.Record {
	r := b.sale(partition, s)
	copy(r.Value[1:5], []byte{0, 0, 0, lateSchema})
	return r
}

// A replay that meets an outage comes again: it is not taken for one that was worked on before.
func TestReplaySurvivesOutage(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	var away atomic.Bool
	away.Store(true)
	cfg := b.config("one")
	cfg.Registry = b.blinking(lateSchema, &away)
	r := b.Run(cfg, receipts())
	b.InState(r, "shop.receipts", lifecycle.Running)
	for i, rec := range []*kafka.Record{b.sale(0, Sale{ID: "good", Cents: 1}), b.lateSale(0, Sale{ID: "stuck", Cents: 3})} {
		replay := &kafka.Record{Topic: "shop.receipts.retry", Key: rec.Key, Value: rec.Value}
		for name, value := range map[string]string{
			event.HeaderTopic: "shop.till.sales.v1", event.HeaderPartition: "0", event.HeaderOffset: strconv.Itoa(100 + i),
			event.HeaderAttempt: "1", event.HeaderTimestamp: strconv.FormatInt(time.Now().UnixMilli(), 10),
		} {
			replay.Headers = append(replay.Headers, kafka.Header{Key: name, Value: []byte(value)})
		}
		b.Write(replay)
	}
	b.InState(r, "shop.receipts", lifecycle.Degraded)
	b.sales(1, 0, 5) // the others go on meanwhile
	b.Read("shop.receipts.receipts.v1", 6)
	away.Store(false)
	b.settled("shop.receipts.v1", "shop.receipts.retry", 2)
	if got := b.ids("shop.receipts.receipts.v1", 7); !slices.Contains(got, "stuck") {
		t.Errorf("receipts: %v", got)
	}
}

// holds waits until an instance says that it holds n of the input's partitions.
func (b *bench) holds(instance string, n int) {
	b.t.Helper()
	seen := 0
	b.said(event.TopicHeartbeats, func(e event.Event) bool {
		h := e.(*event.Heartbeat)
		if h.Instance != instance || len(h.DataProducts) != 1 {
			return false
		}
		seen = 0
		for _, p := range h.DataProducts[0].Partitions {
			if p.Topic == "shop.till.sales.v1" {
				seen++
			}
		}
		return seen == n
	})
}

// A partition that was paused, taken away and given back is read again once its surroundings heal.
func TestPausedPartitionComesBack(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	var away atomic.Bool
	away.Store(true)
	for p := range int32(2) {
		b.Write(b.lateSale(p, Sale{ID: fmt.Sprint("p", p)}))
	}
	one, two := b.config("one"), b.config("two")
	one.Registry = b.blinking(lateSchema, &away)
	two.Registry = one.Registry
	b.InState(b.Run(one, receipts()), "shop.receipts", lifecycle.Degraded)
	second := b.Run(two, receipts())
	b.holds("two", 1)
	if err := second.Stop(); err != nil {
		t.Fatal(err)
	}
	b.Eventually(func(ctx context.Context) error { // the first has both again when the group has one member
		away.Store(false)
		at, err := b.Admin.GroupOffsets(ctx, "shop.receipts.v1")
		if err != nil {
			return err
		}
		for p := range int32(2) {
			if got := at[kafka.TopicPartition{Topic: "shop.till.sales.v1", Partition: p}].Offset; got != 1 {
				return fmt.Errorf("partition %d is at %d", p, got)
			}
		}
		return nil
	})
	b.once("shop.receipts.receipts.v1", 1, 1)
}

// What Drop gives has to be returned: otherwise what was emitted would be lost without a word.
func TestDropMustBeReturned(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	b.Write(b.sale(0, Sale{ID: "a", Cents: 1}))
	r := b.Run(b.config("one"), dataproduct.Transform("shop/receipts", dataproduct.On(salesIn, func(s *Sale, emit *dataproduct.Emit) error {
		receiptOut.To(emit, *s)
		_ = emit.Drop("test")
		return nil
	}, receiptOut, largeOut)))
	b.InState(r, "shop.receipts", lifecycle.Failed)
	if err := r.Stop(); err == nil || !strings.Contains(err.Error(), "did not return") {
		t.Errorf("Run gave %v", err)
	}
}

// An output that no topic would take is the record's fault, not ours: the others go on.
func TestTooLargeOutputIsRejected(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	r := b.Run(b.config("one"), dataproduct.Transform("shop/receipts", dataproduct.On(salesIn, func(s *Sale, emit *dataproduct.Emit) error {
		if s.Cents == 1 {
			s.ID = strings.Repeat("x", kafka.MaxRecordBytes)
		}
		receiptOut.To(emit, *s)
		return nil
	}, receiptOut, largeOut)))
	b.sales(0, 0, 3)
	letter := b.Read("shop.receipts.dlq", 1)[0]
	if got := header(letter, event.HeaderReason); got != string(fault.OnOutput(fault.TooLarge)) {
		t.Errorf("rejected with %s", got)
	}
	b.Read("shop.receipts.receipts.v1", 2)
	b.InState(r, "shop.receipts", lifecycle.Running)
}

// An input with another number of partitions is a fault of ours, said once, not waited for.
func TestGuardWantsEqualPartitions(t *testing.T) {
	clean := product{id: "shop.clean", mode: "guard", in: till().out, out: []port{{id: "shop.clean.sales"}}}
	b := newBench(t, till(), clean)
	if err := b.Admin.EnsureTopics(b.Context(), kafka.Topic{Name: "shop.clean.sales.v1", Partitions: 5}); err != nil {
		t.Fatal(err)
	}
	r := b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	b.InState(r, "shop.clean", lifecycle.Failed)
	if err := r.Stop(); err == nil || !strings.Contains(err.Error(), "make them equal") {
		t.Errorf("Run gave %v", err)
	}
}

// Of two processes with one name the younger publishes; the older is told so and does not take the name back.
func TestSourceIsFenced(t *testing.T) {
	b := newBench(t, till())
	_, old := openTill(t, b)
	ctx := b.Context()
	if err := old.Publish(ctx, &Sale{ID: "a", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	_, young := openTill(t, b)
	for range 2 {
		if err := old.Publish(ctx, &Sale{ID: "b", At: time.Now()}); fault.KindOf(err) != fault.Fatal {
			t.Errorf("the older one got %v", err)
		}
		if err := young.Publish(ctx, &Sale{ID: "c", At: time.Now()}); err != nil {
			t.Errorf("the younger one got %v", err)
		}
	}
	got := b.ids("shop.till.sales.v1", 3)
	if slices.Sort(got); !slices.Equal(got, []string{"a", "c", "c"}) {
		t.Errorf("published %v", got)
	}
}

// A source that publishes and leaves at once has still said what it published.
func TestSourceSaysItsLastWord(t *testing.T) {
	b := newBench(t, till())
	s, p := openTill(t, b)
	if err := p.Publish(b.Context(), &Sale{ID: "a", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(b.Context()); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	b.said(event.TopicFreshness, func(e event.Event) bool { return e.(*event.Freshness).Accepted == 1 })
}
