package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

func (c *checker) habits() {
	for _, pkg := range c.tree.folders() {
		c.packageComment(pkg)
		c.placed(pkg)
	}
	for f := range c.tree.files {
		if f.generated {
			continue
		}
		c.length(f)
		c.calls(f)
		if !f.test {
			c.noInit(f)
			c.documented(f)
		}
	}
}

// packageComment asks for one comment that says what the package is for.
func (c *checker) packageComment(pkg string) {
	var first *file
	for _, f := range c.tree.pkgs[pkg] {
		if strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		if f.ast.Doc != nil {
			return
		}
		if first == nil {
			first = f
		}
	}
	if first != nil {
		c.report("package-comment", first, first.ast.Package, fmt.Sprintf("package %s has no package comment", pkg),
			"say in a doc.go what it is for and what it leaves to others")
	}
}

// placed asks that every platform package has its layer.
func (c *checker) placed(pkg string) {
	name, ok := strings.CutPrefix(pkg, "platform/")
	if ok && layerOf(name) < 0 {
		f := c.tree.pkgs[pkg][0]
		c.report("layers", f, f.ast.Package, fmt.Sprintf("%s is in no layer", pkg),
			"add it to layers in platform/archtest/rules.go, and to the tree in docs/DESIGN.md")
	}
}

func (c *checker) length(f *file) {
	if f.lines > maxLines && !bytes.Contains(f.text, []byte(longMark)) {
		c.report("long", f, f.ast.Package, fmt.Sprintf("%d lines, more than %d", f.lines, maxLines),
			"split it by what its parts do, or say why not in a comment that begins with "+strings.TrimSpace(longMark))
	}
}

func (c *checker) noInit(f *file) {
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			c.report("init", f, fn.Pos(), "func init runs before anybody asked for it",
				"make it a function that main, or a constructor, calls")
		}
	}
}

// calls judges uses of the standard library by their names; a renamed import would escape, and none is.
func (c *checker) calls(f *file) {
	imported := make(map[string]bool)
	for _, spec := range f.ast.Imports {
		imported[importPath(spec)] = true
	}
	var bubble token.Pos // the end of a synctest bubble, in which time is fake
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && imported["testing/synctest"] && isSynctest(call) {
			bubble = call.End()
		}
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		if !ok || !imported[pkg.Name] {
			return true
		}
		name := pkg.Name + "." + sel.Sel.Name
		switch {
		case (name == "os.Exit" || pkg.Name == "log" && strings.HasPrefix(sel.Sel.Name, "Fatal")) && !f.main() && !f.isTestMain():
			c.report("exit", f, sel.Pos(), name+" outside of package main: deferred calls do not run, and nobody can test it",
				"return an error")
		case name == "time.Sleep" && strings.HasSuffix(f.path, "_test.go") && sel.Pos() > bubble:
			c.report("sleep", f, sel.Pos(), "time.Sleep in a test: too short on a slow machine, too long on every other",
				"inject a clock, wait on a channel, or use testing/synctest")
		case (name == "time.Now" || name == "time.Since") && below(f.pkg, "domains") && !f.test:
			c.report("pure", f, sel.Pos(), name+" in a domain: a transform is a function of its input",
				"use the value's own event time, so that a replay gives the same")
		}
		return true
	})
}

// isSynctest says whether a call is synctest.Test(...).
func isSynctest(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Test" {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "synctest"
}

// isTestMain says whether the file is a test that has a TestMain, which must exit.
func (f *file) isTestMain() bool {
	return f.test && bytes.Contains(f.text, []byte("func TestMain("))
}

// documented asks for a doc comment on every exported type, function, constant and variable; one on a group serves
// all of it. Methods are left to the reader's judgement: String and Error need none.
func (c *checker) documented(f *file) {
	if f.main() {
		return
	}
	missing := func(name *ast.Ident, kind string) {
		c.report("doc-comment", f, name.Pos(), fmt.Sprintf("%s %s is exported and has no doc comment", kind, name.Name),
			"say what it is for: units, defaults, errors, what blocks")
	}
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.IsExported() && d.Doc == nil {
				missing(d.Name, "func")
			}
		case *ast.GenDecl:
			if d.Doc != nil || isEnumeration(d) {
				continue
			}
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() && s.Doc == nil && s.Comment == nil {
						missing(s.Name, "type")
					}
				case *ast.ValueSpec:
					if s.Names[0].IsExported() && s.Doc == nil && s.Comment == nil {
						missing(s.Names[0], d.Tok.String())
					}
				}
			}
		}
	}
}

// isEnumeration says whether d lists the constants of a type, whose own comment speaks for them.
func isEnumeration(d *ast.GenDecl) bool {
	if d.Tok != token.CONST || !d.Lparen.IsValid() || len(d.Specs) == 0 {
		return false
	}
	first, ok := d.Specs[0].(*ast.ValueSpec)
	return ok && first.Type != nil
}
