package bus_test

import (
	"os"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/tests"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// The suites are Watermill's own, on a connection to an embedded broker, or with the tag integration to a real one. They run in their short form; with
// TIDEMARK_LONG set they send a hundred times as much through five times as many subscribers.
var short = os.Getenv("TIDEMARK_LONG") == ""

// Four partitions, so that members of a group have something to share and order is a question.
const partitions = 4

func TestPubSubWithGroup(t *testing.T) {
	cfg := broker(t)
	grouped := func(t *testing.T, group string) (message.Publisher, message.Subscriber) {
		return pubSub(t, cfg, group)
	}
	tests.TestPubSub(t, tests.Features{
		ConsumerGroups:  true,
		GuaranteedOrder: true,
		// A rebalance in the middle delivers again what was not committed.
		GuaranteedOrderWithSingleSubscriber: true,
		Persistent:                          true,
		ForceShort:                          short,
	}, func(t *testing.T) (message.Publisher, message.Subscriber) { return grouped(t, "suite") }, grouped)
}

func TestPubSubWithoutGroup(t *testing.T) {
	cfg := broker(t)
	tests.TestPubSub(t, tests.Features{
		GuaranteedOrder:                  true,
		Persistent:                       true,
		NewSubscriberReceivesOldMessages: true,
		ForceShort:                       short,
	}, func(t *testing.T) (message.Publisher, message.Subscriber) { return pubSub(t, cfg, "") }, nil)
}

func broker(t *testing.T) kafka.Config {
	t.Helper()
	return kafkatest.Start(t).Config
}

func pubSub(t *testing.T, cfg kafka.Config, group string) (message.Publisher, message.Subscriber) {
	t.Helper()
	pub, err := bus.NewPublisher(cfg)
	if err != nil {
		t.Fatal(err)
	}
	sub, err := bus.NewSubscriber(cfg, bus.SubscriberConfig{
		Group: group, Partitions: partitions, NackFirst: time.Millisecond, NackMost: 10 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	// The suites leave some open, and a group with members cannot be deleted.
	t.Cleanup(func() { _, _ = pub.Close(), sub.Close() })
	return keyed{pub}, sub
}

// keyed gives each message its payload as its key: the suite's order is an order per payload, as Kafka's is an
// order per key.
type keyed struct{ message.Publisher }

func (k keyed) Publish(topic string, messages ...*message.Message) error {
	with := make([]*message.Message, len(messages))
	for i, m := range messages {
		with[i] = m.Copy()
		with[i].Metadata.Set(bus.MetadataKey, string(m.Payload))
	}
	return k.Publisher.Publish(topic, with...)
}
