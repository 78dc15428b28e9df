package topic

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// kind is what a JSON value is.
type kind uint8

const (
	isNull kind = iota
	isTruth
	isInteger
	isNumber
	isText
	isRecord
	isList
	kinds
)

// field is what a survey knows of the values in one place of a record.
type field struct {
	name  string
	seen  int64 // values, nulls too
	kinds [kinds]int64

	values           *distinct
	least, most      float64 // of numbers
	shortest         int     // of texts in bytes, of lists in items; -1 before the first
	formats          uint8   // those that all texts so far have
	shape            shape   // that all texts so far have; nil where there is none
	shapeless        bool
	isKey, otherKeys bool // the record key was this value; was another
	times            *times
	temporal         bool // the schema says that it is a date or timestamp

	fields []*field // of a record, in the order in which they were first seen
	byName map[string]*field
	items  *field // of a list

	unseen int64 // records that had more fields than are looked at
}

func newField(name string) *field {
	return &field{name: name, values: newDistinct(), least: math.Inf(1), most: math.Inf(-1), shortest: -1, formats: allFormats}
}

// child is the field of a record by name; i is where it probably stands. nil: there are too many.
func (f *field) child(i int, name string, left *int) *field {
	if i >= 0 && i < len(f.fields) && f.fields[i].name == name {
		return f.fields[i]
	}
	if c := f.byName[name]; c != nil {
		return c
	}
	if *left == 0 || len(f.fields) >= maxChildren {
		f.unseen++
		return nil
	}
	*left--
	c := newField(name)
	if f.byName == nil {
		f.byName = make(map[string]*field)
	}
	f.byName[name], f.fields = c, append(f.fields, c)
	return c
}

// element is the field of a list's items.
func (f *field) element(left *int) *field {
	if f.items == nil && *left > 0 {
		*left--
		f.items = newField("[]")
	}
	return f.items
}

// add counts a value. depth bounds how far it goes down.
func (s *Survey) add(f *field, v any, at *moment, depth int) {
	f.seen++
	switch v := v.(type) {
	case nil:
		f.kinds[isNull]++
	case bool:
		f.kinds[isTruth]++
		f.values.add(s.seed, v)
	case int64:
		s.number(f, float64(v), v, true)
		f.matchKey(at, func(key string) bool { return strconv.FormatInt(v, 10) == key })
	case float64:
		s.number(f, v, v, v == math.Trunc(v) && math.Abs(v) < 1<<53)
	case float32:
		s.number(f, float64(v), v, false)
	case json.Number:
		s.decimal(f, v, at)
	case string:
		s.text(f, v, at)
	case avro.Record:
		f.kinds[isRecord]++
		if depth > 0 {
			for i := range v {
				if c := f.child(i, v[i].Name, &s.left); c != nil {
					s.add(c, v[i].Value, at, depth-1)
				}
			}
		}
	case map[string]any:
		f.kinds[isRecord]++
		switch {
		case depth == 0:
		case s.schema == nil:
			s.object(f, v, at, depth-1)
		default: // an Avro map
			for _, value := range v {
				if c := f.element(&s.left); c != nil {
					s.add(c, value, nil, depth-1)
				}
			}
		}
	case []any:
		f.kinds[isList]++
		f.atLeast(len(v))
		if depth > 0 {
			for _, item := range v {
				if c := f.element(&s.left); c != nil {
					s.add(c, item, nil, depth-1)
				}
			}
		}
	}
}

// object counts a JSON object's fields. New ones are taken in the order of their names, since a map has none.
func (s *Survey) object(f *field, v map[string]any, at *moment, depth int) {
	var unknown []string
	for name, value := range v {
		if c := f.byName[name]; c != nil {
			s.add(c, value, at, depth)
		} else if s.left > 0 && len(f.fields) < maxChildren {
			unknown = append(unknown, name)
		} else {
			f.unseen++
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		if c := f.child(-1, name, &s.left); c != nil {
			s.add(c, v[name], at, depth)
		}
	}
}

func (s *Survey) number(f *field, x float64, v any, whole bool) {
	if whole {
		f.kinds[isInteger]++
	} else {
		f.kinds[isNumber]++
	}
	f.least, f.most = min(f.least, x), max(f.most, x)
	f.values.add(s.seed, v)
}

func (s *Survey) decimal(f *field, v json.Number, at *moment) {
	if n, err := v.Int64(); err == nil {
		s.number(f, float64(n), n, true)
		f.matchKey(at, func(key string) bool { return v.String() == key })
		return
	}
	if x, err := v.Float64(); err == nil {
		s.number(f, x, x, false)
	}
}

func (s *Survey) text(f *field, v string, at *moment) {
	f.kinds[isText]++
	f.values.add(s.seed, v)
	f.atLeast(len(v))
	f.matchKey(at, func(key string) bool { return v == key })
	if f.temporal || s.schema == nil {
		f.time(v, at)
	}
	if f.temporal {
		return
	}
	if f.formats != 0 {
		f.formats = s.formats.narrow(f.formats, v)
	}
	if f.shapeless {
		return
	}
	s.scratch = shapeOf(s.scratch[:0], v)
	switch {
	case s.scratch == nil:
		f.shapeless, f.shape = true, nil
		s.scratch = make(shape, 0, mostRuns)
	case f.shape == nil:
		f.shape = append(shape(nil), s.scratch...)
	case !f.shape.widen(s.scratch):
		f.shapeless, f.shape = true, nil
	}
}

func (f *field) atLeast(length int) {
	if f.shortest < 0 || length < f.shortest {
		f.shortest = length
	}
}

func (f *field) matchKey(at *moment, same func(key string) bool) {
	if at == nil || f.otherKeys {
		return
	}
	if at.key == nil || !same(*at.key) {
		f.otherKeys, f.isKey = true, false
		return
	}
	f.isKey = true
}

func (f *field) time(text string, at *moment) {
	if at == nil || f.times != nil && f.times.broken {
		return
	}
	if f.times == nil {
		f.times = newTimes()
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if t, err = time.Parse(time.DateOnly, text); err != nil {
			f.times.broken = true
			return
		}
		f.times.dates = true
	}
	f.times.add(t.UnixMilli(), at)
}

// merge adds what another survey saw in the same place.
func (f *field) merge(o *field) {
	f.seen, f.unseen = f.seen+o.seen, f.unseen+o.unseen
	for i := range f.kinds {
		f.kinds[i] += o.kinds[i]
	}
	f.values.merge(o.values)
	f.least, f.most = min(f.least, o.least), max(f.most, o.most)
	if f.shortest < 0 || o.shortest >= 0 && o.shortest < f.shortest {
		f.shortest = o.shortest
	}
	f.formats &= o.formats
	switch {
	case f.shapeless || o.shapeless:
		f.shapeless, f.shape = true, nil
	case f.shape == nil:
		f.shape = o.shape
	case o.shape != nil && !f.shape.widen(o.shape):
		f.shapeless, f.shape = true, nil
	}
	f.otherKeys = f.otherKeys || o.otherKeys
	f.isKey = (f.isKey || o.isKey) && !f.otherKeys
	f.temporal = f.temporal || o.temporal
	switch {
	case f.times == nil:
		f.times = o.times
	case o.times != nil:
		f.times.merge(o.times)
	}
	for _, c := range o.fields {
		unbounded := 1
		if mine := f.child(-1, c.name, &unbounded); mine != nil {
			mine.merge(c)
		}
	}
	if o.items != nil {
		unbounded := 1
		f.element(&unbounded).merge(o.items)
	}
}
