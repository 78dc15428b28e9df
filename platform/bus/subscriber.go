package bus

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// SubscriberConfig tunes a Subscriber. The zero value works.
type SubscriberConfig struct {
	// Group is the consumer group: its members share the partitions, and what was acknowledged is committed, at
	// least once a second. Empty, every subscription gets every partition from its beginning and nothing is
	// committed.
	Group string
	// NackFirst and NackMost bound the wait before a refused message comes again: it doubles from the first to
	// the most. Defaults 100 ms and 10 s.
	NackFirst, NackMost time.Duration
	// Partitions is what SubscribeInitialize gives a topic that it creates; default 1.
	Partitions int
	// Logger gets read and commit failures; nil drops them.
	Logger *slog.Logger
}

// Subscriber is Watermill's message.Subscriber over Kafka. It is safe for concurrent use.
type Subscriber struct {
	cfg   kafka.Config
	opts  SubscriberConfig
	admin *kafka.Admin

	ctx     context.Context // ends every subscription at Close
	cancel  context.CancelFunc
	mu      sync.Mutex // orders Subscribe and Close
	running sync.WaitGroup
}

var (
	_ message.Subscriber           = (*Subscriber)(nil)
	_ message.SubscribeInitializer = (*Subscriber)(nil)
)

// NewSubscriber connects lazily.
func NewSubscriber(cfg kafka.Config, opts SubscriberConfig) (*Subscriber, error) {
	if opts.NackFirst <= 0 {
		opts.NackFirst = 100 * time.Millisecond
	}
	if opts.NackMost <= 0 {
		opts.NackMost = max(10*time.Second, opts.NackFirst)
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	s := &Subscriber{cfg: cfg, opts: opts, admin: admin}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// Subscribe begins to read a topic and returns at once; a topic that is not there yet is waited for. The channel
// is closed when ctx ends or the subscriber is closed. Each message must be acknowledged or refused; its context
// ends then.
func (s *Subscriber) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return nil, errClosed
	}
	from, err := s.open(topic)
	if err != nil {
		return nil, fmt.Errorf("bus: subscribe to %s: %w", topic, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.ctx, cancel)
	sub := &subscription{
		from: from, out: make(chan *message.Message),
		first: s.opts.NackFirst, most: s.opts.NackMost,
		log: s.opts.Logger.With("topic", topic, "group", s.opts.Group),
	}
	s.running.Go(func() {
		defer cancel()
		defer stop()
		sub.run(ctx)
	})
	return sub.out, nil
}

// SubscribeInitialize creates the topic when it is missing.
func (s *Subscriber) SubscribeInitialize(topic string) error {
	if err := s.admin.EnsureTopics(s.ctx, kafka.Topic{Name: topic, Partitions: s.opts.Partitions}); err != nil {
		return fmt.Errorf("bus: %w", err)
	}
	return nil
}

// Close ends all subscriptions, commits what was acknowledged and closes their channels. It waits for that, but
// not for messages that are neither acknowledged nor refused: those come again. It may be called more than once.
func (s *Subscriber) Close() error {
	s.mu.Lock()
	s.cancel()
	s.mu.Unlock()
	s.running.Wait()
	s.admin.Close()
	return nil
}

// source is where a subscription's records come from.
type source interface {
	Poll(ctx context.Context) ([]*kafka.Record, error)
	Commit(ctx context.Context, records ...*kafka.Record) error
	Close()
}

func (s *Subscriber) open(topic string) (source, error) {
	if s.opts.Group != "" {
		return kafka.NewGroupReader(s.cfg, s.opts.Group, topic)
	}
	r, err := kafka.NewReader(s.cfg, kafka.ReaderOptions{Topics: []string{topic}, Skipped: func(tp kafka.TopicPartition, from, to int64) {
		s.opts.Logger.Error("messages are passed over: their batch is too large when it is decompressed",
			"topic", tp.Topic, "partition", tp.Partition, "from", from, "to", to, "next", "see who wrote it; a larger kafka.Config.MaxBatchBytes would read it")
	}})
	return groupless{r}, err
}

// groupless is a source that has nowhere to commit.
type groupless struct{ *kafka.Reader }

func (groupless) Commit(context.Context, ...*kafka.Record) error { return nil }
