package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// Limits of what a producer holds before it blocks.
const (
	producerRecords = 50_000
	producerBytes   = 32 << 20
)

// ProducerOptions tune a Producer. The zero value works.
type ProducerOptions struct {
	// Linger is how long a record waits for company; default 5 ms.
	Linger time.Duration
	// Deliver bounds how long a record waits to be sent, for an unknown topic too; 0 is for ever. It does not
	// bound one that was sent and not answered: taking that back could duplicate it, so it is tried until Close.
	Deliver time.Duration
}

// Producer writes records idempotently: acknowledged by all in-sync replicas, each once, in order per
// partition. A record goes where its key hashes (as Java's client does), unless Pin names its partition.
type Producer struct {
	cl  *kgo.Client
	cfg Config
}

// NewProducer connects lazily.
func NewProducer(cfg Config, o ProducerOptions) (*Producer, error) {
	cl, err := cfg.client(append(producing(), lingering(o)...)...)
	if err != nil {
		return nil, err
	}
	return &Producer{cl, cfg}, nil
}

func producing() []kgo.Opt {
	return []kgo.Opt{
		kgo.RecordPartitioner(partitioner()),
		kgo.MaxBufferedRecords(producerRecords),
		kgo.MaxBufferedBytes(producerBytes),
		kgo.UnknownTopicRetries(20),
		kgo.ProducerBatchMaxBytesFn(batchBytes),
	}
}

// Batches are as large as a topic takes by default; topics that hold whole records of others, headers added,
// take more (RejectBytes).
const topicBytes = 1_000_000

// batchRoom is what the client may add around a record, and more.
const batchRoom = 1024

// MaxRecordBytes is how large a record's key, value and headers may be together to fit a port's topic, whatever the
// client adds around them.
const MaxRecordBytes = topicBytes - batchRoom

// Fits says whether a record fits a topic that takes batches of so many bytes.
func Fits(r *Record, batch int) bool { return Size(r) <= batch-batchRoom }

// Size is the length of a record's key, value and headers together.
func Size(r *Record) int {
	n := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value) + 8
	}
	return n
}

// RejectBytes is the max.message.bytes of dead letter and replay topics.
const RejectBytes = 8 << 20

func batchBytes(topic string) int32 {
	if event.HoldsRejects(topic) {
		return RejectBytes
	}
	return topicBytes
}

func lingering(o ProducerOptions) []kgo.Opt {
	linger := o.Linger
	if linger == 0 {
		linger = 5 * time.Millisecond
	}
	opts := []kgo.Opt{kgo.ProducerLinger(linger)}
	if o.Deliver > 0 {
		opts = append(opts, kgo.RecordDeliveryTimeout(o.Deliver))
	}
	return opts
}

// Produce hands over a record and calls done once, where it is given, from another goroutine, when its fate is known. It blocks
// while the buffer is full.
func (p *Producer) Produce(ctx context.Context, r *Record, done func(*Record, error)) {
	p.cl.Produce(ctx, r, func(r *Record, err error) {
		if done != nil {
			done(r, p.cfg.unwritten(r, err))
		}
	})
}

// ProduceSync writes records and waits for all of them, or until ctx ends; it gives the first error. After ctx
// ended, a record that was on its way may still be written: the idempotent producer cannot take it back.
func (p *Producer) ProduceSync(ctx context.Context, rs ...*Record) error {
	results := make(chan error, len(rs))
	for _, r := range rs {
		p.cl.Produce(ctx, r, func(r *Record, err error) {
			if err = p.cfg.unwritten(r, err); err != nil {
				err = fmt.Errorf("produce to %s: %w", r.Topic, err)
			}
			results <- err
		})
	}
	for range rs {
		select {
		case err := <-results:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return fmt.Errorf("produce to %s: %w", rs[0].Topic, ctx.Err())
		}
	}
	return nil
}

// unwritten explains why a record was not written.
func (c Config) unwritten(r *Record, err error) error {
	return c.denied(err, toWrite(r.Topic))
}

// Flush waits until every record's fate is known.
func (p *Producer) Flush(ctx context.Context) error { return p.cl.Flush(ctx) }

// Close drops what is not flushed.
func (p *Producer) Close() { p.cl.Close() }
