package dataproduct_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// guarded are a source and a guard of it, whose input's contract says that a sale's id is unique.
func guarded(extra string) (source, guard product) {
	source = product{id: "shop.till", mode: "source", out: []port{{id: "shop.till.sales", unique: true, extra: extra}}}
	guard = product{id: "shop.clean", mode: "guard", in: source.out, out: []port{{id: "shop.clean.sales"}}}
	return source, guard
}

// rejected are the keys and reasons of a dead letter topic, in the order of the input.
func (b *bench) rejected(topic string, n int) []string {
	b.t.Helper()
	var said []string
	for _, r := range b.Read(topic, n) {
		said = append(said, fmt.Sprintf("%s@%s %s", r.Key, header(r, event.HeaderOffset), header(r, event.HeaderReason)))
	}
	return said
}

func (b *bench) expect(what string, got, want []string) {
	b.t.Helper()
	if !slices.Equal(got, want) {
		b.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// A second record with the same value is rejected, in the same round and in a later one, after a restart, and when it is
// replayed; the same record is not, and what was rejected claims nothing.
func TestUniqueThroughAGuard(t *testing.T) {
	for _, delivery := range []string{"exactly-once", "at-least-once"} {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			source, guard := guarded("")
			guard.extra = "  - {property: tidemark.delivery, value: " + delivery + "}\n"
			b := newBench(t, source, guard)
			one := func(id string, cents int64) { b.Write(b.sale(0, Sale{ID: id, Cents: cents})) }
			one("a", 1)
			one("bad", -1) // breaks a rule, so it claims nothing
			one("a", 2)
			one("bad", 3)
			r := b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
			b.expect("clean", b.ids("shop.clean.sales.v1", 2), []string{"a", "bad"})
			b.expect("dead", b.rejected("shop.clean.dlq", 2), []string{"bad@1 rule.broken", "a@2 unique.duplicate"})
			one("a", 4)
			b.Write(b.sale(1, Sale{ID: "a", Cents: 5})) // in another partition by a writer's fault: that cannot be told
			b.Read("shop.clean.dlq", 3)
			if err := r.Stop(); err != nil {
				t.Fatal(err)
			}
			one("a", 6)
			one("bad", 7)
			one("c", 8)
			b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
			letters := b.Read("shop.clean.dlq", 5)
			b.expect("dead after a restart", b.rejected("shop.clean.dlq", 5)[2:], []string{"a@4 unique.duplicate", "a@5 unique.duplicate", "bad@6 unique.duplicate"})
			last := letters[4]
			if header(last, event.HeaderRule) != "id.unique" || header(last, event.HeaderField) != "id" || header(last, event.HeaderMessage) == "" {
				t.Errorf("a duplicate is told as %v", last.Headers)
			}
			// A replay of a duplicate is one still; a replay of what broke a rule is held against what came since.
			for _, l := range letters {
				again := &kafka.Record{Topic: "shop.clean.retry", Key: l.Key, Value: l.Value}
				for _, h := range l.Headers {
					if h.Key == event.HeaderAttempt {
						h.Value = []byte("1")
					}
					again.Headers = append(again.Headers, h)
				}
				b.Write(again)
			}
			b.Read("shop.clean.dlq", 10)
			got := b.ids("shop.clean.sales.v1", 4)
			slices.Sort(got)
			b.expect("clean in the end", got, []string{"a", "a", "bad", "c"})
		})
	}
}

// The window is so many offsets, or so much time by the records' publish times.
func TestUniquenessWindow(t *testing.T) {
	for name, c := range map[string]struct {
		window string
		want   []string
	}{
		"records": {"3", []string{"a@2 unique.duplicate"}},
		"time":    {"PT1H", []string{"a@2 unique.duplicate", "a@3 unique.duplicate"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, guard := guarded("  - {property: tidemark.uniquenessWindow, value: " + c.window + "}\n")
			b := newBench(t, source, guard)
			then := time.Now().Add(-10 * time.Hour)
			for i, s := range []struct {
				id     string
				minute int
			}{{"a", 0}, {"b", 10}, {"a", 20}, {"a", 40}, {"z", 50}, {"b", 80}} {
				r := b.sale(0, Sale{ID: s.id, Cents: int64(i), At: then})
				r.Timestamp = then.Add(time.Duration(s.minute) * time.Minute)
				b.Write(r)
			}
			r := b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
			b.settled("shop.clean.v1", "shop.till.sales.v1", 6)
			b.expect("dead", b.rejected("shop.clean.dlq", len(c.want)), c.want)
			if err := r.Stop(); err != nil {
				t.Fatal(err)
			}
			// A new instance knows what the old one knew, and no more.
			again := b.sale(0, Sale{ID: "z", At: then})
			again.Timestamp = then.Add(90 * time.Minute)
			late := b.sale(0, Sale{ID: "a", At: then})
			late.Timestamp = then.Add(105 * time.Minute)
			b.Write(again, late)
			b.Run(b.config("two"), dataproduct.Guard("shop/clean"))
			b.settled("shop.clean.v1", "shop.till.sales.v1", 8)
			b.expect("dead after a restart", b.rejected("shop.clean.dlq", len(c.want)+1), append(c.want, "z@6 unique.duplicate"))
		})
	}
}

// A transform's rejects claim nothing, also where its memory is rebuilt by judging the records again.
func TestUniqueThroughATransform(t *testing.T) {
	source, _ := guarded("")
	b := newBench(t, source, product{id: "shop.receipts", mode: "transform", in: source.out,
		out: []port{{id: "shop.receipts.receipts", maximum: 1000}, {id: "shop.receipts.large"}}, extra: testFilter})
	one := func(id string, cents int64, text *string) { b.Write(b.sale(0, Sale{ID: id, Cents: cents, Note: text})) }
	one("refused", 913, nil)
	one("broken", 5000, nil) // its output breaks the contract
	one("dropped", 1, note("test"))
	r := b.Run(b.config("one"), receipts())
	b.settled("shop.receipts.v1", "shop.till.sales.v1", 3)
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	one("refused", 1, nil)
	one("broken", 2, nil)
	one("dropped", 3, nil)
	b.Run(b.config("one"), receipts())
	b.expect("receipts", b.ids("shop.receipts.receipts.v1", 2), []string{"refused", "broken"})
	b.expect("dead", b.rejected("shop.receipts.dlq", 3), []string{"refused@0 transform.unlucky", "broken@1 output.rule.broken", "dropped@5 unique.duplicate"})
}

// On a compacted topic the same key is an update.
func TestCompactedIsNotUnique(t *testing.T) {
	source := product{id: "shop.till", mode: "source", out: []port{{id: "shop.till.sales", unique: true, compacted: true}}}
	b := newBench(t, source, product{id: "shop.clean", mode: "guard", in: source.out, out: []port{{id: "shop.clean.sales", unique: true, compacted: true}}})
	b.sales(0, 0, 3)
	b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	b.once("shop.clean.sales.v1", 3, 0)
}

// replay sends dead letters back, as their next attempt.
func (b *bench) replay(retry string, letters ...*kafka.Record) {
	b.t.Helper()
	for _, l := range letters {
		again := &kafka.Record{Topic: retry, Key: l.Key, Value: l.Value}
		for _, h := range l.Headers {
			if h.Key == event.HeaderAttempt {
				h.Value = []byte("1")
			}
			again.Headers = append(again.Headers, h)
		}
		b.Write(again)
	}
}

// A replay waits until the values that it must differ from are known again.
func TestReplayWaitsForTheMemory(t *testing.T) {
	t.Parallel()
	source, guard := guarded("")
	b := newBench(t, source, guard)
	b.Write(b.sale(0, Sale{ID: "a", Cents: 1}), b.sale(0, Sale{ID: "a", Cents: 2}))
	r := b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	letters := b.Read("shop.clean.dlq", 1)
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	b.replay("shop.clean.retry", letters...)
	b.Write(b.sale(1, Sale{ID: "b", Cents: 3})) // in a partition that there is nothing to know of
	// While time flies, no turn of rereading comes to anything.
	var flies atomic.Bool
	var leaps atomic.Int64
	flies.Store(true)
	cfg := b.config("one")
	cfg.Clock = func() time.Time {
		if flies.Load() {
			leaps.Add(1)
		}
		return time.Now().Add(time.Duration(leaps.Load()) * time.Second)
	}
	b.Run(cfg, dataproduct.Guard("shop/clean"))
	clean := b.ids("shop.clean.sales.v1", 2)
	slices.Sort(clean) // they are in two partitions
	b.expect("clean", clean, []string{"a", "b"})
	flies.Store(false)
	b.settled("shop.clean.v1", "shop.clean.retry", 1)
	b.expect("dead", b.rejected("shop.clean.dlq", 2), []string{"a@1 unique.duplicate", "a@1 unique.duplicate"})
}

// Where another instance holds the partition in which a replay first stood, nobody can tell whether it is unique: it is
// accepted, and counted as unchecked.
func TestReplayElsewhereIsCounted(t *testing.T) {
	t.Parallel()
	source, guard := guarded("")
	b := newBench(t, source, guard)
	for p := range int32(2) {
		id := fmt.Sprint("p", p)
		b.Write(b.sale(p, Sale{ID: id, Cents: 1}), b.sale(p, Sale{ID: id, Cents: 2}))
	}
	b.Run(b.config("one"), dataproduct.Guard("shop/clean"))
	b.Run(b.config("two"), dataproduct.Guard("shop/clean"))
	letters := b.Read("shop.clean.dlq", 2)
	held := map[string]map[string]bool{} // by instance, <topic>/<partition>
	b.said(event.TopicHeartbeats, func(e event.Event) bool {
		beat := e.(*event.Heartbeat)
		held[beat.Instance] = map[string]bool{}
		for _, d := range beat.DataProducts {
			for _, p := range d.Partitions {
				held[beat.Instance][fmt.Sprint(p.Topic, "/", p.Partition)] = true
			}
		}
		return len(held["one"])+len(held["two"]) == 3 && len(held["one"]) > 0 && len(held["two"]) > 0
	})
	elsewhere := 0
	for p := range 2 {
		key := fmt.Sprint("shop.till.sales.v1/", p)
		if held["one"][key] != held["one"]["shop.clean.retry/0"] {
			elsewhere++
		}
	}
	b.replay("shop.clean.retry", letters...)
	b.said(event.TopicFreshness, func(e event.Event) bool {
		f := e.(*event.Freshness)
		if f.InputTopic != "shop.clean.retry" || f.Position < 2 {
			return false
		}
		if f.Warnings["id.unique.unchecked"] != int64(elsewhere) || f.Accepted != int64(elsewhere) || elsewhere == 0 {
			t.Errorf("%d replays first stood elsewhere: accepted %d, warnings %v", elsewhere, f.Accepted, f.Warnings)
		}
		return true
	})
}
