package dataproduct

import (
	"strings"
	"sync"

	"github.com/tidemark-mesh/tidemark/platform/contract"
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

// ranges are the verified offsets of output partitions: from the first record that the group wrote under the
// port's contract to past the last one, the verified watermark.
type ranges map[*outputPort]map[int32]event.VerifiedRange

func (m ranges) extend(port *outputPort, r event.VerifiedRange) {
	if m[port] == nil {
		m[port] = make(map[int32]event.VerifiedRange)
	}
	if have, ok := m[port][r.Partition]; ok {
		r.From, r.To = min(have.From, r.From), max(have.To, r.To)
	}
	m[port][r.Partition] = r
}

// with gives the ranges extended by others; it changes neither.
func (m ranges) with(others ranges) ranges {
	sum := make(ranges, len(m))
	for _, part := range []ranges{m, others} {
		for port, byPartition := range part {
			for _, r := range byPartition {
				sum.extend(port, r)
			}
		}
	}
	return sum
}

// stored is how ranges travel in a tally.
func (m ranges) stored() map[string]map[int32][2]int64 {
	out := make(map[string]map[int32][2]int64, len(m))
	for port, byPartition := range m {
		at := make(map[int32][2]int64, len(byPartition))
		for _, r := range byPartition {
			at[r.Partition] = [2]int64{r.From, r.To}
		}
		out[rangeKey(port.name, port.contract)] = at
	}
	return out
}

// restore takes in what an earlier process of the group has committed, for the contracts as they are now.
func (m ranges) restore(ports []*outputPort, stored map[string]map[int32][2]int64) {
	for _, port := range ports {
		for partition, at := range stored[rangeKey(port.name, port.contract)] {
			m.extend(port, event.VerifiedRange{Partition: partition, From: at[0], To: at[1]})
		}
	}
}

// rangeKey names a port and its contract's content: a changed contract begins a range anew.
func rangeKey(port string, c *contract.Contract) string {
	digest := strings.TrimPrefix(c.Digest(), "sha256:")
	return port + "@" + digest[:min(12, len(digest))]
}
