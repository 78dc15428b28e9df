package provision

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// executor takes steps. Each may be taken twice.
type executor struct {
	*Cluster
	secrets map[string]security.Secret
	control *bus.Control // nil until there is something to say
}

// take takes steps of one kind and one action.
func (x *executor) take(ctx context.Context, steps []Step) error {
	switch first := steps[0]; {
	case first.Kind == Topic && first.Action == Create:
		return x.createTopics(ctx, steps)
	case first.Kind == ACL:
		return x.acls(ctx, steps)
	case first.Kind == Descriptor && first.Action == Delete:
		return x.forget(ctx, steps)
	case first.Kind == Descriptor:
		return x.describe(ctx, steps)
	}
	for _, s := range steps {
		if err := x.one(ctx, s); err != nil {
			return fmt.Errorf("%s %s %s: %w", s.Action, s.Kind, s.Resource, err)
		}
	}
	return nil
}

func (x *executor) one(ctx context.Context, s Step) error {
	gone := s.Action == Delete
	switch {
	case s.Kind == Topic && gone:
		return x.admin.DeleteTopics(ctx, s.Name)
	case s.Kind == Partitions && !gone:
		n, err := strconv.Atoi(s.To[propPartitions])
		if err != nil {
			return err
		}
		return x.admin.SetPartitions(ctx, s.Name, n)
	case s.Kind == Setting && !gone:
		var value *string
		if v, ok := s.To[propValue]; ok {
			value = &v
		}
		return x.admin.SetTopic(ctx, s.Name, map[string]*string{s.Setting: value})
	case s.Kind == Level && !gone:
		level, err := avro.ParseLevel(s.To[propLevel])
		if err != nil {
			return err
		}
		return fromRegistry(x.cfg.Registry.SetLevel(ctx, s.Name, level))
	case s.Kind == Schema && gone:
		return fromRegistry(x.cfg.Registry.DeleteSubject(ctx, s.Name))
	case s.Kind == Schema:
		schema, err := avro.Parse([]byte(s.SchemaText))
		if err != nil {
			return err
		}
		_, err = x.cfg.Registry.Register(ctx, s.Name, schema)
		return fromRegistry(err)
	case s.Kind == User && gone:
		return x.admin.DeleteScramUser(ctx, s.Name)
	case s.Kind == User:
		return x.admin.SetScramUser(ctx, s.Name, x.secrets[s.Name])
	case s.Kind == Quota:
		return x.quota(ctx, s)
	}
	return errors.New("a plan has no such step")
}

func (x *executor) quota(ctx context.Context, s Step) error {
	var q kafka.Quota
	for property, into := range map[string]*float64{propProduce: &q.Produce, propConsume: &q.Consume} {
		if text, ok := s.To[property]; ok {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return err
			}
			*into = n
		}
	}
	return x.admin.SetQuota(ctx, s.Name, q)
}

// createTopics creates several at once. One that is there by now is right if it is as it should be: an answer may have been
// lost, and the request been sent again.
func (x *executor) createTopics(ctx context.Context, steps []Step) error {
	var topics []kafka.Topic
	var names []string
	for _, s := range steps {
		config := maps.Clone(map[string]string(s.To))
		partitions, err1 := strconv.Atoi(config[propPartitions])
		replicas, err2 := strconv.Atoi(config[propReplicas])
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("create topic %s: %w", s.Name, err)
		}
		delete(config, propPartitions)
		delete(config, propReplicas)
		topics = append(topics, kafka.Topic{Name: s.Name, Partitions: partitions, Replicas: replicas, Config: config})
		names = append(names, s.Name)
	}
	failed, err := x.admin.CreateTopics(ctx, topics...)
	if err != nil {
		return err
	}
	var made []string
	for _, name := range names {
		if errors.Is(failed[name], kafka.ErrTopicExists) {
			made = append(made, name)
		}
	}
	var seen *actual
	var errs []error
	for _, s := range steps {
		err := failed[s.Name]
		if errors.Is(err, kafka.ErrTopicExists) {
			if seen == nil {
				if seen, err = x.see(ctx, look{topics: names, made: made}); err != nil {
					return err
				}
			}
			if s.To.is(seen.state(s.Resource)) {
				continue
			}
			err = &MovedError{[]Moved{{s.Resource, s.From, seen.state(s.Resource)}}}
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// acls adds or takes away what the steps say, several ACLs at once.
func (x *executor) acls(ctx context.Context, steps []Step) error {
	var change []kafka.ACL
	for _, s := range steps {
		from, to := operationsOf(s.From), operationsOf(s.To)
		if s.Action == Delete {
			change = append(change, bindings(s.Resource, without(from, to))...)
		} else {
			change = append(change, bindings(s.Resource, without(to, from))...)
		}
	}
	if steps[0].Action == Delete {
		return x.admin.DeleteACLs(ctx, change...)
	}
	return x.admin.CreateACLs(ctx, change...)
}

// source is the CloudEvents source of what is published.
const source = "tidemark://provision"

// describe publishes descriptors, as instances do, and waits until the brokers have them.
func (x *executor) describe(ctx context.Context, steps []Step) error {
	if x.control == nil {
		control, err := bus.OpenControl(ctx, x.cfg.Kafka, x.cfg.Registry, x.cfg.Control, source)
		if err != nil {
			return err
		}
		x.control = control
	}
	dropped := x.control.Dropped()
	for _, s := range steps {
		i := strings.LastIndex(s.Name, "@")
		if i < 0 {
			return fmt.Errorf("descriptor %s: no version", s.Name)
		}
		d := &event.Descriptor{
			Kind: "contract", ID: s.Name[:i], Version: s.Name[i+1:], Digest: digest(s.Document), Document: s.Document,
			Schema: s.SchemaText, Mode: s.Mode, PublishedBy: x.cfg.By, PublishedAt: x.cfg.Clock(),
		}
		if s.Mode != "" {
			d.Kind = "dataProduct"
		}
		x.control.Send(d)
	}
	if err := x.control.Flush(ctx); err != nil {
		return fmt.Errorf("publish descriptors: %w", err)
	}
	if x.control.Dropped() > dropped {
		return errors.New("publish descriptors: the brokers did not take them all; the log says why")
	}
	return nil
}

// closeTimeout bounds the goodbye, which has nothing left to say.
const closeTimeout = 5 * time.Second

func (x *executor) close(ctx context.Context, err error) error {
	if x.control == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	return errors.Join(err, x.control.Close(ctx))
}
