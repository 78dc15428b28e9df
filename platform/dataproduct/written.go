package dataproduct

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// rangesOf are the spans that a round has written to output ports; dead letters have no verdict to tell.
func rangesOf(ports []*outputPort, spans []kafka.Span) ranges {
	all := make(ranges)
	for _, at := range spans {
		for _, port := range ports {
			if port.topic == at.Topic {
				all.extend(port, event.VerifiedRange{Partition: at.Partition, From: at.From, To: at.To})
			}
		}
	}
	return all
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

// restored gives the ranges with what an earlier process of the group has committed, for the contracts as they are now.
func (m ranges) restored(ports []*outputPort, stored map[string]map[int32][2]int64) ranges {
	had := make(ranges)
	for _, port := range ports {
		for partition, at := range stored[rangeKey(port.name, port.contract)] {
			had.extend(port, event.VerifiedRange{Partition: partition, From: at[0], To: at[1]})
		}
	}
	return m.with(had)
}

// rangeKey names a port and its contract's content: a changed contract begins a range anew.
func rangeKey(port string, c *contract.Contract) string {
	digest := strings.TrimPrefix(c.Digest(), "sha256:")
	return port + "@" + digest[:min(12, len(digest))]
}
