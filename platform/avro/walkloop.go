package avro

import (
	"math"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

func (w *walk) long() (int64, fault.Reason) {
	w.start = w.at
	v, size, reason := varint(w.b[w.at:], opLong)
	w.at += size
	return v, reason
}

// block checks the end of one block and reads the head of the next; none is left where the array or map ends.
func (w *walk) block(l *loop, f *frame) fault.Reason {
	if f.end >= 0 && w.at != f.end {
		w.start = w.at
		return fault.AvroLength
	}
	f.end = -1
	if w.at < len(w.b) && w.b[w.at] == 0 {
		w.start = w.at
		w.at++
		return ""
	}
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

// itemFrom is where the bytes begin by which the item that ends at at is compared with others; last are those of the
// value that was read last. Decimals are compared without their length and sign extension.
func (l *loop) itemFrom(f *frame, last []byte, at int) int {
	if l.decimal {
		return at - len(trim(last))
	}
	return f.item
}
