package bus_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

const topic = "messages"

// written puts records on a fresh topic and gives them back as messages.
func written(t *testing.T, records ...*kafka.Record) (kafka.Config, []*message.Message) {
	t.Helper()
	cfg := broker(t)
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if err := admin.EnsureTopics(t.Context(), kafka.Topic{Name: topic, Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	producer, err := kafka.NewProducer(cfg, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	for _, r := range records {
		r.Topic = topic
	}
	if err := producer.ProduceSync(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
	return cfg, received(t, cfg, topic, len(records))
}

// A record that no bus wrote is a message too, with the same UUID whenever it is read.
func TestForeignRecords(t *testing.T) {
	header := func(key, value string) kafka.Header { return kafka.Header{Key: key, Value: []byte(value)} }
	_, got := written(t,
		&kafka.Record{Value: []byte("plain")},
		&kafka.Record{Key: []byte("k"), Value: []byte("event"), Headers: []kafka.Header{header("ce_id", "e-1"), header("a", "1"), header("a", "2")}},
		&kafka.Record{Key: []byte("k")},
		&kafka.Record{Key: []byte{}, Value: []byte{}, Headers: []kafka.Header{header(bus.MetadataKey, "not the key"), header(bus.MetadataOffset, "99")}},
	)
	for i, want := range []struct {
		uuid, key string
		keyed     bool
		tombstone bool
	}{
		{uuid: topic + "/0/0"},
		{uuid: "e-1", key: "k", keyed: true},
		{uuid: topic + "/0/2", key: "k", keyed: true, tombstone: true},
		{uuid: topic + "/0/3", keyed: true},
	} {
		m := got[i]
		key, keyed := m.Metadata[bus.MetadataKey]
		if m.UUID != want.uuid || key != want.key || keyed != want.keyed || (m.Payload == nil) != want.tombstone {
			t.Errorf("message %d: %s %q %v %v; want %+v", i, m.UUID, key, keyed, m.Payload, want)
		}
		if at, ok := bus.CoordinatesOf(m); !ok || at.Offset != int64(i) {
			t.Errorf("message %d: coordinates %+v, %v", i, at, ok)
		}
	}
	if got[1].Metadata["a"] != "2" {
		t.Errorf("of a header that is there twice %q counts", got[1].Metadata["a"])
	}
	if _, ok := bus.CoordinatesOf(message.NewMessage("x", nil)); ok {
		t.Error("a message that was never received has coordinates")
	}
}

// A message that was received can be sent on: what it says stays, where it stood does not.
func TestSendOn(t *testing.T) {
	cfg, got := written(t, &kafka.Record{
		Key: []byte("k"), Value: []byte("v"), Headers: []kafka.Header{{Key: "h", Value: []byte("1")}},
	})
	pub, err := bus.NewPublisher(cfg)
	if err != nil {
		t.Fatal(err)
	}
	tombstone := message.NewMessage("gone", nil)
	tombstone.Metadata.Set(bus.MetadataKey, "k")
	if err := pub.Publish(topic, got[0].Copy(), tombstone); err != nil {
		t.Fatal(err)
	}
	if err := pub.Close(); err != nil {
		t.Fatal(err)
	}
	if err := pub.Publish(topic, message.NewMessage("late", nil)); err == nil {
		t.Error("a closed publisher took a message")
	}
	reader, err := kafka.NewReader(cfg, kafka.ReaderOptions{Topics: []string{topic}})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var records []*kafka.Record
	for len(records) < 3 {
		more, err := reader.Poll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, more...)
	}
	names := make(map[string]string)
	for _, h := range records[1].Headers {
		names[h.Key] = string(h.Value)
	}
	if want := map[string]string{"h": "1", bus.HeaderMessageUUID: topic + "/0/0"}; !maps.Equal(names, want) {
		t.Errorf("headers %v; want %v", names, want)
	}
	if r := records[2]; r.Value != nil || !slices.Equal(r.Key, []byte("k")) {
		t.Errorf("the tombstone is %q = %v", r.Key, r.Value)
	}
}

// A subscriber closes in time although its brokers are gone and a message is not settled.
func TestCloseWithoutBrokers(t *testing.T) {
	for _, group := range []string{"", "g"} {
		cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		defer cluster.Close()
		pub, sub := pubSub(t, kafka.Config{Brokers: cluster.ListenAddrs()}, group)
		defer pub.Close()
		if err := sub.(message.SubscribeInitializer).SubscribeInitialize(topic); err != nil {
			t.Fatal(err)
		}
		messages, err := sub.Subscribe(t.Context(), topic)
		if err != nil {
			t.Fatal(err)
		}
		if err := pub.Publish(topic, message.NewMessage("1", nil), message.NewMessage("2", nil)); err != nil {
			t.Fatal(err)
		}
		(<-messages).Ack()
		<-messages
		cluster.Close()
		begun := time.Now()
		if err := sub.Close(); err != nil {
			t.Error(err)
		}
		if _, open := <-messages; open {
			t.Error("the channel is still open")
		}
		t.Logf("group %q: closed in %v", group, time.Since(begun).Round(time.Millisecond))
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("group %q: Close took %v", group, took)
		}
	}
}
