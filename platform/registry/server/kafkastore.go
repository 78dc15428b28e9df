package server

import (
	"context"
	"fmt"
	"sync"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// StoreTopic is the topic of KafkaStore, the one that Confluent's registry uses.
const StoreTopic = "_schemas"

// StoreWriter is the transactional id of whoever writes StoreTopic. It is the same for every process: that is what makes the
// brokers refuse all but the one that took it last.
const StoreWriter = "tidemark-registry." + StoreTopic

// Kafka is a Store in one compacted partition. Close it after the server is done.
//
// Several processes may have one on the same topic. Load fences the others before it reads, so that nobody can append to
// what it has read; each append is a transaction, which the brokers commit only as long as nobody else called Load.
type Kafka struct {
	cfg   kafka.Config
	admin *kafka.Admin

	mu     sync.Mutex // held through Append and Load: a transaction is for one goroutine
	writer *kafka.TxProducer
	next   int64 // the offset that the next record has if nobody else writes
}

// KafkaStore connects lazily. Load creates the topic when it is missing.
func KafkaStore(cfg kafka.Config) (*Kafka, error) {
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		return nil, err
	}
	return &Kafka{cfg: cfg, admin: admin}, nil
}

// Ping asks the topic's leader for a sign of life.
func (k *Kafka) Ping(ctx context.Context) error {
	_, err := k.admin.Ends(ctx, StoreTopic) // metadata would do for a broker, but may be an answer of a moment ago
	return err
}

// Close lets go of the connections.
func (k *Kafka) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.resign()
	k.admin.Close()
}

// Append waits until all in-sync replicas hold the records and the transaction is committed, or ctx ends.
func (k *Kafka) Append(ctx context.Context, records ...Record) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.writer == nil {
		return fmt.Errorf("append to %s: %w", StoreTopic, ErrNotWriter)
	}
	if len(records) == 0 {
		return nil
	}
	if err := k.transact(ctx, records); err != nil {
		// What is left open is aborted when the next writer fences this one, or when it times out.
		k.resign()
		return fmt.Errorf("append to %s: %w", StoreTopic, err)
	}
	return nil
}

func (k *Kafka) transact(ctx context.Context, records []Record) error {
	if err := k.stage(ctx, records); err != nil {
		if ctx.Err() != nil {
			return err
		}
		// Nobody asked for a commit: whatever the reason is, nothing is stored.
		return fmt.Errorf("%w: %w", ErrNotWriter, err)
	}
	if err := k.writer.Commit(ctx); err != nil {
		if kafka.Fenced(err) {
			return fmt.Errorf("%w: %w", ErrNotWriter, err)
		}
		return err
	}
	return nil
}

// stage writes the records in a transaction that is not committed yet.
//
// Transactions fence each other, but an older Tidemark and other registries write without: a record of theirs shows as a gap
// before ours, and ours is then not committed.
func (k *Kafka) stage(ctx context.Context, records []Record) error {
	if err := k.writer.Begin(); err != nil {
		return err
	}
	staged := make([]*kafka.Record, len(records))
	for i, r := range records {
		staged[i] = &kafka.Record{Topic: StoreTopic, Key: r.Key, Value: r.Value}
		kafka.Pin(staged[i], 0)
		k.writer.Produce(ctx, staged[i], nil)
	}
	if err := k.writer.Flush(ctx); err != nil {
		return err
	}
	for _, r := range staged {
		if r.Offset != k.next {
			return fmt.Errorf("a record got offset %d where %d was next", r.Offset, k.next)
		}
		k.next++
	}
	k.next++ // the marker of the transaction's end
	return nil
}

// Load takes the writer's role and reads the partition to its end.
func (k *Kafka) Load(ctx context.Context, each func(Record) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.resign()
	if err := k.ensureTopic(ctx); err != nil {
		return err
	}
	if err := k.keepsAll(ctx); err != nil {
		return err
	}
	writer, err := kafka.NewTxProducer(k.cfg, StoreWriter)
	if err != nil {
		return err
	}
	// Before the end is asked for: from here on, nobody else appends, and what others had under way is decided.
	if err := writer.Fence(ctx); err != nil {
		writer.Close()
		return fmt.Errorf("load %s: %w", StoreTopic, err)
	}
	end, err := k.read(ctx, each)
	if err != nil {
		writer.Close()
		return err
	}
	k.writer, k.next = writer, end
	return nil
}

// read gives every committed record, and the offset after the last one.
func (k *Kafka) read(ctx context.Context, each func(Record) error) (int64, error) {
	first, end, err := k.ends(ctx)
	if err != nil || first == end {
		return end, err
	}
	// The last offset is a marker's as a rule.
	reader, err := kafka.NewReader(k.cfg, kafka.ReaderOptions{Topics: []string{StoreTopic}, Control: true})
	if err != nil {
		return 0, err
	}
	defer reader.Close()
	for next := first; next < end; {
		records, err := reader.Poll(ctx)
		if err != nil {
			return 0, fmt.Errorf("load %s: %w", StoreTopic, err)
		}
		for _, r := range records {
			if r.Offset >= end {
				return end, nil
			}
			next = r.Offset + 1
			if r.Attrs.IsControl() {
				continue
			}
			if err := each(Record{r.Key, r.Value}); err != nil {
				return 0, fmt.Errorf("load %s: offset %d: %w", StoreTopic, r.Offset, err)
			}
		}
	}
	return end, nil
}

// resign gives up the role until the next Load.
func (k *Kafka) resign() {
	if k.writer != nil {
		k.writer.Close()
		k.writer = nil
	}
}
