package mesh

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// feed is a subscriber whose messages the test gives out.
type feed map[string]chan *message.Message

func newFeed() feed {
	f := feed{}
	for _, topic := range event.ControlTopics() {
		f[topic] = make(chan *message.Message)
	}
	return f
}

func (f feed) Subscribe(_ context.Context, topic string) (<-chan *message.Message, error) {
	if f[topic] == nil {
		return nil, errors.New("no such topic")
	}
	return f[topic], nil
}

func (feed) Close() error { return nil }

// give hands out one message and waits until it is acknowledged.
func (f feed) give(t *testing.T, topic string, offset int64, value []byte, key string) {
	t.Helper()
	m := message.NewMessage("", value)
	m.Metadata = message.Metadata{
		bus.MetadataKey: key, bus.MetadataPartition: "0", bus.MetadataOffset: strconv.FormatInt(offset, 10), bus.MetadataTimestamp: "0",
	}
	f[topic] <- m
	<-m.Acked()
}

// plain is a codec of JSON heartbeats. It refuses a value "bad", and fails for "later" until the surroundings are back.
type plain struct{ away int }

func (p *plain) Decode(_ context.Context, _ string, value []byte) (event.Event, error) {
	if string(value) == "bad" {
		return nil, &fault.Rejection{Reason: fault.FrameBad}
	}
	if p.away > 0 {
		p.away--
		return nil, fault.Transiently(errors.New("registry away"))
	}
	e := new(event.Heartbeat)
	return e, json.Unmarshal(value, e)
}

func beatJSON(t *testing.T, name string) []byte {
	t.Helper()
	b, err := json.Marshal(&event.Heartbeat{Instance: name, Incarnation: "a", At: time.Now(), IntervalMillis: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// running is a mesh that runs in a bubble until the test ends; end gives Run's error.
func running(t *testing.T, o Options) (m *Mesh, end func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	m = New(o)
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	synctest.Wait()
	return m, func() error {
		cancel()
		return <-done
	}
}

func endsAt(heartbeats int64) func(context.Context) (map[string]map[int32]int64, error) {
	return func(context.Context) (map[string]map[int32]int64, error) {
		return map[string]map[int32]int64{event.TopicHeartbeats: {0: heartbeats}, event.TopicBreaches: {0: 0}}, nil
	}
}

func TestRunCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		codec := &plain{}
		var sent []event.Event
		m, end := running(t, Options{Subscriber: f, Codec: codec, Ends: endsAt(4), Send: func(e event.Event) { sent = append(sent, e) }})
		if m.CaughtUp() || m.Behind() != 4 {
			t.Errorf("at the start: caught up %t, behind %d", m.CaughtUp(), m.Behind())
		}
		f.give(t, event.TopicHeartbeats, 0, beatJSON(t, "shop"), "shop")
		f.give(t, event.TopicHeartbeats, 1, []byte("bad"), "shop")
		codec.away = 3 // the same record is tried until it can be read
		f.give(t, event.TopicHeartbeats, 2, beatJSON(t, "orders"), "orders")
		if m.CaughtUp() || m.Behind() != 1 || m.Skipped() != 1 || len(m.Instances()) != 2 {
			t.Errorf("caught up %t, behind %d, skipped %d, %d instances", m.CaughtUp(), m.Behind(), m.Skipped(), len(m.Instances()))
		}
		time.Sleep(4 * time.Second) // fake time
		synctest.Wait()
		if len(sent) > 0 {
			t.Errorf("judged before it caught up: %v", sent)
		}
		f.give(t, event.TopicHeartbeats, 3, nil, "orders")
		if !m.CaughtUp() || len(m.Instances()) != 1 {
			t.Errorf("caught up %t, %d instances", m.CaughtUp(), len(m.Instances()))
		}
		time.Sleep(4100 * time.Millisecond)
		synctest.Wait()
		if len(sent) != 1 || sent[0].(*event.Lifecycle).State != "lost" {
			t.Errorf("sent %v", sent)
		}
		if err := end(); err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

func TestRunEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, end := running(t, Options{Subscriber: newFeed(), Codec: &plain{}, Ends: endsAt(0)})
		if !m.CaughtUp() {
			t.Error("there is nothing to catch up with")
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

// TestRunDoesNotWaitForWhatIsGone: the end may be behind offsets that hold no record any more; the broker says
// that it is there.
func TestRunDoesNotWaitForWhatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		var away atomic.Bool
		ends := func(ctx context.Context) (map[string]map[int32]int64, error) {
			if away.Load() {
				return nil, errors.New("no broker answers")
			}
			return endsAt(9)(ctx)
		}
		m, end := running(t, Options{Subscriber: f, Codec: &plain{}, Ends: ends})
		f.give(t, event.TopicHeartbeats, 5, beatJSON(t, "shop"), "shop")
		away.Store(true)
		time.Sleep(time.Minute)
		synctest.Wait()
		if m.CaughtUp() {
			t.Error("caught up with a broker that is away")
		}
		away.Store(false)
		time.Sleep(time.Second)
		synctest.Wait()
		if !m.CaughtUp() || m.Behind() != 0 {
			t.Error("still waits")
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

func TestRunFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Options{Subscriber: newFeed(), Codec: &plain{}, Ends: func(context.Context) (map[string]map[int32]int64, error) {
			return nil, errors.New("no broker answers")
		}})
		if err := m.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no broker answers") {
			t.Errorf("ends: %v", err)
		}
		m = New(Options{Subscriber: feed{}, Codec: &plain{}, Ends: endsAt(0)})
		if err := m.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no such topic") {
			t.Errorf("subscribe: %v", err)
		}
		f := newFeed()
		close(f[event.TopicFreshness])
		m = New(Options{Subscriber: f, Codec: &plain{}, Ends: endsAt(0)})
		if err := m.Run(t.Context()); err == nil || !strings.Contains(err.Error(), event.TopicFreshness) {
			t.Errorf("closed: %v", err)
		}
	})
}

// TestUnsoundTimesAreSkipped: one event must not keep everything from being shown.
func TestUnsoundTimesAreSkipped(t *testing.T) {
	far := time.UnixMilli(math.MaxInt64)
	for _, e := range []event.Event{
		&event.Descriptor{PublishedAt: far}, &event.Lifecycle{At: far}, &event.Heartbeat{At: far}, &event.Heartbeat{StartedAt: time.UnixMilli(math.MinInt64)},
		&event.Freshness{At: far}, &event.Freshness{EventTime: &far}, &event.Freshness{UpdatedAt: &far},
		&event.Freshness{Quality: []event.QualityCount{{Start: far}}}, &event.Freshness{Quality: []event.QualityCount{{Start: noon, End: &far}}}, &event.Breach{Start: far}, &event.Breach{End: &far},
	} {
		if err := sound(e); err == nil {
			t.Errorf("%s with a time in the year %d is sound", e.Type(), far.Year())
		}
	}
	if err := sound(&event.Freshness{At: noon, EventTime: &noon}); err != nil {
		t.Error(err)
	}
}

func TestMessageWithoutCoordinatesIsSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		m, end := running(t, Options{Subscriber: f, Codec: &plain{}, Ends: endsAt(0)})
		msg := message.NewMessage("", []byte("x"))
		f[event.TopicFreshness] <- msg
		<-msg.Acked()
		if m.Skipped() != 1 {
			t.Errorf("skipped %d", m.Skipped())
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		m, end := running(t, Options{Subscriber: f, Codec: &plain{}, Ends: endsAt(0)})
		at := m.Revision()
		woken := make(chan uint64)
		for range 3 {
			go func() { woken <- m.Wait(t.Context(), at) }()
		}
		synctest.Wait()
		f.give(t, event.TopicHeartbeats, 0, beatJSON(t, "shop"), "shop")
		for range 3 {
			if now := <-woken; now <= at {
				t.Errorf("woken at %d, waited from %d", now, at)
			}
		}
		if now := m.Wait(t.Context(), at); now <= at {
			t.Error("a change of before does not wait")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if now := m.Wait(ctx, m.Revision()); now != m.Revision() || ctx.Err() == nil {
			t.Errorf("waited to %d without a change", now)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}
