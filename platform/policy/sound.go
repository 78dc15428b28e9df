package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// unsound finds what compiles and would quietly never deny: a bundle or a package without a decision, a reference to a
// package, a rule or data that is not there, and a key that the input does not have.
func (p *program) unsound(compiler *ast.Compiler) []contract.Finding {
	if len(p.decisions) == 0 {
		return []contract.Finding{{Rule: RuleEmpty, File: ".",
			Message: "no rule decides anything: name one deny, violation or warn in a file that ends with .rego; without any, nothing can be allowed"}}
	}
	var faults []contract.Finding
	for _, m := range p.modules {
		compiled := compiler.Modules[m.name]
		if compiled == nil {
			continue // a test's
		}
		if at := compiled.Package.Location; p.idle(compiler, compiled) {
			faults = append(faults, contract.Finding{Rule: RuleEmpty, File: m.name, Line: at.Row, Column: at.Col,
				Message: fmt.Sprintf("the package %s has no rule deny, violation or warn, and no other refers to it: what it says is never asked", dotted(compiled.Package.Path))})
		}
		ast.WalkRefs(compiled, func(ref ast.Ref) bool {
			f := contract.Finding{Rule: RuleUndefined, File: m.name}
			if at := ref[0].Location; at != nil {
				f.Line, f.Column = at.Row, at.Col
			}
			switch path := ground(ref); {
			case ref[0].Equal(ast.DefaultRootDocument) && !p.knows(compiler, path):
				f.Message = fmt.Sprintf("data.%s is not there: no rule and no data file of the bundle has it, so nothing that asks for it ever holds", strings.Join(path, "."))
				faults = append(faults, f)
			case ref[0].Equal(ast.InputRootDocument) && len(path) > 0 && !slices.Contains(inputKeys(), path[0]):
				f.Severity = contract.SeverityWarning
				f.Message = fmt.Sprintf("input has no %s, so nothing that asks for it ever holds%s", strict.Quote(path[0]), strict.Hint(path[0], inputKeys()))
				faults = append(faults, f)
			}
			return false
		})
	}
	return faults
}

// asked are the keys of the input that rules may look at: all of them, where one looks at the input as a whole.
func asked(compiler *ast.Compiler) map[string]bool {
	keys := make(map[string]bool)
	for _, m := range compiler.Modules {
		ast.WalkRefs(m, func(ref ast.Ref) bool {
			if !ref[0].Equal(ast.InputRootDocument) {
				return false
			}
			if path := ground(ref); len(path) > 0 {
				keys[path[0]] = true
				return false
			}
			for _, key := range inputKeys() {
				keys[key] = true
			}
			return false
		})
	}
	return keys
}

// ground is the part of a reference below its root that is written out.
func ground(ref ast.Ref) []string {
	var path []string
	for _, term := range ref[1:] {
		name, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		path = append(path, string(name))
	}
	return path
}

// knows tells whether data.<path> can be anything but undefined.
func (p *program) knows(compiler *ast.Compiler, path []string) bool {
	for _, m := range compiler.Modules {
		if starts(ground(m.Package.Path), path) {
			return true
		}
		for _, rule := range m.Rules {
			if full := ground(rule.Ref()); starts(full, path) || starts(path, full) {
				return true
			}
		}
	}
	var at any = p.data
	for _, key := range path {
		object, ok := at.(map[string]any)
		if !ok {
			return true // an array's index, or a value that Rego says is none
		}
		if at, ok = object[key]; !ok {
			return false
		}
	}
	return true
}

func starts(path, with []string) bool {
	return len(path) >= len(with) && slices.Equal(path[:len(with)], with)
}

// idle tells whether a package has rules that nobody asks. One of functions alone is a library, which may well have
// more than is used.
func (p *program) idle(compiler *ast.Compiler, m *ast.Module) bool {
	pkg := ground(m.Package.Path)
	if slices.ContainsFunc(p.decisions, func(d decision) bool { return d.pkg == dotted(m.Package.Path) }) ||
		!slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool { return len(r.Head.Args) == 0 }) {
		return false
	}
	asked := false
	look := func(other *ast.Module) {
		if other.Package.Path.Equal(m.Package.Path) {
			return
		}
		ast.WalkRefs(other, func(ref ast.Ref) bool {
			asked = asked || ref[0].Equal(ast.DefaultRootDocument) && starts(ground(ref), pkg)
			return asked
		})
	}
	for _, other := range compiler.Modules {
		look(other)
	}
	for _, test := range p.modules {
		if test.isTest() {
			look(test.parsed)
		}
	}
	return !asked
}
