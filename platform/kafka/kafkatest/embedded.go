//go:build !integration

package kafkatest

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Start gives a cluster with nothing on it, which ends with the test.
func Start(t testing.TB) Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second),
		kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return Cluster{Config: kafka.Config{Brokers: cluster.ListenAddrs()}, Patience: 10 * time.Second}
}
