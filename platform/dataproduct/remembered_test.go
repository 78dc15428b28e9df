package dataproduct

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// keyOf makes few different keys that often collide in the table.
func testKey(n int) (k quality.Key) {
	k[0], k[15] = byte(n%5), byte(n)
	return k
}

// The table behaves as a plain list does, whatever is put, forgotten and undone.
func TestRememberedAgreesWithAList(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		var m remembered
		var list []seen
		for step := range 3000 {
			switch {
			case r.IntN(10) < 6 || len(list) == 0:
				e := seen{testKey(r.IntN(200)), int64(step), int64(step)}
				m.put(e)
				for i := range list {
					if list[i].key == e.key {
						list[i].offset = forgotten
					}
				}
				list = append(list, e)
			case r.IntN(2) == 0:
				m.dropOldest()
				list = list[1:]
			default:
				m.dropNewest()
				list = list[:len(list)-1]
			}
			if m.n != len(list) {
				t.Fatalf("seed %d, step %d: %d entries, want %d", seed, step, m.n, len(list))
			}
			k := testKey(r.IntN(200))
			i := slices.IndexFunc(list, func(e seen) bool { return e.key == k && e.offset != forgotten })
			if got := m.find(k); (got == nil) != (i < 0) || got != nil && *got != list[i] {
				t.Fatalf("seed %d, step %d: found %v, want number %d of %d", seed, step, got, i, len(list))
			}
		}
	}
}

// A memory that is as full as its window allows takes values in without allocating.
func TestMemoryDoesNotAllocate(t *testing.T) {
	m := newMemory(quality.Window{Records: 5000})
	var n int64
	remember := func() {
		for range 100 {
			n++
			var k quality.Key
			for i := range 8 {
				k[i] = byte(uint64(n) * 0x9E3779B97F4A7C15 >> (8 * i))
			}
			if _, duplicate := m.duplicate(k, n, n); duplicate {
				t.Fatalf("%d is a duplicate", n)
			}
			m.claim(k, n, n)
		}
		m.commit()
	}
	for range 200 {
		remember()
	}
	if allocs := testing.AllocsPerRun(100, remember); allocs != 0 {
		t.Errorf("%v allocations for 100 records", allocs)
	}
	if m.values.n != 5000 {
		t.Errorf("%d values are remembered, want the window's 5000", m.values.n)
	}
}

func TestMemory(t *testing.T) {
	a, b := testKey(1), testKey(2)
	expect := func(m *memory, k quality.Key, offset, first int64) {
		t.Helper()
		got, duplicate := m.duplicate(k, offset, 1000+offset)
		if duplicate != (first >= 0) || duplicate && got != first {
			t.Errorf("offset %d: duplicate %t of %d, want of %d", offset, duplicate, got, first)
		}
	}
	m := newMemory(quality.Window{Records: 10})
	expect(m, a, 5, -1)
	m.claim(a, 5, 0)
	expect(m, a, 5, -1) // the same coordinates
	expect(m, a, 6, 5)
	m.rollback()
	expect(m, a, 6, -1) // undone
	m.claim(a, 6, 0)
	m.commit()
	m.rollback()
	expect(m, a, 7, 6) // committed
	expect(m, b, 15, -1)
	expect(m, a, 15, 6)
	expect(m, a, 16, -1) // out of the window
	m.claim(a, 16, 0)
	expect(m, a, 17, 16)
	m.rollback()
	expect(m, a, 16, -1)
	m.claim(a, 16, 0)
	m.commit()
	expect(m, a, 3, 16) // a replay of an old record

	timed := newMemory(quality.Window{Age: 10 * time.Millisecond})
	expect(timed, a, 1, -1)
	timed.claim(a, 1, 1001)
	expect(timed, b, 2, -1)
	timed.claim(b, 2, 1002)
	timed.commit()
	expect(timed, a, 11, 1)
	expect(timed, a, 12, -1) // out of the window
	expect(timed, b, 12, 2)
	timed.rollback()
	expect(timed, a, 11, 1) // the round that came so far was undone
}
