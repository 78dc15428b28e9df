package dataproduct

import (
	"sync"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// written collects the offsets of a round's records as the broker tells them, from the client's goroutine.
type written struct {
	mu sync.Mutex
	by ranges
}

func (w *written) note(port *outputPort, partition int32, offset int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil {
		w.by = make(ranges)
	}
	w.by.extend(port, event.VerifiedRange{Partition: partition, From: offset, To: offset + 1})
}

// take gives what the round wrote and forgets it.
func (w *written) take() ranges {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.by
	w.by = nil
	return taken
}

// ranges are the verified offsets of output partitions: from the first record that this incarnation wrote to
// past the last one, the verified watermark.
type ranges map[*outputPort]map[int32]event.VerifiedRange

func (m ranges) extend(port *outputPort, r event.VerifiedRange) {
	if m[port] == nil {
		m[port] = make(map[int32]event.VerifiedRange)
	}
	have, ok := m[port][r.Partition]
	if !ok {
		m[port][r.Partition] = r
		return
	}
	have.From, have.To = min(have.From, r.From), max(have.To, r.To)
	m[port][r.Partition] = have
}
