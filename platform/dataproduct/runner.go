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
	"github.com/tidemark-mesh/tidemark/platform/freshness"
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
	// latencies outlive the session and the assignment: they are told by process.
	latencies map[kafka.TopicPartition]*freshness.Sketch
	parts     map[kafka.TopicPartition]*partition
	slots     []*slot
	replays   []kafka.Batch // fetched from the retry topic
	tracer    tracer
	clock     time.Time         // the time, as of some records ago at most: what is counted by
	stamp     time.Time         // the real one then
	unknown   map[int]time.Time // schema ids that the registry does not know, since when
	room      letterRoom
	breaker   *breaker
	tripped   bool
	resume    chan struct{}

	item     item // in hand
	emit     Emit
	out      []*kafka.Record // of the record in hand
	outPorts []*outputPort   // parallel to out
	space    space
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
	tracer := tracer{Tracing: h.cfg.Tracing}
	if tracer.Tracing != nil {
		tracer.gap = tracer.Gap()
	}
	return &runner{
		host: h, plan: pl, log: h.log.With("data_product", pl.ID()),
		machine:   h.machine(event.SubjectDataProduct(pl.ID(), h.cfg.Instance)),
		latencies: make(map[kafka.TopicPartition]*freshness.Sketch),
		parts:     make(map[kafka.TopicPartition]*partition),
		unknown:   make(map[int]time.Time),
		breaker:   newBreaker(ratio, window, run),
		resume:    make(chan struct{}, 1),
		emit:      Emit{ports: pl.outputs},
		tracer:    tracer,
		verified:  make(ranges),
		held:      event.HeldDataProduct{ID: pl.ID(), Version: pl.doc.Version, Mode: string(pl.mode), Generation: -1, Tiers: pl.tiers()},
	}
}

// run goes on until ctx ends (nil) or a fault of ours stops the data product.
func (r *runner) run(ctx context.Context) error {
	unjudged, err := r.provision(ctx)
	if err == nil {
		r.to(lifecycle.Starting, unjudged)
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
	session, err := kafka.OpenSession(r.host.cfg.Kafka, r.sessionOptions())
	if err != nil {
		return fault.Fatally(err)
	}
	r.session = session
	clear(r.parts)
	r.slots, r.replays = nil, nil
	for _, tx := range session.Slots() {
		r.slots = append(r.slots, &slot{tx: tx, done: make(chan outcome, 1), tracing: r.host.cfg.Tracing})
	}
	defer func() {
		r.report(true)
		session.Close()
		for _, p := range r.parts {
			p.endReread()
		}
		clear(r.parts)
		r.hold()
	}()
	if err := r.fence(ctx); err != nil {
		return err
	}
	for {
		if err := r.round(ctx); err != nil {
			return errors.Join(err, r.giveUp())
		}
		if ctx.Err() != nil {
			return r.finish() // what is in hand
		}
	}
}

// fence ends what a process of this name left open when it was killed, also in slots that have nothing to do yet: it would hide
// what others commit.
func (r *runner) fence(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, roundTimeout)
	defer cancel()
	return kafka.Classify(r.session.Fence(ctx))
}

func (r *runner) sessionOptions() kafka.SessionOptions {
	cfg := &r.host.cfg
	o := kafka.SessionOptions{Group: r.plan.group, Topics: r.plan.topics(), Slots: cfg.Slots, ServerAssigned: cfg.ServerAssigned}
	if !r.plan.atLeast {
		o.TransactionalID = r.plan.group + ":" + cfg.Instance
	}
	if r.room.batch > 0 {
		o.TakesBytes = map[string]int{r.plan.dlq: r.room.batch}
	}
	if cfg.StaticMembership {
		o.StaticMember, o.SessionTimeout = cfg.Instance, staticTimeout
	}
	return o
}

// staticTimeout is how long a static member may be away before its partitions go to others: time for a restart.
const staticTimeout = 45 * time.Second

// round is one turn of the loop: take in what was committed, poll, take each record through its stages, commit what is due.
func (r *runner) round(ctx context.Context) error {
	r.tick()
	if err := r.collect(); err != nil {
		return err
	}
	if r.session.Blocked() {
		if err := r.finish(); err != nil {
			return err
		}
		r.session.Release()
	}
	if err := r.poll(ctx); err != nil {
		return err
	}
	r.tick()
	for _, s := range r.slots {
		if err := r.turn(ctx, s); err != nil {
			return err
		}
	}
	if len(r.replays) > 0 {
		if err := r.replay(ctx); err != nil {
			return err
		}
	}
	if err := r.commitDue(); err != nil {
		return err
	}
	if r.idle() {
		r.session.Release()
	}
	r.report(false)
	return nil
}

// latency is what counts a partition's latencies in this process.
func (r *runner) latency(tp kafka.TopicPartition) *freshness.Sketch {
	if r.latencies[tp] == nil {
		r.latencies[tp] = &freshness.Sketch{}
	}
	return r.latencies[tp]
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
	for tp, p := range r.parts {
		r.putBack(p)
		r.session.Pause(tp)
	}
	r.log.Error("circuit breaker opened: too many rejects", "next", "look at the dead letters; then tidemark resume, or a restart of the instance, goes on")
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
