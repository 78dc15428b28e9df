package dataproduct

import (
	"strconv"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// origin is a record's identity: where it first stood. A replayed record keeps it.
type origin struct {
	topic     string
	partition int32
	offset    int64
}

// attempts remembers which replays of which records were worked on, so that a second replay of the same dead
// letter changes nothing. It is a fold of the retry topic itself: rebuilt by rereading it, never stored. A record that
// is rejected again gets a dead letter with a higher attempt, and that one can be replayed.
type attempts struct {
	seen map[origin]int
	undo []attempt // what the running round changed, to be undone when it is aborted
}

type attempt struct {
	of   origin
	prev int
}

// first says whether attempt n is new for the record, and remembers it.
func (a *attempts) first(o origin, n int) bool {
	prev := a.seen[o]
	if n <= prev {
		return false
	}
	if a.seen == nil {
		a.seen = make(map[origin]int)
	}
	a.undo = append(a.undo, attempt{o, prev})
	a.seen[o] = n
	return true
}

func (a *attempts) commit() { a.undo = a.undo[:0] }

func (a *attempts) rollback() { a.rollbackTo(0) }

// rollbackTo undoes what came after the first n changes of the round.
func (a *attempts) rollbackTo(n int) {
	for i := len(a.undo) - 1; i >= n; i-- {
		a.seen[a.undo[i].of] = a.undo[i].prev
	}
	a.undo = a.undo[:n]
}

// originOf reads the identity and the attempt from a replayed record's headers; false when they are missing or
// broken.
func originOf(r *kafka.Record) (o origin, n int, ok bool) {
	o.topic = header(r, event.HeaderTopic)
	partition, err1 := strconv.ParseInt(header(r, event.HeaderPartition), 10, 32)
	offset, err2 := strconv.ParseInt(header(r, event.HeaderOffset), 10, 64)
	n, err3 := strconv.Atoi(header(r, event.HeaderAttempt))
	o.partition, o.offset = int32(partition), offset
	return o, n, o.topic != "" && err1 == nil && err2 == nil && err3 == nil && n > 0
}

// header gives the last header of that name: a record that was dead-lettered twice has two, and the newer speaks.
func header(r *kafka.Record, name string) string {
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if r.Headers[i].Key == name {
			return string(r.Headers[i].Value)
		}
	}
	return ""
}
