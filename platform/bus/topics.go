package bus

import (
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// controlTopic is one row of the control plane's table.
type controlTopic struct {
	name   string
	config map[string]string
	// newest says that a newer event of a key makes an older one worthless, so that the older need not be sent
	// when both wait.
	newest bool
	bind   func(*avro.Schema) (binding, error)
}

// Topic settings by their Kafka names.
const (
	cleanupPolicy    = "cleanup.policy"
	minCompactionLag = "min.compaction.lag.ms"
	segmentMillis    = "segment.ms"
	retentionMillis  = "retention.ms"
)

// controlTopics are in the order of event.ControlTopics.
func controlTopics() []controlTopic {
	return []controlTopic{
		{
			name: event.TopicProducts, bind: bind[event.Descriptor],
			config: map[string]string{cleanupPolicy: "compact"},
		},
		{
			name: event.TopicLifecycle, bind: bind[event.Lifecycle],
			config: map[string]string{cleanupPolicy: "compact", minCompactionLag: days(7)},
		},
		{
			name: event.TopicHeartbeats, bind: bind[event.Heartbeat], newest: true,
			config: map[string]string{cleanupPolicy: "compact", segmentMillis: millis(10 * time.Minute)},
		},
		{
			name: event.TopicFreshness, bind: bind[event.Freshness], newest: true,
			config: map[string]string{cleanupPolicy: "compact", segmentMillis: millis(10 * time.Minute)},
		},
		{
			name: event.TopicBreaches, bind: bind[event.Breach],
			config: map[string]string{cleanupPolicy: "delete", retentionMillis: days(400)},
		},
		{
			name: event.TopicVerdicts, bind: bind[event.Verdict],
			config: map[string]string{cleanupPolicy: "compact"},
		},
	}
}

// ControlTopics gives the control topics with their settings, as OpenControl creates them: one partition each,
// since even four thousand data products send no more than one partition takes, and its order is total.
func ControlTopics() []kafka.Topic {
	rows := controlTopics()
	topics := make([]kafka.Topic, len(rows))
	for i, t := range rows {
		topics[i] = kafka.Topic{Name: t.name, Partitions: 1, Config: t.config}
	}
	return topics
}

// schemaFile is where a control topic's schema stands below contracts: platform/mesh/<port>.v<major>.avsc.
func schemaFile(topic string) string {
	return "platform/mesh/" + strings.TrimPrefix(topic, "platform.mesh.") + ".avsc"
}

// subject is a topic's subject for values.
func subject(topic string) string { return topic + "-value" }

func days(n int) string { return millis(time.Duration(n) * 24 * time.Hour) }

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
