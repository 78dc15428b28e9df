package dataproduct

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/quality"
	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

// Publisher publishes events of one type on one output port of a source. A violation of the contract is the
// caller's error, never a bad record.
type Publisher[T any] struct {
	source *SourceInstance
	plan   *plan
	port   *outputPort
	codec  *avro.Codec[T]

	mu     sync.Mutex // guards what follows and the port's scratch space
	buf    []byte
	space  space
	hasher quality.Hasher
}

// NewPublisher finds the port among the source's data products. It fails when none, or more than one, of them has a
// port of that name and type.
func NewPublisher[T any](s *SourceInstance, out Out[T]) (*Publisher[T], error) {
	var found *Publisher[T]
	for _, pl := range s.host.plans {
		for _, port := range pl.outputs {
			codec, ok := port.codec.(*avro.Codec[T])
			if port.name != string(out) || !ok {
				continue
			}
			if found != nil {
				return nil, fmt.Errorf("output port %s: both %s and %s have one of this type", string(out), found.plan.ID(), pl.ID())
			}
			found = &Publisher[T]{source: s, plan: pl, port: port, codec: codec}
		}
	}
	if found == nil {
		var event T
		return nil, fmt.Errorf("no output port %s with events of type %T among the source's data products", string(out), event)
	}
	return found, nil
}

// Publish checks an event and publishes it in a transaction of its own. It blocks until readers can see the record. A
// violation is a *fault.Rejection and nothing is sent. After any other error the event may be published or not, see
// Atomically. Where ctx has an OpenTelemetry span, the record's traceparent header names it.
func (p *Publisher[T]) Publish(ctx context.Context, event *T) error {
	return p.source.Atomically(ctx, func(tx *Tx) error { return p.Add(tx, event) })
}

// Add checks an event and adds it to a transaction. A violation is a *fault.Rejection; the transaction may go
// on without the event.
func (p *Publisher[T]) Add(tx *Tx, event *T) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	payload, err := p.codec.Append(p.buf[:0], event)
	if err != nil {
		rejected := unencodable(*event, err)
		p.source.refuse(p.port.topic, string(rejected.Reason))
		return rejected
	}
	p.buf = payload
	record, rejected := p.port.record(payload, &p.space)
	now := p.source.host.now()
	var at int64
	if mark := p.port.marks.eventTime; rejected == nil && mark >= 0 {
		var ok bool
		if at, ok = p.port.notes.Millis(mark); ok && freshness.Impossible(at, now.UnixMilli()) {
			rejected = &fault.Rejection{Reason: fault.EventTimeImpossible, Message: "the event time is before 1970 or in the future"}
		}
	}
	if rejected != nil {
		p.source.refuse(p.port.topic, string(rejected.Reason))
		return rejected
	}
	var samples []quality.Sample
	if p.port.quality != nil {
		samples = p.port.quality.Sample(nil, p.port.notes, &p.hasher)
	}
	if at := tracing.In(tx.ctx); at.Valid() {
		record.Headers = append(record.Headers, carriedFrom(at).headers()...)
	}
	warnings := p.port.warned()
	tx.add(record, func(part *sourcePart) {
		if part.quality != nil {
			part.quality.Add(samples, now)
		}
		for _, rule := range warnings {
			add(&part.working.Warnings, rule, 1)
		}
		part.working.Accepted++
		part.working.see(at, now)
	})
	return nil
}

// Tx is a running transaction of a source. It is valid only inside the function that Atomically calls.
type Tx struct {
	ctx        context.Context //nolint:containedctx // a Tx lives inside one call
	source     *SourceInstance
	checkpoint []byte

	mu    sync.Mutex
	wrote []func() // what the transaction changes once it is committed
}

// Raw adds a record as it is: neither checked nor counted. It is how a program that is not a data product
// writes beside one.
func (tx *Tx) Raw(record *kafka.Record) { tx.add(record, nil) }

// Checkpoint leaves bytes, at most 3,000, that are committed with the transaction and found by LastCheckpoint
// after a restart.
func (tx *Tx) Checkpoint(state []byte) { tx.checkpoint = state }

func (tx *Tx) add(record *kafka.Record, count func(*sourcePart)) {
	s := tx.source
	s.producer.Produce(tx.ctx, record, func(r *kafka.Record, err error) {
		if err != nil {
			return // Commit gives it
		}
		tx.mu.Lock()
		defer tx.mu.Unlock()
		tx.wrote = append(tx.wrote, func() {
			part := s.parts[kafka.TopicPartition{Topic: r.Topic, Partition: r.Partition}]
			if part == nil {
				return // a raw record of another topic
			}
			part.next, part.wrote = max(part.next, r.Offset+1), true
			if count == nil {
				return
			}
			if part.from < 0 || r.Offset < part.from {
				part.from = r.Offset
			}
			count(part)
		})
	})
}

// abortTimeout bounds how long giving up a transaction may take; the broker gives it up by itself after that.
const abortTimeout = 5 * time.Second

// Atomically runs do in a transaction: all records that it adds and its checkpoint are published, or none. It blocks while
// another transaction runs. do must add at least one record, or nothing at all.
//
// When do fails, none is published. An error of the commit may be transient (fault.KindOf), and does not always say that none
// is: where the broker's answer was lost, or ctx ended before it came, all may be. Who must not publish twice leaves a
// Checkpoint with each transaction: after an error, once Atomically with a do that adds nothing gives nil, LastCheckpoint
// says whether it counts. Without one, what is published again may come twice, and only its values tell.
func (s *SourceInstance) Atomically(ctx context.Context, do func(*Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errors.New("the source is closed")
	}
	if s.fenced {
		return s.fencedError(nil)
	}
	if s.broken {
		if err := kafka.Classify(s.recall(ctx)); err != nil {
			return fmt.Errorf("open the transactional producer anew: %w", err)
		}
	}
	if err := s.producer.Begin(); err != nil {
		s.broken = true
		return kafka.Classify(err)
	}
	tx := &Tx{ctx: ctx, source: s}
	if err := do(tx); err != nil {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
		defer cancel()
		if aborted := s.producer.Abort(ending); aborted != nil {
			s.broken = true
			err = errors.Join(err, aborted)
		}
		return err
	}
	if err := s.commit(ctx, tx); err != nil {
		s.broken = true
		for _, p := range s.parts {
			p.working, p.wrote = p.committed.clone(), false
		}
		if kafka.Fenced(err) {
			// Opening it anew would take the name back, and the two would go on like that for ever.
			s.fenced = true
			return s.fencedError(err)
		}
		return kafka.Classify(err)
	}
	return nil
}

func (s *SourceInstance) commit(ctx context.Context, tx *Tx) error {
	// The counts go into the same transaction, so the offsets have to be known before it ends.
	if err := s.producer.Flush(ctx); err != nil {
		return err
	}
	for _, part := range s.parts {
		if part.quality != nil {
			part.quality.Begin(s.host.now())
		}
	}
	for _, apply := range tx.wrote {
		apply()
	}
	var checkpoints []kafka.Checkpoint
	for _, pl := range s.host.plans {
		c := kafka.Checkpoint{Group: pl.group, Offsets: make(map[kafka.TopicPartition]kafka.Committed)}
		for tp, part := range s.parts {
			if part.plan != pl || !part.wrote {
				continue
			}
			if part.from >= 0 {
				part.working.Verified = map[string]map[int32][2]int64{rangeKey(part.port.name, part.port.contract): {tp.Partition: {part.from, part.next}}}
			}
			if part.quality != nil {
				part.working.Quality = map[string]*quality.Saved{qualityKey(part.port, part.port.contract): part.quality.Save()}
			}
			metadata, err := part.working.encode()
			if err != nil {
				return err
			}
			c.Offsets[tp] = kafka.Committed{Offset: part.next, Metadata: metadata}
		}
		if len(c.Offsets) > 0 {
			checkpoints = append(checkpoints, c)
		}
	}
	if tx.checkpoint != nil {
		checkpoints = append(checkpoints, kafka.Checkpoint{Group: s.checkpointGroup(), Offsets: map[kafka.TopicPartition]kafka.Committed{
			s.checkpointAt(): {Metadata: base64.StdEncoding.EncodeToString(tx.checkpoint)},
		}})
	}
	if err := s.producer.Commit(ctx, checkpoints...); err != nil {
		return err
	}
	if tx.checkpoint != nil {
		s.checkpoint = tx.checkpoint
	}
	for tp, part := range s.parts {
		if part.wrote {
			part.wrote, part.committed = false, part.working.clone()
			if part.quality != nil {
				part.quality.Commit()
			}
			s.note(tp, part)
		}
	}
	return nil
}

func (s *SourceInstance) fencedError(err error) error {
	msg := "another process publishes under the instance name " + s.host.cfg.Instance + ", or this one was away for longer than a transaction may last; start it anew, under a name of its own"
	if err != nil {
		return fault.Fatalf("%s: %w", msg, err)
	}
	return fault.Fatally(errors.New(msg))
}

func (s *SourceInstance) refuse(topic, reason string) {
	s.reporting.Lock()
	defer s.reporting.Unlock()
	if s.refused[topic] == nil {
		s.refused[topic] = make(map[string]int64)
	}
	s.refused[topic][reason]++
	for tp := range s.reports {
		if tp.Topic == topic && tp.Partition == 0 {
			s.news[tp] = true
		}
	}
}
