package avro

import (
	"math"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// step begins an array or map, or ends one of its items; then the next item's ops follow, or what comes after it all. rule
// is a broken rule that rejects, else -1.
func (w *walk) step(o *op) (reason fault.Reason, rule int) {
	l := &w.p.loops[o.a]
	if o.code == opArray {
		if reason := w.push(frame{end: -1, from: w.at}, 0); reason != "" {
			w.start = w.at
			return reason, -1
		}
		if l.unique >= 0 {
			w.n.unique.begin()
		}
	}
	f := &w.n.frames[len(w.n.frames)-1]
	if o.code == opNext {
		if l.unique >= 0 && !w.isNew(l, f) && w.broken(l.unique) {
			w.start = f.item
			return "", l.unique
		}
		f.left--
		f.total++
	}
	if f.left == 0 {
		if reason := w.block(l, f); reason != "" {
			return reason, -1
		}
	}
	if f.left == 0 {
		return "", w.leave(l, f)
	}
	f.item = w.at
	w.start = w.at
	w.pc = int(l.body) - 1
	return w.spend(l.end - l.body), -1
}

// block checks the end of one block and reads the head of the next; none is left where the array or map ends.
func (w *walk) block(l *loop, f *frame) fault.Reason {
	if f.end >= 0 && w.at != f.end {
		w.start = w.at
		return fault.AvroLength
	}
	f.end = -1
	count, reason := w.long()
	if reason != "" || count == 0 {
		return reason
	}
	room := len(w.b) - w.at
	if count < 0 {
		if count == math.MinInt64 {
			return fault.AvroLength
		}
		count = -count
		size, reason := w.long()
		switch {
		case reason != "":
			return reason
		case size < 0 || size > int64(w.p.limits.Bytes):
			return fault.AvroLength
		case size > int64(len(w.b)-w.at):
			return fault.AvroTruncated
		}
		f.end = w.at + int(size)
		room = int(size)
	}
	if count > int64(w.p.limits.Items-w.items) {
		return fault.AvroLength
	}
	w.items += int(count)
	switch {
	case l.width == 0:
		if w.empty += int(count); w.empty > maxEmptyItems {
			return fault.AvroLength
		}
	case count > int64(room/l.width) && f.end >= 0:
		return fault.AvroLength // more items than the block has bytes for
	case count > int64(room/l.width):
		return fault.AvroTruncated
	}
	f.left = count
	return ""
}

// leave ends an array or map and checks the rules about its number of items.
func (w *walk) leave(l *loop, f *frame) (rule int) {
	v := &w.n.value
	v.long = f.total
	w.start = f.from
	w.n.frames = w.n.frames[:len(w.n.frames)-1]
	w.pc = int(l.end) - 1
	for i := range l.counts {
		if c := &l.counts[i]; !c.holds(v) && w.broken(c.rule) {
			return c.rule
		}
	}
	return -1
}

// isNew takes the item that has just ended into the set of unique items.
func (w *walk) isNew(l *loop, f *frame) bool {
	from := f.item
	if l.decimal {
		from = w.at - len(trim(w.n.value.bytes)) // without its length and sign extension
	}
	return w.n.unique.add(w.b, from, w.at)
}
