package policy

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// Rule is one rule of a bundle that decides.
type Rule struct {
	ID          string `json:"id"` // of its findings, such as policy.mesh.owner
	Package     string `json:"package"`
	Name        string `json:"name"`     // such as deny
	Severity    string `json:"severity"` // of its findings: error or warning
	File        string `json:"file"`
	Line        int    `json:"line"`
	Rego        string `json:"rego"` // the version that it was read as: v0 or v1
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

// Rules lists what the bundle asks about every contract, by package and name. Title and description are those of the
// rule's METADATA, or else of its package's. A bundle with faults has none.
func (b *Bundle) Rules() []Rule {
	if b.program == nil {
		return nil
	}
	var rules []Rule
	for _, d := range b.program.decisions {
		r := Rule{ID: d.rule, Package: d.pkg, Name: d.name, Severity: d.severity.String(), File: d.file, Line: d.line, Rego: "v1"}
		for _, m := range b.program.modules {
			if m.name != d.file {
				continue
			}
			if m.version == ast.RegoV0 {
				r.Rego = "v0"
			}
			r.Title, r.Description = annotated(m.parsed, d.line)
		}
		rules = append(rules, r)
	}
	return rules
}

// annotated finds the METADATA of the rule in a line, or else of the package.
func annotated(m *ast.Module, line int) (title, description string) {
	for _, a := range m.Annotations {
		switch {
		case a.Scope == "package" && title == "" && description == "":
			title, description = a.Title, a.Description
		case a.Scope == "rule" || a.Scope == "document":
			if rule := a.EndLoc(); rule != nil && rule.Row+1 == line {
				return a.Title, a.Description
			}
		}
	}
	return title, description
}
