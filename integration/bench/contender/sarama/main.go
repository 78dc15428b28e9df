// Command sarama decodes, checks and forwards with IBM's sarama: a consumer group, an asynchronous producer, and offsets
// that are marked once the broker has acknowledged what came of a record.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/IBM/sarama"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
)

func main() { job.Main(run) }

func run(ctx context.Context, j job.Job) error {
	cfg := sarama.NewConfig()
	cfg.Version = sarama.V2_8_0_0
	cfg.Consumer.Offsets.Initial = sarama.OffsetOldest
	cfg.Consumer.Offsets.AutoCommit.Enable = true // of what is marked, once a second
	cfg.Producer.Return.Successes = true
	cfg.Producer.RequiredAcks = sarama.WaitForAll
	cfg.ChannelBufferSize = 4096
	producer, err := sarama.NewAsyncProducer(j.Brokers, cfg)
	if err != nil {
		return fmt.Errorf("open the producer: %w", err)
	}
	group, err := sarama.NewConsumerGroup(j.Brokers, j.Group(), cfg)
	if err != nil {
		return fmt.Errorf("join the group: %w", err)
	}
	h := &handler{j: j, producer: producer}
	var acks sync.WaitGroup
	acks.Go(h.acknowledge)
	acks.Go(h.complain)
	for ctx.Err() == nil {
		if err := group.Consume(ctx, []string{j.Input()}, h); err != nil && !errors.Is(err, sarama.ErrClosedConsumerGroup) {
			return fmt.Errorf("consume: %w", err)
		}
	}
	producer.AsyncClose()
	acks.Wait()
	return group.Close()
}

type handler struct {
	j        job.Job
	producer sarama.AsyncProducer
}

// pending is what a record that is under way needs to be marked.
type pending struct {
	session sarama.ConsumerGroupSession
	message *sarama.ConsumerMessage
}

func (h *handler) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (h *handler) Cleanup(sarama.ConsumerGroupSession) error { return nil }

// ConsumeClaim runs once for each partition, at the same time.
func (h *handler) ConsumeClaim(s sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	checker, err := job.NewChecker()
	if err != nil {
		return err
	}
	for {
		select {
		case <-s.Context().Done():
			return nil
		case m, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			out := &sarama.ProducerMessage{
				Topic: h.j.Output(), Key: sarama.ByteEncoder(m.Key), Value: sarama.ByteEncoder(m.Value), Metadata: pending{s, m},
			}
			if h.j.Check {
				if err := checker.Check(m.Key, m.Value); err != nil {
					out.Topic, out.Headers = h.j.DeadLetters(), []sarama.RecordHeader{{Key: []byte("reason"), Value: []byte(err.Error())}}
				}
			}
			select {
			case h.producer.Input() <- out:
			case <-s.Context().Done():
				return nil
			}
		}
	}
}

// acknowledge marks in the order of the acknowledgements: an earlier record of the same partition may still be under way
// to another output partition. It is what sarama offers.
func (h *handler) acknowledge() {
	for m := range h.producer.Successes() {
		if p, ok := m.Metadata.(pending); ok {
			p.session.MarkMessage(p.message, "")
		}
	}
}

func (h *handler) complain() {
	for err := range h.producer.Errors() {
		fmt.Println("error:", err)
	}
}
