package kafka

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// settled makes a transaction's end wait until the client knows the topics that were written to.
//
// The client (1.22.2) sends the first records of a topic before it has stored the topic's partitions for itself. If the
// broker answers sooner than that, the end of the transaction finds no partition that was written to: it aborts
// what it was told to commit, and says that all is well.
type settled struct {
	mu    sync.Mutex
	known map[string]bool
	fresh map[string]int32 // topics written to for the first time, each with a partition of it
}

// wrote notes a record that the broker has acknowledged.
func (s *settled) wrote(r *Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[r.Topic] {
		return
	}
	if s.known == nil {
		s.known, s.fresh = make(map[string]bool), make(map[string]int32)
	}
	s.known[r.Topic], s.fresh[r.Topic] = true, r.Partition
}

// wait blocks until the client has stored what it knows; that is a matter of microseconds.
func (s *settled) wait(ctx context.Context, cl *kgo.Client) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for topic, partition := range s.fresh {
		for {
			if leader, _, _ := cl.PartitionLeader(topic, partition); leader >= 0 {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("partitions of %s: %w", topic, ctx.Err())
			case <-time.After(100 * time.Microsecond):
			}
		}
		delete(s.fresh, topic)
	}
	return nil
}
