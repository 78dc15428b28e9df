package kafka

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Slot is where a Session does a round of work: a transaction after the other (at-least-once: an offset commit after the
// other). Begin, Produce and Abort belong to the session's goroutine; Flush and Commit may be another's, and nothing else
// may be done with the slot meanwhile.
type Slot struct {
	s      *Session
	cl     *kgo.Client // the session's; of another slot than the first, one of its own from its first round on
	id     string      // transactional id; empty at least once
	topics settled

	member membership // that the round rests on
	writer writer     // of the round

	promise func(*Record, error)
	sent    int64         // since the session began
	acked   atomic.Int64  // those whose fate is known
	awaited atomic.Int64  // how many Flush waits for
	all     chan struct{} // has one when as many are there

	// What follows is the client's goroutine's until Flush or Abort gives it back.
	failed error
	wrote  []Span
	last   int // in wrote
}

// Span is a range of offsets [From, To) of a partition.
type Span struct {
	TopicPartition
	From, To int64
}

func newSlot(s *Session, n int) *Slot {
	sl := &Slot{s: s, id: s.o.transactionalID(n), all: make(chan struct{}, 1)}
	sl.promise = sl.answered
	return sl
}

// Begin opens a round, of the partitions that the session has now: if one is taken away until Commit, the round does not count.
func (sl *Slot) Begin() error {
	sl.failed, sl.wrote, sl.last, sl.writer = nil, sl.wrote[:0], 0, writer{}
	var err error
	if sl.member, err = sl.s.membership(); err != nil {
		return fmt.Errorf("group %s: %w", sl.s.o.Group, err)
	}
	if sl.cl == nil {
		if err := sl.connect(); err != nil {
			return err
		}
	}
	sl.awaited.Store(math.MaxInt64)
	if sl.id == "" {
		return nil
	}
	if err := sl.cl.BeginTransaction(); err != nil {
		return fmt.Errorf("begin transaction %s: %w", sl.id, sl.s.cfg.denied(err, toTransact(sl.id)))
	}
	return nil
}

// connect gives the slot its client. A transactional producer has one transaction at a time, so each slot needs one; what
// consumes is the first slot's too, and at least once all slots'.
func (sl *Slot) connect() error {
	if sl.id == "" || sl == sl.s.slots[0] {
		sl.cl = sl.s.cl
		return nil
	}
	cl, err := sl.s.cfg.client(append(sl.s.producing(), transacting(sl.id)...)...)
	if err != nil {
		return err
	}
	sl.cl = cl
	return nil
}

// Produce adds a record to the round, which must have begun. It blocks while the buffer is full. A failure shows at Flush.
func (sl *Slot) Produce(ctx context.Context, r *Record) {
	sl.sent++
	sl.cl.Produce(ctx, r, sl.promise)
}

// answered takes a record's fate. The client calls it for one record after the other.
func (sl *Slot) answered(r *Record, err error) {
	if err == nil {
		sl.note(r)
	} else if sl.failed == nil {
		sl.failed = &ProduceError{r.Topic, sl.s.cfg.denied(err, toWrite(r.Topic), toTransact(sl.id))}
	}
	if sl.acked.Add(1) == sl.awaited.Load() {
		select {
		case sl.all <- struct{}{}:
		default:
		}
	}
}

// note extends what was written. Records of a partition come one after the other.
func (sl *Slot) note(r *Record) {
	sl.writer.wrote(r)
	if sl.last < len(sl.wrote) {
		if w := &sl.wrote[sl.last]; w.Partition == r.Partition && w.Topic == r.Topic {
			w.From, w.To = min(w.From, r.Offset), max(w.To, r.Offset+1)
			return
		}
	}
	for i := range sl.wrote {
		if w := &sl.wrote[i]; w.Partition == r.Partition && w.Topic == r.Topic {
			w.From, w.To = min(w.From, r.Offset), max(w.To, r.Offset+1)
			sl.last = i
			return
		}
	}
	sl.topics.wrote(r)
	sl.last = len(sl.wrote)
	sl.wrote = append(sl.wrote, Span{TopicPartition{r.Topic, r.Partition}, r.Offset, r.Offset + 1})
}

// Flush waits until the fate of everything that was produced is known, and gives the first failure.
func (sl *Slot) Flush(ctx context.Context) error {
	if sl.id != "" { // else others' records are on the way as well, and go on coming
		if err := sl.cl.Flush(ctx); err != nil {
			return fmt.Errorf("flush: %w", err)
		}
	}
	if err := sl.wait(ctx); err != nil {
		return err
	}
	if err := sl.topics.wait(ctx, sl.cl); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	if sl.failed == nil && sl.id != "" {
		return sl.writer.whole()
	}
	return sl.failed
}

func (sl *Slot) wait(ctx context.Context) error {
	sl.awaited.Store(sl.sent)
	for sl.acked.Load() < sl.sent {
		select {
		case <-sl.all:
		case <-ctx.Done():
			return fmt.Errorf("flush: %w", ctx.Err())
		}
	}
	return nil
}

// Wrote is what the round has written, by topic and partition; call it after Flush. It is valid until the next Begin.
func (sl *Slot) Wrote() []Span { return sl.wrote }

// Commit ends the round, after Flush: what was produced and the positions count, and every other partition stays where it
// was. It gives false when the group had gone on without this member: then nothing counts (exactly-once) or the positions
// do not (at-least-once), and the records come again to whoever has the partitions.
func (sl *Slot) Commit(ctx context.Context, positions []Position) (bool, error) {
	if sl.id == "" || len(sl.wrote) == 0 {
		if err := sl.end(ctx, kgo.TryCommit); err != nil { // of nothing, so that the next may begin
			return false, fmt.Errorf("end transaction %s: %w", sl.id, err)
		}
		return sl.s.commitOffsets(ctx, sl.member, positions)
	}
	c := Checkpoint{Group: sl.s.o.Group, Offsets: make(map[TopicPartition]Committed, len(positions)), epochs: make(map[TopicPartition]int32, len(positions))}
	c.static = sl.s.o.StaticMember
	for _, p := range positions {
		c.Offsets[p.TopicPartition], c.epochs[p.TopicPartition] = p.Committed, p.Epoch
	}
	if len(positions) > 0 {
		var ok bool
		if c.member, c.generation, ok = sl.s.now(sl.member); !ok {
			return false, sl.giveUp(ctx, errExpelled, true)
		}
		if err := sl.s.cfg.checkpoint(ctx, sl.cl, sl.id, sl.writer, c); err != nil {
			return false, sl.giveUp(ctx, err, left(err) || isAny(err, kerr.TransactionAbortable, kerr.ConcurrentTransactions))
		}
	}
	// After any other failure the broker may have committed all the same.
	if err := sl.end(ctx, kgo.TryCommit); err != nil {
		return false, sl.giveUp(ctx, err, isAny(err, kerr.OperationNotAttempted, kerr.TransactionAbortable))
	}
	return true, nil
}

// giveUp aborts a transaction that could not be committed. It gives the reason, unless it is certain that nothing was committed: then
// the session can go on.
func (sl *Slot) giveUp(ctx context.Context, reason error, certain bool) error {
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	if err := sl.end(ending, kgo.TryAbort); err != nil {
		return errors.Join(fmt.Errorf("commit transaction %s: %w", sl.id, reason), fmt.Errorf("abort: %w", err))
	}
	if certain {
		return nil
	}
	return fmt.Errorf("commit transaction %s: %w", sl.id, reason)
}

func (sl *Slot) end(ctx context.Context, how kgo.TransactionEndTry) error {
	if sl.id == "" {
		return nil
	}
	return sl.s.cfg.denied(sl.cl.EndTransaction(ctx, how), toTransact(sl.id))
}

// Abort ends the round: nothing that was produced counts (at-least-once: it does). The partitions have to be rewound.
func (sl *Slot) Abort(ctx context.Context) error {
	if sl.id == "" {
		return sl.wait(ctx)
	}
	if err := sl.cl.AbortBufferedRecords(ctx); err != nil {
		return fmt.Errorf("abort transaction %s: %w", sl.id, err)
	}
	if err := sl.wait(ctx); err != nil {
		return err
	}
	if err := sl.end(ctx, kgo.TryAbort); err != nil {
		return fmt.Errorf("abort transaction %s: %w", sl.id, err)
	}
	return nil
}
