package dataproduct

import (
	"math/rand/v2"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// partition is what an instance knows of one input partition that it holds. What belongs to the running round
// (next, epoch, working) becomes real only when its transaction does.
type partition struct {
	kafka.TopicPartition
	input *inputPort // nil for the retry topic: each of its records names its own

	position  int64 // the next offset to read, as committed
	committed tally

	next    int64 // as of the running round
	epoch   int32 // of the leader that wrote the last finished record
	working tally
	touched bool // the round finished at least one record
	open    bool // the round is under way
	slot    *slot

	// What the round counted, until count puts it into working.
	emitted                    []int64 // by output port
	rejected, filtered, warned counts
	published                  []published

	end      int64 // the last stable offset when last heard of
	fetched  int64 // past everything that was fetched, transaction markers included
	wanted   int64 // past the last record that was fetched
	seenAt   time.Time
	latency  *freshness.Sketch
	schemas  []int32 // writer schema ids seen, newest last
	from     int64   // observe: the first offset this incarnation judged
	violated []violation
	toldAt   time.Time // when it was last looked at for a report
	letters  letters
	attempts attempts  // the retry topic's
	memories []*memory // of the input's uniquenesses; nil for none
	reread   *reread   // the memories are being rebuilt; nil when they are whole
	counters map[*outputPort]*quality.Counter

	stuck *stuck // why it does not go on; nil when it does
}

// stuck is a partition whose surroundings fail. It waits until a time; when that is zero it is being tried
// again, and its next finished record clears it.
type stuck struct {
	err   error
	tries int
	until time.Time
}

// waiting says that the partition is paused.
func (p *partition) waiting() bool { return p.stuck != nil && !p.stuck.until.IsZero() }

type violation struct {
	offset int64
	reason string
}

// begin opens a round, and undoes what an earlier one did and did not commit.
func (p *partition) begin(now time.Time) {
	p.next, p.touched, p.open, p.working = p.position, false, true, p.committed.clone()
	clear(p.emitted)
	p.rejected.reset()
	p.filtered.reset()
	p.warned.reset()
	p.published = p.published[:0]
	for _, c := range p.counters {
		c.Begin(now)
	}
}

// finish marks a record as finished in the running round.
func (p *partition) finish(r stand) {
	p.next, p.epoch, p.touched = r.offset+1, r.epoch, true
	at := r.published
	if n := len(p.published); n > 0 && p.published[n-1].at == at {
		p.published[n-1].records++
		return
	}
	p.published = append(p.published, published{at, 1})
}

// unknownEpoch is what is committed where no record tells the leader's epoch. A wrong one would be taken for a log that was
// truncated.
const unknownEpoch = -1

// skip passes over what cannot be read: it is lost, and counted.
func (p *partition) skip(b kafka.Batch) {
	p.working.Lost += b.Next - max(p.next, b.Next-b.Skipped)
	p.next, p.epoch, p.touched = b.Next, unknownEpoch, true
}

// published is when so many records in a row were published, in Unix milliseconds.
type published struct {
	at      int64
	records int
}

// count puts what the round counted by name into the counts that are to be committed.
func (p *partition) count(outputs []*outputPort) {
	for i, n := range p.emitted {
		if n > 0 {
			add(&p.working.Records, outputs[i].name, n)
		}
	}
	p.rejected.into(&p.working.Rejected)
	p.filtered.into(&p.working.Filtered)
	p.warned.into(&p.working.Warnings)
}

// commit makes the round's work real.
func (p *partition) commit(now time.Time) {
	for _, at := range p.published {
		p.latency.AddMany(float64(now.UnixMilli()-at.at)/1000, at.records)
	}
	p.position, p.committed, p.touched = p.next, p.working, false
	p.attempts.commit()
	for _, c := range p.counters {
		c.Commit()
	}
}

// Bounds of the waits of a partition whose surroundings fail.
const (
	retryFirst = 100 * time.Millisecond
	retryMost  = 10 * time.Second
)

// stick stops the partition until its surroundings had time to heal: longer with every try, half of it
// jittered.
func (p *partition) stick(err error, now time.Time) {
	tries := 1
	if p.stuck != nil {
		tries = p.stuck.tries + 1
	}
	wait := retryMost
	if tries < 8 {
		wait = min(retryMost, retryFirst<<(tries-1))
	}
	wait = wait/2 + rand.N(wait/2+1)
	p.stuck = &stuck{err: err, tries: tries, until: now.Add(wait)}
}

// idleAfter is how long a partition without news takes to count as idle.
const idleAfter = 2 * time.Second

func (p *partition) idle(now time.Time) bool {
	return p.stuck == nil && p.reread == nil && freshness.Idle(now, p.seenAt, p.position, p.lagEnd(), idleAfter)
}

// caughtUp says that every record up to the last stable offset has its outcome. Past the last one there may be markers
// of transactions, which take offsets too.
func (p *partition) caughtUp() bool {
	return p.reread == nil && p.position >= p.wanted && max(p.fetched, p.position) >= p.end
}

// lagEnd is the end as others are told it: where it is caught up, nothing lies between it and the position.
func (p *partition) lagEnd() int64 {
	if p.caughtUp() {
		return p.position
	}
	return p.end
}

// schemasKept and violationsKept bound what a freshness event carries.
const (
	schemasKept    = 16
	violationsKept = 16
)

func (p *partition) sawSchema(id int) {
	n := len(p.schemas)
	if n > 0 && p.schemas[n-1] == int32(id) { // ids are 32 bits on the wire
		return
	}
	for i, s := range p.schemas {
		if int(s) == id {
			p.schemas = append(p.schemas[:i], p.schemas[i+1:]...)
			break
		}
	}
	p.schemas = append(p.schemas, int32(id)) // ids are 32 bits on the wire
	if len(p.schemas) > schemasKept {
		p.schemas = p.schemas[1:]
	}
}

func (p *partition) sawViolation(offset int64, reason string) {
	p.violated = append(p.violated, violation{offset, reason})
	if len(p.violated) > violationsKept {
		p.violated = p.violated[1:]
	}
}
