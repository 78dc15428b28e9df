package dataproduct

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

func isFatal(err error) bool { return fault.KindOf(err) == fault.Fatal }

// deadLetterRetention is 30 days, in milliseconds.
const deadLetterRetention = "2592000000"

// provision makes sure of what the data product needs before it reads a record: that the policies let it start, its
// own topics and subjects, and that its inputs are there. It waits for what others must bring, and says where it did
// not wait for a verdict any longer.
func (r *runner) provision(ctx context.Context) (unjudged string, err error) {
	r.to(lifecycle.Declared, "")
	r.to(lifecycle.Provisioning, "")
	if unjudged, err = r.host.admit(ctx, r.plan); err != nil {
		return "", err
	}
	return unjudged, r.make(ctx)
}

// make makes what the data product needs, and waits for its inputs.
func (r *runner) make(ctx context.Context) error {
	for _, out := range r.plan.outputs {
		if err := r.host.provisionPort(ctx, out); err != nil {
			return err
		}
	}
	if r.plan.mode != ModeObserve {
		if err := r.host.patiently(ctx, "creating the dead letter topic", func(ctx context.Context) error {
			return r.host.admin.EnsureTopics(ctx, r.host.rejectsTopic(r.plan.dlq), r.host.rejectsTopic(r.plan.retry))
		}); err != nil {
			return err
		}
	}
	for _, in := range r.plan.inputs {
		if err := r.awaitInput(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// provisionPort registers the port's schema and creates its topic. A registry that is away is waited for, unless its client has a
// snapshot in which the schema's id stands: a restart goes on then.
func (h *host) provisionPort(ctx context.Context, out *outputPort) error {
	subject := out.topic + "-value"
	if err := h.patiently(ctx, "registering "+subject, func(ctx context.Context) (err error) {
		out.schemaID, err = h.registry.Register(ctx, subject, out.contract.Schema())
		return err
	}); err != nil {
		return fmt.Errorf("output port %s: %w", out.name, err)
	}
	return h.patiently(ctx, "creating topic "+out.topic, func(ctx context.Context) error {
		if err := h.admin.EnsureTopics(ctx, portTopic(out.contract, h.cfg.Replicas)); err != nil {
			return err
		}
		// Keys are spread over the topic as it is, which may be older than the contract.
		n, err := h.admin.Partitions(ctx, out.topic)
		if err != nil {
			return fault.Transiently(err) // created a moment ago: not every broker knows yet
		}
		if n != out.partitions {
			h.log.Warn("topic has other partitions than its contract says", "topic", out.topic, "contract", out.partitions, "topic_has", n)
			out.partitions = n
		}
		return nil
	})
}

// portTopic is a port's topic as its contract wants it.
func portTopic(c *contract.Contract, replicas int) kafka.Topic {
	t := kafka.Topic{Name: c.Topic(), Partitions: c.Partitions(), Replicas: replicas, Config: map[string]string{}}
	if c.Compacted() {
		t.Config["cleanup.policy"] = "compact"
	} else if keep := c.SLA().Retention; keep > 0 {
		t.Config["retention.ms"] = strconv.FormatInt(keep.Milliseconds(), 10)
	}
	return t
}

func (h *host) rejectsTopic(name string) kafka.Topic {
	return kafka.Topic{Name: name, Partitions: 1, Replicas: h.cfg.Replicas, Config: map[string]string{
		"retention.ms":      deadLetterRetention,
		"max.message.bytes": strconv.Itoa(kafka.RejectBytes),
	}}
}

// awaitInput waits until an input topic is there: its owner may start later. A guard keeps partition numbers,
// so its two topics must have equally many.
func (r *runner) awaitInput(ctx context.Context, in *inputPort) error {
	return r.host.patiently(ctx, "waiting for input topic "+in.topic, func(ctx context.Context) error {
		n, err := r.host.admin.Partitions(ctx, in.topic)
		if errors.Is(err, kafka.ErrUnknownTopic) {
			return fault.Transiently(fmt.Errorf("%w; start the data product that publishes it, or create it", err))
		}
		if err == nil && r.plan.mode == ModeGuard && n != r.plan.outputs[0].partitions {
			return fault.Fatalf("a guard keeps partition numbers: %s has %d partitions, %s has %d; make them equal",
				in.topic, n, r.plan.outputs[0].topic, r.plan.outputs[0].partitions)
		}
		return err
	})
}
