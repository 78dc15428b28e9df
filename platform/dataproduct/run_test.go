package dataproduct_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// control are the control topics' real schemas.
var control = os.DirFS("../../contracts")

var (
	salesIn    = dataproduct.In[Sale]("sales")
	receiptOut = dataproduct.Out[Sale]("receipts")
	largeOut   = dataproduct.Out[Sale]("large")
)

func receiptsFiles(extra string) product {
	return product{id: "shop.receipts", mode: "transform", in: till().out,
		out: []port{{id: "shop.receipts.receipts", maximum: 1000}, {id: "shop.receipts.large"}}, extra: extra}
}

// receipts copies sales, doubles the large ones to a second port, drops notes that say test, and refuses one
// amount.
func receipts() dataproduct.Product {
	return dataproduct.Transform("shop/receipts", dataproduct.On(salesIn, func(s *Sale, emit *dataproduct.Emit) error {
		switch {
		case s.Note != nil && *s.Note == "test":
			return emit.Drop("test")
		case s.Cents == 913:
			return emit.Reject("unlucky", "thirteen")
		case s.Cents == 914:
			return fmt.Errorf("secret %d", s.Cents)
		case s.Cents == 915:
			panic("fifteen")
		}
		if s.Cents >= 100 {
			largeOut.To(emit, *s)
		}
		receiptOut.To(emit, *s)
		return nil
	}, receiptOut, largeOut))
}

const testFilter = "  - {property: tidemark.filters, value: [test]}\n"

func note(s string) *string { return &s }

// One record of every outcome goes through a transform, in both deliveries.
func TestTransformOutcomes(t *testing.T) {
	for _, delivery := range []string{"exactly-once", "at-least-once"} {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, till(), receiptsFiles(testFilter+"  - {property: tidemark.delivery, value: "+delivery+"}\n"))
			other := b.sale(0, Sale{ID: "k", Cents: 1})
			other.Key = []byte("not-k")
			want := []struct {
				record *kafka.Record
				reason string
			}{
				{b.sale(0, Sale{ID: "a", Cents: 1}), ""},
				{b.sale(0, Sale{ID: "b", Cents: 500}), ""},
				{b.sale(0, Sale{ID: "c", Cents: 2, Note: note("test")}), "filtered"},
				{b.sale(0, Sale{ID: "d", Cents: -1}), "rule.broken"},
				{b.sale(0, Sale{ID: "e", Cents: 913}), "transform.unlucky"},
				{b.sale(0, Sale{ID: "f", Cents: 914}), "transform.error"},
				{b.sale(0, Sale{ID: "g", Cents: 915}), "transform.panic"},
				{b.sale(0, Sale{ID: "h", Cents: 5000}), "output.rule.broken"},
				{other, "key.mismatch"},
				{b.sale(0, Sale{ID: "l", At: time.Now().Add(-25 * time.Hour)}), "event-time.late"},
				{b.sale(0, Sale{ID: "m", At: time.Now().Add(time.Hour)}), "event-time.impossible"},
				{&kafka.Record{Topic: "shop.till.sales.v1", Key: []byte("n")}, "tombstone.unexpected"},
				{&kafka.Record{Topic: "shop.till.sales.v1", Key: []byte("o"), Value: dataproducttest.Frame(4711, []byte{1})}, "schema.unknown"},
				{b.sale(0, Sale{ID: "z", Cents: 3}), ""},
			}
			for _, w := range want {
				kafka.Pin(w.record, 0)
				w.record.Headers = []kafka.Header{{Key: "trace", Value: []byte("t")}}
				b.Write(w.record)
			}
			r := b.Run(b.config("one"), receipts())
			got := b.ids("shop.receipts.receipts.v1", 3)
			if slices.Sort(got); !slices.Equal(got, []string{"a", "b", "z"}) {
				t.Errorf("receipts: %v", got)
			}
			if got := b.ids("shop.receipts.large.v1", 1); !slices.Equal(got, []string{"b"}) {
				t.Errorf("large: %v", got)
			}
			letters := b.Read("shop.receipts.dlq", 10)
			for _, w := range want {
				i := slices.IndexFunc(letters, func(l *kafka.Record) bool { return header(l, event.HeaderOffset) == string(number(w.record.Offset)) })
				switch {
				case w.reason == "" || w.reason == "filtered":
					if i >= 0 {
						t.Errorf("%s has a dead letter: %s", w.record.Key, header(letters[i], event.HeaderReason))
					}
				case i < 0:
					t.Errorf("%s has no dead letter", w.record.Key)
				case header(letters[i], event.HeaderReason) != w.reason || !same(letters[i], w.record) || header(letters[i], "trace") != "t":
					t.Errorf("%s: dead letter %v", w.record.Key, letters[i].Headers)
				case strings.Contains(header(letters[i], event.HeaderMessage), "secret"):
					t.Errorf("%s: a message tells a field's value", w.record.Key)
				}
			}
			if err := r.Stop(); err != nil {
				t.Fatal(err)
			}
			at, err := b.Admin.GroupOffsets(b.Context(), "shop.receipts.v1")
			if err != nil {
				t.Fatal(err)
			}
			committed := at[kafka.TopicPartition{Topic: "shop.till.sales.v1"}]
			if committed.Offset != int64(len(want)) {
				t.Errorf("committed %d of %d", committed.Offset, len(want))
			}
			for _, part := range []string{`"a":3`, `"test":1`, `"receipts":3`, `"large":1`, `"rule.broken":1`} {
				if !strings.Contains(committed.Metadata, part) {
					t.Errorf("the counts %s lack %s", committed.Metadata, part)
				}
			}
		})
	}
}

// A partition whose surroundings fail is paused and rewound, while the other goes on in the same transactions; its
// finished records stay finished, and afterwards all is there once, in order.
func TestGoodAndStuckPartition(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	away := new(atomic.Bool)
	away.Store(true)
	const late = 77 // a schema id that the registry answers for only later
	cfg := b.config("one")
	cfg.Registry = b.blinking(late, away)
	b.sales(0, 0, 3)
	stuck := b.sale(0, Sale{ID: "p0", Cents: 3})
	copy(stuck.Value[1:5], []byte{0, 0, 0, late})
	b.Write(stuck)
	b.sales(0, 4, 6)
	b.sales(1, 0, 5)
	r := b.Run(cfg, receipts())
	b.Read("shop.receipts.receipts.v1", 8)
	b.InState(r, "shop.receipts", lifecycle.Degraded)
	b.sales(1, 5, 8)
	b.Read("shop.receipts.receipts.v1", 11)
	at, err := b.Admin.GroupOffsets(b.Context(), "shop.receipts.v1")
	if err != nil {
		t.Fatal(err)
	}
	if got := at[kafka.TopicPartition{Topic: "shop.till.sales.v1"}].Offset; got != 3 {
		t.Errorf("the stuck partition is committed at %d, want 3", got)
	}
	away.Store(false)
	b.InState(r, "shop.receipts", lifecycle.Running)
	b.once("shop.receipts.receipts.v1", 6, 8)
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	ends, err := b.Admin.Ends(b.Context(), "shop.receipts.dlq")
	if err != nil {
		t.Fatal(err)
	}
	if n := ends[kafka.TopicPartition{Topic: "shop.receipts.dlq"}]; n != 0 {
		t.Errorf("an outage made %d dead letters", n)
	}
}

// Too many rejects in a row pause the data product until somebody resumes it; nothing is lost or repeated.
func TestBreaker(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter+"  - {property: tidemark.breaker, value: {run: 3}}\n"))
	b.sales(0, 0, 2)
	for i := range 5 {
		b.Write(b.sale(0, Sale{ID: fmt.Sprint("bad", i), Cents: -1}))
	}
	b.sales(0, 2, 4)
	r := b.Run(b.config("one"), receipts())
	b.InState(r, "shop.receipts", lifecycle.Tripped)
	if n := len(b.Read("shop.receipts.dlq", 3)); n != 3 {
		t.Fatalf("%d dead letters before the breaker opened", n)
	}
	r.Resume("shop.receipts")
	b.once("shop.receipts.receipts.v1", 4, 0)
	if n := len(b.Read("shop.receipts.dlq", 5)); n != 5 {
		t.Errorf("%d dead letters", n)
	}
}

// A filter that the ODPS file does not declare is a fault of the code: the data product fails and commits
// nothing.
func TestUndeclaredFilterIsFatal(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(""))
	b.Write(b.sale(0, Sale{ID: "a", Note: note("test")}))
	r := b.Run(b.config("one"), receipts())
	b.InState(r, "shop.receipts", lifecycle.Failed)
	if err := r.Stop(); err == nil || !strings.Contains(err.Error(), "tidemark.filters") {
		t.Errorf("Run gave %v", err)
	}
	at, err := b.Admin.GroupOffsets(b.Context(), "shop.receipts.v1")
	if err != nil || len(at) != 0 {
		t.Errorf("committed %v, %v", at, err)
	}
}

// A guard copies good records to the same partition, tombstones too where the ports are compacted.
func TestGuard(t *testing.T) {
	source := product{id: "shop.till", mode: "source", out: []port{{id: "shop.till.sales", compacted: true}}}
	clean := product{id: "shop.clean", mode: "guard", in: source.out, out: []port{{id: "shop.clean.sales", compacted: true}}}
	b := newBench(t, source, clean)
	b.sales(0, 0, 2)
	b.sales(1, 0, 2)
	tomb := &kafka.Record{Topic: "shop.till.sales.v1", Key: []byte("p1")}
	kafka.Pin(tomb, 1)
	b.Write(b.sale(1, Sale{ID: "p1", Cents: -1}), tomb)
	b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	out := b.Read("shop.clean.sales.v1", 5)
	var dead int
	for _, r := range out {
		if want := string(r.Key); want != fmt.Sprint("p", r.Partition) {
			t.Errorf("%s is in partition %d", r.Key, r.Partition)
		}
		if r.Value == nil {
			dead++
		}
	}
	if dead != 1 {
		t.Errorf("%d tombstones", dead)
	}
	if n := len(b.Read("shop.clean.dlq", 1)); n != 1 {
		t.Errorf("%d dead letters", n)
	}
}

// A replay goes through once, however often it is replayed, also after a restart; one that is rejected again
// gets a dead letter of a higher attempt.
func TestReplay(t *testing.T) {
	b := newBench(t, till(), receiptsFiles(testFilter))
	late := b.sale(0, Sale{ID: "late", At: time.Now().Add(-48 * time.Hour)})
	b.Write(b.sale(0, Sale{ID: "a"}), late, b.sale(0, Sale{ID: "bad", Cents: -1}))
	r := b.Run(b.config("one"), receipts())
	letters := b.Read("shop.receipts.dlq", 2)
	replay := func() {
		for _, l := range letters {
			again := &kafka.Record{Topic: "shop.receipts.retry", Key: l.Key, Value: l.Value}
			for _, h := range l.Headers {
				if h.Key == event.HeaderAttempt {
					h.Value = []byte("1")
				}
				again.Headers = append(again.Headers, h)
			}
			b.Write(again)
		}
	}
	replay()
	if got := b.ids("shop.receipts.receipts.v1", 2); !slices.Contains(got, "late") {
		t.Errorf("receipts after a replay: %v", got)
	}
	letters = b.Read("shop.receipts.dlq", 3)
	if got := header(letters[2], event.HeaderAttempt); got != "1" || !same(letters[2], letters[1]) {
		t.Errorf("the second dead letter is of attempt %q: %v", got, letters[2].Headers)
	}
	letters = letters[:2]
	replay()
	b.settled("shop.receipts.v1", "shop.receipts.retry", 4)
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	b.Run(b.config("one"), receipts())
	replay()
	b.settled("shop.receipts.v1", "shop.receipts.retry", 6)
	b.sales(0, 8, 9)
	got := b.ids("shop.receipts.receipts.v1", 3)
	if slices.Sort(got); !slices.Equal(got, []string{"a", "late", "p0"}) {
		t.Errorf("receipts after three replays: %v", got)
	}
}

// settled waits until a group has committed offset n of a topic's first partition.
func (b *bench) settled(group, topic string, n int64) {
	b.Eventually(func(ctx context.Context) error {
		at, err := b.Admin.GroupOffsets(ctx, group)
		if err != nil {
			return err
		}
		if got := at[kafka.TopicPartition{Topic: topic}].Offset; got < n {
			return fmt.Errorf("%s is at %d, not %d", topic, got, n)
		}
		return nil
	})
}
