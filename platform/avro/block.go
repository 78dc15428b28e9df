package avro

import "github.com/tidemark-mesh/tidemark/platform/fault"

// array enters an array or map.
func (n *Notes) array(o *op) bool {
	n.start = n.at
	if n.depth >= len(n.frames) {
		return n.stop(fault.AvroMalformed, n.start)
	}
	l, f := &n.program.loops[o.a], &n.frames[n.depth]
	n.depth++
	f.total, f.end, f.from = 0, -1, n.at
	if l.unique >= 0 {
		n.unique.begin()
	}
	return n.block(l, f)
}

// next ends an item.
func (n *Notes) next(o *op) bool {
	l, f := &n.program.loops[o.a], &n.frames[n.depth-1]
	if l.unique >= 0 {
		from := f.item
		if l.decimal { // compared without length and sign extension
			from = n.at - len(trim(n.payload[n.at-int(n.long):n.at]))
		}
		if !n.unique.add(n.payload, from, n.at) {
			if n.start = f.item; !n.broken(l.unique) {
				return false
			}
		}
	}
	if f.left--; f.left > 0 {
		n.item(l, f)
		return true
	}
	return n.block(l, f)
}

// block goes to the first item of the next block, or behind the array or map where there is none.
func (n *Notes) block(l *loop, f *frame) bool {
	if f.end >= 0 && n.at != f.end {
		return n.stop(fault.AvroLength, n.at)
	}
	f.end = -1
	if !n.number(maxLongBytes) {
		return false
	}
	count := n.long
	if count == 0 {
		n.depth--
		n.long, n.start, n.pc = f.total, f.from, int(l.end)
		return true
	}
	room := int64(len(n.payload) - n.at)
	if count < 0 {
		count = -count // the least number stays negative
		if !n.number(maxLongBytes) {
			return false
		}
		switch size := n.long; {
		case count < 0 || size < 0 || size > int64(n.program.limits.Bytes):
			return n.stop(fault.AvroLength, n.start)
		case size > int64(len(n.payload)-n.at):
			return n.stop(fault.AvroTruncated, n.start)
		}
		room = n.long
		f.end = n.at + int(room)
	}
	if reason := n.claim(l, count, room, f.end >= 0); reason != "" {
		return n.stop(reason, n.start)
	}
	// The work of all its items is paid beforehand.
	if n.steps -= int(count) * int(l.end-l.body); n.steps < 0 {
		return n.stop(fault.AvroLength, n.at)
	}
	if l.growth > 0 && (count > int64(n.room/l.growth) || !n.grow(int(count)*l.growth, n.at)) {
		return n.stop(fault.AvroLength, n.at)
	}
	if l.unique >= 0 && !n.compare(count) {
		return n.stop(fault.AvroLength, n.at)
	}
	f.left = count
	f.total += count
	n.item(l, f)
	return true
}

// claim says why a block cannot have so many items in that room.
func (n *Notes) claim(l *loop, count, room int64, sized bool) fault.Reason {
	if count > int64(n.program.limits.Items-n.items) {
		return fault.AvroLength
	}
	n.items += int(count)
	switch {
	case l.width == 0:
		if n.empty += int(count); n.empty > maxEmptyItems {
			return fault.AvroLength
		}
	case count > room/int64(l.width) && sized:
		return fault.AvroLength // more items than the block has bytes for
	case count > room/int64(l.width):
		return fault.AvroTruncated
	}
	return ""
}

// compare takes items that must be unique from those that may still be compared.
func (n *Notes) compare(count int64) bool {
	n.compared += int(count)
	return n.compared <= maxUnique
}

// item begins the next item of a block.
func (n *Notes) item(l *loop, f *frame) {
	f.item, n.start, n.pc = n.at, n.at, int(l.body)
}
