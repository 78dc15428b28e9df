package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// SessionOptions say what a Session is a member of.
type SessionOptions struct {
	Group  string
	Topics []string
	// TransactionalID makes the session exactly-once: what it produces and the offsets it commits are one
	// transaction. Empty is at-least-once.
	TransactionalID string
}

// Session is one member of a consumer group that consumes, produces and commits. In one round, for one goroutine:
//
//	Poll -> Begin -> Produce... -> Commit or Abort -> Release
//
// From a Poll that gave something until Release, no partition is taken away. A round without work may go from
// Poll straight to Release. After an error of Begin, Commit or Abort the session must be closed and opened anew: what the
// broker holds is not known.
type Session struct {
	cl  *kgo.Client
	txn *kgo.GroupTransactSession // nil: at-least-once

	topics settled

	mu       sync.Mutex
	assigned []Assignment
	revoked  []TopicPartition
	unclean  bool // a revocation came since the last transaction ended
	failed   error
}

// Assignment is a partition that this member was given, with what the group committed for it.
type Assignment struct {
	TopicPartition
	// Committed is where it starts; Offset is -1 when the group never committed.
	Committed Committed
}

// Polled is what one Poll gave. Revoked partitions were given up before those Assigned came.
type Polled struct {
	Revoked  []TopicPartition
	Assigned []Assignment
	// Batches hold the records, one per partition, in order. One may have no records, only news of the offsets.
	Batches []Batch
	// Failures are partitions that cannot be read.
	Failures []Failure
}

// Batch holds consecutive records of one partition.
type Batch struct {
	TopicPartition
	Records []*Record
	// Next is past everything that was fetched, the markers of transactions included, which Records leave out.
	Next int64
	// End is the last stable offset when the records were fetched.
	End int64
	// Start is the log's first offset then.
	Start int64
}

// Failure is a partition that cannot be read, and why.
type Failure struct {
	TopicPartition
	Err error
}

// Position is how far a partition is finished: Committed.Offset is the next offset to read.
type Position struct {
	TopicPartition
	Committed Committed
	Epoch     int32 // of the last finished record
}

// OpenSession connects and joins lazily, at the first Poll. A partition without a commit starts at its first
// offset.
func OpenSession(cfg Config, o SessionOptions) (*Session, error) {
	s := &Session{}
	opts, err := cfg.options()
	if err != nil {
		return nil, err
	}
	opts = append(opts, consuming(false)...)
	opts = append(opts, producing()...)
	opts = append(opts,
		kgo.ConsumerGroup(o.Group),
		kgo.ConsumeTopics(o.Topics...),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		// Retention that passed our position is a gap to be told, not to be jumped silently.
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		// Transaction markers take offsets: without seeing them nobody knows that a partition is read to its end.
		kgo.KeepControlRecords(),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.OnOffsetsFetched(s.onFetched),
		kgo.OnPartitionsRevoked(s.onRevoked),
		kgo.OnPartitionsLost(s.onRevoked),
		kgo.SessionTimeout(10*time.Second),
		kgo.HeartbeatInterval(time.Second),
	)
	if o.TransactionalID == "" {
		if s.cl, err = kgo.NewClient(opts...); err != nil {
			return nil, fmt.Errorf("open session of group %s: %w", o.Group, err)
		}
		return s, nil
	}
	opts = append(opts, kgo.TransactionalID(o.TransactionalID), kgo.TransactionTimeout(transactionTimeout))
	if s.txn, err = kgo.NewGroupTransactSession(opts...); err != nil {
		return nil, fmt.Errorf("open session of group %s: %w", o.Group, err)
	}
	s.cl = s.txn.Client()
	return s, nil
}

func (s *Session) onFetched(_ context.Context, cl *kgo.Client, resp *kmsg.OffsetFetchResponse) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range resp.Groups {
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				if p.ErrorCode != 0 {
					continue // the library asks again, and calls again
				}
				a := Assignment{TopicPartition: TopicPartition{t.Topic, p.Partition}, Committed: Committed{Offset: p.Offset}}
				if p.Metadata != nil {
					a.Committed.Metadata = *p.Metadata
				}
				s.assigned = append(s.assigned, a)
			}
		}
	}
	return nil
}

func (s *Session) onRevoked(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t, ps := range lost {
		for _, p := range ps {
			s.revoked = append(s.revoked, TopicPartition{t, p})
			s.unclean = true
		}
	}
	// What was assigned and revoked between two polls was never ours to work on.
	kept := s.assigned[:0]
	for _, a := range s.assigned {
		if !contains(lost, a.TopicPartition) {
			kept = append(kept, a)
		}
	}
	s.assigned = kept
}

func contains(m map[string][]int32, tp TopicPartition) bool {
	for _, p := range m[tp.Topic] {
		if p == tp.Partition {
			return true
		}
	}
	return false
}

// Poll waits for at most limit records, or until ctx ends, which is no error: an empty Polled is normal.
func (s *Session) Poll(ctx context.Context, limit int) (Polled, error) {
	fetches := s.cl.PollRecords(ctx, limit)
	s.mu.Lock()
	out := Polled{Revoked: s.revoked, Assigned: s.assigned}
	unclean := s.unclean
	s.revoked, s.assigned, s.unclean = nil, nil, false
	s.mu.Unlock()

	if unclean && s.txn != nil {
		// The library fails the next transaction after any revocation, even one that was over before the
		// transaction began. Ending the empty one now clears that; the records are fetched again.
		// Not ctx: if it ended here, the records that were just fetched would be skipped.
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if _, err := s.txn.End(ending, kgo.TryAbort); err != nil {
			return out, fmt.Errorf("end after a rebalance: %w", err)
		}
		return out, nil
	}
	var err error
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		tp := TopicPartition{p.Topic, p.Partition}
		if len(p.Records) > 0 {
			next := p.Records[len(p.Records)-1].Offset + 1
			data := slices.DeleteFunc(p.Records, func(r *Record) bool { return r.Attrs.IsControl() })
			out.Batches = append(out.Batches, Batch{TopicPartition: tp, Records: data, Next: next, End: p.LastStableOffset, Start: p.LogStartOffset})
		}
		switch {
		case p.Err == nil, errors.Is(p.Err, context.Canceled), errors.Is(p.Err, context.DeadlineExceeded):
		case p.Topic == "" || errors.Is(p.Err, kgo.ErrClientClosed):
			err = p.Err
		case !kerr.IsRetriable(p.Err):
			out.Failures = append(out.Failures, Failure{tp, p.Err})
		}
	})
	return out, err
}

// Release lets partitions be taken away until the next Poll gives something.
func (s *Session) Release() { s.cl.AllowRebalance() }

// Begin starts a transaction (at-least-once: nothing).
func (s *Session) Begin() error {
	s.mu.Lock()
	s.failed = nil
	s.mu.Unlock()
	if s.txn == nil {
		return nil
	}
	if err := s.txn.Begin(); err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	return nil
}

// Produce adds a record to the round. done is called once, from another goroutine, when its offset or its
// failure is known; a failure fails Commit as well.
func (s *Session) Produce(ctx context.Context, r *Record, done func(*Record, error)) {
	s.cl.Produce(ctx, r, func(r *Record, err error) {
		if err == nil {
			s.topics.wrote(r)
		} else {
			s.mu.Lock()
			if s.failed == nil {
				s.failed = fmt.Errorf("produce to %s: %w", r.Topic, err)
			}
			s.mu.Unlock()
		}
		done(r, err)
	})
}

// Flush waits until the fate of everything that was produced is known, and gives the first failure.
func (s *Session) Flush(ctx context.Context) error {
	if err := s.cl.Flush(ctx); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	if err := s.topics.wait(ctx, s.cl); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// Commit ends the round: what was produced and the positions count, and every other partition stays where
// it was. It gives false when a rebalance undid the round: then nothing counts (exactly-once) or the positions do not
// (at-least-once), and the records come again to whoever has the partitions. Call Flush first.
func (s *Session) Commit(ctx context.Context, positions []Position) (bool, error) {
	if s.txn == nil {
		return s.commitOffsets(ctx, positions)
	}
	ctx = kgo.PreTxnCommitFnContext(ctx, func(req *kmsg.TxnOffsetCommitRequest) error {
		topics := req.Topics[:0]
		for _, t := range req.Topics {
			parts := t.Partitions[:0]
			for _, p := range t.Partitions {
				if at := find(positions, t.Topic, p.Partition); at != nil {
					p.Offset, p.LeaderEpoch, p.Metadata = at.Committed.Offset, at.Epoch, &at.Committed.Metadata
					parts = append(parts, p)
				}
			}
			if t.Partitions = parts; len(parts) > 0 {
				topics = append(topics, t)
			}
		}
		req.Topics = topics
		return nil
	})
	committed, err := s.txn.End(ctx, kgo.TryCommit)
	if err != nil {
		return false, fmt.Errorf("commit transaction: %w", err)
	}
	s.mu.Lock()
	s.unclean = false
	s.mu.Unlock()
	return committed, nil
}

// Abort ends the round: nothing that was produced counts (at-least-once: it does), and reading goes on from
// what was committed last.
func (s *Session) Abort(ctx context.Context) error {
	if s.txn == nil {
		s.cl.SetOffsets(s.cl.CommittedOffsets())
		return nil
	}
	if _, err := s.txn.End(ctx, kgo.TryAbort); err != nil {
		return fmt.Errorf("abort transaction: %w", err)
	}
	return nil
}

// Rewind makes a partition be read again from offset. Call it before Release, after Commit or Abort.
func (s *Session) Rewind(tp TopicPartition, offset int64) {
	s.cl.SetOffsets(map[string]map[int32]kgo.EpochOffset{tp.Topic: {tp.Partition: {Epoch: -1, Offset: offset}}})
}

// Pause stops fetching a partition until Resume; a rebalance does not end it.
func (s *Session) Pause(tp TopicPartition) {
	s.cl.PauseFetchPartitions(map[string][]int32{tp.Topic: {tp.Partition}})
}

// Resume fetches a paused partition again.
func (s *Session) Resume(tp TopicPartition) {
	s.cl.ResumeFetchPartitions(map[string][]int32{tp.Topic: {tp.Partition}})
}

// Generation is the group's generation as this member knows it; -1 before it joined.
func (s *Session) Generation() int32 {
	_, g := s.cl.GroupMetadata()
	return g
}

// Close leaves the group. A transaction that is not ended is aborted by the broker in time.
func (s *Session) Close() { s.cl.CloseAllowingRebalance() }

func find(positions []Position, topic string, partition int32) *Position {
	for i := range positions {
		if p := &positions[i]; p.Partition == partition && p.Topic == topic {
			return p
		}
	}
	return nil
}

func (s *Session) commitOffsets(ctx context.Context, positions []Position) (bool, error) {
	if len(positions) == 0 {
		return true, nil
	}
	offsets := make(map[string]map[int32]kgo.EpochOffset)
	for _, p := range positions {
		if offsets[p.Topic] == nil {
			offsets[p.Topic] = make(map[int32]kgo.EpochOffset)
		}
		offsets[p.Topic][p.Partition] = kgo.EpochOffset{Epoch: p.Epoch, Offset: p.Committed.Offset}
	}
	ctx = kgo.PreCommitFnContext(ctx, func(req *kmsg.OffsetCommitRequest) error {
		for _, t := range req.Topics {
			for i := range t.Partitions {
				if at := find(positions, t.Topic, t.Partitions[i].Partition); at != nil {
					t.Partitions[i].Metadata = &at.Committed.Metadata
				}
			}
		}
		return nil
	})
	var failed error
	s.cl.CommitOffsetsSync(ctx, offsets, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, err error) {
		failed = err
		if err != nil || resp == nil {
			return
		}
		for _, t := range resp.Topics {
			for _, p := range t.Partitions {
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					failed = err
				}
			}
		}
	})
	switch {
	case failed == nil:
		return true, nil
	case isAny(failed, kerr.IllegalGeneration, kerr.UnknownMemberID, kerr.RebalanceInProgress, kerr.StaleMemberEpoch, kerr.FencedMemberEpoch):
		return false, nil
	default:
		return false, fmt.Errorf("commit offsets: %w", failed)
	}
}
