package kafka_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// broker starts a fake broker with topics of two partitions.
func broker(t *testing.T, topics ...string) kafka.Config {
	t.Helper()
	_, cfg := cluster(t, topics...)
	return cfg
}

// cluster is broker for tests that have a say in what it answers.
func cluster(t *testing.T, topics ...string) (*kfake.Cluster, kafka.Config) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topics...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster, kafka.Config{Brokers: cluster.ListenAddrs()}
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func fill(t *testing.T, cfg kafka.Config, topic string, partition int32, values ...string) {
	t.Helper()
	p, err := kafka.NewProducer(cfg, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, v := range values {
		r := &kafka.Record{Topic: topic, Value: []byte(v)}
		kafka.Pin(r, partition)
		if err := p.ProduceSync(deadline(t), r); err != nil {
			t.Fatal(err)
		}
	}
}

// readAll reads what a reader of committed records sees, up to the topic's end.
func readAll(t *testing.T, cfg kafka.Config, topic string) []string {
	t.Helper()
	ctx := deadline(t)
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ends, err := admin.Ends(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	// A marker behind everything tells where to stop, whatever transaction markers are in between.
	stop := fmt.Sprintf("stop-%d", time.Now().UnixNano())
	for tp := range ends {
		fill(t, cfg, topic, tp.Partition, stop)
	}
	r, err := kafka.NewReader(cfg, kafka.ReaderOptions{Topics: []string{topic}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var values []string
	for stops := 0; stops < len(ends); {
		records, err := r.Poll(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range records {
			if string(rec.Value) == stop {
				stops++
			} else {
				values = append(values, string(rec.Value))
			}
		}
	}
	return values
}
