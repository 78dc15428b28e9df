package archtest

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Violation is one rule that one place in the code breaks.
type Violation struct {
	Rule   string // the rule's id, such as "layers"
	File   string // relative to the module
	Line   int
	What   string // one sentence
	Remedy string // what to do instead
}

// String gives the violation on two lines: where and what, then the remedy.
func (v Violation) String() string {
	return fmt.Sprintf("%s:%d: [%s] %s\n\t%s", v.File, v.Line, v.Rule, v.What, v.Remedy)
}

// Check reads a module's source and gives every violation but the excepted, in the order of the files. module is its
// path as in go.mod. The error tells of source that cannot be read.
func Check(source fs.FS, module string, except ...Exception) ([]Violation, error) {
	t, err := read(source, module)
	if err != nil {
		return nil, err
	}
	c := &checker{tree: t}
	c.imports()
	c.habits()
	c.except(except)
	slices.SortStableFunc(c.found, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return c.found, nil
}

type checker struct {
	tree  *tree
	found []Violation
}

// except takes out what is excepted, and adds the exceptions that took nothing out.
func (c *checker) except(exceptions []Exception) {
	for _, e := range exceptions {
		before := len(c.found)
		c.found = slices.DeleteFunc(c.found, func(v Violation) bool { return v.Rule == e.Rule && v.File == e.File })
		if len(c.found) == before {
			c.found = append(c.found, Violation{"stale", e.File, 1,
				fmt.Sprintf("an exception from rule %s that nothing needs (%s)", e.Rule, e.Why),
				"take it out of platform/archtest/rules.go"})
		}
	}
}

func (c *checker) report(rule string, f *file, pos token.Pos, what, remedy string) {
	line := 1
	if pos.IsValid() {
		line = c.tree.fset.Position(pos).Line
	}
	c.found = append(c.found, Violation{rule, f.path, line, what, remedy})
}

// tree is a module's source.
type tree struct {
	module string
	fset   *token.FileSet
	pkgs   map[string][]*file // by folder, relative to the module
}

// file is one Go file.
type file struct {
	path      string // relative to the module
	pkg       string // its folder
	test      bool   // a _test.go file, or one of a package that only tests import (its name ends in "test")
	generated bool
	lines     int
	text      []byte
	ast       *ast.File
}

// main says whether the file belongs to a binary.
func (f *file) main() bool { return f.ast.Name.Name == "main" }

func read(source fs.FS, module string) (*tree, error) {
	t := &tree{module: module, fset: token.NewFileSet(), pkgs: make(map[string][]*file)}
	err := fs.WalkDir(source, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); p != "." && (name == "testdata" || name == "bin" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return fs.SkipDir
			}
			if _, err := fs.Stat(source, path.Join(p, "go.mod")); p != "." && err == nil {
				return fs.SkipDir // a module of its own
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := fs.ReadFile(source, p)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(t.fset, p, text, parser.ParseComments)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(parsed.Name.Name, "_test")
		t.pkgs[path.Dir(p)] = append(t.pkgs[path.Dir(p)], &file{
			path:      p,
			pkg:       path.Dir(p),
			test:      strings.HasSuffix(p, "_test.go") || strings.HasSuffix(name, "test") && name != "archtest",
			generated: ast.IsGenerated(parsed),
			lines:     bytes.Count(text, []byte("\n")),
			text:      text,
			ast:       parsed,
		})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the source: %w", err)
	}
	return t, nil
}

// files gives every file, in the order of their names.
func (t *tree) files(yield func(*file) bool) {
	for _, pkg := range t.folders() {
		for _, f := range t.pkgs[pkg] {
			if !yield(f) {
				return
			}
		}
	}
}

func (t *tree) folders() []string {
	folders := make([]string, 0, len(t.pkgs))
	for pkg := range t.pkgs {
		folders = append(folders, pkg)
	}
	slices.Sort(folders)
	return folders
}

// ours gives the folder of an import of this module.
func (t *tree) ours(imported string) (string, bool) {
	if imported == t.module {
		return ".", true
	}
	return strings.CutPrefix(imported, t.module+"/")
}

func importPath(i *ast.ImportSpec) string {
	p, err := strconv.Unquote(i.Path.Value)
	if err != nil { // the parser took it, so it is quoted well
		return i.Path.Value
	}
	return p
}

// below says whether p is folder or something in it.
func below(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

func belowAny(p string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return below(p, f) })
}
