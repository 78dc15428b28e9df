package dataproduct

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// runner runs one data product in one instance: a goroutine that goes round and round. All its fields but
// those below mu belong to that goroutine.
type runner struct {
	host    *host
	plan    *plan
	log     *slog.Logger
	machine *lifecycle.Machine
	session *kafka.Session
	parts   map[kafka.TopicPartition]*partition
	unknown map[int]time.Time // schema ids that the registry does not know, since when
	breaker *breaker
	tripped bool
	resume  chan struct{}

	emit     Emit
	out      []*kafka.Record // of the record in hand
	outPorts []*outputPort   // parallel to out
	written  written
	verified ranges
	reporter reporter
	hasher   quality.Hasher
	keys     []claimed // of the record in hand, by the input's uniquenesses
	counting counting

	mu   sync.Mutex
	held event.HeldDataProduct // what the next heartbeat says
}

func newRunner(h *host, pl *plan) *runner {
	ratio, window, run := pl.doc.Breaker().Ratio, pl.doc.Breaker().Window, pl.doc.Breaker().Run
	return &runner{
		host: h, plan: pl, log: h.log.With("data_product", pl.ID()),
		machine:  h.machine(event.SubjectDataProduct(pl.ID(), h.cfg.Instance)),
		parts:    make(map[kafka.TopicPartition]*partition),
		unknown:  make(map[int]time.Time),
		breaker:  newBreaker(ratio, window, run),
		resume:   make(chan struct{}, 1),
		emit:     Emit{ports: pl.outputs},
		verified: make(ranges),
		held:     event.HeldDataProduct{ID: pl.ID(), Version: pl.doc.Version, Mode: string(pl.mode), Generation: -1},
	}
}

// roundTimeout bounds what a round may take once its records are in hand: well below the transaction's and
// the group's timeouts, so that neither ends under a round that works.
const roundTimeout = 12 * time.Second

// run goes on until ctx ends (nil) or a fault of ours stops the data product.
func (r *runner) run(ctx context.Context) error {
	err := r.provision(ctx)
	if err == nil {
		r.to(lifecycle.Starting, "")
		err = r.serve(ctx)
	}
	if ctx.Err() != nil && (err == nil || fault.KindOf(err) == fault.Transient) {
		r.to(lifecycle.Draining, "")
		r.to(lifecycle.Stopped, "")
		return nil
	}
	r.to(lifecycle.Failed, err.Error())
	return fmt.Errorf("data product %s: %w", r.plan.ID(), err)
}

// serve opens sessions, one after the other: after an error of the surroundings nobody knows what the broker
// holds, so the client is thrown away and the next one finds out.
func (r *runner) serve(ctx context.Context) error {
	for tries := 0; ctx.Err() == nil; tries++ {
		began := r.host.now()
		err := r.rounds(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if fault.KindOf(err) == fault.Fatal {
			return err
		}
		if r.host.now().Sub(began) > time.Minute {
			tries = 0
		}
		r.to(lifecycle.Degraded, err.Error())
		r.log.Warn("starting over", "reason", err)
		if !r.host.pause(ctx, tries) {
			return nil
		}
	}
	return nil
}

// rounds is the life of one session.
func (r *runner) rounds(ctx context.Context) error {
	options := kafka.SessionOptions{Group: r.plan.group, Topics: r.plan.topics()}
	if !r.plan.atLeast {
		options.TransactionalID = fmt.Sprintf("%s:%s:0", r.plan.group, r.host.cfg.Instance)
	}
	session, err := kafka.OpenSession(r.host.cfg.Kafka, options)
	if err != nil {
		return fault.Fatally(err)
	}
	r.session = session
	clear(r.parts)
	defer func() {
		r.report(true)
		session.Close()
		for _, p := range r.parts {
			p.endReread()
		}
		clear(r.parts)
		r.hold()
	}()
	for {
		if err := r.round(ctx); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// round is one turn of the loop: poll, take each record through its stages, commit. A stop lets it finish.
func (r *runner) round(ctx context.Context) error {
	batches, err := r.poll(ctx)
	if err != nil {
		return err
	}
	defer r.session.Release()
	if len(batches) == 0 {
		r.report(false)
		return nil
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), roundTimeout)
	defer cancel()
	if err := r.session.Begin(); err != nil {
		return kafka.Classify(err)
	}
	err = r.work(work, batches)
	if err == nil {
		err = r.commit(work, batches)
	} else {
		err = errors.Join(err, r.abort(work, batches))
	}
	if err != nil {
		return err
	}
	r.report(false)
	return nil
}

// work takes the batches' records to their outcomes, partition by partition. A partition whose surroundings
// fail stops there; the others go on. What is not reached in time is left for the next round.
func (r *runner) work(ctx context.Context, batches []kafka.Batch) error {
	began := r.host.now()
	for _, b := range batches {
		p := r.parts[b.TopicPartition]
		p.begin(began)
		if r.tripped {
			continue
		}
	records:
		for i, record := range b.Records {
			if i%128 == 0 && r.host.now().Sub(began) > roundTimeout/2 {
				break
			}
			err := r.process(ctx, p, record)
			switch {
			case err == nil:
			case errors.Is(err, errTripped):
				r.trip()
				break records
			case fault.KindOf(err) == fault.Transient:
				p.stick(err, r.host.now())
				break records
			default:
				return err
			}
		}
	}
	return nil
}

// to enters a state; repeats are not reported.
func (r *runner) to(state lifecycle.State, cause string) {
	if err := r.machine.To(state, cause); err != nil {
		r.log.Error("illegal transition", "reason", err)
	}
	r.mu.Lock()
	r.held.State = string(r.machine.State())
	r.mu.Unlock()
}

// trip opens the circuit breaker: every partition waits for a person.
func (r *runner) trip() {
	r.tripped = true
	r.log.Error("circuit breaker opened: too many rejects", "next", "look at the dead letters; Resume, or a restart of the instance, goes on")
	r.to(lifecycle.Tripped, errTripped.Error())
}

// Resume closes a tripped circuit breaker. It may be called from any goroutine, and does nothing when the
// breaker is closed.
func (r *runner) Resume() {
	select {
	case r.resume <- struct{}{}:
	default:
	}
}

// hold tells the heartbeat which partitions are held.
func (r *runner) hold() {
	parts := make([]event.HeldPartition, 0, len(r.parts))
	for tp := range r.parts {
		parts = append(parts, event.HeldPartition{Topic: tp.Topic, Partition: tp.Partition})
	}
	sortPartitions(parts)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held.Partitions = parts
	if r.session != nil {
		r.held.Generation = r.session.Generation()
	}
}

func (r *runner) holding() event.HeldDataProduct {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held
}
