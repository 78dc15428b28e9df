package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
)

// list adds a data product to what a domain's All returns: one line, and the rest of the file as it was. Where All is
// written otherwise than a plain list, the reader is asked to add it.
func (p *Plan) list(file, name string) error {
	text, err := p.read(file)
	if err == nil {
		var listed []byte
		if listed, err = withListed(file, text, name); err == nil {
			p.change(file, listed, "adds "+name+"() to All")
			return nil
		}
	}
	p.Notes = append(p.Notes, fmt.Sprintf("add %s() to the list that All returns in %s", name, filepath.ToSlash(filepath.Dir(file))))
	return nil
}

// withListed is a Go file whose All returns one more element.
func withListed(file string, text []byte, name string) ([]byte, error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range parsed.Decls {
		all, ok := d.(*ast.FuncDecl)
		if !ok || all.Name.Name != "All" || all.Recv != nil || all.Body == nil || len(all.Body.List) != 1 {
			continue
		}
		ret, ok := all.Body.List[0].(*ast.ReturnStmt)
		if !ok || len(ret.Results) != 1 {
			continue
		}
		if elements, ok := ret.Results[0].(*ast.CompositeLit); ok {
			return inserted(set, text, elements, name)
		}
	}
	return nil, fmt.Errorf("%s has no func All that returns a list", file)
}

func inserted(set *token.FileSet, text []byte, list *ast.CompositeLit, name string) ([]byte, error) {
	at := set.Position(list.Rbrace).Offset
	before := bytes.TrimRight(text[:at], " \t\n")
	comma := ""
	if len(list.Elts) > 0 && !bytes.HasSuffix(before, []byte(",")) {
		comma = ","
	}
	changed := slices.Concat(before, []byte(comma+"\n\t\t"+name+"(),\n\t"), text[at:])
	return format.Source(changed)
}

// free wants a name that the package does not declare yet.
func (p *Plan) free(dir, name string) error {
	staged, done, err := p.stage(dir)
	if err != nil {
		return err
	}
	defer done()
	files, err := filepath.Glob(filepath.Join(staged, filepath.FromSlash(dir), "*.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range parsed.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == name {
				return fmt.Errorf("%s/%s declares a function %s already: choose another name for the data product", dir, filepath.Base(file), name)
			}
		}
	}
	return nil
}
