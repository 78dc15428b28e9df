package policy

import (
	"bytes"
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// module is a parsed file, and the version of Rego that it was read as.
type module struct {
	file
	parsed  *ast.Module
	version ast.RegoVersion
}

// parse reads a file as Rego v1, or else as v0, in which deny[msg] { … } is a rule without any import. A file that says
// which it is (import rego.v1) is not tried as another.
func parse(f file) (module, []contract.Finding) {
	m := module{file: f}
	wrong := m.parseAs(ast.RegoV1)
	if wrong == nil || m.parseAs(ast.RegoV0) == nil {
		return m, nil
	}
	return m, findings(f.name, wrong) // those of v1, since that is what is written today
}

var errNothing = errors.New("the file holds no package: write \"package name\" and rules into it, or remove it")

// parseAs leaves the module as it was, unless it succeeds.
func (m *module) parseAs(version ast.RegoVersion) error {
	if len(bytes.TrimSpace(m.text)) == 0 {
		return errNothing
	}
	parsed, err := ast.ParseModuleWithOpts(m.name, string(m.text), ast.ParserOptions{
		Capabilities: closed(), ProcessAnnotation: true, RegoVersion: version,
	})
	if one, ok := errors.AsType[*ast.Error](err); err == nil && parsed == nil || ok && one.Message == "empty module" { // comments alone
		err = errNothing
	}
	if err == nil {
		m.parsed, m.version = parsed, version
	}
	return err
}

// findings makes findings of what the parser or the compiler found; name is the file where they do not say.
func findings(name string, err error) []contract.Finding {
	several, ok := errors.AsType[ast.Errors](err)
	if !ok {
		return []contract.Finding{{Rule: RuleLoad, File: name, Message: err.Error()}}
	}
	var all []contract.Finding
	for _, e := range several {
		f := contract.Finding{Rule: RuleLoad, File: name, Message: explained(e.Message)}
		if e.Location != nil {
			f.Line, f.Column = e.Location.Row, e.Location.Col
			if e.Location.File != "" {
				f.File = e.Location.File
			}
		}
		all = append(all, f)
	}
	return all
}
