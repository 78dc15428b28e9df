// Command franz copies a topic with franz-go alone, at least once: the floor. With -check it decodes and checks each record
// as well, as somebody would write it by hand.
package main

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
)

func main() { job.Main(run) }

func run(ctx context.Context, j job.Job) error {
	codec := kgo.NoCompression()
	if j.Compression == "snappy" {
		codec = kgo.SnappyCompression()
	}
	cl, err := kgo.NewClient(
		kgo.SeedBrokers(j.Brokers...), kgo.ConsumerGroup(j.Group()), kgo.ConsumeTopics(j.Input()),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(), kgo.MaxBufferedRecords(1<<18), kgo.ProducerLinger(0),
		kgo.ProducerBatchCompression(codec),
	)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer cl.CloseAllowingRebalance()
	checker, err := job.NewChecker()
	if err != nil {
		return err
	}
	var failed error // written by the client's goroutine, read after Flush
	done := func(_ *kgo.Record, err error) {
		if err != nil {
			failed = err
		}
	}
	for {
		fetches := cl.PollRecords(ctx, 10_000)
		if ctx.Err() != nil {
			return nil
		}
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		out := make([]kgo.Record, fetches.NumRecords()) // one allocation for the poll
		at := 0
		fetches.EachRecord(func(r *kgo.Record) {
			o := &out[at]
			at++
			*o = kgo.Record{Topic: j.Output(), Key: r.Key, Value: r.Value}
			if j.Check {
				if err := checker.Check(r.Key, r.Value); err != nil {
					o.Topic, o.Headers = j.DeadLetters(), []kgo.RecordHeader{{Key: "reason", Value: []byte(err.Error())}}
				}
			}
			cl.Produce(ctx, o, done)
		})
		if err := cl.Flush(ctx); err != nil {
			return nil //nolint:nilerror // told to stop: what is not committed comes again
		}
		if failed != nil {
			return fmt.Errorf("write: %w", failed)
		}
		if err := cl.CommitUncommittedOffsets(ctx); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		cl.AllowRebalance()
	}
}
