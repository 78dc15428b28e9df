package dataproduct_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

var salesOut = dataproduct.Out[Sale]("sales")

func openTill(t *testing.T, b *bench) (*dataproduct.SourceInstance, *dataproduct.Publisher[Sale]) {
	t.Helper()
	s, err := dataproduct.OpenSource(b.Context(), b.config("till"), dataproduct.Source("shop/till", salesOut))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	p, err := dataproduct.NewPublisher(s, salesOut)
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

// Where the answer to a commit is lost, the checkpoint tells what became of the transaction.
func TestCommitWithoutAnAnswer(t *testing.T) {
	cluster, mesh := faked(t)
	b := newBenchOn(t, mesh, till())
	s, p := openTill(t, b)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	cluster.ControlKey(int16(kmsg.EndTxn), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.SleepControl(func() { // nobody waits for the answer any more when it comes
			cancel()
			<-time.After(300 * time.Millisecond)
		})
		return nil, nil, false
	})
	err := s.Atomically(ctx, func(tx *dataproduct.Tx) error {
		tx.Checkpoint([]byte("one"))
		return p.Add(tx, &Sale{ID: "1", At: time.Now()})
	})
	if fault.KindOf(err) != fault.Transient {
		t.Fatalf("got %v", err)
	}
	b.ids("shop.till.sales.v1", 1) // it is published all the same
	if err := s.Atomically(b.Context(), func(*dataproduct.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got := string(s.LastCheckpoint()); got != "one" {
		t.Errorf("the checkpoint is %q", got)
	}
}

// What a publisher is given is on the topic, checked; a violation is the caller's error and leaves nothing.
func TestPublisher(t *testing.T) {
	b := newBench(t, till())
	_, p := openTill(t, b)
	ctx := b.Context()
	for i := range 3 {
		if err := p.Publish(ctx, &Sale{ID: fmt.Sprint(i), At: time.Now(), Cents: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []struct {
		sale   Sale
		reason fault.Reason
	}{
		{Sale{ID: "bad", At: time.Now(), Cents: -1}, fault.RuleBroken},
		{Sale{ID: "bad", At: time.Now().Add(time.Hour)}, fault.EventTimeImpossible},
	} {
		rejection, ok := errors.AsType[*fault.Rejection](p.Publish(ctx, &bad.sale))
		if !ok || rejection.Reason != bad.reason {
			t.Errorf("a violation gave %v, want %s", rejection, bad.reason)
		}
	}
	if err := p.Publish(ctx, &Sale{ID: "3", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	got := b.ids("shop.till.sales.v1", 4)
	slices.Sort(got)
	if !slices.Equal(got, []string{"0", "1", "2", "3"}) {
		t.Errorf("published %v", got)
	}
}

// A transaction's records and checkpoint are all there or none, also for the process that comes after.
func TestAtomically(t *testing.T) {
	b := newBench(t, till())
	s, p := openTill(t, b)
	ctx := b.Context()
	write := func(s *dataproduct.SourceInstance, p *dataproduct.Publisher[Sale], from, to int, fail error) error {
		return s.Atomically(ctx, func(tx *dataproduct.Tx) error {
			for i := from; i < to; i++ {
				if err := p.Add(tx, &Sale{ID: fmt.Sprint(i), At: time.Now()}); err != nil {
					return err
				}
			}
			tx.Raw(&kafka.Record{Topic: "shop.till.sales.v1", Key: []byte("raw"), Value: []byte("anything")})
			tx.Checkpoint(fmt.Append(nil, to))
			return fail
		})
	}
	if got := s.LastCheckpoint(); got != nil {
		t.Errorf("a checkpoint before the first: %q", got)
	}
	if err := write(s, p, 0, 2, nil); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("no")
	if err := write(s, p, 2, 4, failed); !errors.Is(err, failed) {
		t.Fatalf("got %v", err)
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	s, p = openTill(t, b)
	if got := string(s.LastCheckpoint()); got != "2" {
		t.Errorf("the next process found checkpoint %q", got)
	}
	if err := write(s, p, 2, 3, nil); err != nil {
		t.Fatal(err)
	}
	got := b.ids("shop.till.sales.v1", 5)
	slices.Sort(got)
	if !slices.Equal(got, []string{"0", "1", "2", "raw", "raw"}) {
		t.Errorf("published %v", got)
	}
	at, err := b.Admin.GroupOffsets(ctx, "shop.till.v1")
	if err != nil {
		t.Fatal(err)
	}
	var counted string
	for _, c := range at {
		counted += c.Metadata
	}
	if counted == "" {
		t.Error("no counts were committed")
	}
}
