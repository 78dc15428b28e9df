package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

func (k *Kafka) ensureTopic(ctx context.Context) error {
	return k.admin.EnsureTopics(ctx, kafka.Topic{
		Name: StoreTopic, Partitions: 1, Config: map[string]string{"cleanup.policy": "compact"},
	})
}

// keepsAll fails when the brokers let go of records because they are old: schemas would be gone. Who may not see a topic's
// settings is let by.
func (k *Kafka) keepsAll(ctx context.Context) error {
	const policy = "cleanup.policy"
	settings, err := k.admin.TopicSettings(ctx, []string{policy}, []string{StoreTopic})
	if err != nil {
		return nil //nolint:nilerr // reading goes on, and says so itself when it cannot
	}
	if set := settings[StoreTopic][policy].Value; strings.Contains(set, "delete") {
		return fmt.Errorf("topic %s has %s=%s, so that old schemas get lost: set it to compact", StoreTopic, policy, set)
	}
	return nil
}

// ends are the offsets of the first record and after the last committed one. Offsets that were compacted away at the very end do
// not occur: compaction leaves the newest part of the log alone.
func (k *Kafka) ends(ctx context.Context) (first, end int64, err error) {
	switch n, err := k.admin.Partitions(ctx, StoreTopic); {
	case err != nil:
		return 0, 0, err
	case n != 1:
		return 0, 0, fmt.Errorf("topic %s has %d partitions, but the order of its records needs exactly one: name another cluster or delete the topic", StoreTopic, n)
	}
	starts, err := k.admin.Starts(ctx, StoreTopic)
	if err != nil {
		return 0, 0, err
	}
	ends, err := k.admin.Ends(ctx, StoreTopic)
	if err != nil {
		return 0, 0, err
	}
	tp := kafka.TopicPartition{Topic: StoreTopic}
	return starts[tp], ends[tp], nil
}
