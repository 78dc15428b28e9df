package provision

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// look says what is to be looked at.
type look struct {
	topics      []string                // whose settings matter
	made        []string                // topics that are there for sure
	levels      []string                // subjects
	early       bool                    // ask for the levels of subjects that are not there, too
	schemas     map[string]*avro.Schema // by subject
	access      bool
	descriptors bool
}

// actual is what was seen.
type actual struct {
	cluster     string
	brokers     int
	topics      map[string]kafka.TopicState
	settings    map[string]map[string]kafka.Setting
	subjects    map[string]bool
	levels      map[string]avro.Level
	schemas     map[string]string // digests: of what is looked for if it is registered, else of the newest
	authorizer  bool
	acls        []kafka.ACL
	operations  map[Resource][]kafka.Operation
	users       map[string]bool // nil: the brokers do not say
	quotas      map[string]kafka.Quota
	descriptors map[string]*event.Descriptor
}

// managed are the settings of topics that are looked at.
func managed() []string {
	return []string{cleanupPolicy, retentionMillis, retentionBytes, minInSync, maxMessage, "min.compaction.lag.ms", "segment.ms"}
}

// subjectsCut is how many subjects Apicurio Registry lists at most, unless it is told otherwise.
const subjectsCut = 1000

// atOnce is how many questions the registry is asked at a time.
const atOnce = 8

// see looks at the world.
func (c *Cluster) see(ctx context.Context, l look) (*actual, error) {
	a := &actual{}
	var err error
	if a.cluster, a.brokers, err = c.admin.Cluster(ctx); err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.seeTopics(ctx, l, a) })
	group.Go(func() error { return c.seeSubjects(ctx, l, a) })
	if l.access {
		group.Go(func() error { return c.seeAccess(ctx, a) })
	}
	if l.descriptors {
		group.Go(func() (err error) {
			a.descriptors, err = c.published(ctx)
			return err
		})
	}
	return a, group.Wait()
}

// seeTopics asks again while brokers do not agree on what is there: each hears of a new topic in its own time, and one that is
// seen without its settings would look as if the world had moved.
func (c *Cluster) seeTopics(ctx context.Context, l look, a *actual) error {
	return kafka.Settle(ctx, func() (err error) {
		if a.topics, err = c.admin.TopicStates(ctx); err != nil {
			return err
		}
		for _, t := range l.made {
			if _, ok := a.topics[t]; !ok {
				return fmt.Errorf("topic %s: %w", t, kafka.ErrNotHeard)
			}
		}
		there := slices.DeleteFunc(slices.Clone(l.topics), func(t string) bool { _, ok := a.topics[t]; return !ok })
		if a.settings, err = c.admin.TopicSettings(ctx, managed(), there); err != nil {
			return err
		}
		for _, t := range there {
			if _, ok := a.settings[t]; !ok {
				return fmt.Errorf("settings of topic %s: %w", t, kafka.ErrNotHeard)
			}
		}
		return nil
	})
}

func (c *Cluster) seeAccess(ctx context.Context, a *actual) (err error) {
	a.acls, err = c.admin.ACLs(ctx)
	if errors.Is(err, kafka.ErrNoAuthorizer) {
		return nil
	}
	if err != nil {
		return err
	}
	a.authorizer, a.operations = true, make(map[Resource][]kafka.Operation)
	for _, acl := range a.acls {
		if !acl.Deny && acl.Host == kafka.AnyHost {
			r := Resource{Kind: ACL, Name: acl.Name, Principal: acl.Principal, On: acl.Kind, Prefixed: acl.Prefixed}
			a.operations[r] = append(a.operations[r], acl.Operation)
		}
	}
	if a.users, err = c.admin.ScramUsers(ctx); err != nil && !errors.Is(err, kafka.ErrUnsupported) {
		return err
	}
	if a.quotas, err = c.admin.Quotas(ctx); err != nil && !errors.Is(err, kafka.ErrUnsupported) {
		return err
	}
	return nil
}

// seeSubjects asks about each subject that is there.
func (c *Cluster) seeSubjects(ctx context.Context, l look, a *actual) error {
	names, err := c.cfg.Registry.Subjects(ctx)
	if err != nil {
		return fromRegistry(err)
	}
	a.subjects, a.levels, a.schemas = make(map[string]bool, len(names)), make(map[string]avro.Level), make(map[string]string)
	for _, n := range names {
		a.subjects[n] = true
	}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	// Some registries cut the list short, and tell nobody.
	listed := func(name string) bool { return a.subjects[name] || len(names) >= subjectsCut }
	for _, name := range l.levels {
		if !l.early && !listed(name) {
			continue // one that was set before the schema came may be set again
		}
		group.Go(func() error {
			level, err := c.cfg.Registry.Level(ctx, name)
			mu.Lock()
			defer mu.Unlock()
			a.levels[name] = level
			return fromRegistry(err)
		})
	}
	for _, name := range slices.Sorted(maps.Keys(l.schemas)) {
		if !listed(name) {
			continue
		}
		group.Go(func() error {
			d, err := c.schemaDigest(ctx, name, l.schemas[name])
			mu.Lock()
			defer mu.Unlock()
			a.schemas[name] = d
			return err
		})
	}
	return group.Wait()
}

// schemaDigest is the wanted schema's if it is any of the subject's versions, else the newest version's.
func (c *Cluster) schemaDigest(ctx context.Context, subject string, wanted *avro.Schema) (string, error) {
	latest, err := c.cfg.Registry.Latest(ctx, subject)
	if errors.Is(err, registry.ErrUnknownSubject) {
		return "", nil
	}
	if err != nil {
		return "", fromRegistry(err)
	}
	newest, want := digest(latest.Schema.String()), digest(wanted.String())
	if newest == want {
		return want, nil
	}
	registered, err := c.cfg.Registry.Registered(ctx, subject, wanted)
	if registered {
		return want, fromRegistry(err)
	}
	return newest, fromRegistry(err)
}

// state is what a resource is like; nil where it is not there.
func (a *actual) state(r Resource) State {
	switch r.Kind {
	case Topic:
		return a.topic(r.Name)
	case Partitions:
		return a.topic(r.Name).only(propPartitions)
	case Replicas:
		return a.topic(r.Name).only(propReplicas)
	case Setting:
		s, ok := a.settings[r.Name][r.Setting]
		switch {
		case !ok:
			return nil
		case s.Set:
			return State{propValue: s.Value}
		}
		return State{propDefault: s.Value}
	case Level:
		if a.levels[r.Name] != "" {
			return State{propLevel: string(a.levels[r.Name])}
		}
	case Schema:
		switch d := a.schemas[r.Name]; {
		case d != "":
			return State{propDigest: d}
		case a.subjects[r.Name]:
			return State{}
		}
	case User:
		if a.users[r.Name] {
			return State{propMechanism: kafka.ScramSHA512}
		}
	case ACL:
		return operationsState(a.operations[r])
	case Quota:
		return quotaState(a.quotas[r.Name])
	case Descriptor:
		if d := a.descriptors[r.Name]; d != nil {
			return State{propDigest: digest(d.Document, d.Schema)}
		}
	}
	return nil
}

func (a *actual) topic(name string) State {
	t, ok := a.topics[name]
	if !ok {
		return nil
	}
	s := State{propID: t.ID, propPartitions: strconv.Itoa(t.Partitions), propReplicas: strconv.Itoa(t.Replicas)}
	for k, v := range a.settings[name] {
		s[k] = v.Value
	}
	return s
}

// only is one property of a state.
func (s State) only(property string) State {
	if s == nil {
		return nil
	}
	return State{property: s[property]}
}

func quotaState(q kafka.Quota) State {
	if q == (kafka.Quota{}) {
		return nil
	}
	s := State{}
	if q.Produce > 0 {
		s[propProduce] = strconv.FormatFloat(q.Produce, 'f', -1, 64)
	}
	if q.Consume > 0 {
		s[propConsume] = strconv.FormatFloat(q.Consume, 'f', -1, 64)
	}
	return s
}

// subjectTopic is the topic that a subject is of, by its name.
func subjectTopic(subject string) string {
	return strings.TrimSuffix(strings.TrimSuffix(subject, "-value"), "-key")
}
