package provision

import (
	"context"
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Drifted is how far the world is from what the contracts say.
type Drifted struct {
	At   time.Time     // when it was looked at
	Took time.Duration // how long that took
	// Checked counts what was compared, and Resources what of it differs, by kind; both can be told as metrics.
	Checked   map[Kind]int
	Resources map[Kind]map[string]int // by rule: missing, differs, extra
	Findings  []contract.Finding      // sorted
	Plan      *Plan                   // what would mend it
}

// Errors counts the findings that are errors: what is missing or differs, and rights that nobody should have.
func (d *Drifted) Errors() (n int) {
	for _, f := range d.Findings {
		if f.Severity == contract.SeverityError {
			n++
		}
	}
	return n
}

// Drift compares, and says what differs. It changes nothing. The platform can call it again and again: a look at 1,000 data
// products is some seconds of the brokers' and the registry's time.
func (c *Cluster) Drift(ctx context.Context, w *Wanted) (*Drifted, error) {
	start := c.cfg.Clock()
	p, err := c.Plan(ctx, w)
	if err != nil {
		return nil, err
	}
	d := &Drifted{At: start, Took: c.cfg.Clock().Sub(start), Checked: p.Checked, Resources: make(map[Kind]map[string]int), Plan: p}
	for _, s := range p.Steps {
		d.add(s, "")
	}
	for _, h := range p.Held {
		if h.Action == Delete {
			d.add(h.Step, "tidemark apply "+h.Needs+" deletes it")
		} else {
			d.add(h.Step, h.Reason)
		}
	}
	for _, r := range p.Remarks {
		severity := contract.SeverityWarning
		switch r.Rule {
		case RuleInput, RuleGuard, RuleDenied:
			severity = contract.SeverityError
		case RuleNoAccess:
			severity = contract.SeverityNote
		}
		d.Findings = append(d.Findings, contract.Finding{
			Rule: r.Rule, Severity: severity, File: fileOf(r.Why, r.Resource), Path: string(r.Kind) + " " + r.Resource.String(), Message: r.Message,
		})
	}
	d.Findings = contract.SortFindings(d.Findings)
	return d, nil
}

func (d *Drifted) add(s Step, reason string) {
	f := contract.Finding{Rule: RuleDiffers, File: fileOf(s.Why, s.Resource), Path: string(s.Kind) + " " + s.Resource.String()}
	switch s.Action {
	case Create:
		f.Rule, f.Message = RuleMissing, fmt.Sprintf("is not there; it should be %s", s.To)
	case Delete:
		f.Rule, f.Message = RuleExtra, fmt.Sprintf("is %s, and no contract asks for it", s.From)
		f.File = string(s.Kind) + ":" + s.Resource.String()
		if s.Kind == ACL { // a right does harm
			f.Message = fmt.Sprintf("has %s, which no contract asks for", operationsState(without(operationsOf(s.From), operationsOf(s.To))))
		} else {
			f.Severity = contract.SeverityWarning
		}
	default:
		f.Message = fmt.Sprintf("is %s; it should be %s", s.From, s.To)
	}
	if reason != "" {
		f.Message += ": " + reason
	}
	if d.Resources[s.Kind] == nil {
		d.Resources[s.Kind] = make(map[string]int)
	}
	d.Resources[s.Kind][f.Rule]++
	d.Findings = append(d.Findings, f)
}

// fileOf is the file that a finding is about, else what it is about itself.
func fileOf(why string, r Resource) string {
	if why == "" || why == controlWhy {
		return string(r.Kind) + ":" + r.String()
	}
	return why
}
