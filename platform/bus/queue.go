package bus

import (
	"context"
	"sync"

	"github.com/ThreeDotsLabs/watermill/message"
)

// queued is a message that waits for its topic.
type queued struct {
	topic  string
	newest string // not empty: a later message of this name takes this one's place while it waits
	*message.Message
}

// queue is a bounded line of messages. put never blocks; take gives them in order.
type queue struct {
	limit int

	mu       sync.Mutex
	line     []*queued
	newest   map[string]*queued // those in line that can be replaced
	closed   bool
	wake     chan struct{} // holds one token while there may be something to take
	entered  int64         // how many ever entered the line
	finished int64         // how many of them are sent or dropped; they finish in order
	waiting  []waiter
}

// waiter wants to know when everything that entered before it is finished.
type waiter struct {
	until int64
	done  chan struct{}
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, newest: make(map[string]*queued), wake: make(chan struct{}, 1)}
}

// put says whether the message found a place.
func (q *queue) put(m queued) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if held := q.newest[m.newest]; held != nil && !q.closed {
		held.Message = m.Message
		return true
	}
	if q.closed || len(q.line) >= q.limit {
		return false
	}
	q.line = append(q.line, &m)
	if m.newest != "" {
		q.newest[m.newest] = &m
	}
	q.entered++
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return true
}

// take waits for messages and gives at most limit of them; none when ctx ended.
func (q *queue) take(ctx context.Context, limit int) []*queued {
	for {
		if ctx.Err() != nil {
			return nil
		}
		q.mu.Lock()
		n := min(limit, len(q.line))
		taken := q.line[:n:n]
		q.line = q.line[n:]
		for _, m := range taken {
			delete(q.newest, m.newest)
		}
		q.mu.Unlock()
		if n > 0 {
			return taken
		}
		select {
		case <-q.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// finish says that n more messages are sent or dropped.
func (q *queue) finish(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finished += int64(n)
	left := q.waiting[:0]
	for _, w := range q.waiting {
		if w.until > q.finished {
			left = append(left, w)
			continue
		}
		close(w.done)
	}
	q.waiting = left
}

// flush waits until everything that is in line now is finished.
func (q *queue) flush(ctx context.Context) error {
	q.mu.Lock()
	if q.entered == q.finished {
		q.mu.Unlock()
		return nil
	}
	w := waiter{q.entered, make(chan struct{})}
	q.waiting = append(q.waiting, w)
	q.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets nothing more enter.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

// clear empties the line and says how many were in it.
func (q *queue) clear() int {
	q.mu.Lock()
	n := len(q.line)
	q.line = nil
	clear(q.newest)
	q.mu.Unlock()
	q.finish(n)
	return n
}
