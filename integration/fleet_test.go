//go:build integration

package integration

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// fleet is a mesh as it runs in earnest: a process for the platform, one or more for each domain, and one for the shop that
// publishes what they read.
type fleet struct {
	t        *testing.T
	bin      string
	cluster  *cluster
	settings func(who string) []string // how a principal reaches the cluster, as environment variables
	members  []*member
	began    time.Time
}

// member is a process that is started again when it was killed.
type member struct {
	name    string // the instance's
	binary  string
	who     string // the principal
	args    []string
	process *process
}

var domainNames = []string{"catalog", "customer", "fulfillment", "marketing", "orders", "payments"}

func newFleet(t *testing.T, bin string, c *cluster, settings func(string) []string) *fleet {
	t.Helper()
	return &fleet{t: t, bin: bin, cluster: c, settings: settings, began: time.Now()}
}

// plain reaches a cluster that asks nobody who he is.
func plain(c *cluster) func(string) []string {
	return func(string) []string {
		return []string{"TIDEMARK_BROKERS=" + list(c.kafka.Brokers), "TIDEMARK_REGISTRY=" + c.url}
	}
}

func (f *fleet) platform() *member {
	return f.add(&member{name: "platform", binary: "tidemark", who: "platform", args: []string{"serve", "--listen-http", "127.0.0.1:0", "--log-level", "warn"}})
}

func (f *fleet) domain(name, instance string) *member {
	return f.add(&member{name: instance, binary: name, who: name, args: []string{"--instance", instance, "--http", "127.0.0.1:0", "--heartbeat", "1s"}})
}

// shop publishes the file's orders as fast as it can, then some a second; two of a hundred events are bad.
func (f *fleet) shop(speed int) *member {
	return f.add(&member{name: "shop", binary: "tidemark", who: "shop", args: []string{"traffic", "--seed", "7", "--bad", "0.02", "--speed", strconv.Itoa(speed), "--log-level", "warn"}})
}

func (f *fleet) add(m *member) *member {
	f.members = append(f.members, m)
	f.start(m)
	return m
}

func (f *fleet) start(m *member) {
	f.t.Helper()
	m.process = start(f.t, m.name, filepath.Join(f.bin, m.binary), f.settings(m.who), m.args...)
}

// ready waits until everything that answers says that it does its work, and fails when a process ended.
func (f *fleet) ready(ctx context.Context) {
	f.t.Helper()
	for _, m := range f.members {
		eventually(f.t, ctx, func(ctx context.Context) error {
			if err := m.process.gaveUp(); err != nil || m.name == "shop" {
				return err
			}
			return m.process.ready(ctx)
		})
	}
	f.phase("all are ready")
}

// settle ends the shop and waits until every record that it published has its outcome.
func (f *fleet) settle(ctx context.Context) {
	f.t.Helper()
	for i, m := range f.members {
		if m.name != "shop" {
			continue
		}
		if err := m.process.stop(ctx); err != nil {
			f.t.Fatal(err)
		}
		f.members = slices.Delete(f.members, i, i+1)
		break
	}
	f.phase("the shop is closed")
	for _, p := range paths() { // upstream first
		eventually(f.t, ctx, func(ctx context.Context) error { return f.cluster.closed(ctx, p.input) })
		eventually(f.t, ctx, func(ctx context.Context) error { return f.cluster.passed(ctx, p) })
		outputs := append(slices.Collect(maps.Keys(p.ports)), deadletter.Topic(p.dataProduct))
		eventually(f.t, ctx, func(ctx context.Context) error { return f.cluster.closed(ctx, outputs...) })
	}
	f.phase("every record has its outcome")
}

// phase tells how long a test took so far.
func (f *fleet) phase(what string) {
	f.t.Helper()
	f.t.Logf("%5.1f s: %s", time.Since(f.began).Seconds(), what)
}

// closed gives nil when no transaction is open on the topics. One of a process that was killed is until its timeout, and hides
// what others commit after it.
func (c *cluster) closed(ctx context.Context, topics ...string) error {
	if c.kafka.Security.TLS != nil {
		return nil // there nobody is killed
	}
	cl, err := kgo.NewClient(kgo.SeedBrokers(c.kafka.Brokers...))
	if err != nil {
		return err
	}
	defer cl.Close()
	admin := kadm.NewClient(cl)
	stable, err := admin.ListCommittedOffsets(ctx, topics...)
	if err != nil {
		return err
	}
	ends, err := admin.ListEndOffsets(ctx, topics...)
	if err != nil {
		return err
	}
	var open error
	ends.Each(func(end kadm.ListedOffset) {
		if at, _ := stable.Lookup(end.Topic, end.Partition); at.Offset < end.Offset {
			open = fmt.Errorf("a transaction is open on %s/%d: what is committed ends at %d of %d", end.Topic, end.Partition, at.Offset, end.Offset)
		}
	})
	return open
}

// passed gives nil when a data product's group has passed the last record of its input.
func (c *cluster) passed(ctx context.Context, p path) error {
	bounds, err := scan.Bounds(ctx, c.admin, p.input)
	if err != nil {
		return err
	}
	last, err := scan.Last(ctx, c.kafka, bounds, 1, func(*kafka.Record) bool { return true })
	if err != nil {
		return err
	}
	at, err := c.admin.GroupOffsets(ctx, p.dataProduct+".v1")
	if err != nil {
		return err
	}
	for tp, records := range last {
		if len(records) > 0 && at[tp].Offset <= records[0].Offset {
			return fmt.Errorf("%s is at %d of %s, whose last record is at %d", p.dataProduct, at[tp].Offset, tp, records[0].Offset)
		}
	}
	return nil
}

// stop ends everything in good order, each within the time that a service manager would wait.
func (f *fleet) stop(ctx context.Context) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var wait sync.WaitGroup
	errs := make([]error, len(f.members))
	for i, m := range f.members {
		wait.Go(func() { errs[i] = m.process.stop(ctx) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		f.t.Error(err)
	}
}

// progress waits until a data product has committed something that it had not when it is called.
func (f *fleet) progress(ctx context.Context, dataProduct string) {
	f.t.Helper()
	sum := func(ctx context.Context) (n int64, err error) {
		at, err := f.cluster.admin.GroupOffsets(ctx, dataProduct+".v1")
		for _, c := range at {
			n += c.Offset
		}
		return n, err
	}
	before := int64(-1)
	eventually(f.t, ctx, func(ctx context.Context) error {
		now, err := sum(ctx)
		switch {
		case err != nil:
			return err
		case before < 0:
			before = now
		case now > before:
			return nil
		}
		return fmt.Errorf("%s stays at %d", dataProduct, now)
	})
}

// pause is the longest time in which nothing came to a topic, after its first record and until its last.
func (c *cluster) pause(t *testing.T, ctx context.Context, topic string, from time.Time) time.Duration {
	t.Helper()
	bounds, err := scan.Bounds(ctx, c.admin, topic)
	if err != nil {
		t.Fatal(err)
	}
	var at []time.Time
	for r, err := range scan.Records(ctx, c.kafka, bounds) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Timestamp.After(from) {
			at = append(at, r.Timestamp)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	var longest time.Duration
	for i := 1; i < len(at); i++ {
		longest = max(longest, at[i].Sub(at[i-1]))
	}
	return longest
}
