package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// closeTimeout bounds what Publisher.Close waits for.
const closeTimeout = 5 * time.Second

var errClosed = errors.New("bus: closed")

// Publisher is Watermill's message.Publisher over Kafka. It is safe for concurrent use.
type Publisher struct {
	producer *kafka.Producer
	closed   atomic.Bool
}

var _ message.Publisher = (*Publisher)(nil)

// NewPublisher connects lazily. Topics must exist.
func NewPublisher(cfg kafka.Config) (*Publisher, error) {
	producer, err := kafka.NewProducer(cfg, kafka.ProducerOptions{})
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	return &Publisher{producer: producer}, nil
}

// Publish writes the messages and blocks until each is held by all in-sync replicas or has failed; it gives the
// failures, marked by kafka.Classify. Messages of one key keep their order. While no broker answers it goes on trying. A
// message whose context ends fails only while no broker can have it; Close ends the others.
func (p *Publisher) Publish(topic string, messages ...*message.Message) error {
	return errors.Join(p.publish(topic, messages)...)
}

// publish gives the fate of each message: nil is stored.
func (p *Publisher) publish(topic string, messages []*message.Message) []error {
	fates := make([]error, len(messages))
	if p.closed.Load() {
		for i := range fates {
			fates[i] = errClosed
		}
		return fates
	}
	var wg sync.WaitGroup
	for i, m := range messages {
		wg.Add(1)
		p.producer.Produce(m.Context(), toRecord(topic, m), func(_ *kafka.Record, err error) {
			defer wg.Done()
			if err != nil {
				fates[i] = fmt.Errorf("bus: publish message %s to %s: %w", m.UUID, topic, kafka.Classify(err))
			}
		})
	}
	wg.Wait()
	return fates
}

// Close waits up to five seconds for messages that are under way. It may be called more than once.
func (p *Publisher) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return p.close(ctx)
}

// close waits until ctx ends; what is under way then fails.
func (p *Publisher) close(ctx context.Context) error {
	if p.closed.Swap(true) {
		return nil
	}
	defer p.producer.Close()
	if err := p.producer.Flush(ctx); err != nil {
		return fmt.Errorf("bus: close publisher: %w", err)
	}
	return nil
}
