package avro

import (
	"bytes"
	"hash/maphash"
	"math/bits"
)

// uniqueSet finds an array item that is there twice, by its bytes: a hash table of spans of the payload, seeded so that
// nobody can prepare items that collide. It is used for one array at a time and keeps its memory for the next.
type uniqueSet struct {
	seed  maphash.Seed
	items []uniqueItem
	table []uint32 // index into items + 1; its length is a power of two
	used  bool     // the table has the items in it; else it is empty
}

type uniqueItem struct {
	from, to, slot int
	ends           uint64 // of few items: differs only where they do
}

// fewItems is up to how many items are compared with each other, which costs less than to hash them.
const fewItems = 8

// maxUnique bounds the items of one record that are compared, which costs more than anything else that a byte can ask for: more
// of them than a cache holds take a tenth of a second and more.
const maxUnique = 100_000

// keptItems is how many items' memory stays after a walk.
const keptItems = 1 << 16

func (u *uniqueSet) begin() {
	if cap(u.items) > keptItems {
		u.items, u.table, u.used = nil, nil, false
	}
	if u.used {
		for _, it := range u.items { // not the whole table: small arrays after a large one must not cost what it did
			u.table[it.slot] = 0
		}
	}
	u.items, u.used = u.items[:0], false
}

// add takes one more item in; it is false where the item is there already.
func (u *uniqueSet) add(payload []byte, from, to int) bool {
	item := payload[from:to]
	if len(u.items) < fewItems {
		head, tail := wordEnds(item)
		ends := head ^ bits.RotateLeft64(tail, 32)
		for i := range u.items {
			if it := &u.items[i]; it.ends == ends && string(payload[it.from:it.to]) == string(item) {
				return false
			}
		}
		u.items = append(u.items, uniqueItem{from: from, to: to, ends: ends})
		return true
	}
	if !u.used || 2*len(u.items) >= len(u.table) {
		u.grow(payload)
	}
	slot := u.slot(item)
	for u.table[slot] != 0 {
		it := u.items[u.table[slot]-1]
		if bytes.Equal(payload[it.from:it.to], item) {
			return false
		}
		slot = u.after(slot)
	}
	u.items = append(u.items, uniqueItem{from: from, to: to, slot: slot})
	u.table[slot] = uint32(len(u.items))
	return true
}

func (u *uniqueSet) slot(item []byte) int {
	return int(maphash.Bytes(u.seed, item)) & (len(u.table) - 1)
}
func (u *uniqueSet) after(slot int) int { return (slot + 1) & (len(u.table) - 1) }

func (u *uniqueSet) grow(payload []byte) {
	if 2*len(u.items) >= len(u.table) {
		u.table = make([]uint32, max(64, 2*len(u.table)))
	}
	u.used = true
	for i := range u.items {
		it := &u.items[i]
		it.slot = u.slot(payload[it.from:it.to])
		for u.table[it.slot] != 0 {
			it.slot = u.after(it.slot)
		}
		u.table[it.slot] = uint32(i + 1)
	}
}
