package server

import (
	"context"
	"fmt"
	"strings"
	"sync"
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

	mu   sync.Mutex
	next int64 // the offset that the next record has if nobody else writes
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

// Ping asks the topic's leader for a sign of life.
func (k *Kafka) Ping(ctx context.Context) error {
	_, err := k.admin.Ends(ctx, StoreTopic) // metadata would do for a broker, but may be an answer of a moment ago
	return err
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
	k.producer.Produce(context.WithoutCancel(ctx), r, func(r *kafka.Record, err error) {
		if err == nil {
			err = k.alone(r.Offset)
		}
		fate <- err
	})
	select {
	case err := <-fate:
		return err
	case <-ctx.Done():
		return fmt.Errorf("append to %s: %w", StoreTopic, ctx.Err())
	}
}

// alone fails when somebody else wrote between our records: what we decided was not decided on all that there is.
func (k *Kafka) alone(offset int64) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	expected := k.next
	k.next = offset + 1
	if offset != expected {
		return fmt.Errorf("topic %s has records of another writer (offset %d where %d was next): run one registry only, and repeat the call", StoreTopic, offset, expected)
	}
	return nil
}

func (k *Kafka) expect(offset int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = offset
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
	first, end, err := k.ends(ctx)
	if err != nil {
		return err
	}
	if err := k.keepsAll(ctx); err != nil {
		return err
	}
	k.expect(end)
	if first == end {
		return nil
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

// keepsAll fails when the brokers let go of records because they are old: schemas would be gone. Who may not see a topic's
// settings is let by.
func (k *Kafka) keepsAll(ctx context.Context) error {
	const policy = "cleanup.policy"
	settings, err := k.admin.TopicSettings(ctx, []string{policy}, []string{StoreTopic})
	if err != nil {
		return nil //nolint:nilerr // reading goes on, and says so itself when it cannot
	}
	if set := settings[StoreTopic][policy].Value; strings.Contains(set, "delete") {
		return fmt.Errorf("topic %s has %s=%s, so that old schemas get lost: set it to compact", StoreTopic, policy, set)
	}
	return nil
}

// ends are the offsets of the first record and after the last one. Offsets that were compacted away at the very end do not
// occur: compaction leaves the newest record of the log.
func (k *Kafka) ends(ctx context.Context) (first, end int64, err error) {
	switch n, err := k.admin.Partitions(ctx, StoreTopic); {
	case err != nil:
		return 0, 0, err
	case n != 1:
		return 0, 0, fmt.Errorf("topic %s has %d partitions, but the order of its records needs exactly one: name another cluster or delete the topic", StoreTopic, n)
	}
	starts, err := k.admin.Starts(ctx, StoreTopic)
	if err != nil {
		return 0, 0, err
	}
	ends, err := k.admin.Ends(ctx, StoreTopic)
	if err != nil {
		return 0, 0, err
	}
	tp := kafka.TopicPartition{Topic: StoreTopic}
	return starts[tp], ends[tp], nil
}
