package avro

import "encoding/binary"

// shape is what patterns such as ^[A-Z]{3}-\d{4}$ come to: so many bytes, each within a range of its own. That is found out
// for eight bytes at a time.
type shape struct {
	size       int64 // at most maxWord
	head, tail spans // of the first and the last eight bytes, as ends gives them
}

// spans are a range for each of eight bytes, which are ASCII.
type spans struct{ lo, hi uint64 }

func (s spans) holds(eight uint64) bool { return s.within(eight)&^eight&highs == highs }

// within has the high bit of each byte that is within its range, if it is ASCII: with that bit added above each byte, no
// difference borrows from the next, and the bit stays where it is not negative.
func (s spans) within(eight uint64) uint64 {
	return ((eight | highs) - s.lo) & ((s.hi | highs) - eight&^highs)
}

// shape is the shape of the texts in which the machine finds its expression, if they have one.
func (m *machine) shape() (s shape, is bool) {
	var lo, hi []byte
	state := begin * m.width
	for m.next[state+endOfText] != m.found() {
		first, last, next := m.only(state)
		if next == m.lost() || len(lo) == maxWord {
			return shape{}, false
		}
		lo, hi, state = append(lo, first), append(hi, last), next
	}
	for _, next := range m.next[state+firstClass : state+m.width] {
		if next != m.lost() {
			return shape{}, false
		}
	}
	s.size = int64(len(lo))
	s.head.lo, s.tail.lo = wordEnds(lo)
	s.head.hi, s.tail.hi = wordEnds(hi)
	return s, true
}

// only is the range of bytes that lead on from a state, and where to. It is lost where there is no such one.
func (m *machine) only(state uint16) (lo, hi byte, next uint16) {
	next = m.lost()
	for c := range byte(128) {
		switch to := m.next[state+uint16(m.class[c])]; {
		case to == m.lost():
		case next == m.lost():
			lo, hi, next = c, c, to
		case to != next || c != hi+1 || next <= unsure*m.width:
			return 0, 0, m.lost()
		default:
			hi = c
		}
	}
	return lo, hi, next
}

// wordEnds are the first and the last eight bytes of a text, as ends gives them.
func wordEnds(text []byte) (head, tail uint64) {
	if len(text) < 8 {
		var b [8]byte
		copy(b[:], text)
		head = binary.LittleEndian.Uint64(b[:])
		return head, head
	}
	return binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[len(text)-8:])
}
