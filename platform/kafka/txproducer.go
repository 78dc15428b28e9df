package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// transactionTimeout bounds how long a crash in a transaction blocks readers of committed records.
const transactionTimeout = 15 * time.Second

// abortTimeout bounds how long giving up a transaction may take.
const abortTimeout = 5 * time.Second

// Checkpoint is a group's offsets that are committed with a transaction. The group has no members: its offsets
// are a place to keep a position, at most 4 KiB of metadata each.
type Checkpoint struct {
	Group   string
	Offsets map[TopicPartition]Committed

	// Of a group that has members, whose commit it is.
	member, static string
	generation     int32
	epochs         map[TopicPartition]int32
}

// TxProducer writes records and a checkpoint in transactions. It is for one goroutine but for the callbacks.
// Opening one with the same transactional id fences the older.
type TxProducer struct {
	cl  *kgo.Client
	cfg Config
	id  string

	topics settled

	mu     sync.Mutex
	err    error // the first record that failed in this transaction
	writer writer
	sent   int
}

// NewTxProducer connects lazily.
func NewTxProducer(cfg Config, id string) (*TxProducer, error) {
	opts := append(producing(), kgo.TransactionalID(id), kgo.TransactionTimeout(transactionTimeout))
	cl, err := cfg.client(opts...)
	if err != nil {
		return nil, err
	}
	return &TxProducer{cl: cl, cfg: cfg, id: id}, nil
}

// Begin starts a transaction.
func (p *TxProducer) Begin() error {
	p.err, p.writer, p.sent = nil, writer{}, 0
	if err := p.cl.BeginTransaction(); err != nil {
		return fmt.Errorf("begin transaction %s: %w", p.id, p.cfg.denied(err, toTransact(p.id)))
	}
	return nil
}

// Produce adds a record to the transaction; done may be nil. A failure shows at Commit as well.
func (p *TxProducer) Produce(ctx context.Context, r *Record, done func(*Record, error)) {
	p.sent++
	p.cl.Produce(ctx, r, func(r *Record, err error) {
		if err == nil {
			p.topics.wrote(r)
			p.mu.Lock()
			p.writer.wrote(r)
			p.mu.Unlock()
		} else {
			err = p.cfg.denied(err, toWrite(r.Topic), toTransact(p.id))
			p.mu.Lock()
			if p.err == nil {
				p.err = fmt.Errorf("produce to %s: %w", r.Topic, err)
			}
			p.mu.Unlock()
		}
		if done != nil {
			done(r, err)
		}
	})
}

// Fence ends whatever an earlier producer with the same transactional id left open: once it gives nil, that
// one can commit no more, and what it committed can be read.
func (p *TxProducer) Fence(ctx context.Context) error {
	if _, _, err := p.cl.ProducerID(ctx); err != nil {
		return fmt.Errorf("fence transactional id %s: %w", p.id, p.cfg.denied(err, toTransact(p.id)))
	}
	return nil
}

// Flush waits until every record of the transaction has its offset, and gives the first failure.
func (p *TxProducer) Flush(ctx context.Context) error {
	if err := p.cl.Flush(ctx); err != nil {
		return err
	}
	if err := p.topics.wait(ctx, p.cl); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		return p.writer.whole()
	}
	return p.err
}

// Commit ends the transaction with its records and the checkpoints, all or nothing. On any error the
// transaction is aborted as far as that is possible, and the producer must be closed and opened anew. Where the broker did not say
// what became of it, it may count all the same: an open with the same id, and a look at the checkpoint, tells.
func (p *TxProducer) Commit(ctx context.Context, checkpoints ...Checkpoint) error {
	err := p.Flush(ctx)
	if err == nil && p.sent == 0 && len(checkpoints) > 0 {
		err = errors.New("a checkpoint needs at least one record in its transaction")
	}
	for _, c := range checkpoints {
		if err == nil {
			c.generation = -1
			err = p.cfg.checkpoint(ctx, p.cl, p.id, p.writer, c)
		}
	}
	if err == nil {
		if err = p.cl.EndTransaction(ctx, kgo.TryCommit); err == nil {
			return nil
		}
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	return errors.Join(fmt.Errorf("commit transaction %s: %w", p.id, err), p.Abort(ending))
}

// checkpoint adds offsets to the client's running transaction. The library does this only for what the same client
// consumes, so the two requests are ours.
func (c Config) checkpoint(ctx context.Context, cl *kgo.Client, transactionalID string, by writer, at Checkpoint) error {
	add := kmsg.NewPtrAddOffsetsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch, add.Group = transactionalID, by.id, by.epoch, at.Group
	added, err := add.RequestWith(ctx, cl)
	if err == nil {
		err = kerr.ErrorForCode(added.ErrorCode)
	}
	if err != nil {
		return fmt.Errorf("add group %s: %w", at.Group, c.denied(err, toJoin(at.Group), toTransact(transactionalID)))
	}
	commit := kmsg.NewPtrTxnOffsetCommitRequest()
	commit.TransactionalID, commit.ProducerID, commit.ProducerEpoch, commit.Group = transactionalID, by.id, by.epoch, at.Group
	commit.Generation, commit.MemberID = at.generation, at.member
	if at.static != "" {
		commit.InstanceID = &at.static
	}
	byTopic := make(map[string][]kmsg.TxnOffsetCommitRequestTopicPartition)
	for tp, pos := range at.Offsets {
		part := kmsg.NewTxnOffsetCommitRequestTopicPartition()
		part.Partition, part.Offset, part.Metadata = tp.Partition, pos.Offset, &pos.Metadata
		if epoch, ok := at.epochs[tp]; ok {
			part.LeaderEpoch = epoch
		}
		byTopic[tp.Topic] = append(byTopic[tp.Topic], part)
	}
	ids, err := topicIDs(ctx, cl, byTopic)
	if err != nil {
		return err
	}
	for topic, parts := range byTopic {
		t := kmsg.NewTxnOffsetCommitRequestTopic()
		t.Topic, t.TopicID, t.Partitions = topic, ids[topic], parts
		commit.Topics = append(commit.Topics, t)
	}
	committed, err := commit.RequestWith(ctx, cl)
	if err != nil {
		return fmt.Errorf("checkpoint of group %s: %w", at.Group, err)
	}
	for _, t := range committed.Topics {
		for _, part := range t.Partitions {
			if err := kerr.ErrorForCode(part.ErrorCode); err != nil {
				return fmt.Errorf("checkpoint of group %s on %s/%d: %w", at.Group, t.Topic, part.Partition,
					c.denied(err, toRead(t.Topic), toJoin(at.Group), toTransact(transactionalID)))
			}
		}
	}
	return nil
}

// topicIDs looks up ids, which newer brokers want in a commit in place of names.
func topicIDs[V any](ctx context.Context, cl *kgo.Client, topics map[string]V) (map[string][16]byte, error) {
	req := kmsg.NewPtrMetadataRequest()
	for name := range topics {
		t := kmsg.NewMetadataRequestTopic()
		t.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, t)
	}
	resp, err := cl.RequestCachedMetadata(ctx, req, time.Hour)
	if err != nil {
		return nil, fmt.Errorf("topic ids: %w", err)
	}
	ids := make(map[string][16]byte, len(resp.Topics))
	for _, t := range resp.Topics {
		if t.Topic != nil {
			ids[*t.Topic] = t.TopicID
		}
	}
	return ids, nil
}

// Abort gives up the transaction: readers of committed records never see it.
func (p *TxProducer) Abort(ctx context.Context) error {
	if err := p.cl.AbortBufferedRecords(ctx); err != nil {
		return fmt.Errorf("abort transaction %s: %w", p.id, err)
	}
	if err := p.cl.EndTransaction(ctx, kgo.TryAbort); err != nil {
		return fmt.Errorf("abort transaction %s: %w", p.id, err)
	}
	return nil
}

// Close lets go of the connections; a running transaction is aborted by the broker when it times out.
func (p *TxProducer) Close() { p.cl.Close() }
