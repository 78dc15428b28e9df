package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
)

// Against is the gate: what of a change must not be merged as it is. What is refused is an error, and what somebody should
// look at a warning, by diff's own verdict; what passes is not said. old names the state that NEW was compared with.
func Against(r diff.Result, old string) []contract.Finding {
	return slices.DeleteFunc(Changes(r, old), func(f contract.Finding) bool { return f.Severity == contract.SeverityNote })
}

// Changes are all changes as findings, those that pass as notes.
func Changes(r diff.Result, old string) []contract.Finding {
	var findings []contract.Finding
	for _, p := range r.Pairs {
		refused := false
		for _, c := range p.Changes {
			f := c.Finding()
			switch {
			case c.Verdict == diff.Refused:
				refused = true
				f.Message += ". " + undeclared(p, c)
			case c.Verdict == diff.Warned && c.Class == diff.Breaking:
				f.Message += fmt.Sprintf(". Declared by version %s", p.To)
			}
			findings = append(findings, f)
		}
		if p.Fell || !p.Obeys && !refused && p.NewFile != "" {
			findings = append(findings, version(p, old))
		}
	}
	return contract.SortFindings(findings)
}

// RuleUnread marks a document of OLD that cannot be read, so that nothing is known of what changed since.
const RuleUnread = "version.unread"

// Unread says of what could not be read in OLD that it was not compared. at is where NEW has a file of OLD. It warns: who
// mends what is broken must be able to.
func Unread(faults []contract.Finding, at func(file string) string) []contract.Finding {
	var findings []contract.Finding
	said := make(map[string]bool)
	for _, f := range faults {
		if said[f.File] {
			continue
		}
		said[f.File] = true
		findings = append(findings, contract.Finding{
			Rule: RuleUnread, Severity: contract.SeverityWarning, File: at(f.File),
			Message: fmt.Sprintf("what it was could not be read, so that no change of it was judged: %s:%d:%d: %s", f.File, max(f.Line, 1), max(f.Column, 1), f.Message),
		})
	}
	return findings
}

// undeclared says what is missing, and the way that breaks nobody.
func undeclared(p diff.Pair, c diff.Change) string {
	text := ""
	if !c.Notice && p.Wants != "" {
		text = fmt.Sprintf("Not declared: the version is %s and would have to be %s. ", p.To, p.Wants)
	}
	if len(c.Steps) > 0 {
		text += "Instead: " + strings.Join(c.Steps, "; ")
	}
	return strings.TrimSpace(text)
}

// version says that the version does not tell what changed.
func version(p diff.Pair, old string) contract.Finding {
	f := contract.Finding{Rule: RuleBump, Severity: contract.SeverityWarning}
	f.File, f.Line, f.Column, f.Path = p.Version()
	switch {
	case p.Fell:
		f.Rule, f.Severity = RuleBackwards, contract.SeverityError
		f.Message = fmt.Sprintf("the version fell to %s; %s has %s, so that it must be at least %s", p.To, old, p.From, p.Wants)
	case p.Needs == diff.None:
		f.Message = fmt.Sprintf("the version %s does not say how it follows %s, which %s has: write %s, or a higher one", p.To, p.From, old, p.Wants)
	case p.Wants == "":
		f.Message = fmt.Sprintf("the version %s stayed as in %s, though something changed: raise it", p.To, old)
	default:
		f.Message = fmt.Sprintf("the version is %s, and what changed since %s needs %s (%s)", p.To, old, p.Wants, p.Needs)
	}
	return f
}
