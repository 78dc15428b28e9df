package mesh

import "time"

// progress knows when everything was read that was there at the start.
type progress struct {
	// missing are the offsets to reach; a partition leaves when it is reached.
	missing map[topicPartition]int64
	read    map[topicPartition]int64
	known   bool // the ends are
	done    bool
	last    time.Time // when a record came last, or the ends became known
}

func newProgress() *progress {
	return &progress{missing: map[topicPartition]int64{}, read: map[topicPartition]int64{}}
}

// expect sets what is to be reached. What was read already counts.
func (p *progress) expect(ends map[string]map[int32]int64, now time.Time) {
	clear(p.missing)
	for topic, partitions := range ends {
		for partition, end := range partitions {
			if tp := (topicPartition{topic, partition}); end > p.read[tp] {
				p.missing[tp] = end
			}
		}
	}
	p.known, p.last = true, now
	p.done = p.done || len(p.missing) == 0
}

// reached notes that a record was dealt with, folded in or skipped.
func (p *progress) reached(at position, now time.Time) {
	if p.done {
		return
	}
	tp := topicPartition{at.Topic, at.Partition}
	p.read[tp], p.last = max(p.read[tp], at.Offset+1), now
	if end, ok := p.missing[tp]; ok && p.read[tp] >= end {
		delete(p.missing, tp)
	}
	p.done = p.known && len(p.missing) == 0
}

// quiet is how long nothing may come before the end is doubted.
const quiet = 5 * time.Second

// stuck says that nothing came for a while although something is missing: offsets below the end that hold no
// record, since compaction or retention took it, or since it is a transaction's marker.
func (p *progress) stuck(now time.Time) bool {
	return p.known && !p.done && now.Sub(p.last) >= quiet
}

func (p *progress) behind() (n int64) {
	if p.done {
		return 0
	}
	for tp, end := range p.missing {
		n += end - p.read[tp]
	}
	return n
}
