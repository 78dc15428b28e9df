package formattest

import (
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// Spoiled gives a document with something else in place of one of its values, for every third value, in turn. It stops
// where yield says so.
func Spoiled(whole contract.Value) func(yield func(contract.Value) bool) {
	others := []contract.Value{
		values.Text("text"), values.Int(-1), values.Bool(true), {Kind: strict.Null}, {Kind: strict.List}, {Kind: strict.Map},
		values.List(values.Object(values.Key("$ref", values.Text("#")))),
	}
	return func(yield func(contract.Value) bool) {
		for n := 0; ; n += 3 {
			left := n
			if v := spoil(whole, others[n%len(others)], &left); left >= 0 || !yield(v) {
				return
			}
		}
	}
}

// spoil puts other in place of the value number left of a document, and makes left negative when it has.
func spoil(v, other contract.Value, left *int) contract.Value {
	if *left--; *left == -1 {
		return other
	}
	v.Items = slices.Clone(v.Items)
	for i := range v.Items {
		if *left >= 0 {
			v.Items[i] = spoil(v.Items[i], other, left)
		}
	}
	v.Entries = slices.Clone(v.Entries)
	for i := range v.Entries {
		if *left >= 0 {
			v.Entries[i].Value = spoil(v.Entries[i].Value, other, left)
		}
	}
	return v
}
