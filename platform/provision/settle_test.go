package provision_test

import (
	"errors"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// An apply that was cut off and is run again at once meets topics that not every broker has heard of.
func TestTopicsThatWereJustMade(t *testing.T) {
	w := newWorld(t, nil)
	wish := wanted(t, shopTree(), provision.Options{})
	plan := w.apply(t, wish)
	var leaders, settings atomic.Int32
	w.cluster.ControlKey(int16(kmsg.ListOffsets), func(r kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		if leaders.Add(1) > 6 { // more often than the client itself tries again
			return nil, nil, false
		}
		resp := r.ResponseKind().(*kmsg.ListOffsetsResponse)
		for _, t := range r.(*kmsg.ListOffsetsRequest).Topics {
			rt := kmsg.NewListOffsetsResponseTopic()
			rt.Topic = t.Topic
			for _, p := range t.Partitions {
				rp := kmsg.NewListOffsetsResponseTopicPartition()
				rp.Partition, rp.ErrorCode = p.Partition, kerr.NotLeaderForPartition.Code
				rt.Partitions = append(rt.Partitions, rp)
			}
			resp.Topics = append(resp.Topics, rt)
		}
		return resp, nil, true
	})
	w.cluster.ControlKey(int16(kmsg.DescribeConfigs), func(r kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		if settings.Add(1) > 1 {
			return nil, nil, false
		}
		resp := r.ResponseKind().(*kmsg.DescribeConfigsResponse)
		for _, asked := range r.(*kmsg.DescribeConfigsRequest).Resources {
			rr := kmsg.NewDescribeConfigsResponseResource()
			rr.ResourceType, rr.ResourceName, rr.ErrorCode = asked.ResourceType, asked.ResourceName, kerr.UnknownTopicOrPartition.Code
			resp.Resources = append(resp.Resources, rr)
		}
		return resp, nil, true
	})
	if again, err := w.Apply(t.Context(), plan, provision.ApplyOptions{}); err != nil || again.Already != again.Total {
		t.Errorf("%+v, %v", again, err)
	}
	if leaders.Load() <= 6 || settings.Load() < 2 {
		t.Errorf("nothing was refused: %d and %d questions", leaders.Load(), settings.Load())
	}
}

// Who calls must be able to tell a registry that is away from brokers that are.
func TestARegistryThatIsAwayIsTheRegistrys(t *testing.T) {
	w := newWorld(t, nil)
	web := httptest.NewServer(nil)
	web.Close()
	away, err := registry.New(registry.Config{URLs: []string{web.URL}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := provision.Open(provision.Config{Kafka: w.kafka, Registry: away, Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Plan(t.Context(), wanted(t, shopTree(), provision.Options{}))
	if _, ok := errors.AsType[*registry.CallError](err); !ok {
		t.Errorf("no registry: %v", err)
	}
	w.cluster.Close()
	_, err = w.Plan(t.Context(), wanted(t, shopTree(), provision.Options{}))
	if _, ok := errors.AsType[*registry.CallError](err); ok || !kafka.Unreachable(err) {
		t.Errorf("no broker: %v", err)
	}
}
