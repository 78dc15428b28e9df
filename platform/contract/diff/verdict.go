package diff

import "github.com/tidemark-mesh/tidemark/platform/contract"

// Verdict is what becomes of a change where changes are judged. Whoever shows or refuses one goes by it.
type Verdict string

// The verdicts, the worst first.
const (
	// Refused: a break that nothing declares, something gone before its time, or a version that fell.
	Refused Verdict = "refused"
	// Warned: it passes, and somebody should look: a risk, a break that is declared, a version that rose too little.
	Warned Verdict = "warned"
	// Passed: there is nothing to do.
	Passed Verdict = "passed"
)

// Severity is that of a finding with the verdict.
func (v Verdict) Severity() contract.Severity {
	switch v {
	case Refused:
		return contract.SeverityError
	case Warned:
		return contract.SeverityWarning
	}
	return contract.SeverityNote
}

// worse is the worse of two verdicts.
func worse(a, b Verdict) Verdict {
	if a != "" && (b == "" || a.Severity() < b.Severity()) {
		return a
	}
	return b
}

// verdicts judges the changes and then the pair. A break is declared by a major version or by a contract of its own; what
// is gone only by a deprecation that has ended. A draft promised nothing that could be broken.
func (p *Pair) verdicts() {
	p.Verdict = Passed
	for i := range p.Changes {
		c := &p.Changes[i]
		switch {
		case c.Class == Safe, p.Successor, p.Draft:
			c.Verdict = Passed
		case c.Class == Risky, p.Has >= Major && !c.Notice:
			c.Verdict = Warned
		default:
			c.Verdict = Refused
		}
		p.Verdict = worse(p.Verdict, c.Verdict)
	}
	switch {
	case p.Fell:
		p.Verdict = Refused
	case !p.Obeys:
		p.Verdict = worse(p.Verdict, Warned)
	}
}
