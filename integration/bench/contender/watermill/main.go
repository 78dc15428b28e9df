// Command watermill decodes, checks and forwards with a Watermill router over its Kafka pub/sub. Its publisher waits for
// the broker with each message, so a router handles as many at once as there are partitions.
package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/IBM/sarama"
	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-kafka/v3/pkg/kafka"
	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
)

func main() { job.Main(run) }

// keyed keeps the record's key, which Watermill's default marshaler drops.
func keyed() kafka.MarshalerUnmarshaler {
	return kafka.NewWithPartitioningMarshaler(func(_ string, m *message.Message) (string, error) { return m.Metadata.Get("key"), nil })
}

type unmarshal struct{ kafka.MarshalerUnmarshaler }

func (u unmarshal) Unmarshal(m *sarama.ConsumerMessage) (*message.Message, error) {
	out, err := u.MarshalerUnmarshaler.Unmarshal(m)
	if err == nil {
		out.Metadata.Set("key", string(m.Key))
	}
	return out, err
}

func run(ctx context.Context, j job.Job) error {
	logger := watermill.NopLogger{}
	marshaler := unmarshal{keyed()}
	consumer := kafka.DefaultSaramaSubscriberConfig()
	consumer.Consumer.Offsets.Initial = sarama.OffsetOldest
	sub, err := kafka.NewSubscriber(kafka.SubscriberConfig{
		Brokers: j.Brokers, Unmarshaler: marshaler, ConsumerGroup: j.Group(), OverwriteSaramaConfig: consumer,
	}, logger)
	if err != nil {
		return fmt.Errorf("open the subscriber: %w", err)
	}
	pub, err := kafka.NewPublisher(kafka.PublisherConfig{Brokers: j.Brokers, Marshaler: marshaler}, logger)
	if err != nil {
		return fmt.Errorf("open the publisher: %w", err)
	}
	checkers := sync.Pool{New: func() any {
		c, _ := job.NewChecker() // the schema is embedded: a test parses it
		return c
	}}
	router, err := message.NewRouter(message.RouterConfig{}, logger)
	if err != nil {
		return fmt.Errorf("make the router: %w", err)
	}
	router.AddConsumerHandler("orders", j.Input(), sub, func(m *message.Message) error {
		if j.Check {
			c, ok := checkers.Get().(*job.Checker)
			if !ok {
				return fmt.Errorf("no checker")
			}
			err := c.Check([]byte(m.Metadata.Get("key")), m.Payload)
			checkers.Put(c)
			if err != nil {
				m.Metadata.Set("reason", err.Error())
				return pub.Publish(j.DeadLetters(), m)
			}
		}
		return pub.Publish(j.Output(), m)
	})
	return router.Run(ctx)
}
