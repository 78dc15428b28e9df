package avro

import (
	"fmt"
	"slices"
)

// trie holds rules and captures by their path, so that one pass over a schema meets them all.
type trie struct {
	rules    []int
	captures []int
	next     map[string]*trie
}

func (t *trie) add(path []string) *trie {
	for _, step := range path {
		if t.next[step] == nil {
			if t.next == nil {
				t.next = map[string]*trie{}
			}
			t.next[step] = &trie{}
		}
		t = t.next[step]
	}
	return t
}

// child is the part of the trie below a step; nil is an empty trie.
func (t *trie) child(step string) *trie {
	if t == nil {
		return nil
	}
	return t.next[step]
}

// all are the rules here and below, in their order.
func (t *trie) all() []int {
	list := slices.Clone(t.rules)
	for _, c := range t.next {
		list = append(list, c.all()...)
	}
	slices.Sort(list)
	return list
}

// reach are the types that a path leads to, through every branch of unions; a union itself is not among them.
func (s *Schema) reach(path []string) ([]*Schema, error) {
	at := flatten([]*Schema{s})
	for i, step := range path {
		var next []*Schema
		for _, t := range at {
			switch {
			case step == "[]" && t.typ == TypeArray, step == "{}" && t.typ == TypeMap:
				next = append(next, t.elem)
			case t.typ == TypeRecord && t.fieldIndex(step) >= 0:
				next = append(next, t.fields[t.fieldIndex(step)].typ)
			}
		}
		if next == nil {
			return nil, fmt.Errorf("%s has no %q in the schema", spell(path[:i]), step)
		}
		at = flatten(next)
	}
	return at, nil
}

// flatten replaces unions by their branches and drops repetitions.
func flatten(list []*Schema) []*Schema {
	seen := map[*Schema]bool{}
	var out []*Schema
	for _, s := range list {
		branches := s.branches
		if s.typ != TypeUnion {
			branches = []*Schema{s}
		}
		for _, b := range branches {
			if !seen[b] {
				seen[b] = true
				out = append(out, b)
			}
		}
	}
	return out
}
