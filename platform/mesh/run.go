package mesh

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"golang.org/x/sync/errgroup"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Run folds the control topics in until ctx ends, and from when it has caught up lets the judge look at them. It
// returns nil when ctx ended, else why it could not go on: the ends could not be read, a topic could not be
// subscribed to, or its subscription ended. It is called once.
func (m *Mesh) Run(ctx context.Context) error {
	ends, err := m.opts.Ends(ctx)
	if err != nil {
		return finished(ctx, fmt.Errorf("mesh: read the ends of the control topics: %w", err))
	}
	m.mu.Lock()
	m.progress.expect(ends, m.opts.Clock())
	m.touch() // how much there is to read is known, and perhaps that it is nothing
	m.mu.Unlock()

	group, ctx := errgroup.WithContext(ctx)
	for _, topic := range event.ControlTopics() {
		messages, err := m.opts.Subscriber.Subscribe(ctx, topic)
		if err != nil {
			group.Go(func() error { return fmt.Errorf("mesh: %w", err) })
			break
		}
		group.Go(func() error { return m.follow(ctx, topic, messages) })
	}
	group.Go(func() error { return m.keepTime(ctx) })
	if m.court != nil {
		group.Go(func() error { return m.holdCourt(ctx) })
	}
	return finished(ctx, group.Wait())
}

// finished tells an end that was asked for from a failure.
func finished(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// follow folds one topic in. Messages are acknowledged whatever becomes of them.
func (m *Mesh) follow(ctx context.Context, topic string, messages <-chan *message.Message) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case msg, ok := <-messages:
			if !ok {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return fmt.Errorf("mesh: the subscription to %s ended; is its subscriber closed?", topic)
			}
			if err := m.take(ctx, topic, msg); err != nil {
				return err
			}
			msg.Ack()
		}
	}
}

// take folds one message in, or skips it if it cannot be read. Its error is ctx's.
func (m *Mesh) take(ctx context.Context, topic string, msg *message.Message) error {
	where, ok := bus.CoordinatesOf(msg)
	at := position{topic, where.Partition, where.Offset}
	if !ok {
		m.skip(at, errors.New("the message has no coordinates"))
		return nil
	}
	if len(msg.Payload) == 0 {
		m.fold(at, func(s *state) bool { return s.forget(at, msg.Metadata.Get(bus.MetadataKey)) })
		return nil
	}
	e, err := m.decode(ctx, at, msg.Payload)
	if err == nil {
		err = sound(e)
	}
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m.skip(at, err)
		return nil
	}
	d, described := e.(*event.Descriptor)
	if described {
		e = m.read(d)
	}
	m.fold(at, func(s *state) bool { return s.apply(at, e) })
	if described && m.court != nil {
		m.court.call()
	}
	return nil
}

// read parses a descriptor without holding the lock, since that takes a while; one that only says again what is
// known, as every start of an instance does, is not parsed again.
func (m *Mesh) read(e *event.Descriptor) *document {
	m.mu.Lock()
	known := m.state.documents[e.Key()]
	m.mu.Unlock()
	if known != nil && known.Kind == e.Kind && known.Document == e.Document && known.Mode == e.Mode {
		again := *known
		again.Descriptor = e
		return &again
	}
	return read(e)
}

// Waits between tries to decode while the surroundings are away.
const (
	firstWait = 100 * time.Millisecond
	mostWait  = 5 * time.Second
)

// decode tries again while it is not the record's fault.
func (m *Mesh) decode(ctx context.Context, at position, value []byte) (event.Event, error) {
	for wait := firstWait; ; wait = min(2*wait, mostWait) {
		e, err := m.opts.Codec.Decode(ctx, at.Topic, value)
		if err == nil || ctx.Err() != nil || fault.KindOf(err) != fault.Transient {
			return e, err
		}
		m.opts.Logger.WarnContext(ctx, "control record cannot be decoded yet; trying again",
			"topic", at.Topic, "partition", at.Partition, "offset", at.Offset, "wait", wait, "error", err)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

func (m *Mesh) fold(at position, apply func(*state) bool) {
	now := m.opts.Clock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if apply(m.state) {
		m.touch()
	}
	m.advance(at, now)
}

func (m *Mesh) skip(at position, why error) {
	m.opts.Logger.Warn("control record skipped: it cannot be read", "topic", at.Topic, "partition", at.Partition, "offset", at.Offset, "error", why)
	now := m.opts.Clock()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.skipped++
	m.advance(at, now)
}

func (m *Mesh) advance(at position, now time.Time) {
	was := m.progress.done
	m.progress.reached(at, now)
	if m.progress.done && !was {
		m.touch()
		if m.court != nil {
			m.court.call()
		}
	}
}

// keepTime calls the judge at every tick.
func (m *Mesh) keepTime(ctx context.Context) error {
	ticks, stop := m.opts.Ticker(m.opts.JudgeEvery)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks:
			m.unstick(ctx)
			m.tick()
		}
	}
}

// tick lets the judge look once, and sends what it says.
func (m *Mesh) tick() {
	now := m.opts.Clock()
	m.mu.Lock()
	var say []event.Event
	if m.progress.done {
		say = m.judge.decide(m.state, now)
	}
	m.mu.Unlock()
	for _, e := range say { // without the lock: Send may look at the mesh
		m.opts.Logger.Info("the platform decides", "type", e.Type(), "key", e.Key(), "time", e.Time())
		m.opts.Send(e)
	}
}

// unstick ends the waiting for records that nobody can read any more. The broker must answer first, so that one
// that is away is not taken for an empty one.
func (m *Mesh) unstick(ctx context.Context) {
	m.mu.Lock()
	stuck := m.progress.stuck(m.opts.Clock())
	m.mu.Unlock()
	if !stuck {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	if _, err := m.opts.Ends(ctx); err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.progress.stuck(m.opts.Clock()) {
		m.opts.Logger.Info("control topics end in offsets that hold no record; caught up", "offsets", m.progress.behind())
		m.progress.done = true
		m.touch()
	}
}
