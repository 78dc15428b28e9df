package registry

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// debt is an answer that was taken from the snapshot, and which the registry has yet to confirm.
type debt struct {
	note    note
	confirm func(context.Context) error // gives an error that passes while the registry does not answer
}

// otherID says that a schema has another id than the snapshot had for it.
type otherID struct{ now, before int }

func (o *otherID) Error() string {
	return fmt.Sprintf("the schema's id is %d, and was %d before: is it another registry?", o.now, o.before)
}

// debts are settled in their order by one goroutine, which is there while there are any. That there are some means
// that the registry did not answer a moment ago: what the snapshot has is then taken at once, since a start that waits out a
// deadline for every subject would take minutes.
type debts struct {
	mu   sync.Mutex
	list []debt // the first is being settled
	busy bool
}

func (d *debts) open() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.busy
}

// level is one that a subject should have and that was not set yet.
func (d *debts) level(subject string) (avro.Level, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range d.list {
		if one.note.Subject == subject && one.note.Level != "" {
			return one.note.Level, true
		}
	}
	return "", false
}

// add says whether somebody has to begin to settle.
func (d *debts) add(one debt) (begin bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.ContainsFunc(d.list, func(other debt) bool { return other.note == one.note }) {
		d.list = append(d.list, one)
	}
	begin, d.busy = !d.busy, true
	return begin
}

// next gives the first debt, after those that are settled; false when there is none left.
func (d *debts) next(settled int) (debt, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.list = d.list[settled:]; len(d.list) == 0 {
		d.list, d.busy = nil, false
		return debt{}, false
	}
	return d.list[0], true
}

func (d *debts) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list, d.busy = nil, false
}

// owe goes on with an answer of the snapshot, and has it confirmed when the registry is back. It says so once an outage.
func (c *Client) owe(why error, one debt) {
	if !c.debts.add(one) {
		return
	}
	c.cfg.Logger.Warn("the schema registry does not answer; going on with the ids and levels that it gave before, which it is to confirm later",
		"subject", one.note.Subject, "snapshot", c.cfg.Snapshot, "error", why)
	go c.settle()
}

// settle asks the registry until it has answered for every debt or the client is closed.
func (c *Client) settle() {
	waits, settled := c.waits(), 0
	for {
		one, ok := c.debts.next(settled)
		if !ok {
			c.cfg.Logger.Info("the schema registry answers again; what was taken from the snapshot was held against it")
			return
		}
		err := one.confirm(c.alive)
		settled = 1
		switch {
		case c.alive.Err() != nil:
			c.debts.stop()
			return
		case err == nil:
			waits.Reset()
		case !passing(err):
			c.cfg.Logger.Error("the schema registry contradicts what this process took from the snapshot; mend it and restart the process",
				"subject", one.note.Subject, "id", one.note.ID, "level", one.note.Level, "error", err)
		default:
			settled = 0
			select {
			case <-c.alive.Done():
			case <-time.After(waits.NextBackOff()):
			}
		}
	}
}
