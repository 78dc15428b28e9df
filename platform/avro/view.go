package avro

import (
	"iter"
	"math/big"
	"time"
	"unsafe"
)

// View reads a record where it stands, in bytes that a Program has accepted: a field is decoded when it is asked for. The code
// that gotypes generates puts a type with a method for each field around it.
//
// Text and bytes that it gives share memory with the payload, which nobody changes; the view itself is good until the next
// record is read. A View belongs to one goroutine.
type View struct {
	schema *Schema
	b      []byte  // from the record on; where at is set, the whole payload
	at     []int32 // where the leaves begin; nil where nobody has looked
	layout *layout // nil where at is
}

// Field is the i-th field's value.
func (v View) Field(i int) Value {
	if v.at != nil {
		return Value{v.schema.fields[i].typ, v.b[v.at[v.layout.first[i]]:]}
	}
	in := scanner{b: v.b}
	for j := range i {
		in.skip(v.schema.fields[j].typ)
	}
	return Value{v.schema.fields[i].typ, v.b[in.at:]}
}

// Record is the i-th field, which is a record.
func (v View) Record(i int) View {
	if v.at != nil {
		inner := v.layout.inner[i]
		return View{inner.schema, v.b, v.at[v.layout.first[i]:], inner}
	}
	return v.Field(i).Record()
}

// Value is a value where it stands. Which method reads it is decided by its type; the others give nonsense.
type Value struct {
	typ *Schema
	b   []byte
}

// Some is the value of a union of null and one type, if it is there.
func (v Value) Some() (Value, bool) {
	branch := v.typ.branches[v.b[0]>>1] // a union of two: one byte
	return Value{branch, v.b[1:]}, branch.typ != TypeNull
}

func (v Value) long() int64 {
	in := scanner{b: v.b}
	return in.long()
}

// Bool reads a boolean.
func (v Value) Bool() bool { return v.b[0] == 1 }

// Int reads an int.
func (v Value) Int() int32 { return int32(v.long()) } // the walker has bounded it

// Long reads a long.
func (v Value) Long() int64 { return v.long() }

// Float reads a float.
func (v Value) Float() float32 {
	in := scanner{b: v.b}
	return in.float()
}

// Double reads a double.
func (v Value) Double() float64 {
	in := scanner{b: v.b}
	return in.double()
}

// Bytes reads bytes or a fixed. They must not be changed.
func (v Value) Bytes() []byte {
	if v.typ.typ == TypeFixed {
		return v.b[:v.typ.size:v.typ.size]
	}
	in := scanner{b: v.b}
	return in.bytes()
}

// Text reads a string, or an enum's symbol.
func (v Value) Text() string {
	in := scanner{b: v.b}
	if v.typ.typ == TypeEnum {
		return v.typ.symbols[in.long()]
	}
	b := in.bytes()
	return unsafe.String(unsafe.SliceData(b), len(b)) // nobody changes a payload
}

// Decimal reads a decimal.
func (v Value) Decimal() *big.Rat {
	b := v.Bytes()
	if unit, ok := unit64(v.typ.scale); ok && len(b) <= 8 {
		return big.NewRat(fewTwos(b), unit)
	}
	return new(big.Rat).SetFrac(fromTwos(b), pow10(v.typ.scale))
}

// Time reads a date, at midnight UTC, a timestamp, or the wall clock of a local timestamp as if it were UTC.
func (v Value) Time() time.Time {
	n := v.long()
	switch {
	case v.typ.logical == Date:
		return time.Unix(n*86400, 0).UTC()
	case v.typ.logical.timeUnit() == 1e3:
		return time.UnixMilli(n).UTC()
	}
	return time.UnixMicro(n).UTC()
}

// Duration reads a time of day, as what has passed since midnight.
func (v Value) Duration() time.Duration {
	if v.typ.logical == TimeMillis {
		return time.Duration(v.long()) * time.Millisecond
	}
	return time.Duration(v.long()) * time.Microsecond
}

// Record reads a record.
func (v Value) Record() View { return View{schema: v.typ, b: v.b} }

// each passes over an array or a map, and stops where yield says so. The key is nil in an array.
func (v Value) each(yield func(key []byte, item Value) bool) {
	in := scanner{b: v.b}
	for n := in.block(); n > 0; n = in.block() {
		for range n {
			var key []byte
			if v.typ.typ == TypeMap {
				key = in.bytes()
			}
			if !yield(key, Value{v.typ.elem, in.b[in.at:]}) {
				return
			}
			in.skip(v.typ.elem)
		}
	}
}

func (v Value) count() (total int) {
	in := scanner{b: v.b}
	for n := in.block(); n > 0; n = in.block() {
		total += int(n) // the walker has bounded it
		for range n {
			in.skip(v.typ.elem)
		}
	}
	return total
}

// Optional reads a union of null and one type; nil for null.
func Optional[T any](v Value, read func(Value) T) *T {
	inner, ok := v.Some()
	if !ok {
		return nil
	}
	value := read(inner)
	return &value
}

// Slice reads an array.
func Slice[T any](v Value, read func(Value) T) []T {
	items := make([]T, 0, 8)
	v.each(func(_ []byte, item Value) bool {
		items = append(items, read(item))
		return true
	})
	return items
}

// Map reads a map.
func Map[T any](v Value, read func(Value) T) map[string]T {
	entries := make(map[string]T)
	v.each(func(key []byte, item Value) bool {
		entries[string(key)] = read(item)
		return true
	})
	return entries
}

// Over is a generated view: it is made of the View that it reads by.
type Over[V any] interface{ OverRecord(View) V }

// List is an array of records, which are read where they stand.
type List[V Over[V]] struct{ array Value }

// ListOf is the list in an array.
func ListOf[V Over[V]](array Value) List[V] { return List[V]{array} }

// Len counts the items. It passes over all of them.
func (l List[V]) Len() int { return l.array.count() }

// All gives the items in their order.
func (l List[V]) All() iter.Seq[V] {
	return func(yield func(V) bool) {
		var of V
		in := scanner{b: l.array.b}
		item := l.array.typ.elem
		for n := in.block(); n > 0; n = in.block() {
			for range n {
				if !yield(of.OverRecord(View{schema: item, b: in.b[in.at:]})) {
					return
				}
				in.skip(item)
			}
		}
	}
}
