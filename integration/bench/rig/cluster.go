// Package rig is what the benchmarks stand on: a broker and a registry, topics with a workload in them, contenders as
// processes that are measured from outside, and the count of what came out.
package rig

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Cluster is the broker and the registry that contenders work with.
type Cluster struct {
	Brokers  string
	Registry string
	SchemaID int // of the orders' schema

	cl    *kgo.Client
	admin *kadm.Client
	stop  func()
}

// Open starts the rig's own broker (program is contender-independent: the built ./broker) and registry, or only the registry
// where brokers names a real cluster.
func Open(ctx context.Context, program, brokers string) (_ *Cluster, err error) {
	c := &Cluster{}
	cmd := exec.Command(program, fmt.Sprintf("-kafka=%t", brokers == ""))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	c.stop = func() {
		_ = in.Close() // which tells it to end
		_ = cmd.Wait()
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	var at struct{ Broker, Registry string }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &at)
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: it did not say where it is: %w", program, err)
	}
	c.Brokers, c.Registry = at.Broker, at.Registry
	if brokers != "" {
		c.Brokers = brokers
	}
	if c.cl, err = c.client(); err != nil {
		return nil, err
	}
	c.admin = kadm.NewClient(c.cl)
	return c, c.register(ctx)
}

func (c *Cluster) client(more ...kgo.Opt) (*kgo.Client, error) {
	opts := append([]kgo.Opt{
		kgo.SeedBrokers(split(c.Brokers)...), kgo.ClientID("bench-rig"), kgo.MaxBufferedRecords(1 << 16),
		kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.MetadataMinAge(50 * time.Millisecond),
	}, more...)
	cl, err := kgo.NewClient(opts...)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", c.Brokers, err)
	}
	return cl, nil
}

func (c *Cluster) register(ctx context.Context) error {
	schema, err := avro.Parse([]byte(orders.Schema))
	if err != nil {
		return fmt.Errorf("the order's schema: %w", err)
	}
	client, err := registry.New(registry.Config{URLs: []string{c.Registry}})
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	defer client.Close()
	if c.SchemaID, err = client.Register(ctx, "bench-orders-value", schema); err != nil {
		return fmt.Errorf("register the order's schema: %w", err)
	}
	return nil
}

// Close ends the rig; a real cluster goes on.
func (c *Cluster) Close() {
	if c.cl != nil {
		c.cl.Close()
	}
	c.stop()
}

// Create makes topics anew: what is there under their names goes.
func (c *Cluster) Create(ctx context.Context, partitions int, topics ...string) error {
	return c.create(ctx, partitions, nil, topics...)
}

func (c *Cluster) create(ctx context.Context, partitions int, config map[string]*string, topics ...string) error {
	if err := c.Delete(ctx, topics...); err != nil {
		return err
	}
	for tries := 0; ; tries++ {
		created, err := c.admin.CreateTopics(ctx, int32(partitions), -1, config, topics...)
		if err == nil {
			err = created.Error()
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, kerr.TopicAlreadyExists) && tries < 50: // a real broker deletes later
			time.Sleep(100 * time.Millisecond) // the broker tells nobody when a topic is gone
			if err := c.Delete(ctx, topics...); err != nil {
				return err
			}
		default:
			return fmt.Errorf("create %v: %w", topics, err)
		}
	}
}

// Delete removes topics; one that is not there is no error.
func (c *Cluster) Delete(ctx context.Context, topics ...string) error {
	deleted, err := c.admin.DeleteTopics(ctx, topics...)
	if err != nil {
		return fmt.Errorf("delete %v: %w", topics, err)
	}
	for _, d := range deleted {
		if d.Err != nil && !errors.Is(d.Err, kerr.UnknownTopicOrPartition) {
			return fmt.Errorf("delete %s: %w", d.Topic, d.Err)
		}
	}
	return nil
}

// Prepare makes the topics that a run writes to. A group of an earlier run goes, or it would have nothing to read.
func (c *Cluster) Prepare(ctx context.Context, name string, partitions int) error {
	if err := c.Forget(ctx, name); err != nil {
		return err
	}
	if err := c.Create(ctx, partitions, orders.Topic(name)); err != nil {
		return err
	}
	// As Tidemark would make it: a dead letter is larger than its record.
	most := strconv.Itoa(kafka.RejectBytes)
	return c.create(ctx, 1, map[string]*string{"max.message.bytes": &most}, orders.DeadLetters(name))
}

// Forget deletes what a run left.
func (c *Cluster) Forget(ctx context.Context, name string) error {
	if err := c.forgetGroup(ctx, orders.Group(name)); err != nil {
		return fmt.Errorf("delete group %s: %w", orders.Group(name), err)
	}
	return c.Delete(ctx, orders.Topic(name), orders.DeadLetters(name), "bench."+name+".retry")
}

// forgetGroup deletes a group, if there is one. A broker that is new has nowhere to keep groups; that it is asked for one makes it
// see to that, and until then nobody coordinates.
func (c *Cluster) forgetGroup(ctx context.Context, group string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := c.admin.DeleteGroups(ctx, group) // what it says of the group is that there is none
		if !errors.Is(err, kerr.CoordinatorNotAvailable) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// Fill writes a workload to a new topic of the source.
func (c *Cluster) Fill(ctx context.Context, source string, w orders.Workload) error {
	topic := orders.Topic(source)
	if err := c.Create(ctx, w.Partitions, topic); err != nil {
		return err
	}
	cl, err := c.client(kgo.ProducerLinger(5 * time.Millisecond))
	if err != nil {
		return err
	}
	defer cl.Close()
	var failed error // written by the client's goroutine, read after Flush
	generator := orders.NewGenerator(w, c.SchemaID)
	for range w.Records {
		key, value := generator.Next()
		cl.Produce(ctx, &kgo.Record{Topic: topic, Key: key, Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed = err
			}
		})
	}
	if err := cl.Flush(ctx); err != nil {
		return fmt.Errorf("fill %s: %w", topic, err)
	}
	if failed != nil {
		return fmt.Errorf("fill %s: %w", topic, failed)
	}
	return nil
}
