package kafka_test

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// forget has the broker answer the next record as one does whose retention has removed all that the producer wrote.
func forget(cluster *kfake.Cluster) {
	cluster.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		req := r.(*kmsg.ProduceRequest)
		resp := req.ResponseKind().(*kmsg.ProduceResponse)
		for _, asked := range req.Topics {
			topic := kmsg.NewProduceResponseTopic()
			topic.Topic, topic.TopicID = asked.Topic, asked.TopicID
			for _, p := range asked.Partitions {
				partition := kmsg.NewProduceResponseTopicPartition()
				partition.Partition, partition.ErrorCode, partition.LogStartOffset = p.Partition, kerr.OutOfOrderSequenceNumber.Code, 1000
				topic.Partitions = append(topic.Partitions, partition)
			}
			resp.Topics = append(resp.Topics, topic)
		}
		return resp, nil, true
	})
}

// A producer that the library renews in the middle of a transaction has lost what it wrote before: nothing of it counts.
func TestProducerRenewedInATransaction(t *testing.T) {
	write := func(p *kafka.TxProducer, partition int32, value string) error {
		r := &kafka.Record{Topic: "out", Value: []byte(value)}
		kafka.Pin(r, partition)
		p.Produce(t.Context(), r, nil)
		return p.Flush(deadline(t))
	}
	cluster, cfg := cluster(t, "out")
	p, err := kafka.NewTxProducer(cfg, "tx")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, round := range []struct {
		values [2]string
		forget bool
	}{{[2]string{"a", "b"}, false}, {[2]string{"c", "d"}, true}} {
		if err := p.Begin(); err != nil {
			t.Fatal(err)
		}
		for partition, value := range round.values {
			if round.forget && partition == 1 {
				forget(cluster)
			}
			if err := write(p, int32(partition), value); err != nil && !round.forget {
				t.Fatal(err)
			}
		}
		if err := p.Commit(deadline(t)); (err != nil) != round.forget {
			t.Errorf("%v: %v", round, err)
		}
	}
	if got := readAll(t, cfg, "out"); len(got) != 2 {
		t.Errorf("out has %v", got)
	}
}

// So it is with a session's rounds.
func TestProducerRenewedInARound(t *testing.T) {
	cluster, cfg := cluster(t, "in", "out")
	fill(t, cfg, "in", 0, "a0", "a1")
	s := open(t, cfg, "g:i")
	next(t, s, 2)
	defer s.Release()
	sl := s.Slots()[0]
	write := func(partition int32) error {
		r := &kafka.Record{Topic: "out", Value: []byte("x")}
		kafka.Pin(r, partition)
		sl.Produce(t.Context(), r)
		return sl.Flush(deadline(t))
	}
	for n := range 2 {
		if err := sl.Begin(); err != nil {
			t.Fatal(err)
		}
		if err := write(0); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			forget(cluster)
		}
		if err := write(1); (err != nil) != (n == 1) {
			t.Fatal(n, err)
		}
		if n == 0 {
			commit(t, s, at(0, 1, ""))
		}
	}
}
