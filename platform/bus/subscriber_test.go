package bus_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// A batch that is too large when it is decompressed is passed over with a word, and what follows it comes.
func TestSubscriberSkipsBombs(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, topic)) // a bomb is for one broker without security
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	cfg := kafka.Config{Brokers: cluster.ListenAddrs()}
	pub, err := bus.NewPublisher(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"before", "after"} {
		if err := pub.Publish(topic, message.NewMessage(name, []byte(name))); err != nil {
			t.Fatal(err)
		}
		if name == "before" {
			kafkatest.Bomb(t, cfg, kafka.TopicPartition{Topic: topic}, kafka.CompressZstd, 2<<20)
		}
	}
	if err := pub.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cfg.MaxBatchBytes = 1 << 20
	sub, err := bus.NewSubscriber(cfg, bus.SubscriberConfig{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	messages, err := sub.Subscribe(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before", "after"} {
		m := <-messages
		if m == nil || string(m.Payload) != want {
			t.Fatalf("got %v, want %s", m, want)
		}
		m.Ack()
	}
	if err := sub.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "passed over") || !strings.Contains(log.String(), "from=1 to=3") {
		t.Errorf("the log says %q", &log)
	}
}
