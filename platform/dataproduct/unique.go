package dataproduct

import (
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// uniqueness is a promise that a reader of the input can hold records against: the record key is among its fields.
type uniqueness struct {
	id, fields string
	captures   []int
	window     quality.Window
}

// uniquenesses are what a reader of the contracts' topic enforces, and puts the fields that they compare among the
// captures. A guard has two contracts, of its input and of its output.
func uniquenesses(o *avro.Options, schema *avro.Schema, contracts ...*contract.Contract) []uniqueness {
	var all []uniqueness
	had := make(map[string]bool)
	for _, c := range contracts {
		for _, u := range c.Uniques() {
			fields, known := "", u.Keyed
			for i, f := range u.Fields {
				if i > 0 {
					fields += ", "
				}
				fields += strings.Join(f, ".")
				_, ok := schema.Lookup(f...)
				known = known && ok
			}
			if !known || had[fields] {
				continue
			}
			had[fields] = true
			one := uniqueness{id: u.ID, fields: fields, window: c.UniquenessWindow()}
			for _, f := range u.Fields {
				one.captures = append(one.captures, quality.CaptureOf(o, f))
			}
			all = append(all, one)
		}
	}
	return all
}

// memory is what a partition remembers of one uniqueness: where each value of the window was first. What a round
// claims becomes real with its transaction. Only records that were not rejected claim their values.
type memory struct {
	window    quality.Window
	values    remembered
	claimed   int // by the running round, the newest
	newest    mark
	committed mark
}

// mark is how far a memory has come: what the window reaches back from.
type mark struct{ offset, at int64 }

func newMemory(w quality.Window) *memory { return &memory{window: w} }

// duplicate finds the first record with a value, in the window that ends with the record in hand. The same coordinates
// are the same record, which may come more than once: by a redelivery, or by a replay.
func (m *memory) duplicate(k quality.Key, offset, at int64) (first int64, found bool) {
	m.newest.offset, m.newest.at = max(m.newest.offset, offset), max(m.newest.at, at)
	e := m.values.find(k)
	if e == nil || !m.remembers(e) || e.offset == offset {
		return 0, false
	}
	return e.offset, true
}

// claim notes a value's first record, which was published at a time.
func (m *memory) claim(k quality.Key, offset, at int64) {
	if e := m.values.find(k); e != nil && m.remembers(e) {
		return
	}
	m.values.put(seen{k, offset, at})
	m.claimed++
}

// remembers says whether an entry is in the window.
func (m *memory) remembers(e *seen) bool {
	switch {
	case e.offset == forgotten:
		return false
	case m.window.Records > 0:
		return e.offset > m.newest.offset-int64(m.window.Records)
	}
	return e.at >= m.newest.at-m.window.Age.Milliseconds()
}

// commit makes the round's claims real, and forgets what is out of the window or too much.
func (m *memory) commit() {
	m.claimed, m.committed = 0, m.newest
	for m.values.n > 0 && (m.values.n > contract.MostUnique || !m.remembers(m.values.oldest())) {
		m.values.dropOldest()
	}
}

func (m *memory) rollback() {
	for ; m.claimed > 0; m.claimed-- {
		m.values.dropNewest()
	}
	m.newest = m.committed
}

// validUnique is the last of the checks, so that a record which is bad by itself is told what is wrong with it.
func (r *runner) validUnique(p *partition, it *item) *fault.Rejection {
	if len(it.input.uniques) == 0 {
		return nil
	}
	it.home = p
	if it.attempt > 0 {
		// A replay comes by the retry topic, and is held against the memory of where it first stood, if that
		// partition is this instance's; see unchecked.
		it.home = r.parts[kafka.TopicPartition{Topic: it.origin.topic, Partition: it.origin.partition}]
	}
	if it.home == nil || it.home.memories == nil {
		it.home = nil
		return nil
	}
	r.keys = r.keys[:0]
	at := r.claimTime(it)
	if it.attempt == 0 {
		p.working.Published = max(p.working.Published, at)
	}
	for i := range it.input.uniques {
		u := &it.input.uniques[i]
		key, ok := r.hasher.Key(it.writer.notes, u.captures)
		r.keys = append(r.keys, claimed{key, ok})
		if !ok {
			continue
		}
		if first, found := it.home.memories[i].duplicate(key, it.origin.offset, at); found {
			return &fault.Rejection{
				Reason: fault.UniqueDuplicate, Rule: u.id, Field: u.fields,
				Message: fmt.Sprintf("offset %d has the same %s, which the contract says is unique", first, u.fields),
			}
		}
	}
	return nil
}

// uncheckedSuffix follows a uniqueness' id in the warnings: how many accepted replays could not be held against it.
const uncheckedSuffix = ".unchecked"

// unchecked counts an accepted replay that first stood in a partition which another instance holds: what is unique there
// only that one knows.
func (r *runner) unchecked(p *partition, it *item) {
	if it.attempt == 0 || it.home != nil || it.record.Value == nil {
		return
	}
	for i := range it.input.uniques {
		p.warned.add(it.input.uniques[i].id+uncheckedSuffix, 1)
	}
}

// claimed is a key of the record in hand; some fields may be null, which is like nothing.
type claimed struct {
	key quality.Key
	ok  bool
}

// claim gives an accepted record its values.
func (r *runner) claim(it *item) {
	if it.home == nil {
		return
	}
	at := r.claimTime(it)
	for i, k := range r.keys {
		if k.ok {
			it.home.memories[i].claim(k.key, it.origin.offset, at)
		}
	}
}

// claimTime is when a record was published, but not in the future: that would make the window forget everything.
func (r *runner) claimTime(it *item) int64 {
	return min(publishedAt(it), r.clock.UnixMilli())
}

// settleMemories makes a round's claims real or undoes them. A replay claims in another partition than its own, so a round
// with replays is the only one that is under way.
func (r *runner) settleMemories(s *slot, committed bool) {
	settle := func(p *partition) {
		for _, m := range p.memories {
			if committed {
				m.commit()
			} else {
				m.rollback()
			}
		}
	}
	if !s.all {
		for _, p := range s.parts {
			settle(p)
		}
		return
	}
	for _, p := range r.parts {
		settle(p)
	}
}
