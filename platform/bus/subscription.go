package bus

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// commitEvery is how old an acknowledgement may get before it is committed, commitTimeout how long a commit may
// take.
const (
	commitEvery   = time.Second
	commitTimeout = 5 * time.Second
)

// subscription is one channel of messages from one topic: poll, deliver, commit. The records of one poll are
// finished before the next, so that what is held in memory is bounded by one poll; a partition whose message is refused
// again and again therefore holds up the others at the end of that poll.
type subscription struct {
	from        source
	out         chan *message.Message
	first, most time.Duration // waits before a refused message comes again
	log         *slog.Logger
}

// run ends with ctx, and then closes the channel.
func (s *subscription) run(ctx context.Context) {
	defer close(s.out)
	defer s.from.Close()
	for failed := 0; ctx.Err() == nil; {
		records, err := s.from.Poll(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.log.WarnContext(ctx, "cannot read; trying again", "error", err)
			failed++
			s.wait(ctx, failed)
			continue
		}
		failed = 0
		s.deliver(ctx, records)
	}
}

// deliver hands out the records of a poll, partitions side by side, and commits as they are acknowledged.
func (s *subscription) deliver(ctx context.Context, records []*kafka.Record) {
	var p progress
	var partitions sync.WaitGroup
	for _, of := range byPartition(records) {
		partitions.Go(func() {
			for _, r := range of {
				if !s.hand(ctx, r) {
					return
				}
				p.acknowledged(r)
			}
		})
	}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		partitions.Wait()
	}()
	tick := time.NewTicker(commitEvery)
	defer tick.Stop()
	for {
		select {
		case <-finished:
			s.commit(ctx, p.take())
			return
		case <-tick.C:
			s.commit(ctx, p.take())
		}
	}
}

// hand gives out one record until it is acknowledged; false when ctx ended first.
func (s *subscription) hand(ctx context.Context, r *kafka.Record) bool {
	for refused := 1; ; refused++ {
		// Whether a message was acknowledged cannot be undone: each time it is a new one.
		m := toMessage(r)
		of, cancel := context.WithCancel(ctx)
		m.SetContext(of)
		acknowledged := s.settled(ctx, m)
		cancel()
		switch {
		case acknowledged:
			return true
		case ctx.Err() != nil:
			return false
		}
		s.wait(ctx, refused)
	}
}

// settled gives out a message and waits for its fate.
func (s *subscription) settled(ctx context.Context, m *message.Message) bool {
	select {
	case s.out <- m:
	case <-ctx.Done():
		return false
	}
	select {
	case <-m.Acked():
		return true
	case <-m.Nacked():
		return false
	case <-ctx.Done():
		return false
	}
}

// commit also works after ctx has ended: what was acknowledged should not come again. A failure costs a second
// delivery after a restart, no more.
func (s *subscription) commit(ctx context.Context, records []*kafka.Record) {
	if len(records) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	if err := s.from.Commit(ctx, records...); err != nil {
		s.log.WarnContext(ctx, "cannot commit; messages may come twice", "error", err)
	}
}

// wait doubles from first to most with each try, half of it jittered.
func (s *subscription) wait(ctx context.Context, try int) {
	d := s.most
	if try < 30 {
		d = min(s.most, s.first<<(try-1))
	}
	t := time.NewTimer(d/2 + rand.N(d/2+1))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// byPartition keeps the order within each partition.
func byPartition(records []*kafka.Record) map[int32][]*kafka.Record {
	out := make(map[int32][]*kafka.Record)
	for _, r := range records {
		out[r.Partition] = append(out[r.Partition], r)
	}
	return out
}

// progress is the newest acknowledged record of each partition that is not committed.
type progress struct {
	mu   sync.Mutex
	last map[int32]*kafka.Record
}

func (p *progress) acknowledged(r *kafka.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		p.last = make(map[int32]*kafka.Record)
	}
	p.last[r.Partition] = r
}

func (p *progress) take() []*kafka.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]*kafka.Record, 0, len(p.last))
	for _, r := range p.last {
		out = append(out, r)
	}
	p.last = nil
	return out
}
