package kafka_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

func open(t *testing.T, cfg kafka.Config, id string) *kafka.Session {
	t.Helper()
	s, err := kafka.OpenSession(cfg, kafka.SessionOptions{Group: "g", Topics: []string{"in"}, TransactionalID: id})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// next polls until at least want records came, and gives all that the polls gave.
func next(t *testing.T, s *kafka.Session, want int) kafka.Polled {
	t.Helper()
	ctx := deadline(t)
	var all kafka.Polled
	for n := 0; n < want; {
		p, err := s.Poll(ctx, 100, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if ctx.Err() != nil {
			t.Fatalf("%d of %d records came", n, want)
		}
		all.Assigned = append(all.Assigned, p.Assigned...)
		all.Revoked = append(all.Revoked, p.Revoked...)
		for _, b := range p.Batches {
			all.Batches = append(all.Batches, b)
			n += len(b.Records)
		}
		if n < want {
			s.Release()
		}
	}
	return all
}

func echo(t *testing.T, s *kafka.Session, values ...string) {
	t.Helper()
	for _, v := range values {
		s.Slots()[0].Produce(deadline(t), &kafka.Record{Topic: "out", Value: []byte(v)})
	}
	if err := s.Slots()[0].Flush(deadline(t)); err != nil {
		t.Fatal(err)
	}
}

func at(partition int32, offset int64, metadata string) kafka.Position {
	return kafka.Position{
		TopicPartition: kafka.TopicPartition{Topic: "in", Partition: partition}, Epoch: -1,
		Committed: kafka.Committed{Offset: offset, Metadata: metadata},
	}
}

func commit(t *testing.T, s *kafka.Session, positions ...kafka.Position) {
	t.Helper()
	ok, err := s.Slots()[0].Commit(deadline(t), positions)
	if err != nil || !ok {
		t.Fatalf("commit: %v, %v", ok, err)
	}
}

// A transaction commits only the finished prefix of each partition, its metadata with it; the unfinished
// records come again, also to the next member.
func TestSessionCommitsPrefix(t *testing.T) {
	for _, mode := range []struct{ name, id string }{{"exactly-once", "g:i"}, {"at-least-once", ""}} {
		t.Run(mode.name, func(t *testing.T) {
			cfg := broker(t, "in", "out")
			fill(t, cfg, "in", 0, "a0", "a1", "a2")
			fill(t, cfg, "in", 1, "b0", "b1", "b2")
			s := open(t, cfg, mode.id)
			polled := next(t, s, 6)
			if len(polled.Assigned) != 2 || polled.Assigned[0].Committed.Offset != -1 {
				t.Fatalf("assigned %+v", polled.Assigned)
			}
			if err := s.Slots()[0].Begin(); err != nil {
				t.Fatal(err)
			}
			echo(t, s, "a0", "a1", "a2", "b0")
			commit(t, s, at(0, 3, "three"), at(1, 1, "one"))
			s.Rewind(kafka.TopicPartition{Topic: "in", Partition: 1}, 1)
			s.Release()

			again := next(t, s, 2)
			if got := values(again); !slices.Equal(got, []string{"b1", "b2"}) {
				t.Fatalf("after the rewind came %v", got)
			}
			if err := s.Slots()[0].Begin(); err != nil {
				t.Fatal(err)
			}
			if err := s.Slots()[0].Abort(deadline(t)); err != nil {
				t.Fatal(err)
			}
			s.Rewind(kafka.TopicPartition{Topic: "in", Partition: 1}, 1)
			s.Release()
			if got := values(next(t, s, 2)); !slices.Equal(got, []string{"b1", "b2"}) {
				t.Fatalf("after the abort came %v", got)
			}
			s.Release()
			s.Close()

			s = open(t, cfg, mode.id)
			polled = next(t, s, 2)
			slices.SortFunc(polled.Assigned, func(a, b kafka.Assignment) int { return int(a.Partition - b.Partition) })
			want := []kafka.Committed{{Offset: 3, Metadata: "three"}, {Offset: 1, Metadata: "one"}}
			for i, a := range polled.Assigned {
				if a.Committed != want[i] {
					t.Errorf("partition %d committed %+v, want %+v", a.Partition, a.Committed, want[i])
				}
			}
			if got := values(polled); !slices.Equal(got, []string{"b1", "b2"}) {
				t.Fatalf("the next member got %v", got)
			}
			got := readAll(t, cfg, "out")
			slices.Sort(got)
			if strings.Join(got, " ") != "a0 a1 a2 b0" {
				t.Fatalf("out has %v", got)
			}
		})
	}
}

// A paused partition gives nothing while the other goes on, and comes back where it stood.
func TestSessionPause(t *testing.T) {
	cfg := broker(t, "in", "out")
	fill(t, cfg, "in", 0, "a0")
	fill(t, cfg, "in", 1, "b0")
	s := open(t, cfg, "g:i")
	next(t, s, 2)
	stuck := kafka.TopicPartition{Topic: "in", Partition: 1}
	if err := s.Slots()[0].Begin(); err != nil {
		t.Fatal(err)
	}
	echo(t, s, "a0")
	commit(t, s, at(0, 1, ""))
	s.Rewind(stuck, 0)
	s.Pause(stuck)
	s.Release()
	fill(t, cfg, "in", 0, "a1")
	if got := values(next(t, s, 1)); !slices.Equal(got, []string{"a1"}) {
		t.Fatalf("got %v", got)
	}
	if err := s.Slots()[0].Begin(); err != nil {
		t.Fatal(err)
	}
	echo(t, s, "a1")
	commit(t, s, at(0, 2, ""))
	s.Resume(stuck)
	s.Release()
	if got := values(next(t, s, 1)); !slices.Equal(got, []string{"b0"}) {
		t.Fatalf("got %v", got)
	}
}

// Two members share the partitions, and a rebalance between rounds costs no transaction.
func TestSessionRebalance(t *testing.T) {
	cfg := broker(t, "in", "out")
	fill(t, cfg, "in", 0, "a0")
	fill(t, cfg, "in", 1, "b0")
	one := open(t, cfg, "g:1")
	next(t, one, 2)
	if err := one.Slots()[0].Begin(); err != nil {
		t.Fatal(err)
	}
	echo(t, one, "a0", "b0")
	commit(t, one, at(0, 1, "x"), at(1, 1, "y"))
	one.Release()

	two := open(t, cfg, "g:2")
	ctx := deadline(t)
	var given []kafka.Assignment
	for len(given) == 0 && ctx.Err() == nil {
		for _, s := range []*kafka.Session{one, two} {
			p, err := s.Poll(ctx, 10, 50*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if s == two {
				given = append(given, p.Assigned...)
			}
			s.Release()
		}
	}
	if len(given) != 1 || given[0].Committed.Metadata == "" {
		t.Fatalf("the second member was given %+v", given)
	}
	fill(t, cfg, "in", 0, "a1")
	fill(t, cfg, "in", 1, "b1")
	for _, s := range []*kafka.Session{one, two} {
		p := next(t, s, 1)
		if err := s.Slots()[0].Begin(); err != nil {
			t.Fatal(err)
		}
		echo(t, s, values(p)...)
		commit(t, s, at(p.Batches[0].Partition, 2, ""))
		s.Release()
	}
	got := readAll(t, cfg, "out")
	slices.Sort(got)
	if strings.Join(got, " ") != "a0 a1 b0 b1" {
		t.Fatalf("out has %v", got)
	}
}

// alone gives a session that has both partitions of the input, and nothing to read.
func alone(t *testing.T, cfg kafka.Config) *kafka.Session {
	t.Helper()
	s := open(t, cfg, "g:1")
	ctx := deadline(t)
	for n := 0; n < 2; {
		p, err := s.Poll(ctx, 10, 50*time.Millisecond)
		if err != nil || ctx.Err() != nil {
			t.Fatal(err, ctx.Err())
		}
		n += len(p.Assigned)
		s.Release()
	}
	return s
}

// join has a second member poll until the test ends.
func join(t *testing.T, cfg kafka.Config) {
	t.Helper()
	two := open(t, cfg, "g:2")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			_, _ = two.Poll(ctx, 10, 50*time.Millisecond)
			two.Release()
		}
	}()
}

// A topic that is deleted and created anew is not the one that was assigned: that is said, since nothing more will come.
func TestInputIsCreatedAnew(t *testing.T) {
	cfg := broker(t, "in", "out")
	fill(t, cfg, "in", 0, "a0")
	s := open(t, cfg, "g:i")
	next(t, s, 1)
	s.Release()
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if err := admin.DeleteTopics(deadline(t), "in"); err != nil {
		t.Fatal(err)
	}
	if err := admin.EnsureTopics(deadline(t), kafka.Topic{Name: "in", Partitions: 2, Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	fill(t, cfg, "in", 0, "b0")
	for ctx := deadline(t); ; s.Release() {
		p, err := s.Poll(ctx, 10, 100*time.Millisecond)
		if err != nil || ctx.Err() != nil {
			t.Fatal(err, ctx.Err())
		}
		if len(p.Failures) > 0 {
			if fault.KindOf(p.Failures[0].Err) != fault.Transient {
				t.Errorf("%v is no fault that passes with a new session", p.Failures[0].Err)
			}
			break
		}
	}
	s.Release()
	s.Close()
	if got := values(next(t, open(t, cfg, "g:i"), 1)); !slices.Equal(got, []string{"b0"}) {
		t.Errorf("the next session gets %v", got)
	}
}

// A poll that gave nothing holds the partitions like any other: work on what earlier ones gave is still safe.
func TestEmptyPollHolds(t *testing.T) {
	for _, wait := range []time.Duration{0, time.Millisecond} {
		t.Run(wait.String(), func(t *testing.T) {
			cfg := broker(t, "in", "out")
			one := alone(t, cfg)
			if p, err := one.Poll(deadline(t), 10, wait); err != nil || len(p.Batches) > 0 {
				t.Fatal(p, err)
			}
			join(t, cfg)
			defer one.Release() // else the group waits for this member
			generation, ctx := one.Generation(), deadline(t)
			for !one.Blocked() {
				if g := one.Generation(); g != generation {
					t.Fatalf("the group went from generation %d to %d between a poll and its release", generation, g)
				}
				select {
				case <-ctx.Done():
					t.Fatal("no rebalance came")
				case <-time.After(time.Millisecond):
				}
			}
		})
	}
}

// A round from which a partition was taken counts for nothing: it may be another's since.
func TestRoundThatLostAPartition(t *testing.T) {
	cfg := broker(t, "in", "out")
	one := alone(t, cfg)
	if _, err := one.Poll(deadline(t), 10, 0); err != nil {
		t.Fatal(err)
	}
	if err := one.Slots()[0].Begin(); err != nil {
		t.Fatal(err)
	}
	echo(t, one, "late")
	one.Release() // too early
	join(t, cfg)
	ctx := deadline(t)
	for taken := false; !taken; one.Release() {
		p, err := one.Poll(ctx, 10, time.Millisecond)
		if err != nil || ctx.Err() != nil {
			t.Fatal(err, ctx.Err())
		}
		taken = len(p.Revoked) > 0
	}
	if ok, err := one.Slots()[0].Commit(ctx, []kafka.Position{at(0, 1, "late")}); ok || err != nil {
		t.Errorf("committed: %t, %v", ok, err)
	}
	if got := readAll(t, cfg, "out"); len(got) > 0 {
		t.Errorf("out has %v", got)
	}
}

func values(p kafka.Polled) []string {
	var vs []string
	for _, b := range p.Batches {
		for _, r := range b.Records {
			vs = append(vs, string(r.Value))
		}
	}
	slices.Sort(vs)
	return vs
}

// A session ends what an earlier one of its id left open in every slot, and that one commits no more; slots that the session does
// not have are left to the brokers.
func TestSessionFence(t *testing.T) {
	cfg := broker(t, "in", "out", "other")
	member := func(slots int) *kafka.Session {
		s, err := kafka.OpenSession(cfg, kafka.SessionOptions{Group: "g", Topics: []string{"in"}, TransactionalID: "g:i", Slots: slots})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	killed := member(3)
	for n, sl := range killed.Slots() {
		if err := sl.Begin(); err != nil {
			t.Fatal(err)
		}
		r := &kafka.Record{Topic: []string{"out", "out", "other"}[n], Value: []byte("unfinished")}
		kafka.Pin(r, int32(n%2))
		sl.Produce(t.Context(), r)
		if err := sl.Flush(deadline(t)); err != nil {
			t.Fatal(err)
		}
	}
	again := member(2)
	if err := again.Fence(deadline(t)); err != nil {
		t.Fatal(err)
	}
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ends, err := admin.Ends(deadline(t), "out", "other")
	if err != nil {
		t.Fatal(err)
	}
	for at, ended := range map[kafka.TopicPartition]bool{{Topic: "out"}: true, {Topic: "out", Partition: 1}: true, {Topic: "other"}: false} {
		if end := ends[at]; (end > 0) != ended {
			t.Errorf("what is committed on %s ends at %d; the transaction is ended: %t", at, end, ended)
		}
	}
	for _, sl := range killed.Slots()[:2] {
		if ok, err := sl.Commit(deadline(t), []kafka.Position{at(0, 1, "late")}); ok || err == nil {
			t.Errorf("a fenced slot committed: %t, %v", ok, err)
		}
	}
	two := again.Slots()[1]
	if err := two.Begin(); err != nil {
		t.Fatal(err)
	}
	two.Produce(t.Context(), &kafka.Record{Topic: "out", Value: []byte("good")})
	if err := two.Flush(deadline(t)); err != nil {
		t.Fatal(err)
	}
	if ok, err := two.Commit(deadline(t), nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := readAll(t, cfg, "out"); !slices.Equal(got, []string{"good"}) {
		t.Errorf("out has %v", got)
	}
}
