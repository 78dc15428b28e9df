package bus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/cenkalti/backoff/v4"
	"github.com/google/uuid"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Bounds of what waits to be sent, and of what is sent at once.
const (
	queueLimit = 8192
	sendAtOnce = 512
)

// Control sends control events. It is safe for concurrent use.
type Control struct {
	source  string
	codec   *Codec
	ids     map[string]int // topic -> schema id
	newest  map[string]bool
	to      *Publisher
	queue   *queue
	dropped atomic.Int64
	log     *slog.Logger
	cancel  context.CancelFunc
	stopped chan struct{}
}

// OpenControl creates the control topics that are missing, registers their schemas (FULL_TRANSITIVE), and begins
// to send what Send is given. source is the CloudEvents source, a URI reference such as /instances/orders-1. While the
// brokers or the registry are away it tries again, and says so in cfg.Logger, until ctx ends.
func OpenControl(ctx context.Context, cfg kafka.Config, reg *registry.Client, contracts fs.FS, source string) (*Control, error) {
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	codec, err := NewCodec(contracts, reg)
	if err != nil {
		return nil, err
	}
	if err := ensureTopics(ctx, cfg, log); err != nil {
		return nil, err
	}
	ids, err := register(ctx, reg, codec)
	if err != nil {
		return nil, err
	}
	publisher, err := NewPublisher(cfg)
	if err != nil {
		return nil, err
	}
	return newControl(source, codec, ids, publisher, queueLimit, log), nil
}

func newControl(source string, codec *Codec, ids map[string]int, to *Publisher, limit int, log *slog.Logger) *Control {
	c := &Control{
		source: source, codec: codec, ids: ids, newest: make(map[string]bool), to: to,
		queue: newQueue(limit), log: log, stopped: make(chan struct{}),
	}
	for _, t := range controlTopics() {
		c.newest[t.name] = t.newest
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	go c.run(ctx)
	return c
}

func ensureTopics(ctx context.Context, cfg kafka.Config, log *slog.Logger) error {
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		return fmt.Errorf("bus: %w", err)
	}
	defer admin.Close()
	forever := backoff.NewExponentialBackOff(backoff.WithMaxInterval(10*time.Second), backoff.WithMaxElapsedTime(0))
	var said error // the newest failure that is not ctx's own end
	err = backoff.RetryNotify(func() error {
		err := kafka.Classify(admin.EnsureTopics(ctx, ControlTopics()...))
		if ctx.Err() == nil {
			said = err
		}
		if fault.KindOf(err) == fault.Fatal {
			return backoff.Permanent(err)
		}
		return err
	}, backoff.WithContext(forever, ctx), func(err error, wait time.Duration) {
		log.WarnContext(ctx, "the brokers do not answer; trying again", "brokers", strings.Join(cfg.Brokers, ","),
			"in", wait.Round(time.Millisecond), "error", err)
	})
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && said != nil:
		return fault.Transiently(fmt.Errorf("bus: control topics: %w; the last try: %w", context.Cause(ctx), said))
	}
	return fmt.Errorf("bus: control topics: %w", err)
}

func register(ctx context.Context, reg *registry.Client, codec *Codec) (map[string]int, error) {
	ids := make(map[string]int)
	for _, t := range controlTopics() {
		// The level comes first: a schema must never be registered under a weaker one.
		if err := reg.SetLevel(ctx, subject(t.name), avro.FullTransitive); err != nil {
			return nil, fmt.Errorf("bus: %w", err)
		}
		id, err := reg.Register(ctx, subject(t.name), codec.topics[t.name].schema)
		if err != nil {
			return nil, fmt.Errorf("bus: %w", err)
		}
		ids[t.name] = id
	}
	return ids, nil
}

// Send queues an event and never blocks. The event is encoded before Send returns, so that the caller may change
// it afterwards. It is dropped and counted when the queue is full, when Control is closed, or when the event does not fit
// its contract. Of heartbeats and freshness events that wait, only the newest of a key is sent.
func (c *Control) Send(e event.Event) {
	m, err := c.message(e)
	if err != nil {
		c.drop(1, "a control event does not fit its contract", "topic", e.Topic(), "type", e.Type(), "error", err)
		return
	}
	q := queued{topic: e.Topic(), Message: m}
	if c.newest[q.topic] {
		q.newest = q.topic + "\x00" + e.Key()
	}
	if !c.queue.put(q) {
		c.drop(1, "no room for a control event", "topic", q.topic, "type", e.Type())
	}
}

// Dropped counts the events that were not sent since OpenControl.
func (c *Control) Dropped() int64 { return c.dropped.Load() }

func (c *Control) drop(n int, why string, about ...any) {
	total := c.dropped.Add(int64(n))
	// One line for each power of two: a flood of drops must not become a flood of lines.
	if before := total - int64(n); before == 0 || before&total == 0 {
		c.log.Warn(why+": dropped", append(about, "dropped", total)...)
	}
}

// Flush waits until everything that was sent so far is stored or dropped, or ctx ends.
func (c *Control) Flush(ctx context.Context) error {
	if err := c.queue.flush(ctx); err != nil {
		return fmt.Errorf("bus: flush: %w", err)
	}
	return nil
}

// Close takes no more events, sends what is queued until ctx ends, and drops the rest. It may be called more than
// once.
func (c *Control) Close(ctx context.Context) error {
	c.queue.close()
	err := c.Flush(ctx)
	c.cancel()
	closed := c.to.close(ctx) // ends a send that is stuck
	<-c.stopped
	return errors.Join(err, closed)
}

// message makes the CloudEvent, in binary mode, of an event.
func (c *Control) message(e event.Event) (*message.Message, error) {
	t := c.codec.topics[e.Topic()]
	if t == nil {
		return nil, errors.New("no control topic has this name")
	}
	value, err := t.append(avro.AppendFrame(nil, c.ids[e.Topic()]), e)
	if err != nil {
		return nil, err
	}
	// The id is made of the event, so that two platforms which come to the same verdict send one event twice.
	id := uuid.NewSHA1(uuid.NameSpaceURL, append([]byte(contractID(e.Topic())+"\n"), value...))
	m := message.NewMessage(id.String(), value)
	m.Metadata = message.Metadata{
		MetadataKey:               e.Key(),
		event.HeaderCESpecVersion: "1.0",
		event.HeaderCEID:          m.UUID,
		event.HeaderCESource:      c.source,
		event.HeaderCEType:        e.Type(),
		event.HeaderCETime:        e.Time().UTC().Format(time.RFC3339Nano),
		event.HeaderCESubject:     e.Key(),
		event.HeaderCEDataSchema:  contractID(e.Topic()),
		event.HeaderContentType:   "application/avro",
	}
	return m, nil
}

// contractID is the id of a topic's contract: <domain>.<product>.<port>.v<major> as a URN.
func contractID(topic string) string {
	parts := strings.Split(topic, ".")
	last := len(parts) - 1
	parts[last] = strings.TrimPrefix(parts[last], "v")
	return "urn:datamesh:" + strings.Join(parts, ":")
}

// run sends what is queued until ctx ends. The publisher waits for brokers that are away, so that meanwhile the
// queue fills; its errors are those that do not go away by themselves.
func (c *Control) run(ctx context.Context) {
	defer close(c.stopped)
	for taken := c.queue.take(ctx, sendAtOnce); taken != nil; taken = c.queue.take(ctx, sendAtOnce) {
		byTopic := make(map[string][]*message.Message)
		for _, q := range taken {
			q.SetContext(ctx)
			byTopic[q.topic] = append(byTopic[q.topic], q.Message)
		}
		for topic, messages := range byTopic {
			for _, err := range c.to.publish(topic, messages) {
				if err != nil {
					c.drop(1, "a control event cannot be sent", "topic", topic, "error", err)
				}
			}
		}
		c.queue.finish(len(taken))
	}
	if left := c.queue.clear(); left > 0 {
		c.drop(left, "control events were not sent in time")
	}
}
