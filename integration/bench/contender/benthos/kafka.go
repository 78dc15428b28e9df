package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
)

// input gives one batch for each partition of a poll, so that partitions are worked on in parallel and each stays in
// order, and commits once all of the poll is acknowledged.
type input struct {
	j       job.Job
	cl      *kgo.Client
	waiting []service.MessageBatch
	pending sync.WaitGroup
	failed  error
}

// Connect joins the group.
func (i *input) Connect(context.Context) (err error) {
	i.cl, err = kgo.NewClient(
		kgo.SeedBrokers(i.j.Brokers...), kgo.ConsumerGroup(i.j.Group()), kgo.ConsumeTopics(i.j.Input()),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()), kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(),
	)
	return err
}

// ReadBatch blocks until a partition's records are there.
func (i *input) ReadBatch(ctx context.Context) (service.MessageBatch, service.AckFunc, error) {
	if len(i.waiting) == 0 {
		if err := i.poll(ctx); err != nil {
			return nil, nil, err
		}
	}
	batch := i.waiting[0]
	i.waiting = i.waiting[1:]
	return batch, func(_ context.Context, err error) error {
		if err != nil {
			i.failed = err
		}
		i.pending.Done()
		return nil
	}, nil
}

// poll settles the last poll and takes the next.
func (i *input) poll(ctx context.Context) error {
	i.pending.Wait()
	if i.failed != nil {
		return i.failed
	}
	if err := i.cl.CommitUncommittedOffsets(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	i.cl.AllowRebalance()
	for len(i.waiting) == 0 {
		fetches := i.cl.PollRecords(ctx, 10_000)
		if err := fetches.Err(); err != nil {
			return err
		}
		fetches.EachPartition(func(p kgo.FetchTopicPartition) {
			if len(p.Records) == 0 {
				return
			}
			batch := make(service.MessageBatch, len(p.Records))
			for n, r := range p.Records {
				batch[n] = service.NewMessage(r.Value)
				batch[n].MetaSetMut("key", string(r.Key))
			}
			i.waiting = append(i.waiting, batch)
		})
	}
	i.pending.Add(len(i.waiting))
	return nil
}

// Close leaves the group.
func (i *input) Close(context.Context) error {
	if i.cl != nil {
		i.cl.CloseAllowingRebalance()
	}
	return nil
}

type output struct {
	j     job.Job
	topic string
	cl    *kgo.Client
}

// Connect opens the producer.
func (o *output) Connect(context.Context) (err error) {
	o.cl, err = kgo.NewClient(kgo.SeedBrokers(o.j.Brokers...), kgo.DefaultProduceTopic(o.topic), kgo.MaxBufferedRecords(1<<18),
		kgo.ProducerBatchCompression(kgo.NoCompression()))
	return err
}

// WriteBatch blocks until the broker has all of the batch.
func (o *output) WriteBatch(ctx context.Context, batch service.MessageBatch) error {
	records := make([]*kgo.Record, len(batch))
	for i, m := range batch {
		value, err := m.AsBytes()
		if err != nil {
			return err
		}
		key, _ := m.MetaGet("key")
		records[i] = &kgo.Record{Key: []byte(key), Value: value}
		if reason, ok := m.MetaGet("reason"); ok {
			records[i].Headers = []kgo.RecordHeader{{Key: "reason", Value: []byte(reason)}}
		}
	}
	return o.cl.ProduceSync(ctx, records...).FirstErr()
}

// Close closes the producer.
func (o *output) Close(context.Context) error {
	if o.cl != nil {
		o.cl.Close()
	}
	return nil
}
