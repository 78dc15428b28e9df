package bus

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
)

func waiting(name, newest string) queued {
	return queued{topic: "t", newest: newest, Message: message.NewMessage(name, nil)}
}

func names(taken []*queued) []string {
	out := make([]string, len(taken))
	for i, q := range taken {
		out[i] = q.UUID
	}
	return out
}

// What waits keeps its place; a newer message of its name takes the place over, and only while it waits.
func TestQueueNewest(t *testing.T) {
	q := newQueue(3)
	for _, m := range []queued{waiting("a1", "a"), waiting("x", ""), waiting("b1", "b"), waiting("a2", "a")} {
		if !q.put(m) {
			t.Fatalf("%s found no place", m.UUID)
		}
	}
	if q.put(waiting("y", "")) {
		t.Error("a fourth message found a place in a line of three")
	}
	if !q.put(waiting("b2", "b")) {
		t.Error("a newer message needs no new place, yet found none")
	}
	if got := names(q.take(t.Context(), 2)); !slices.Equal(got, []string{"a2", "x"}) {
		t.Errorf("took %v", got)
	}
	if !q.put(waiting("a3", "a")) {
		t.Error("no place after two were taken")
	}
	if got := names(q.take(t.Context(), 9)); !slices.Equal(got, []string{"b2", "a3"}) {
		t.Errorf("took %v", got)
	}
}

func TestQueueFlush(t *testing.T) {
	q := newQueue(3)
	if err := q.flush(t.Context()); err != nil {
		t.Errorf("nothing to wait for: %v", err)
	}
	q.put(waiting("1", ""))
	q.put(waiting("2", ""))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.flush(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("flush: %v", err)
	}
	flushed := make(chan error)
	go func() { flushed <- q.flush(t.Context()) }()
	q.finish(len(q.take(t.Context(), 1)))
	q.finish(len(q.take(t.Context(), 1)))
	if err := <-flushed; err != nil {
		t.Errorf("flush: %v", err)
	}
	if got := q.take(ended, 1); got != nil {
		t.Errorf("took %v after the end", names(got))
	}
	q.put(waiting("3", ""))
	q.close()
	if q.put(waiting("4", "")) {
		t.Error("a closed line took a message")
	}
	if n := q.clear(); n != 1 || q.flush(t.Context()) != nil {
		t.Errorf("cleared %d", n)
	}
}
