package dataproduct

import (
	"encoding/binary"

	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// remembered maps keys to where they were first seen, oldest first: a ring of entries, and a hash table with linear
// probing over it. 40 bytes a value, and no allocation but when it grows, which a map that is forever added to and
// deleted from does not promise. Its zero value is empty.
type remembered struct {
	ring    []seen  // its length is a power of two
	head, n int     // the oldest entry, and how many there are
	table   []int32 // position in the ring + 1; its length is twice the ring's
}

// seen is a value's first coordinates. Its offset is forgotten once a newer entry has its key.
type seen struct {
	key    quality.Key
	offset int64
	at     int64 // when it was published, in Unix milliseconds
}

const forgotten = -1

// find gives the key's entry; nil for none.
func (m *remembered) find(k quality.Key) *seen {
	if len(m.table) == 0 {
		return nil
	}
	if at := m.table[m.slot(k)]; at != 0 {
		return &m.ring[at-1]
	}
	return nil
}

// slot is where the key is in the table, or where it would be put.
func (m *remembered) slot(k quality.Key) int {
	s := m.home(k)
	for m.table[s] != 0 && m.ring[m.table[s]-1].key != k {
		s = (s + 1) & (len(m.table) - 1)
	}
	return s
}

// home is where the search for a key begins. The key is a hash already.
func (m *remembered) home(k quality.Key) int {
	return int(binary.LittleEndian.Uint64(k[:]) & uint64(len(m.table)-1)) // below a table's length
}

// put remembers a value as the newest. An older entry of its key is forgotten.
func (m *remembered) put(e seen) {
	if m.n == len(m.ring) {
		m.grow()
	}
	s := m.slot(e.key)
	if old := m.table[s]; old != 0 {
		m.ring[old-1].offset = forgotten
	}
	at := m.position(m.n)
	m.ring[at], m.table[s] = e, int32(at+1) // a ring has fewer than 2^31 entries
	m.n++
}

// position is where the nth oldest entry is.
func (m *remembered) position(n int) int { return (m.head + n) & (len(m.ring) - 1) }

// oldest gives the oldest entry; there must be one.
func (m *remembered) oldest() *seen { return &m.ring[m.head] }

func (m *remembered) dropOldest() {
	m.unlink(m.head)
	m.head = m.position(1)
	m.n--
}

func (m *remembered) dropNewest() {
	m.n--
	m.unlink(m.position(m.n))
}

// unlink takes an entry out of the table, unless a newer one has its place there, and closes the gap: what was put
// behind it only because it was in the way moves up.
func (m *remembered) unlink(at int) {
	gap := m.slot(m.ring[at].key)
	if int(m.table[gap]) != at+1 {
		return
	}
	mask := len(m.table) - 1
	for s := (gap + 1) & mask; m.table[s] != 0; s = (s + 1) & mask {
		if home := m.home(m.ring[m.table[s]-1].key); (s-home)&mask >= (s-gap)&mask {
			m.table[gap], gap = m.table[s], s
		}
	}
	m.table[gap] = 0
}

func (m *remembered) grow() {
	old := *m
	m.ring, m.head = make([]seen, max(64, 2*len(old.ring))), 0
	m.table = make([]int32, 2*len(m.ring))
	for i := range old.n {
		m.ring[i] = old.ring[old.position(i)]
		if m.ring[i].offset != forgotten {
			m.table[m.slot(m.ring[i].key)] = int32(i + 1) // a ring has fewer than 2^31 entries
		}
	}
}
