package dataproduct

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// SourceInstance is the instance of a service that publishes on its own output ports: the source mode. It publishes in transactions, one at a
// time, for one or more source data products. Its methods are safe for concurrent use; transactions wait for each other.
type SourceInstance struct {
	host  *host
	stop  context.CancelFunc
	voice sync.WaitGroup

	machines []*lifecycle.Machine // one for each data product

	mu         sync.Mutex // one transaction at a time
	producer   *kafka.TxProducer
	parts      map[kafka.TopicPartition]*sourcePart
	checkpoint []byte
	broken     bool // the producer has to be opened anew
	closed     bool
	fenced     bool // another process has our name

	reporting sync.Mutex
	reports   map[kafka.TopicPartition]event.Freshness
	news      map[kafka.TopicPartition]bool
	refused   map[string]map[string]int64 // by topic and reason
	backfill  atomic.Bool
}

// sourcePart is what a source knows of one output partition.
type sourcePart struct {
	plan *plan
	port *outputPort
	next int64
	committed,
	working tally
	from    int64 // the first offset of this incarnation; -1 before it
	wrote   bool
	quality *quality.Counter // nil where the contract has no metrics
}

// OpenSource opens source data products for publishing. It blocks until their topics and subjects are there
// and what was published before is known, or ctx ends; a broker or registry that is away is waited for. Another process
// that opens the same data products under the same instance name takes over.
func OpenSource(ctx context.Context, cfg Config, products ...Product) (*SourceInstance, error) {
	for _, p := range products {
		if p.mode != ModeSource {
			return nil, fmt.Errorf("data product %s is a %s, not a source", p.ID(), p.mode)
		}
	}
	if len(products) == 0 {
		return nil, errors.New("open source: no data product given")
	}
	h, err := newHost(cfg, products)
	if err != nil {
		return nil, err
	}
	s := &SourceInstance{
		host: h, parts: make(map[kafka.TopicPartition]*sourcePart),
		reports: make(map[kafka.TopicPartition]event.Freshness), news: make(map[kafka.TopicPartition]bool),
		refused: make(map[string]map[string]int64),
	}
	toInstance(h, lifecycle.Declared)
	toInstance(h, lifecycle.Provisioning)
	if err := h.connect(ctx); err != nil {
		h.admin.Close()
		return nil, err
	}
	h.describe()
	s.machines, err = s.provision(ctx)
	if err != nil {
		if s.producer != nil {
			s.producer.Close()
		}
		h.hangUp()
		return nil, err
	}
	speaking, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	h.holding = func() []event.HeldDataProduct {
		held := make([]event.HeldDataProduct, len(h.plans))
		for i, pl := range h.plans {
			held[i] = event.HeldDataProduct{ID: pl.ID(), Version: pl.doc.Version, Mode: string(pl.mode), State: string(s.machines[i].State()), Generation: -1}
		}
		return held
	}
	toInstance(h, lifecycle.Starting)
	toInstance(h, lifecycle.Running)
	s.voice.Go(func() { h.speak(speaking) })
	s.voice.Go(func() { s.report(speaking) })
	return s, nil
}

func (s *SourceInstance) provision(ctx context.Context) ([]*lifecycle.Machine, error) {
	var machines []*lifecycle.Machine
	unjudged := make([]string, len(s.host.plans))
	for _, pl := range s.host.plans {
		m := s.host.machine(event.SubjectDataProduct(pl.ID(), s.host.cfg.Instance))
		machines = append(machines, m)
		for _, state := range []lifecycle.State{lifecycle.Declared, lifecycle.Provisioning} {
			if err := m.To(state, ""); err != nil {
				return nil, err
			}
		}
	}
	var waiting errgroup.Group // all at once: a verdict that nobody gives is waited for once
	for i, pl := range s.host.plans {
		waiting.Go(func() (err error) {
			if unjudged[i], err = s.host.admit(ctx, pl); err != nil {
				return errors.Join(err, machines[i].To(lifecycle.Failed, err.Error()))
			}
			return nil
		})
	}
	if err := waiting.Wait(); err != nil {
		return nil, err
	}
	for _, pl := range s.host.plans {
		for _, out := range pl.outputs {
			if err := s.host.provisionPort(ctx, out); err != nil {
				return nil, err
			}
		}
	}
	if err := s.host.patiently(ctx, "finding what was published before", s.recall); err != nil {
		return nil, err
	}
	for i, m := range machines {
		for _, state := range []lifecycle.State{lifecycle.Starting, lifecycle.Running} {
			if err := m.To(state, unjudged[i]); err != nil {
				return nil, err
			}
		}
	}
	return machines, nil
}

// recall opens the producer, which ends whatever transaction an earlier process left open, and then reads the
// counts and the checkpoint that were committed with the data.
func (s *SourceInstance) recall(ctx context.Context) error {
	if s.producer != nil {
		s.producer.Close()
	}
	producer, err := kafka.NewTxProducer(s.host.cfg.Kafka, fmt.Sprintf("%s:%s:0", s.host.plans[0].group, s.host.cfg.Instance))
	if err != nil {
		return err
	}
	s.producer, s.broken = producer, true // until all is read
	if err := producer.Fence(ctx); err != nil {
		return err
	}
	for _, pl := range s.host.plans {
		offsets, err := s.host.admin.GroupOffsets(ctx, pl.group)
		if err != nil {
			return err
		}
		for _, out := range pl.outputs {
			for p := range out.partitions {
				tp := kafka.TopicPartition{Topic: out.topic, Partition: int32(p)} // small
				at := offsets[tp]
				part := &sourcePart{plan: pl, port: out, next: at.Offset, committed: decodeTally(at.Metadata), from: -1}
				part.working = part.committed.clone()
				if at, ok := part.committed.Verified[rangeKey(out.name, out.contract)][tp.Partition]; ok {
					part.from = at[0]
				}
				if part.quality, err = s.counter(tp, part); err != nil {
					return fault.Fatally(err)
				}
				s.parts[tp] = part
				s.note(tp, part)
			}
		}
	}
	offsets, err := s.host.admin.GroupOffsets(ctx, s.checkpointGroup())
	if err != nil {
		return err
	}
	s.checkpoint = nil
	at, ok := offsets[s.checkpointAt()]
	if !ok {
		s.broken = false
		return nil
	}
	s.checkpoint, err = base64.StdEncoding.DecodeString(at.Metadata)
	if err != nil {
		return fmt.Errorf("the checkpoint of group %s is not ours: %w", s.checkpointGroup(), err)
	}
	s.broken = false
	return nil
}

// counter is what counts the partition's quality: the one that did, if nothing was committed that it does not know of, or
// one that goes on with what was committed.
func (s *SourceInstance) counter(tp kafka.TopicPartition, part *sourcePart) (*quality.Counter, error) {
	if part.port.quality == nil {
		return nil, nil
	}
	if known := s.parts[tp]; known != nil && known.quality != nil && known.next == part.next {
		return known.quality, nil
	}
	from := part.committed.Quality[qualityKey(part.port, part.port.contract)]
	return quality.Resume(part.port.quality, part.port.contract.QualityWindow(), s.host.now(), from)
}

func (s *SourceInstance) checkpointGroup() string { return s.host.plans[0].group + ".checkpoint" }

func (s *SourceInstance) checkpointAt() kafka.TopicPartition {
	return kafka.TopicPartition{Topic: s.host.plans[0].outputs[0].topic}
}

// LastCheckpoint is what the last committed transaction of any process left with Tx.Checkpoint; nil before the
// first. The caller must not change it.
func (s *SourceInstance) LastCheckpoint() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.checkpoint
}

// SetBackfill says that old events are being published: until it is taken back, nobody judges the freshness of
// these ports and of what is made of them.
func (s *SourceInstance) SetBackfill(on bool) {
	if s.backfill.Swap(on) != on {
		s.mu.Lock()
		defer s.mu.Unlock()
		for tp, p := range s.parts {
			s.note(tp, p)
		}
	}
}

// Close waits for a running transaction, says goodbye and lets go of the connections. The source cannot be
// used after it; a second call does nothing.
func (s *SourceInstance) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.producer.Close()
	s.mu.Unlock()
	for _, state := range []lifecycle.State{lifecycle.Draining, lifecycle.Stopped} {
		for _, m := range s.machines {
			if err := m.To(state, ""); err != nil {
				s.host.log.Error("illegal transition", "reason", err)
			}
		}
		toInstance(s.host, state)
	}
	s.stop()
	s.voice.Wait()
	s.host.hangUp()
	return ctx.Err()
}

// note keeps what the next report says of a partition. s.mu is held.
func (s *SourceInstance) note(tp kafka.TopicPartition, p *sourcePart) {
	t := p.committed
	e := event.Freshness{
		Port: p.port.topic, DataProduct: p.plan.ID(), Mode: string(ModeSource), InputTopic: tp.Topic, InputPartition: tp.Partition,
		Instance: s.host.cfg.Instance, Incarnation: s.host.incarnation, Generation: -1,
		Position: p.next, End: p.next, EventTime: millis(t.EventTime), UpdatedAt: millis(t.UpdatedAt),
		Warnings: maps.Clone(t.Warnings), Backfill: s.backfill.Load(), Accepted: t.Accepted, Records: t.Accepted, ContractDigest: p.port.contract.Digest(),
		SchemaIds: []int32{int32(p.port.schemaID)}, // ids are 32 bits on the wire
	}
	var err error
	if e.Quality, err = qualityOf(p.quality); err != nil {
		s.host.log.Warn("quality is not told", "port", e.Port, "reason", err)
	}
	if p.from >= 0 {
		e.Verified = []event.VerifiedRange{{Partition: tp.Partition, From: p.from, To: p.next}}
	}
	s.reporting.Lock()
	defer s.reporting.Unlock()
	s.reports[tp], s.news[tp] = e, true
}

// rollQuality closes windows whose time is over, unless a transaction is running: then it comes again.
func (s *SourceInstance) rollQuality() {
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	for tp, p := range s.parts {
		if p.quality != nil && p.quality.Roll(s.host.now()) {
			s.note(tp, p)
		}
	}
}

// report sends what changed once a second, everything when nothing happened for long, and the last word when ctx
// ends.
func (s *SourceInstance) report(ctx context.Context) {
	ticker := time.NewTicker(reportAtMost)
	defer ticker.Stop()
	said := make(map[kafka.TopicPartition]bool) // whether it was said to be idle
	var sequence int64
	for tick := 0; ; tick++ {
		s.rollQuality()
		sequence = s.tell(sequence, tick%int(reportAtLeast/reportAtMost) == 0, said)
		select {
		case <-ctx.Done():
			s.tell(sequence, false, said)
			return
		case <-ticker.C:
		}
	}
}

// tell sends the news, or all there is, and gives the last sequence number.
func (s *SourceInstance) tell(sequence int64, all bool, said map[kafka.TopicPartition]bool) int64 {
	s.reporting.Lock()
	defer s.reporting.Unlock()
	for tp, e := range s.reports {
		e.At = s.host.now()
		e.Idle = e.UpdatedAt == nil || e.At.Sub(*e.UpdatedAt) >= idleAfter
		if !all && !s.news[tp] && e.Idle == said[tp] {
			continue
		}
		sequence++
		e.Sequence, said[tp] = sequence, e.Idle
		if tp.Partition == 0 {
			e.Rejected = maps.Clone(s.refused[tp.Topic])
		}
		s.host.send(&e)
		s.news[tp] = false
	}
	return sequence
}
