package topic

import "hash/maphash"

const (
	fewValues  = 32   // so many different values are kept as they are
	keptHashes = 4096 // so many hashes are kept to tell whether values repeat
)

// distinct counts different values in bounded memory. The hashes kept are those that end in level zero bits: the same
// sample of values whatever the order, so that two can be merged, and each kept value's repetition is always seen.
type distinct struct {
	few      map[any]int64 // nil once there are many
	kept     map[uint64]struct{}
	level    uint
	repeated bool
}

func newDistinct() *distinct {
	return &distinct{few: make(map[any]int64), kept: make(map[uint64]struct{})}
}

// add counts a value: text, number or truth.
func (d *distinct) add(seed maphash.Seed, v any) {
	if d.few != nil {
		if text, ok := v.(string); ok && len(text) > 100 {
			d.few = nil // not the word of an enum
		} else {
			d.few[v]++
			if len(d.few) > fewValues {
				d.few = nil
			}
		}
	}
	if d.repeated {
		return
	}
	h := maphash.Comparable(seed, v)
	if h&(1<<d.level-1) != 0 {
		return
	}
	if _, again := d.kept[h]; again {
		d.repeats()
		return
	}
	d.kept[h] = struct{}{}
	d.thin()
}

// repeats ends the search for a repetition.
func (d *distinct) repeats() { d.repeated, d.kept = true, nil }

func (d *distinct) thin() {
	for len(d.kept) > keptHashes {
		d.level++
		for h := range d.kept {
			if h&(1<<d.level-1) != 0 {
				delete(d.kept, h)
			}
		}
	}
}

func (d *distinct) merge(o *distinct) {
	switch {
	case d.few == nil || o.few == nil:
		d.few = nil
	default:
		for v, n := range o.few {
			d.few[v] += n
		}
		if len(d.few) > fewValues {
			d.few = nil
		}
	}
	if d.repeated || o.repeated {
		d.repeats()
		return
	}
	d.level = max(d.level, o.level)
	for h := range d.kept {
		if h&(1<<d.level-1) != 0 {
			delete(d.kept, h)
		}
	}
	for h := range o.kept {
		if h&(1<<d.level-1) != 0 {
			continue
		}
		if _, again := d.kept[h]; again {
			d.repeats()
			return
		}
		d.kept[h] = struct{}{}
	}
	d.thin()
}
