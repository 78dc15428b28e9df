package check

import (
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
)

// Against is the gate: what of a change must not be merged as it is. A break is an error unless it is declared: by a major
// version, by a new contract of the next major version beside the old one, or, for what is gone, by a deprecation that has
// ended. What is risky, a break that is declared, and a version that rose too little are warnings. Safe changes pass
// unsaid. old names the state that NEW was compared with.
func Against(r diff.Result, old string) []contract.Finding {
	var findings []contract.Finding
	for _, p := range r.Pairs {
		refused := false
		for _, c := range p.Changes {
			f := c.Finding()
			switch {
			case c.Class == diff.Safe, c.Class == diff.Breaking && (p.Successor || p.Draft):
				continue
			case c.Class == diff.Breaking && !declared(p, c):
				refused = true
				f.Message += ". " + undeclared(p, c)
			case c.Class == diff.Breaking:
				f.Severity = contract.SeverityWarning
				f.Message += fmt.Sprintf(". Declared by version %s", p.To)
			}
			if c.Old && p.NewFile != "" { // the line is another one by now
				f.Message += fmt.Sprintf(" (%s had it in line %d)", old, f.Line)
				f.File, f.Line, f.Column = p.NewFile, 0, 0
			}
			findings = append(findings, f)
		}
		if !p.Obeys && !refused && p.NewFile != "" {
			findings = append(findings, version(p, old))
		}
	}
	return contract.SortFindings(findings)
}

func declared(p diff.Pair, c diff.Change) bool { return p.Has >= diff.Major && !c.Notice }

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
	case p.Needs == diff.None:
		f.Rule, f.Severity = RuleBackwards, contract.SeverityError
		f.Message = fmt.Sprintf("the version fell to %s; %s has %s", p.To, old, p.From)
	case p.Wants == "":
		f.Message = fmt.Sprintf("the version %s stayed as in %s, though something changed: raise it", p.To, old)
	default:
		f.Message = fmt.Sprintf("the version is %s, and what changed since %s needs %s (%s)", p.To, old, p.Wants, p.Needs)
	}
	return f
}
