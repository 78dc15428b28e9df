package kafka

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TopicState is a topic as it is.
type TopicState struct {
	Name       string
	ID         string // another one after a topic was deleted and made again
	Partitions int
	Replicas   int // of its first partition
}

// TopicStates describes topics as the brokers know them now, or all but internal ones where none is named. One that is not
// there is left out; so is one that this principal may not see, where none is named.
func (a *Admin) TopicStates(ctx context.Context, topics ...string) (map[string]TopicState, error) {
	req := kmsg.NewPtrMetadataRequest() // the library's own call may answer from what it saw a moment ago
	for _, t := range topics {
		rt := kmsg.NewMetadataRequestTopic()
		rt.Topic = kmsg.StringPtr(t)
		req.Topics = append(req.Topics, rt)
	}
	resp, err := req.RequestWith(ctx, a.raw)
	if err != nil {
		return nil, fmt.Errorf("describe topics: %w", err)
	}
	states := make(map[string]TopicState, len(resp.Topics))
	for _, t := range resp.Topics {
		if t.Topic == nil || t.IsInternal && len(topics) == 0 {
			continue
		}
		switch err := kerr.ErrorForCode(t.ErrorCode); {
		case errors.Is(err, kerr.UnknownTopicOrPartition):
			continue
		case errors.Is(err, kerr.TopicAuthorizationFailed):
			return nil, fmt.Errorf("describe topic %s: %w", *t.Topic, a.cfg.denied(err, toDescribe(*t.Topic)))
		case err != nil:
			return nil, fmt.Errorf("describe topic %s: %w", *t.Topic, err)
		}
		s := TopicState{Name: *t.Topic, ID: base64.RawURLEncoding.EncodeToString(t.TopicID[:]), Partitions: len(t.Partitions)}
		for _, p := range t.Partitions {
			if p.Partition == 0 {
				s.Replicas = len(p.Replicas)
			}
		}
		states[s.Name] = s
	}
	return states, nil
}

// Cluster gives the id that the cluster has for its whole life, and how many brokers are up.
func (a *Admin) Cluster(ctx context.Context) (id string, brokers int, err error) {
	found, err := a.cl.BrokerMetadata(ctx)
	if err != nil {
		return "", 0, fmt.Errorf("describe the cluster: %w", err)
	}
	return found.Cluster, len(found.Brokers), nil
}

// Setting is a topic's setting as it is in force.
type Setting struct {
	Value string
	// Set says that it was set for this topic; else the value is the brokers'.
	Set bool
	// Fallback is the value that would be in force if it were not set for this topic.
	Fallback string
}

// settingsAtOnce is how many topics one request asks about.
const settingsAtOnce = 500

// TopicSettings gives some settings of topics, by topic and then by Kafka's name of the setting. A topic that is not there
// is left out.
func (a *Admin) TopicSettings(ctx context.Context, names, topics []string) (map[string]map[string]Setting, error) {
	all := make(map[string]map[string]Setting, len(topics))
	for some := range slices.Chunk(topics, settingsAtOnce) {
		req := kmsg.NewPtrDescribeConfigsRequest()
		req.IncludeSynonyms = true
		for _, t := range some {
			r := kmsg.NewDescribeConfigsRequestResource()
			r.ResourceType, r.ResourceName, r.ConfigNames = kmsg.ConfigResourceTypeTopic, t, names
			req.Resources = append(req.Resources, r)
		}
		resp, err := req.RequestWith(ctx, a.raw)
		if err != nil {
			return nil, fmt.Errorf("settings of topics: %w", err)
		}
		for _, r := range resp.Resources {
			err := kerr.ErrorForCode(r.ErrorCode)
			if errors.Is(err, kerr.UnknownTopicOrPartition) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("settings of topic %s: %w", r.ResourceName, err)
			}
			settings := make(map[string]Setting, len(r.Configs))
			for _, c := range r.Configs {
				settings[c.Name] = setting(c)
			}
			all[r.ResourceName] = settings
		}
	}
	return all, nil
}

func setting(c kmsg.DescribeConfigsResponseResourceConfig) Setting {
	s := Setting{Set: c.Source == kmsg.ConfigSourceDynamicTopicConfig}
	if c.Value != nil {
		s.Value = *c.Value
	}
	s.Fallback = s.Value
	if !s.Set {
		return s
	}
	s.Fallback = ""
	for _, other := range c.ConfigSynonyms { // the strongest first
		if other.Source != kmsg.ConfigSourceDynamicTopicConfig && other.Value != nil {
			s.Fallback = *other.Value
			break
		}
	}
	return s
}

// createTimeout bounds how long the controller may take.
const createTimeout = 30 * time.Second

// CreateTopics creates topics in one request. It gives one error for each topic that could not be created, by name;
// errors.Is(err, ErrTopicExists) says that it is there.
func (a *Admin) CreateTopics(ctx context.Context, topics ...Topic) (map[string]error, error) {
	if len(topics) == 0 {
		return nil, nil
	}
	req := kmsg.NewPtrCreateTopicsRequest()
	req.TimeoutMillis = int32(createTimeout.Milliseconds())
	for _, t := range topics {
		rt := kmsg.NewCreateTopicsRequestTopic()
		rt.Topic = t.Name
		rt.NumPartitions = int32(max(1, t.Partitions)) // both are small and checked by the broker
		rt.ReplicationFactor = int16(t.Replicas)
		if t.Replicas == 0 {
			rt.ReplicationFactor = -1
		}
		for _, name := range sortedNames(t.Config) {
			c := kmsg.NewCreateTopicsRequestTopicConfig()
			c.Name, c.Value = name, kmsg.StringPtr(t.Config[name])
			rt.Configs = append(rt.Configs, c)
		}
		req.Topics = append(req.Topics, rt)
	}
	resp, err := req.RequestWith(ctx, a.raw)
	if err != nil {
		return nil, fmt.Errorf("create topics: %w", err)
	}
	failed := make(map[string]error)
	for _, t := range resp.Topics {
		if err := explained(t.ErrorCode, t.ErrorMessage); err != nil {
			failed[t.Topic] = fmt.Errorf("create topic %s: %w", t.Topic, err)
		}
	}
	return failed, nil
}

// SetTopic changes a topic's settings; nil takes back what was set, so that the brokers' value is in force.
func (a *Admin) SetTopic(ctx context.Context, topic string, settings map[string]*string) error {
	var alter []kadm.AlterConfig
	for _, name := range sortedNames(settings) {
		c := kadm.AlterConfig{Op: kadm.SetConfig, Name: name, Value: settings[name]}
		if c.Value == nil {
			c.Op = kadm.DeleteConfig
		}
		alter = append(alter, c)
	}
	answers, err := a.cl.AlterTopicConfigs(ctx, alter, topic)
	for _, r := range answers {
		if err == nil && r.Err != nil {
			err = fmt.Errorf("%w: %s", r.Err, r.ErrMessage)
		}
	}
	if err != nil {
		return fmt.Errorf("settings of topic %s: %w", topic, err)
	}
	return nil
}

// SetPartitions lets a topic have more partitions. Kafka cannot have it fewer.
func (a *Admin) SetPartitions(ctx context.Context, topic string, partitions int) error {
	answers, err := a.cl.UpdatePartitions(ctx, partitions, topic)
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		return fmt.Errorf("partitions of topic %s: %w", topic, err)
	}
	return nil
}

// explained is a broker's error with what it says about it.
func explained(code int16, message *string) error {
	err := kerr.ErrorForCode(code)
	if err != nil && message != nil && *message != "" {
		return fmt.Errorf("%w: %s", err, *message)
	}
	return err
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
