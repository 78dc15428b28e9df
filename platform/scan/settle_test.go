package scan_test

import (
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// Right after a topic was made, who is to lead a partition may not know it yet. That is no reason to give up, nor to take the
// topic for one that is not there.
func TestBoundsOfATopicThatWasJustMade(t *testing.T) {
	for _, refusal := range []*kerr.Error{kerr.NotLeaderForPartition, kerr.LeaderNotAvailable, kerr.UnknownTopicOrPartition} {
		t.Run(refusal.Message, func(t *testing.T) {
			t.Parallel()
			cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topic))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(cluster.Close)
			var asked atomic.Int32
			cluster.ControlKey(int16(kmsg.ListOffsets), func(req kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				if asked.Add(1) > 6 { // more often than the client itself tries again
					return nil, nil, false
				}
				return refused(req.(*kmsg.ListOffsetsRequest), refusal.Code), nil, true
			})
			cfg := kafka.Config{Brokers: cluster.ListenAddrs()}
			write(t, cfg, 0, "a", "b")
			ranges := bounds(t, cfg)
			if got := ranges[kafka.TopicPartition{Topic: topic, Partition: 0}]; len(ranges) != 2 || got != (scan.Range{From: 0, To: 2}) {
				t.Errorf("got %v", ranges)
			}
			if asked.Load() <= 6 {
				t.Errorf("only %d questions: nothing was refused", asked.Load())
			}
		})
	}
}

func refused(req *kmsg.ListOffsetsRequest, code int16) kmsg.Response {
	resp := req.ResponseKind().(*kmsg.ListOffsetsResponse)
	for _, t := range req.Topics {
		rt := kmsg.NewListOffsetsResponseTopic()
		rt.Topic = t.Topic
		for _, p := range t.Partitions {
			rp := kmsg.NewListOffsetsResponseTopicPartition()
			rp.Partition, rp.ErrorCode = p.Partition, code
			rt.Partitions = append(rt.Partitions, rp)
		}
		resp.Topics = append(resp.Topics, rt)
	}
	return resp
}
