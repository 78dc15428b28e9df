package policy

import (
	"encoding/json"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// terms makes values of documents what rules see, and equal values once: keys and words stand in a document again and
// again, so do the rules of its fields, and the version before is nearly the contract.
type terms struct {
	seed    maphash.Seed
	texts   map[string]*ast.Term
	numbers map[string]*ast.Term
	nested  map[uint64][]nested // lists and objects, by what is in them
	parts   []*ast.Term         // of those that are being made
	pairs   [][2]*ast.Term      // of an object that is being made
}

// nested is a list of its parts, or an object of its keys and values in turn.
type nested struct {
	kind  strict.Kind
	parts []*ast.Term
	term  *ast.Term
}

func newTerms() *terms {
	return &terms{seed: maphash.MakeSeed(), texts: map[string]*ast.Term{}, numbers: map[string]*ast.Term{}, nested: map[uint64][]nested{}}
}

// of is a value as rules see it. What YAML takes for a number and JSON does not is text.
func (t *terms) of(v contract.Value) *ast.Term {
	from := len(t.parts)
	switch v.Kind {
	case strict.Absent, strict.Null:
		return ast.InternedNullTerm
	case strict.Bool:
		return ast.InternedTerm(v.Text == "true")
	case strict.Integer, strict.Decimal:
		if modest(v.Text) {
			return t.number(v.Text)
		}
	case strict.List:
		for _, item := range v.Items {
			part := t.of(item)
			t.parts = append(t.parts, part)
		}
		return t.within(strict.List, from)
	case strict.Map:
		for _, e := range v.Entries {
			part := t.of(e.Value)
			t.parts = append(t.parts, t.text(e.Key), part)
		}
		return t.within(strict.Map, from)
	}
	return t.text(v.Text)
}

func (t *terms) text(s string) *ast.Term {
	made, ok := t.texts[s]
	if !ok {
		made = ast.StringTerm(s)
		t.texts[s] = made
	}
	return made
}

func (t *terms) number(text string) *ast.Term {
	made, ok := t.numbers[text]
	if !ok {
		made = ast.NumberTerm(json.Number(text))
		t.numbers[text] = made
	}
	return made
}

// within is the list or the object of the parts from there on, which are no longer being made.
func (t *terms) within(kind strict.Kind, from int) *ast.Term {
	parts := t.parts[from:]
	t.parts = t.parts[:from]
	var h maphash.Hash
	h.SetSeed(t.seed)
	for _, part := range parts { // which are the same where they are equal
		maphash.WriteComparable(&h, part)
	}
	sum := h.Sum64()
	for _, made := range t.nested[sum] {
		if made.kind == kind && slices.Equal(made.parts, parts) {
			return made.term
		}
	}
	made := nested{kind: kind, parts: slices.Clone(parts)}
	if kind == strict.List {
		made.term = ast.ArrayTerm(made.parts...)
	} else {
		t.pairs = t.pairs[:0]
		for i := 0; i < len(parts); i += 2 {
			t.pairs = append(t.pairs, ast.Item(parts[i], parts[i+1]))
		}
		made.term = ast.ObjectTerm(t.pairs...)
	}
	t.nested[sum] = append(t.nested[sum], made)
	return made.term
}

// modest tells whether a number is JSON's, and one that arithmetic without bounds can bear: 1e999999999 is 9 characters
// in a file and a gigabyte in a sum.
func modest(text string) bool {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	return len(text) <= 64 && len(strings.TrimLeft(exponent, "+-0")) <= 3 && json.Valid([]byte(text))
}
