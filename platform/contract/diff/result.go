package diff

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Change is one thing that NEW says otherwise than OLD.
type Change struct {
	Rule   string   `json:"rule"`
	Class  Class    `json:"class"`
	Breaks []Party  `json:"breaks,omitempty"` // whom it breaks, or may break
	Needs  Bump     `json:"needs"`            // how far the version has to rise for it
	Old    bool     `json:"old,omitempty"`    // the place is in OLD: what is gone has none in NEW
	File   string   `json:"file"`
	Line   int      `json:"line,omitempty"`
	Column int      `json:"column,omitempty"`
	Path   string   `json:"path,omitempty"` // the place within the document
	From   *Span    `json:"from,omitempty"` // of what is gone: the nearest place that NEW still has, or else the file as NEW would call it
	Reason string   `json:"reason"`         // what changed and whom it concerns, one sentence
	Steps  []string `json:"steps,omitempty"`
	Notice bool     `json:"notice,omitempty"` // it takes a deprecation that has ended; no version declares it
	// Verdict is what becomes of it: where one is refused, its pair is, and so is the whole.
	Verdict Verdict `json:"verdict"`
}

// Pair is a contract or a data product, in OLD and in NEW.
type Pair struct {
	ID      string `json:"id"`
	OldFile string `json:"old_file,omitempty"` // "" where it is new
	NewFile string `json:"new_file,omitempty"` // "" where it is gone
	From    string `json:"from,omitempty"`     // OLD's version
	To      string `json:"to,omitempty"`       // NEW's version
	// Successor: NEW is a new contract, of the next major version, beside OLD or in its place.
	Successor bool `json:"successor,omitempty"`
	// Draft: OLD promised nothing yet, by its status (draft, proposed) or its version (0.x); a minor bump will do.
	Draft   bool     `json:"draft,omitempty"`
	Has     Bump     `json:"has"`             // how far the version rose
	Needs   Bump     `json:"needs"`           // how far it has to rise
	Wants   string   `json:"wants,omitempty"` // the version that NEW must have at least, where it has less
	Fell    bool     `json:"fell,omitempty"`  // the version is lower than it was
	Obeys   bool     `json:"obeys"`           // the files' own versions say what changed
	Verdict Verdict  `json:"verdict"`         // the worst of the changes' and the version's
	Changes []Change `json:"changes"`

	version Change // the place of the version that should rise
}

// Version is where the version stands that should rise: in NEW, or in OLD where it is gone.
func (p Pair) Version() (file string, line, column int, path string) {
	v := p.version
	return v.File, v.Line, v.Column, v.Path
}

// Result is what Compare found: the pairs that differ, by id.
type Result struct {
	Pairs   []Pair  `json:"pairs"`
	Obeys   bool    `json:"obeys"`   // every pair does
	Verdict Verdict `json:"verdict"` // the worst of the pairs'
}

// Finding is the change as a finding, of the severity that its verdict has. It stands in NEW, where tools that annotate
// files look: what is gone stands at what it is gone from, and the message says where OLD had it.
func (c Change) Finding() contract.Finding {
	f := contract.Finding{Rule: c.Rule, Severity: c.Verdict.Severity(), File: c.File, Line: c.Line, Column: c.Column, Path: c.Path, Message: c.Reason}
	if c.From != nil {
		f.File, f.Line, f.Column, f.Path = c.From.File, c.From.Line, c.From.Column, c.From.Path
		f.Message += fmt.Sprintf(" (it was at %s:%d:%d)", c.File, c.Line, c.Column)
	}
	return f
}

// judge completes a pair whose changes are known.
func (p *Pair) judge() {
	p.measure()
	p.verdicts()
}

// measure compares how far the version rose with how far it has to.
func (p *Pair) measure() {
	slices.SortStableFunc(p.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Class.rank(), b.Class.rank()), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Reason, b.Reason))
	})
	for i := range p.Changes {
		p.Needs = max(p.Needs, p.Changes[i].Needs)
		if p.Successor {
			p.Changes[i].Steps = nil // the last of which was taken
		}
	}
	if p.OldFile == "" || p.NewFile == "" { // there are no two versions to compare
		p.Obeys = p.Needs == None
		return
	}
	from, okFrom := parseVersion(p.From)
	to, okTo := parseVersion(p.To)
	switch {
	case okFrom && !okTo: // nobody can tell any more how far it rose
		p.Wants = from.next(p.Needs).String()
		return
	case !okFrom:
		p.Obeys = p.Needs == None || p.From != p.To // not ours to read; that it changed is all that can be asked
		return
	}
	if p.Draft = p.Draft || from[0] == 0; p.Draft {
		p.Needs = min(p.Needs, Minor)
	}
	p.Has = from.to(to)
	p.Fell = to.compare(from) < 0 && !p.Successor
	p.Obeys = p.Has >= p.Needs && !p.Fell
	if !p.Obeys {
		p.Wants = from.next(p.Needs).String()
	}
}
