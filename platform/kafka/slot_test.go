package kafka_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Two slots have their transactions at once: one is given up, the other is not touched by that, and goes on.
func TestSlots(t *testing.T) {
	for _, mode := range []struct{ name, id, out string }{{"exactly-once", "g:i", "a0 a1"}, {"at-least-once", "", "a0 a1 b0"}} {
		t.Run(mode.name, func(t *testing.T) {
			cfg := broker(t, "in", "out")
			fill(t, cfg, "in", 0, "a0", "a1")
			fill(t, cfg, "in", 1, "b0")
			s, err := kafka.OpenSession(cfg, kafka.SessionOptions{Group: "g", Topics: []string{"in"}, TransactionalID: mode.id, Slots: 2})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			next(t, s, 3)
			one, two := s.Slots()[0], s.Slots()[1]
			for _, sl := range []*kafka.Slot{one, two} {
				if err := sl.Begin(); err != nil {
					t.Fatal(err)
				}
			}
			one.Produce(t.Context(), &kafka.Record{Topic: "out", Value: []byte("a0")})
			two.Produce(t.Context(), &kafka.Record{Topic: "out", Value: []byte("b0")})
			if err := one.Flush(deadline(t)); err != nil {
				t.Fatal(err)
			}
			if w := one.Wrote(); len(w) != 1 || w[0].Topic != "out" || w[0].To != w[0].From+1 {
				t.Errorf("wrote %+v", w)
			}
			if ok, err := one.Commit(deadline(t), []kafka.Position{at(0, 1, "one")}); !ok || err != nil {
				t.Fatal(ok, err)
			}
			if err := one.Begin(); err != nil { // while the other's is still open
				t.Fatal(err)
			}
			one.Produce(t.Context(), &kafka.Record{Topic: "out", Value: []byte("a1")})
			if err := two.Abort(deadline(t)); err != nil {
				t.Fatal(err)
			}
			if err := one.Flush(deadline(t)); err != nil {
				t.Fatal(err)
			}
			if ok, err := one.Commit(deadline(t), []kafka.Position{at(0, 2, "two")}); !ok || err != nil {
				t.Fatal(ok, err)
			}
			s.Release()
			got := readAll(t, cfg, "out")
			slices.Sort(got)
			if strings.Join(got, " ") != mode.out {
				t.Errorf("out has %v", got)
			}
			committed(t, cfg, "two", "")
		})
	}
}

// committed checks the metadata that a group has committed for the two partitions.
func committed(t *testing.T, cfg kafka.Config, want ...string) {
	t.Helper()
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	offsets, err := admin.GroupOffsets(deadline(t), "g")
	if err != nil {
		t.Fatal(err)
	}
	for p, text := range want {
		if got := offsets[kafka.TopicPartition{Topic: "in", Partition: int32(p)}]; got.Metadata != text {
			t.Errorf("partition %d: %+v", p, got)
		}
	}
}

// Positions without a record are committed as well: everything may have been filtered.
func TestSlotWithoutRecords(t *testing.T) {
	cfg := broker(t, "in", "out")
	fill(t, cfg, "in", 0, "a0")
	s := open(t, cfg, "g:i")
	next(t, s, 1)
	for n, metadata := range []string{"one", "two"} {
		if err := s.Slots()[0].Begin(); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			echo(t, s, "a0")
		}
		commit(t, s, at(0, 1, metadata))
	}
	s.Release()
	committed(t, cfg, "two")
}

// Where the broker did not say what became of a commit, it is an error: the work may count, so it must not be done again from what
// the session remembers.
func TestUnknownOutcome(t *testing.T) {
	cluster, cfg := cluster(t, "in", "out")
	fill(t, cfg, "in", 0, "a0")
	s := open(t, cfg, "g:i")
	next(t, s, 1)
	if err := s.Slots()[0].Begin(); err != nil {
		t.Fatal(err)
	}
	echo(t, s, "a0")
	cluster.ControlKey(int16(kmsg.EndTxn), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		resp := r.ResponseKind().(*kmsg.EndTxnResponse)
		resp.ErrorCode = kerr.ConcurrentTransactions.Code // it is being ended
		return resp, nil, true
	})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if ok, err := s.Slots()[0].Commit(ctx, []kafka.Position{at(0, 1, "one")}); ok || err == nil {
		t.Errorf("committed: %t, %v", ok, err)
	}
}

// A rebalance waits until the work that is under way is committed, however the partitions are assigned: nothing is given up.
func TestRebalanceWaitsForWork(t *testing.T) {
	for name, assigned := range map[string]bool{"by the members": false, "by the broker": true} {
		t.Run(name, func(t *testing.T) {
			cfg := broker(t, "in", "out")
			fill(t, cfg, "in", 0, "a0")
			fill(t, cfg, "in", 1, "b0")
			member := func(id string) *kafka.Session {
				s, err := kafka.OpenSession(cfg, kafka.SessionOptions{Group: "g", Topics: []string{"in"}, TransactionalID: id, ServerAssigned: assigned})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(s.Close)
				return s
			}
			one := member("g:1")
			next(t, one, 2)
			if err := one.Slots()[0].Begin(); err != nil {
				t.Fatal(err)
			}
			one.Slots()[0].Produce(t.Context(), &kafka.Record{Topic: "out", Value: []byte("a0")})
			one.Slots()[0].Produce(t.Context(), &kafka.Record{Topic: "out", Value: []byte("b0")})

			two := member("g:2")
			ctx := deadline(t)
			for !one.Blocked() {
				if _, err := two.Poll(ctx, 10, 20*time.Millisecond); err != nil {
					t.Fatal(err)
				}
				two.Release()
				if polled, err := one.Poll(ctx, 10, 20*time.Millisecond); err != nil || len(polled.Revoked) > 0 {
					t.Fatal(polled, err)
				}
				if ctx.Err() != nil {
					t.Fatal("the rebalance did not come")
				}
			}
			if err := one.Slots()[0].Flush(ctx); err != nil {
				t.Fatal(err)
			}
			commit(t, one, at(0, 1, "x"), at(1, 1, "y"))
			one.Release()
			var given []kafka.Assignment
			for len(given) == 0 && ctx.Err() == nil {
				for _, s := range []*kafka.Session{one, two} {
					p, err := s.Poll(ctx, 10, 20*time.Millisecond)
					if err != nil {
						t.Fatal(err)
					}
					if s == two {
						given = append(given, p.Assigned...)
					}
					s.Release()
				}
			}
			if len(given) != 1 || given[0].Committed.Metadata == "" || given[0].Committed.Offset != 1 {
				t.Errorf("the second member was given %+v", given)
			}
		})
	}
}

// A static member that comes back under its name has its partition again, and the other's is not touched meanwhile.
func TestStaticMember(t *testing.T) {
	cfg := broker(t, "in", "out")
	member := func(name string) *kafka.Session {
		s, err := kafka.OpenSession(cfg, kafka.SessionOptions{Group: "g", Topics: []string{"in"}, StaticMember: name, TransactionalID: "g:" + name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	one, two := member("one"), member("two")
	ctx := deadline(t)
	held, revoked := map[*kafka.Session]map[int32]bool{one: {}, two: {}}, map[*kafka.Session]int{}
	poll := func(s *kafka.Session) {
		t.Helper()
		p, err := s.Poll(ctx, 10, 20*time.Millisecond)
		if err != nil || ctx.Err() != nil {
			t.Fatal(err, ctx.Err())
		}
		for _, tp := range p.Revoked {
			delete(held[s], tp.Partition)
			revoked[s]++
		}
		for _, a := range p.Assigned {
			held[s][a.Partition] = true
		}
		s.Release()
	}
	for len(held[one]) != 1 || len(held[two]) != 1 {
		poll(one)
		poll(two)
	}
	two.Close()
	before := revoked[one]
	again := member("two")
	held[again] = map[int32]bool{}
	for len(held[again]) != 1 {
		poll(one)
		poll(again)
	}
	if len(held[one]) != 1 || revoked[one] != before || !maps.Equal(held[again], held[two]) {
		t.Errorf("the other member holds %v, %d were taken from it; the one that came back holds %v, it had %v", held[one], revoked[one]-before, held[again], held[two])
	}
}
