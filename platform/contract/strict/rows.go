package strict

// Rows is as Objects, for objects of which a document may have thousands. When they are written, T's table is made once
// and each object is copied before it, so the table must be the same whatever the object holds.
func Rows[T any](key string, into *[]T, table func(*T) Table) Field {
	return Field{key: key, slot: &rows[T]{objects: objects[T]{into, table}}}
}

type rows[T any] struct {
	objects[T]
	drawn *drawn[T] // nil until one is written
}

func (r *rows[T]) give(e *encoder, at spot, had bool) (Value, bool) {
	if len(*r.into) == 0 {
		return Value{Kind: List, Items: []Value{}}, had
	}
	if r.drawn == nil {
		r.drawn = draw(r.table)
	}
	where := at.path(e)
	v := Value{Kind: List, Items: make([]Value, len(*r.into))}
	for i := range *r.into {
		r.drawn.object = (*r.into)[i]
		v.Items[i] = e.object(e.path(path{parent: where, index: i}), r.drawn.table)
	}
	return v, true
}

// Row is as Object, for what each of thousands may have; see Rows.
func Row[T any](key string, into **T, table func(*T) Table) Field {
	return Field{key: key, slot: &row[T]{object: object[T]{into, table}}}
}

type row[T any] struct {
	object[T]
	drawn *drawn[T] // nil until one is written
}

func (r *row[T]) give(e *encoder, at spot, had bool) (Value, bool) {
	if *r.into == nil {
		return Value{}, false
	}
	if r.drawn == nil {
		r.drawn = draw(r.table)
	}
	r.drawn.object = **r.into
	v := e.object(at.path(e), r.drawn.table)
	return v, had || len(v.Entries) > 0
}

// drawn is a table, and the object that it reads.
type drawn[T any] struct {
	object T
	table  Table
}

func draw[T any](table func(*T) Table) *drawn[T] {
	d := new(drawn[T])
	d.table = table(&d.object)
	return d
}
