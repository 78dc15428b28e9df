package avro

import (
	"errors"
	"fmt"
	"slices"
)

// ready are rules and captures made ready for a reader's schema. They serve every writer's program.
type ready struct {
	rules    []Rule
	captures []Capture
	root     *trie // of both
	checks   map[readyKey]check
}

// readyKey: a rule may stand on several types, those of a union.
type readyKey struct {
	rule int
	typ  *Schema
}

// on is a rule's check of one type of the reader's, nil where the type cannot carry the rule.
func (r *ready) on(rule int, t *Schema) check { return r.checks[readyKey{rule, t}] }

// ready makes rules and captures ready. What was made last time serves again where it is the same, since a contract's rules come
// again with each of its writers. The error joins all that cannot be. It judges by the reader's schema alone, so that it is
// the same for every writer.
func (s *Schema) ready(o Options) (*ready, error) {
	last := s.last.Load()
	rulesServe := last != nil && slices.EqualFunc(last.rules, o.Rules, sameRule)
	if rulesServe && slices.EqualFunc(last.captures, o.Captures, sameCapture) {
		return last, nil
	}
	r := &ready{root: &trie{}}
	var errs []error
	if rulesServe {
		r.rules, r.checks = last.rules, last.checks
	} else {
		errs = r.makeRules(s, o.Rules)
	}
	for _, c := range o.Captures {
		c.Path = slices.Clone(c.Path)
		r.captures = append(r.captures, c)
		if err := checkCapture(s, c); err != nil {
			errs = append(errs, fmt.Errorf("avro: capture %s at %s: %w", c.Name, spell(c.Path), err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	for i := range r.rules {
		at := r.root.add(r.rules[i].Path)
		at.rules = append(at.rules, i)
	}
	for i := range r.captures {
		at := r.root.add(r.captures[i].Path)
		at.captures = append(at.captures, i)
	}
	s.last.Store(r)
	return r, nil
}

func sameRule(a, b Rule) bool {
	return a.ID == b.ID && a.Kind == b.Kind && a.Severity == b.Severity && a.Text == b.Text && slices.Equal(a.Path, b.Path) && slices.Equal(a.Values, b.Values)
}

func sameCapture(a, b Capture) bool { return a.Name == b.Name && slices.Equal(a.Path, b.Path) }

// makeRules copies rules, so that they stay whatever the caller does with his, and makes each ready.
func (r *ready) makeRules(reader *Schema, rules []Rule) (errs []error) {
	r.checks = make(map[readyKey]check, len(rules))
	for i, rule := range rules {
		rule.Path, rule.Values = slices.Clone(rule.Path), slices.Clone(rule.Values)
		r.rules = append(r.rules, rule)
		if err := r.make(reader, i); err != nil {
			errs = append(errs, fmt.Errorf("avro: rule %s at %s: %w", rule.ID, spell(rule.Path), err))
		}
	}
	return errs
}

// make makes one rule ready: at least one type that the path leads to must carry it; of a union with others, those are left
// alone.
func (r *ready) make(reader *Schema, rule int) error {
	types, err := reader.reach(r.rules[rule].Path)
	if err != nil || r.rules[rule].Kind == Required { // which is about null, and that has no value to check
		return err
	}
	carried := false
	for _, t := range types {
		made, e := newCheck(r.rules[rule], t)
		switch {
		case e == nil:
			r.checks[readyKey{rule, t}] = made
			carried = true
		case err == nil || t.typ != TypeNull:
			err = e
		}
	}
	if carried {
		return nil
	}
	return err
}
