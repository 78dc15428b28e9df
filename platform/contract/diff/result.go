package diff

import (
	"cmp"
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
	Reason string   `json:"reason"`         // what changed and whom it concerns, one sentence
	Steps  []string `json:"steps,omitempty"`
	Notice bool     `json:"notice,omitempty"` // it takes a deprecation that has ended; no version declares it
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
	Obeys   bool     `json:"obeys"`           // the verdict: the files' own versions say what changed
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
	Pairs []Pair `json:"pairs"`
	Obeys bool   `json:"obeys"` // every pair does
}

// Findings are the changes as findings: breaking is an error, risky a warning, safe a note.
func (r Result) Findings() []contract.Finding {
	var findings []contract.Finding
	for _, p := range r.Pairs {
		for _, c := range p.Changes {
			findings = append(findings, c.Finding())
		}
	}
	return contract.SortFindings(findings)
}

// Finding is the change as a finding.
func (c Change) Finding() contract.Finding {
	severity := contract.SeverityNote
	switch c.Class {
	case Breaking:
		severity = contract.SeverityError
	case Risky:
		severity = contract.SeverityWarning
	}
	return contract.Finding{Rule: c.Rule, Severity: severity, File: c.File, Line: c.Line, Column: c.Column, Path: c.Path, Message: c.Reason}
}

// judge completes a pair whose changes are known.
func (p *Pair) judge() {
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
	if !okFrom || !okTo {
		p.Obeys = p.Needs == None || p.From != p.To // not ours to read; that it changed is all that can be asked
		return
	}
	if p.Draft = p.Draft || from[0] == 0; p.Draft {
		p.Needs = min(p.Needs, Minor)
	}
	p.Has = from.to(to)
	p.Obeys = p.Has >= p.Needs && to.compare(from) >= 0
	if !p.Obeys {
		p.Wants = from.next(p.Needs).String()
	}
}
