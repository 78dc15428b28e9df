package policy

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// program is a bundle that compiled.
type program struct {
	modules   []module           // tests too
	untested  []contract.Finding // test files that cannot be parsed
	data      map[string]any
	decisions []decision
	all       rego.PreparedEvalQuery // asks every decision
	asked     map[string]bool        // keys of the input
}

// decision is a rule that denies or warns, asked as a whole: all its bodies are one.
type decision struct {
	pkg, name string // such as mesh.owner, deny
	rule      string // of its findings
	severity  contract.Severity
	file      string
	line      int
	ref       ast.Ref
	query     rego.PreparedEvalQuery // asks this one alone
	variable  string                 // of its result, in both queries
}

// decisive is how rules are named that decide, as in conftest.
var decisive = regexp.MustCompile(`^(deny|violation|warn)(?:_([A-Za-z0-9_]+))?$`)

// compile makes a program of the files; it is nil if any of the findings is an error.
func compile(ctx context.Context, files []file) (*program, []contract.Finding) {
	p := &program{}
	var faults []contract.Finding
	for _, f := range files {
		if !f.isRego() {
			continue
		}
		switch m, wrong := parse(f); {
		case len(wrong) == 0:
			p.modules = append(p.modules, m)
		case f.isTest(): // which judges nothing
			p.untested = append(p.untested, wrong...)
		default:
			faults = append(faults, wrong...)
		}
	}
	data, wrong := readData(files)
	if faults = append(faults, wrong...); contract.HasErrors(faults) {
		return nil, faults
	}
	p.data = data
	compiler, err := p.link(ctx, slices.DeleteFunc(slices.Clone(p.modules), func(m module) bool { return m.isTest() }))
	if err != nil {
		return nil, append(faults, findings(".", err)...)
	}
	for _, m := range p.modules {
		if compiled := compiler.Modules[m.name]; compiled != nil {
			p.decisions = append(p.decisions, decisions(m, compiled)...)
		}
	}
	p.decisions = merged(p.decisions)
	p.asked = asked(compiler)
	if faults = append(faults, p.unsound(compiler)...); contract.HasErrors(faults) {
		return nil, faults
	}
	if err := p.prepare(ctx, compiler); err != nil {
		return nil, append(faults, findings(".", err)...)
	}
	return p, faults
}

// link compiles modules together. What does not compile as v1, though it could be parsed so, is tried as v0: a file of
// functions alone looks the same in both, and only v0 has the deprecated ones.
func (p *program) link(ctx context.Context, modules []module) (*ast.Compiler, error) {
	compiler, err := p.attempt(ctx, modules)
	if err == nil {
		return compiler, nil
	}
	again := false
	for _, f := range findings(".", err) {
		i := slices.IndexFunc(modules, func(m module) bool { return m.name == f.File && m.version == ast.RegoV1 })
		if i < 0 || modules[i].parseAs(ast.RegoV0) != nil {
			continue
		}
		again = true
	}
	if !again {
		return nil, err
	}
	if compiler, second := p.attempt(ctx, modules); second == nil {
		for i := range p.modules { // so that the tests are compiled with what was found out here
			if j := slices.IndexFunc(modules, func(m module) bool { return m.name == p.modules[i].name }); j >= 0 {
				p.modules[i] = modules[j]
			}
		}
		return compiler, nil
	}
	return nil, err
}

func (p *program) attempt(ctx context.Context, modules []module) (*ast.Compiler, error) {
	store := inmem.NewFromObject(p.data)
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Abort(ctx, txn)
	compiler := ast.NewCompiler().WithCapabilities(closed()).WithPathConflictsCheck(storage.NonEmpty(ctx, store, txn))
	parsed := make(map[string]*ast.Module)
	for _, m := range modules {
		parsed[m.name] = m.parsed
	}
	if compiler.Compile(parsed); compiler.Failed() {
		return nil, compiler.Errors
	}
	return compiler, nil
}

// decisions are the decisive rules of a module.
func decisions(m module, compiled *ast.Module) []decision {
	var all []decision
	for _, rule := range compiled.Rules {
		if len(rule.Head.Args) > 0 {
			continue // a function decides nothing
		}
		for i, term := range rule.Head.Ref().GroundPrefix() {
			name := word(term)
			parts := decisive.FindStringSubmatch(name)
			if parts == nil {
				continue
			}
			d := decision{pkg: dotted(compiled.Package.Path), name: name, file: m.name, severity: contract.SeverityError}
			d.ref = compiled.Package.Path.Extend(rule.Head.Ref()[:i+1])
			if i > 0 {
				d.name = dotted(rule.Head.Ref()[:i+1])
			}
			if d.rule = rulePrefix + d.pkg; parts[2] != "" || i > 0 {
				d.rule += "." + d.name
			}
			if parts[1] == "warn" {
				d.severity = contract.SeverityWarning
			}
			if rule.Location != nil {
				d.line = rule.Location.Row
			}
			all = append(all, d)
			break
		}
	}
	return all
}

// merged sorts decisions, and leaves of those that several bodies or files make up the first.
func merged(all []decision) []decision {
	slices.SortStableFunc(all, func(a, b decision) int { return cmp.Or(cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.name, b.name)) })
	return slices.CompactFunc(all, func(a, b decision) bool { return a.pkg == b.pkg && a.name == b.name })
}

// prepare readies the query that asks all decisions at once, so that what rules share is worked out once, and one for
// each, which names the rule where all together fail.
func (p *program) prepare(ctx context.Context, compiler *ast.Compiler) error {
	store := inmem.NewFromObject(p.data)
	ready := func(body ast.Body) (rego.PreparedEvalQuery, error) {
		return rego.New(rego.ParsedQuery(body), rego.Compiler(compiler), rego.Store(store), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
	}
	var all ast.Body
	for i := range p.decisions {
		d := &p.decisions[i]
		d.variable = "d" + strconv.Itoa(i)
		// d0 = [x | x = data.mesh.owner.deny], which is [] where the rule is undefined
		said := ast.ArrayComprehensionTerm(ast.VarTerm("x"), ast.NewBody(ast.Equality.Expr(ast.VarTerm("x"), ast.NewTerm(d.ref))))
		one := ast.NewBody(ast.Equality.Expr(ast.VarTerm(d.variable), said))
		query, err := ready(one)
		if err != nil {
			return err
		}
		d.query = query
		all = append(all, ast.Equality.Expr(ast.VarTerm(d.variable), said.Copy()))
	}
	for i, expr := range all {
		expr.Index = i
	}
	query, err := ready(all)
	p.all = query
	return err
}

// word is a term of a reference, if it is a name.
func word(t *ast.Term) string {
	switch v := t.Value.(type) {
	case ast.Var:
		return string(v)
	case ast.String:
		return string(v)
	}
	return ""
}

// dotted is a reference without data: mesh.owner.
func dotted(ref ast.Ref) string {
	var names []string
	for i, term := range ref {
		if name := word(term); i > 0 || name != "data" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}
