package kafka_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// until polls a session again and again, and lets partitions go each time, until done says so.
func until(t *testing.T, s *kafka.Session, done func() bool) {
	t.Helper()
	for ctx := deadline(t); !done(); s.Release() {
		if _, err := s.Poll(ctx, 10, 5*time.Millisecond); err != nil || ctx.Err() != nil {
			t.Fatal(err, ctx.Err())
		}
	}
}

// impatient starts a broker with one partition of input that expels members after a second and a half, and gives how to be one.
func impatient(t *testing.T, opts ...kfake.Opt) (*kfake.Cluster, kafka.Config, func(id string, assigned bool) *kafka.Session) {
	t.Helper()
	cluster, err := kfake.NewCluster(append(opts, kfake.NumBrokers(1), kfake.SeedTopics(1, "in", "out"), kfake.GroupMinSessionTimeout(500*time.Millisecond))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	cfg := kafka.Config{Brokers: cluster.ListenAddrs()}
	return cluster, cfg, func(id string, assigned bool) *kafka.Session {
		s, err := kafka.OpenSession(cfg, kafka.SessionOptions{
			Group: "g", Topics: []string{"in"}, TransactionalID: id, SessionTimeout: 1500 * time.Millisecond, ServerAssigned: assigned,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
}

// A member that was expelled while it was frozen has no say, though the library lets it join again with what it had: others have
// worked on that since.
func TestExpelledMemberStops(t *testing.T) {
	cluster, cfg, member := impatient(t)
	fill(t, cfg, "in", 0, "a0", "a1")
	one := member("g:1", false)
	next(t, one, 2)
	if err := one.Slots()[0].Begin(); err != nil {
		t.Fatal(err)
	}
	echo(t, one, "a0")
	commit(t, one, at(0, 1, "one"))

	// A frozen process sends nothing; what it reads when it goes on was said before.
	var frozen atomic.Bool
	var id atomic.Value
	cluster.ControlKey(int16(kmsg.Heartbeat), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		req := r.(*kmsg.HeartbeatRequest)
		id.CompareAndSwap(nil, req.MemberID)
		if !frozen.Load() || req.MemberID != id.Load() {
			return nil, nil, false
		}
		resp := req.ResponseKind().(*kmsg.HeartbeatResponse)
		resp.ErrorCode = kerr.RebalanceInProgress.Code
		return resp, nil, true
	})
	worked := make(chan error, 1)
	two := member("g:2", false)
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for ctx.Err() == nil {
			p, err := two.Poll(ctx, 10, 20*time.Millisecond)
			if err == nil && len(values(p)) > 0 {
				sl := two.Slots()[0]
				err = sl.Begin()
				sl.Produce(ctx, &kafka.Record{Topic: "out", Value: []byte("a1")})
				if err == nil {
					err = sl.Flush(ctx)
				}
				if err == nil {
					_, err = sl.Commit(ctx, []kafka.Position{at(0, 2, "two")})
				}
				two.Close()
				worked <- err
				return
			}
			two.Release()
		}
		worked <- ctx.Err()
	}()
	ctx := deadline(t)
	for !one.Blocked() {
		if _, err := one.Poll(ctx, 10, 5*time.Millisecond); err != nil || ctx.Err() != nil {
			t.Fatal(err, ctx.Err())
		}
	}
	frozen.Store(true)
	if err := <-worked; err != nil {
		t.Fatal(err)
	}
	generation := one.Generation()
	until(t, one, func() bool { return one.Generation() > generation })
	frozen.Store(false)
	p, err := one.Poll(ctx, 10, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Release()
	if err := one.Slots()[0].Begin(); err == nil && len(p.Revoked) == 0 {
		t.Error("it goes on with what it had")
	}
	if got := readAll(t, cfg, "out"); !slices.Equal(got, []string{"a0", "a1"}) {
		t.Errorf("out has %v", got)
	}
}

// Where the broker assigns, the group's epoch grows with every member that comes: work on what stays is not undone for that.
func TestEpochGrowsUnderARound(t *testing.T) {
	_, cfg, member := impatient(t, kfake.BrokerConfigs(map[string]string{"group.consumer.heartbeat.interval.ms": "100"}))
	fill(t, cfg, "in", 0, "a0")
	one := member("g:1", true)
	next(t, one, 1)
	defer one.Release()
	if err := one.Slots()[0].Begin(); err != nil {
		t.Fatal(err)
	}
	echo(t, one, "a0")
	epoch := one.Generation()
	until(t, member("g:2", true), func() bool { return one.Generation() > epoch })
	commit(t, one, at(0, 1, ""))
}
