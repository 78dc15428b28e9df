package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// forget writes tombstones: of the descriptors, and before them of what was told of their subjects and of their verdicts, so
// that an apply that is cut off finds the descriptor and does it all again.
func (x *executor) forget(ctx context.Context, steps []Step) error {
	published, err := x.published(ctx)
	if err != nil {
		return err
	}
	gone, digests := make(map[string]bool), make(map[string]bool)
	for _, s := range steps {
		if s.Forgets != "" {
			gone[s.Forgets] = true
		}
		if d := published[s.Name]; d != nil {
			digests[d.Digest] = true
		}
	}
	var tombstones []*kafka.Record
	for topic, takes := range map[string]func(key string) bool{
		event.TopicLifecycle: func(key string) bool { return gone[lifecycleSubject(key)] },
		event.TopicFreshness: func(key string) bool { port, _, _ := strings.Cut(key, "|"); return gone[port] },
		event.TopicVerdicts:  func(key string) bool { return digests[key] },
	} {
		keys, err := x.keys(ctx, topic)
		if err != nil {
			return err
		}
		for key := range keys {
			if takes(key) {
				tombstones = append(tombstones, &kafka.Record{Topic: topic, Key: []byte(key)})
			}
		}
	}
	producer, err := kafka.NewProducer(x.cfg.Kafka, kafka.ProducerOptions{})
	if err != nil {
		return err
	}
	defer producer.Close()
	if err := producer.ProduceSync(ctx, tombstones...); err != nil {
		return fmt.Errorf("forget what was told: %w", err)
	}
	tombstones = tombstones[:0]
	for _, s := range steps {
		tombstones = append(tombstones, &kafka.Record{Topic: event.TopicProducts, Key: []byte(s.Name)})
	}
	if err := producer.ProduceSync(ctx, tombstones...); err != nil {
		return fmt.Errorf("forget descriptors: %w", err)
	}
	return nil
}

// lifecycleSubject is the data product or the port's topic that a lifecycle event is about; "" for an instance's.
func lifecycleSubject(key string) string {
	kind, name, _ := strings.Cut(key, "/")
	switch kind {
	case "data-product":
		name, _, _ = strings.Cut(name, "@")
		return name
	case "port":
		return name
	}
	return ""
}

// keys are those that have a value on a control topic.
func (c *Cluster) keys(ctx context.Context, topic string) (map[string]bool, error) {
	admin, err := kafka.NewAdmin(c.cfg.Kafka)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	ranges, err := scan.Bounds(ctx, admin, topic)
	if errors.Is(err, kafka.ErrUnknownTopic) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", topic, err)
	}
	keys := make(map[string]bool)
	for r, err := range scan.Records(ctx, c.cfg.Kafka, ranges) {
		if err != nil {
			return nil, fmt.Errorf("keys of %s: %w", topic, err)
		}
		if keys[string(r.Key)] = true; len(r.Value) == 0 {
			delete(keys, string(r.Key))
		}
	}
	return keys, nil
}
