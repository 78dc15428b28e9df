package diff

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Options say by what a comparison judges.
type Options struct {
	// Now is when deprecations are judged; the zero time lets none have ended.
	Now time.Time
	// Notice is how long a deprecation runs that names no endOfSupport. Default 90 days.
	Notice time.Duration
}

// DefaultNotice is how long a deprecation runs that names no endOfSupport.
const DefaultNotice = 90 * 24 * time.Hour

// Compare compares two sides. It reads only what it is given, but for the History of a side.
func Compare(before, after *Side, o Options) Result {
	if o.Notice <= 0 {
		o.Notice = DefaultNotice
	}
	c := &comparer{
		Options: o, before: before, after: after, rules: ruleTable(),
		oldContracts: byID(before.Contracts, contractID), newContracts: byID(after.Contracts, contractID),
		oldProducts: byID(before.DataProducts, productID), newProducts: byID(after.DataProducts, productID),
	}
	c.renamed = c.renamedProducts()
	c.contracts()
	c.products()
	r := Result{Pairs: c.pairs, Obeys: true, Verdict: Passed}
	slices.SortStableFunc(r.Pairs, func(a, b Pair) int { return cmp.Compare(a.ID, b.ID) })
	for _, p := range r.Pairs {
		r.Obeys, r.Verdict = r.Obeys && p.Obeys, worse(r.Verdict, p.Verdict)
	}
	return r
}

func contractID(c *contract.Contract) string   { return c.ID }
func productID(p *contract.DataProduct) string { return p.ID }

// byID keeps the first of an id; that there is a second is for the rules between files.
func byID[T any](all []*T, id func(*T) string) map[string]*T {
	m := make(map[string]*T, len(all))
	for _, v := range all {
		if _, twice := m[id(v)]; !twice {
			m[id(v)] = v
		}
	}
	return m
}

type comparer struct {
	Options
	before, after              *Side
	rules                      map[string]Rule
	oldContracts, newContracts map[string]*contract.Contract
	oldProducts, newProducts   map[string]*contract.DataProduct
	renamed                    map[*contract.DataProduct]*contract.DataProduct // of OLD to NEW, with another id
	pairs                      []Pair
}

// contracts pairs contracts by id; those whose id changed by what else they have in common; a new one with the contract
// of the major version before it.
func (c *comparer) contracts() {
	changed := c.changedIDs()
	taken := make(map[*contract.Contract]bool)
	for _, old := range c.before.Contracts {
		now := c.contractNow(old)
		if now == nil {
			now = changed[old]
		}
		if now != nil {
			taken[now] = true
			c.add(c.contract(old, now, follows(old, now)))
		} else if !c.after.unread[c.before.name(old.File)] {
			c.add(c.removedContract(old))
		}
	}
	for _, now := range c.after.Contracts {
		if c.oldContracts[now.ID] == nil && !taken[now] && !c.before.unread[c.after.name(now.File)] {
			c.add(c.newContract(now))
		}
	}
}

// contractNow is the contract of NEW with the id of one of OLD; where several claim it, that in the same file.
func (c *comparer) contractNow(old *contract.Contract) *contract.Contract {
	for _, now := range c.after.Contracts {
		if now.ID == old.ID && c.after.name(now.File) == c.before.name(old.File) {
			return now
		}
	}
	return c.newContracts[old.ID]
}

// add judges a pair and keeps it, if it differs.
func (c *comparer) add(p Pair) {
	p.judge()
	if len(p.Changes) > 0 || !p.Obeys {
		c.pairs = append(c.pairs, p)
	}
}

func (c *comparer) removedContract(old *contract.Contract) Pair {
	p := Pair{ID: old.ID, OldFile: old.File, From: old.Version, Changes: []Change{}}
	p.version = c.change("contract.removed", oldPlace(old.File, old.Place, "version"), "")
	end, next := c.deprecationOf(old), c.successorOf(old)
	at := oldPlace(old.File, old.Place, "status")
	at.from = c.publisherOf(old, next)
	var change Change
	switch {
	case isDraft(old.Status):
		change = c.change("contract.retired", at, "%s is gone; it was a %s", old.ID, old.Status)
	case isUnstable(old.Version):
		change = c.change("contract.retired", at, "%s is gone; its version was %s", old.ID, old.Version)
	case end.over:
		change = c.change("contract.retired", at, "%s is gone; %s", old.ID, end)
	case next != nil:
		change = c.change("contract.removed", at, "%s is gone, and %s is to follow it; %s", old.ID, next.ID, end)
	default:
		change = c.change("contract.removed", at, "%s is gone; %s", old.ID, end)
	}
	end.advise(&change)
	p.Changes = append(p.Changes, change)
	return p
}

// successorOf is a contract in NEW of the same port and a higher major version; nil where there is none.
func (c *comparer) successorOf(old *contract.Contract) *contract.Contract {
	before, from, known := stem(old.ID)
	for _, now := range c.after.Contracts {
		if same, v, ok := stem(now.ID); known && ok && same == before && v.compare(from) > 0 {
			return now
		}
	}
	return nil
}

// publisherOf is where NEW still has something of a contract that is gone: the output ports of its data product, else the
// contract that follows it, else the file as NEW would call it.
func (c *comparer) publisherOf(old, next *contract.Contract) *Span {
	for _, p := range c.before.DataProducts {
		if now := c.productNow(p); now != nil && slices.ContainsFunc(p.OutputPorts, func(port contract.Port) bool { return port.ContractID == old.ID }) {
			return newPlace(now.File, now.Place, "outputPorts").span()
		}
	}
	if next != nil {
		return newPlace(next.File, next.Place, "id").span()
	}
	return &Span{File: c.after.prefix + c.before.name(old.File)}
}

// newContract compares a new contract with the one of the major version before it, where OLD has one.
func (c *comparer) newContract(now *contract.Contract) Pair {
	added := c.change("contract.added", newPlace(now.File, now.Place, "id"), "%s is new", now.ID)
	var last *contract.Contract
	if before, v, ok := stem(now.ID); ok {
		for _, old := range c.before.Contracts {
			same, w, ok := stem(old.ID)
			if ok && same == before && w.compare(v) < 0 && (last == nil || w.compare(majorOf(last)) > 0) {
				last = old
			}
		}
	}
	if last == nil {
		return Pair{ID: now.ID, NewFile: now.File, To: now.Version, Changes: []Change{added}}
	}
	p := c.contract(last, now, true)
	p.Changes = append(p.Changes, added)
	return p
}

func majorOf(c *contract.Contract) version {
	_, v, _ := stem(c.ID)
	return v
}

// change makes a change of a rule: what happened, then why that matters.
func (c *comparer) change(rule string, at place, format string, args ...any) Change {
	r := c.rules[rule]
	reason := fmt.Sprintf(format, args...)
	if r.Why != "" {
		reason += ": " + r.Why
	}
	return Change{
		Rule: r.ID, Class: r.Class, Breaks: r.Breaks, Needs: r.Needs, Steps: r.Steps, Notice: r.Notice, Reason: reason,
		Old: at.old, File: at.file, Line: at.Line, Column: at.Column, Path: at.path, From: at.from,
	}
}
