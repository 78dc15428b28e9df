// Package kafkatest gives tests a Kafka cluster of their own.
//
// Usually that is an embedded broker. Built with the tag integration it is a real cluster, the one that the variable
// TIDEMARK_TEST_KAFKA names, so that the very same tests say whether Kafka agrees with the embedded broker. Names on a cluster
// are contracts' names and cannot be made unique for a test, so each test has the whole cluster: it waits until the one before
// it is done, also in another process, and finds and leaves the cluster empty.
//
// Only a cluster that is for tests is emptied: one that had no topics when it was first used, which a topic called
// Marker remembers.
package kafkatest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Brokers is the environment variable that names the real cluster, host:port,...; and Registry the one with the URL of a real
// Schema Registry that is for tests too.
const (
	Brokers  = "TIDEMARK_TEST_KAFKA"
	Registry = "TIDEMARK_TEST_REGISTRY"
)

// Marker is the topic that says that a cluster is for tests, which may delete every topic and group on it.
const Marker = "tidemark-tests-may-empty-this-cluster"

// Cluster is where a test's brokers are.
type Cluster struct {
	kafka.Config
	// Real says that they are Apache Kafka's.
	Real bool
	// Patience is what no step of a test should take: a real cluster is slower, and so is a busy machine.
	Patience time.Duration
}

// Topics lists what is on a cluster, without the marker and what belongs to the cluster itself.
func Topics(ctx context.Context, admin *kafka.Admin) ([]string, error) {
	all, err := admin.Topics(ctx)
	topics := slices.DeleteFunc(all, func(name string) bool { return name == Marker || strings.HasPrefix(name, "_") })
	slices.Sort(topics)
	return topics, err
}
