package server

import (
	"context"
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// StoreTopic is the topic of KafkaStore, the one that Confluent's registry uses.
const StoreTopic = "_schemas"

// Kafka is a Store in one compacted partition. Close it after the server is done.
type Kafka struct {
	cfg      kafka.Config
	admin    *kafka.Admin
	producer *kafka.Producer
}

// KafkaStore connects lazily. Load creates the topic when it is missing.
func KafkaStore(cfg kafka.Config) (*Kafka, error) {
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		return nil, err
	}
	producer, err := kafka.NewProducer(cfg, kafka.ProducerOptions{Linger: time.Microsecond})
	if err != nil {
		admin.Close()
		return nil, err
	}
	return &Kafka{cfg: cfg, admin: admin, producer: producer}, nil
}

// Close lets go of the connections.
func (k *Kafka) Close() {
	k.producer.Close()
	k.admin.Close()
}

// Append waits until all in-sync replicas hold the record, or ctx ends. Then the record is still under way, since
// an idempotent producer cannot take back what a broker may have: Load waits for its fate.
func (k *Kafka) Append(ctx context.Context, key, value []byte) error {
	r := &kafka.Record{Topic: StoreTopic, Key: key, Value: value}
	kafka.Pin(r, 0)
	fate := make(chan error, 1)
	k.producer.Produce(context.WithoutCancel(ctx), r, func(_ *kafka.Record, err error) { fate <- err })
	select {
	case err := <-fate:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Load reads the partition to its end.
func (k *Kafka) Load(ctx context.Context, each func(key, value []byte) error) error {
	// A record whose append was given up may still be under way: its fate must be known first.
	if err := k.producer.Flush(ctx); err != nil {
		return fmt.Errorf("load %s: %w", StoreTopic, err)
	}
	if err := k.ensureTopic(ctx); err != nil {
		return err
	}
	end, err := k.end(ctx)
	if err != nil || end == 0 {
		return err
	}
	reader, err := kafka.NewReader(k.cfg, kafka.ReaderOptions{Topics: []string{StoreTopic}})
	if err != nil {
		return err
	}
	defer reader.Close()
	for next := int64(0); next < end; {
		records, err := reader.Poll(ctx)
		if err != nil {
			return fmt.Errorf("load %s: %w", StoreTopic, err)
		}
		for _, r := range records {
			if r.Offset >= end {
				return nil
			}
			if err := each(r.Key, r.Value); err != nil {
				return fmt.Errorf("load %s: offset %d: %w", StoreTopic, r.Offset, err)
			}
			next = r.Offset + 1
		}
	}
	return nil
}

func (k *Kafka) ensureTopic(ctx context.Context) error {
	return k.admin.EnsureTopics(ctx, kafka.Topic{
		Name: StoreTopic, Partitions: 1, Config: map[string]string{"cleanup.policy": "compact"},
	})
}

// end is the offset after the last record, 0 when there is none. Offsets that were compacted away at the very end
// do not occur: compaction leaves the newest record of the log.
func (k *Kafka) end(ctx context.Context) (int64, error) {
	switch n, err := k.admin.Partitions(ctx, StoreTopic); {
	case err != nil:
		return 0, err
	case n != 1:
		return 0, fmt.Errorf("topic %s has %d partitions, but the order of its records needs exactly one: name another cluster or delete the topic", StoreTopic, n)
	}
	first, err := k.admin.Starts(ctx, StoreTopic)
	if err != nil {
		return 0, err
	}
	ends, err := k.admin.Ends(ctx, StoreTopic)
	if err != nil {
		return 0, err
	}
	tp := kafka.TopicPartition{Topic: StoreTopic}
	if first[tp] == ends[tp] {
		return 0, nil
	}
	return ends[tp], nil
}
