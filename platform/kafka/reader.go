package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Bounds of what a reader waits for and holds in memory.
const (
	fetchWait           = 250 * time.Millisecond
	fetchBytes          = 16 << 20
	fetchPartitionBytes = 1 << 20
)

// From says where a Reader starts.
type From uint8

const (
	// Start is the first offset there is.
	Start From = iota
	// End is what comes from now on.
	End
)

// ReaderOptions say what a Reader reads.
type ReaderOptions struct {
	// Topics are read whole, all partitions, from From on.
	Topics []string
	From   From
	// Offsets, where given, are read instead of Topics: these partitions from these offsets.
	Offsets map[TopicPartition]int64
	// Uncommitted also reads records of open and aborted transactions.
	Uncommitted bool
	// Control also gives the markers that end transactions, whose Attrs.IsControl holds: who wants to know how far a
	// partition was read needs them, since they take offsets too.
	Control bool
	// Skipped makes the reader pass over a batch that is larger than Config.MaxBatchBytes when it is decompressed, as a
	// Session does. Poll calls it with the batch's offsets, [from, to), before it gives the records that come before them.
	// Where it is nil such a batch is an error of Poll, and of every Poll after it.
	Skipped func(tp TopicPartition, from, to int64)
}

// Reader reads topics without a group and commits nothing.
type Reader struct {
	cl      *kgo.Client
	cfg     Config
	skipped func(tp TopicPartition, from, to int64)
	stopped error // a partition is not read on
}

// NewReader connects lazily. A topic that is not there yet is waited for.
func NewReader(cfg Config, o ReaderOptions) (*Reader, error) {
	at := kgo.NewOffset().AtStart()
	if o.From == End {
		at = kgo.NewOffset().AtEnd()
	}
	opts := append(consuming(o.Uncommitted), kgo.ConsumeStartOffset(at), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if o.Control {
		opts = append(opts, kgo.KeepControlRecords())
	}
	if len(o.Offsets) > 0 {
		parts := make(map[string]map[int32]kgo.Offset)
		for tp, offset := range o.Offsets {
			if parts[tp.Topic] == nil {
				parts[tp.Topic] = make(map[int32]kgo.Offset)
			}
			parts[tp.Topic][tp.Partition] = kgo.NewOffset().At(offset)
		}
		opts = append(opts, kgo.ConsumePartitions(parts))
	} else {
		opts = append(opts, kgo.ConsumeTopics(o.Topics...))
	}
	cl, err := cfg.client(opts...)
	if err != nil {
		return nil, err
	}
	return &Reader{cl: cl, cfg: cfg, skipped: o.Skipped}, nil
}

func consuming(uncommitted bool) []kgo.Opt {
	level := kgo.ReadCommitted()
	if uncommitted {
		level = kgo.ReadUncommitted()
	}
	return []kgo.Opt{
		kgo.FetchIsolationLevel(level),
		// A commit does not wake a waiting fetch everywhere (the embedded broker does not), so this bounds how
		// late a reader sees it.
		kgo.FetchMaxWait(fetchWait),
		kgo.FetchMaxBytes(fetchBytes),
		kgo.FetchMaxPartitionBytes(fetchPartitionBytes),
		kgo.MaxConcurrentFetches(2),
	}
}

// Poll waits for records and gives them, per partition in order. It gives ctx's error when that ends first. There may be
// none without an error, where a broker did not answer or a batch was skipped. It is for one goroutine.
func (r *Reader) Poll(ctx context.Context) ([]*Record, error) {
	if r.stopped != nil {
		return nil, r.stopped
	}
	fetches := r.cl.PollFetches(ctx)
	for _, f := range fetches {
		for _, t := range f.Topics {
			for i := range t.Partitions {
				r.tooLarge(t.Topic, &t.Partitions[i])
			}
		}
	}
	return r.cfg.polled(ctx, fetches, "")
}

// tooLarge passes over a batch that is too large, or notes that this is the end: the library says so once, and reads the
// partition no more.
func (r *Reader) tooLarge(topic string, p *kgo.FetchPartition) {
	large, ok := errors.AsType[*kgo.ErrDecompressTooLarge](p.Err)
	switch {
	case !ok:
	case r.skipped == nil:
		r.stopped = fmt.Errorf("read %s/%d: %w", topic, p.Partition, p.Err)
	default:
		p.Err = nil
		r.cl.SetOffsets(map[string]map[int32]kgo.EpochOffset{topic: {p.Partition: {Epoch: -1, Offset: large.NextOffset}}})
		r.skipped(TopicPartition{topic, p.Partition}, large.Offset, large.NextOffset)
	}
}

// Close stops reading.
func (r *Reader) Close() { r.cl.Close() }

// polled unpacks a fetch. The library goes on by itself after errors that may heal, so only the others count.
func (c Config) polled(ctx context.Context, fetches kgo.Fetches, group string) ([]*Record, error) {
	records := fetches.Records()
	if len(records) > 0 {
		return records, nil
	}
	for _, f := range fetches.Errors() {
		switch {
		case errors.Is(f.Err, context.Canceled), errors.Is(f.Err, context.DeadlineExceeded):
			return nil, f.Err
		case errors.Is(f.Err, kgo.ErrClientClosed), !kerr.IsRetriable(f.Err):
			return nil, fmt.Errorf("read %s/%d: %w", f.Topic, f.Partition, c.denied(f.Err, toRead(f.Topic), toJoin(group)))
		}
	}
	return nil, ctx.Err()
}
