package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Topic is a topic as it should be.
type Topic struct {
	Name       string
	Partitions int               // default 1
	Replicas   int               // default -1: the broker's default
	Config     map[string]string // topic settings, such as cleanup.policy
}

// Admin reads and changes what a cluster has. All its calls block on the network until ctx ends.
type Admin struct {
	cl  *kadm.Client
	raw *kgo.Client // cl's own, for requests in a form that cl has not
	cfg Config
}

// NewAdmin connects lazily: a broker that is away shows at the first call.
func NewAdmin(cfg Config) (*Admin, error) {
	// Few retries: callers of an admin call want an answer, and decide themselves how long to go on asking.
	cl, err := cfg.client(kgo.RequestRetries(3), kgo.RetryTimeout(10*time.Second))
	if err != nil {
		return nil, err
	}
	return &Admin{cl: kadm.NewClient(cl), raw: cl, cfg: cfg}, nil
}

// Close lets go of the connections.
func (a *Admin) Close() { a.cl.Close() }

// Ping asks any broker for a sign of life.
func (a *Admin) Ping(ctx context.Context) error {
	return a.raw.Ping(ctx) // metadata would be answered from memory
}

// EnsureTopics creates the topics that are missing. It never alters one that is there. Where topics are provisioned, who
// runs a data product needs no right to create: a refusal counts only for a topic that is missing.
func (a *Admin) EnsureTopics(ctx context.Context, topics ...Topic) error {
	// Creating comes first: the client would remember for a moment that a topic is missing, if it had asked before.
	failed, err := a.CreateTopics(ctx, topics...)
	if err != nil {
		return err
	}
	for _, t := range topics {
		err := failed[t.Name]
		switch {
		case err == nil, errors.Is(err, ErrTopicExists):
			continue
		case isAny(err, kerr.TopicAuthorizationFailed, kerr.ClusterAuthorizationFailed):
			if there, asked := a.TopicStates(ctx, t.Name); asked == nil && len(there) == 1 {
				continue
			}
			return fmt.Errorf("%w; it is not there, or %s has no right to read, write or describe topic %s: tidemark plan shows both", err, a.cfg.Security.Principal(), t.Name)
		}
		return err
	}
	return nil
}

// Topics lists the names of all topics but internal ones.
func (a *Admin) Topics(ctx context.Context) ([]string, error) {
	all, err := a.cl.ListTopics(ctx)
	if err != nil {
		return nil, fmt.Errorf("list topics: %w", err)
	}
	return all.Names(), nil
}

// DeleteTopics deletes topics; one that is not there is no error.
func (a *Admin) DeleteTopics(ctx context.Context, topics ...string) error {
	if len(topics) == 0 {
		return nil
	}
	answers, err := a.cl.DeleteTopics(ctx, topics...)
	if err != nil {
		return fmt.Errorf("delete topics: %w", err)
	}
	var errs []error
	for _, r := range answers {
		if r.Err != nil && !errors.Is(r.Err, kerr.UnknownTopicOrPartition) {
			errs = append(errs, fmt.Errorf("delete topic %s: %w", r.Topic, r.Err))
		}
	}
	return errors.Join(errs...)
}

// Partitions counts a topic's partitions; ErrUnknownTopic when it is not there.
func (a *Admin) Partitions(ctx context.Context, topic string) (int, error) {
	found, err := a.cl.ListTopics(ctx, topic)
	if err != nil {
		return 0, fmt.Errorf("describe topic %s: %w", topic, err)
	}
	d := found[topic]
	switch {
	case errors.Is(d.Err, kerr.UnknownTopicOrPartition) || len(d.Partitions) == 0 && d.Err == nil:
		return 0, fmt.Errorf("%w: %s", ErrUnknownTopic, topic)
	case d.Err != nil:
		return 0, fmt.Errorf("describe topic %s: %w", topic, a.cfg.denied(d.Err, toDescribe(topic)))
	}
	return len(d.Partitions), nil
}

// Starts gives the first offset of every partition of the topics.
func (a *Admin) Starts(ctx context.Context, topics ...string) (map[TopicPartition]int64, error) {
	return a.offsets(topics)(a.cl.ListStartOffsets(ctx, topics...))
}

// Ends gives the last stable offset of every partition: what a reader of committed records can reach.
func (a *Admin) Ends(ctx context.Context, topics ...string) (map[TopicPartition]int64, error) {
	return a.offsets(topics)(a.cl.ListCommittedOffsets(ctx, topics...))
}

// OffsetsAfter gives the first offset of every partition at or after t, or its end.
func (a *Admin) OffsetsAfter(ctx context.Context, t time.Time, topics ...string) (map[TopicPartition]int64, error) {
	return a.offsets(topics)(a.cl.ListOffsetsAfterMilli(ctx, t.UnixMilli(), topics...))
}

func (a *Admin) offsets(topics []string) func(kadm.ListedOffsets, error) (map[TopicPartition]int64, error) {
	return func(listed kadm.ListedOffsets, err error) (map[TopicPartition]int64, error) {
		if err == nil {
			err = listed.Error()
		}
		switch {
		case errors.Is(err, kerr.UnknownTopicOrPartition) && described(listed):
			// Who leads the partition has not heard of it yet, or no longer has it: Settle tells which.
			return nil, fmt.Errorf("offsets of %s: %w: %w", strings.Join(topics, ", "), ErrUnknownTopic, err)
		case errors.Is(err, kerr.UnknownTopicOrPartition):
			return nil, fmt.Errorf("offsets of %s: %w", strings.Join(topics, ", "), ErrUnknownTopic)
		}
		if err != nil {
			return nil, fmt.Errorf("offsets of %s: %w", strings.Join(topics, ", "), a.cfg.denied(err, toDescribe(strings.Join(topics, ", "))))
		}
		out := make(map[TopicPartition]int64)
		listed.Each(func(o kadm.ListedOffset) { out[TopicPartition{o.Topic, o.Partition}] = o.Offset })
		return out, nil
	}
}

// described says that the cluster's metadata name every topic: offsets of one that they do not name stand under partition -1.
func described(listed kadm.ListedOffsets) bool {
	for _, partitions := range listed {
		if _, unknown := partitions[-1]; unknown {
			return false
		}
	}
	return true
}

// GroupOffsets gives what a group has committed, pending transactions waited for. A group that never committed
// gives an empty map.
func (a *Admin) GroupOffsets(ctx context.Context, group string) (map[TopicPartition]Committed, error) {
	fetched, err := a.cl.FetchOffsets(kadm.RequireStable(ctx), group)
	if errors.Is(err, kerr.GroupIDNotFound) {
		return map[TopicPartition]Committed{}, nil
	}
	if err == nil {
		err = fetched.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("offsets of group %s: %w", group, a.cfg.denied(err, ACL{Kind: OnGroup, Name: group, Operation: Describe}))
	}
	out := make(map[TopicPartition]Committed)
	fetched.Each(func(o kadm.OffsetResponse) {
		out[TopicPartition{o.Topic, o.Partition}] = Committed{Offset: o.At, Metadata: o.Metadata}
	})
	return out, nil
}

// DeleteGroups deletes groups without members; one that is not there is no error.
func (a *Admin) DeleteGroups(ctx context.Context, groups ...string) error {
	if len(groups) == 0 {
		return nil
	}
	answers, err := a.cl.DeleteGroups(ctx, groups...)
	if err != nil {
		return fmt.Errorf("delete groups: %w", err)
	}
	var errs []error
	for _, r := range answers {
		if r.Err != nil && !errors.Is(r.Err, kerr.GroupIDNotFound) {
			errs = append(errs, fmt.Errorf("delete group %s: %w", r.Group, r.Err))
		}
	}
	return errors.Join(errs...)
}

// Truncate deletes a partition's records below an offset.
func (a *Admin) Truncate(ctx context.Context, tp TopicPartition, below int64) error {
	at := kadm.Offsets{}
	at.Add(kadm.Offset{Topic: tp.Topic, Partition: tp.Partition, At: below})
	answers, err := a.cl.DeleteRecords(ctx, at)
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		return fmt.Errorf("truncate %s: %w", tp, err)
	}
	return nil
}
