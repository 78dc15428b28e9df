package dataproduct

import "github.com/tidemark-mesh/tidemark/platform/avro"

// What generated views and patches are made with, so that a domain imports this package alone. See avro's types of these names.
type (
	// View reads a record where it stands.
	View = avro.View
	// Value is a field of one, or a part of it.
	Value = avro.Value
	// Patch is a record in the making.
	Patch = avro.Patch
	// List is an array of records.
	List[V avro.Over[V]] = avro.List[V]
)

// ListOf is the list in an array.
func ListOf[V avro.Over[V]](array Value) List[V] { return avro.ListOf[V](array) }

// Optional reads what may be null.
func Optional[T any](v Value, read func(Value) T) *T { return avro.Optional(v, read) }

// Slice reads an array.
func Slice[T any](v Value, read func(Value) T) []T { return avro.Slice(v, read) }

// Map reads a map.
func Map[T any](v Value, read func(Value) T) map[string]T { return avro.Map(v, read) }

// SetWhole sets a field that is no scalar.
func SetWhole[T any](p Patch, leaf int, v T) { avro.Set(p, leaf, v) }
