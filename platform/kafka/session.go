package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// SessionOptions say what a Session is a member of.
type SessionOptions struct {
	Group  string
	Topics []string
	// TransactionalID makes the session exactly-once: what a slot produces and the offsets that it commits are one
	// transaction, of the id <TransactionalID>:<slot>. Empty is at-least-once.
	TransactionalID string
	// Slots is how many rounds of work may be under way at once; default 1.
	Slots int
	// StaticMember, where given, is the member's name in the group: one that comes back under its name within the session
	// timeout gets its partitions back, and nobody else notices. No two members may have it.
	StaticMember string
	// ServerAssigned lets the broker assign partitions (KIP-848, Kafka 4): a rebalance stops only the partitions that move.
	// A broker that does not offer it is used as before.
	ServerAssigned bool
	// TakesBytes says of topics how large a batch they take, where it is not the usual; see ErrTooLarge.
	TakesBytes map[string]int
	// SessionTimeout is how long a member that says nothing keeps its partitions; default 10 s. A server that assigns has its own.
	SessionTimeout time.Duration
}

// Session is one member of a consumer group that consumes, produces and commits, for one goroutine. Work is done in
// slots, so that one slot's commit does not stop the work in another:
//
//	Fence, then again and again: Poll -> Slot.Begin -> Slot.Produce... -> Slot.Flush and Slot.Commit, or Slot.Abort -> Release
//
// From a Poll until Release, no partition is taken away, whether the Poll gave records or not; more Polls may follow before it.
// Release is for when no slot is at work: so no rebalance ends a transaction. Blocked tells that a rebalance waits for it.
// After an error of a slot's Begin, Commit or Abort the session must be closed and opened anew: what the broker holds is
// not known.
type Session struct {
	cl    *kgo.Client
	cfg   Config
	o     SessionOptions
	slots []*Slot

	opened chan struct{} // closed once cl is there for callbacks

	mu       sync.Mutex
	member   membership
	assigned []Assignment
	revoked  []TopicPartition
	blocked  bool
	woken    bool
	polling  context.CancelFunc // ends the Poll that waits
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
	// Skipped is how many offsets below Next are left out, since they are in a batch that is larger than Config.MaxBatchBytes
	// when it is decompressed. Such a batch has no records.
	Skipped int64
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
	s := &Session{cfg: cfg, o: o, opened: make(chan struct{})}
	opts, err := cfg.options()
	if err != nil {
		return nil, err
	}
	timeout := o.SessionTimeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	opts = append(opts, consuming(false)...)
	opts = append(opts, s.producing()...)
	opts = append(opts,
		kgo.ConsumerGroup(o.Group),
		kgo.ConsumeTopics(o.Topics...),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		// Retention that passed our position is a gap to be told, not to be jumped silently.
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsCallbackBlocked(s.onBlocked),
		// Transaction markers take offsets: without seeing them nobody knows that a partition is read to its end.
		kgo.KeepControlRecords(),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.OnOffsetsFetched(s.onFetched),
		kgo.AdjustFetchOffsetsFn(s.fromStart),
		kgo.OnPartitionsRevoked(s.onRevoked),
		kgo.OnPartitionsLost(s.onLost),
		kgo.SessionTimeout(timeout),
		kgo.HeartbeatInterval(min(time.Second, timeout/3)),
	)
	if o.StaticMember != "" {
		opts = append(opts, kgo.InstanceID(o.StaticMember))
	}
	if o.ServerAssigned {
		opts = append(opts, kgo.ServerSideBalancer())
	}
	for n := range max(1, o.Slots) {
		s.slots = append(s.slots, newSlot(s, n))
	}
	if o.TransactionalID != "" {
		opts = append(opts, transacting(s.slots[0].id)...)
	}
	if s.cl, err = kgo.NewClient(opts...); err != nil {
		return nil, fmt.Errorf("open session of group %s: %w", o.Group, err)
	}
	close(s.opened)
	return s, nil
}

// producing is how a session's slots produce.
func (s *Session) producing() []kgo.Opt {
	return append(producing(), kgo.ProducerBatchMaxBytesFn(func(topic string) int32 {
		if n, ok := s.o.TakesBytes[topic]; ok {
			return int32(min(n, RejectBytes))
		}
		return batchBytes(topic)
	}))
}

func transacting(id string) []kgo.Opt {
	return []kgo.Opt{kgo.TransactionalID(id), kgo.TransactionTimeout(transactionTimeout)}
}

// Slots are where work is done. A slot's transactions follow each other; those of several are under way at once.
func (s *Session) Slots() []*Slot { return s.slots }

func (s *Session) onBlocked(context.Context, *kgo.Client) {
	s.mu.Lock()
	s.blocked = true
	s.mu.Unlock()
	s.Wake()
}

// Blocked says that a rebalance waits for Release. It may wait for a while: finish what is under way.
func (s *Session) Blocked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blocked
}

// Wake ends the Poll that waits, or the next one. It may be called from any goroutine.
func (s *Session) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.polling != nil {
		s.polling()
	} else {
		s.woken = true
	}
}

func (s *Session) onFetched(_ context.Context, cl *kgo.Client, resp *kmsg.OffsetFetchResponse) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.member.id == "" {
		s.member.id, _ = cl.GroupMetadata()
	}
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
	if len(lost) > 0 {
		s.member.revoked++
	}
	for t, ps := range lost {
		for _, p := range ps {
			s.revoked = append(s.revoked, TopicPartition{t, p})
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

// onLost is for a member that the group has expelled: everything that it had is gone, and it comes back as another.
func (s *Session) onLost(ctx context.Context, cl *kgo.Client, lost map[string][]int32) {
	s.onRevoked(ctx, cl, lost)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.member.id = ""
}

func contains(m map[string][]int32, tp TopicPartition) bool {
	for _, p := range m[tp.Topic] {
		if p == tp.Partition {
			return true
		}
	}
	return false
}

// Poll waits for at most limit records, until wait is over (at once when it is 0), Wake is called or ctx ends, which is no
// error: an empty Polled is normal.
func (s *Session) Poll(ctx context.Context, limit int, wait time.Duration) (Polled, error) {
	fetches := s.fetch(ctx, limit, wait)
	s.mu.Lock()
	out := Polled{Revoked: s.revoked, Assigned: s.assigned}
	s.revoked, s.assigned = nil, nil
	s.mu.Unlock()
	var err error
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		tp := TopicPartition{p.Topic, p.Partition}
		if len(p.Records) > 0 {
			next := p.Records[len(p.Records)-1].Offset + 1
			data := slices.DeleteFunc(p.Records, func(r *Record) bool { return r.Attrs.IsControl() })
			out.Batches = append(out.Batches, Batch{TopicPartition: tp, Records: data, Next: next, End: p.LastStableOffset, Start: p.LogStartOffset})
		}
		if large, ok := errors.AsType[*kgo.ErrDecompressTooLarge](p.Err); ok {
			s.Rewind(tp, large.NextOffset)
			out.Batches = append(out.Batches, Batch{
				TopicPartition: tp, Next: large.NextOffset, Skipped: large.NextOffset - large.Offset,
				End: max(p.LastStableOffset, large.NextOffset), Start: p.LogStartOffset,
			})
			return
		}
		switch {
		case p.Err == nil, errors.Is(p.Err, context.Canceled), errors.Is(p.Err, context.DeadlineExceeded):
		case p.Topic == "" || errors.Is(p.Err, kgo.ErrClientClosed):
			err = s.cfg.denied(p.Err, toJoin(s.o.Group))
		case errors.Is(p.Err, kerr.UnknownTopicID): // the library stays with the topic that it knew
			out.Failures = append(out.Failures, Failure{tp, fault.Transiently(fmt.Errorf("it was deleted, and perhaps created anew: %w", p.Err))})
		case !kerr.IsRetriable(p.Err):
			out.Failures = append(out.Failures, Failure{tp, s.cfg.denied(p.Err, toRead(p.Topic))})
		}
	})
	return out, err
}

// fetch polls, and holds the partitions whatever comes. The library does so only if something came, also for a context that has
// ended: that one gives its error at once.
func (s *Session) fetch(ctx context.Context, limit int, wait time.Duration) kgo.Fetches {
	fetches := s.fetchSome(ctx, limit, wait)
	if len(fetches) == 0 {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		fetches = s.cl.PollRecords(ended, limit)
	}
	return fetches
}

func (s *Session) fetchSome(ctx context.Context, limit int, wait time.Duration) kgo.Fetches {
	s.mu.Lock()
	if s.woken || wait <= 0 {
		s.woken = false
		s.mu.Unlock()
		return s.cl.PollRecords(nil, limit) //nolint:staticcheck // how the library is told not to wait
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	s.polling = cancel
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.polling = nil
		s.mu.Unlock()
	}()
	return s.cl.PollRecords(ctx, limit)
}

// Release lets partitions be taken away until the next Poll. No slot may be at work.
func (s *Session) Release() {
	s.mu.Lock()
	s.blocked = false
	s.mu.Unlock()
	s.cl.AllowRebalance()
}

// Rewind makes a partition be read again from offset. Call it between Poll and Release.
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

// Close leaves the group (a static member does not). A transaction that is not ended is aborted by the next session's Fence, or by
// the broker in time.
func (s *Session) Close() {
	for _, sl := range s.slots[1:] {
		if sl.cl != nil && sl.cl != s.cl {
			sl.cl.Close()
		}
	}
	s.cl.CloseAllowingRebalance()
}

// transactionalID is that of a slot; empty at least once.
func (o *SessionOptions) transactionalID(slot int) string {
	if o.TransactionalID == "" {
		return ""
	}
	return o.TransactionalID + ":" + strconv.Itoa(slot)
}
