package scaffold

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro/gotypes"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// The names of a domain's generated files: its events, and their views and patches.
const (
	EventFile = "event_gen.go"
	ViewFile  = "view_gen.go"
)

// ErrNoEvents says that a domain's code declares no data product that has typed events.
var ErrNoEvents = errors.New("no data product with typed events: none is declared with dataproduct.Transform or dataproduct.Source")

// Events gives the text of a domain's event_gen.go: the types of the ports of every transform and source that the code in
// the folder dir declares, by data product, inputs first. mesh is the folder that has contracts. It gives
// ErrNoEvents where the code declares none.
func Events(mesh fs.FS, dir string) ([]byte, error) {
	pkg, folders, err := declared(mesh, dir)
	if err != nil {
		return nil, err
	}
	return events(mesh, pkg, folders)
}

// Views gives the text of a domain's view_gen.go: the views and patches of the types that Events gives.
func Views(mesh fs.FS, dir string) ([]byte, error) {
	pkg, folders, err := declared(mesh, dir)
	if err != nil {
		return nil, err
	}
	sources, err := schemas(mesh, folders)
	if err != nil {
		return nil, err
	}
	return gotypes.Views(pkg, sources...)
}

func events(mesh fs.FS, pkg string, folders []string) ([]byte, error) {
	sources, err := schemas(mesh, folders)
	if err != nil {
		return nil, err
	}
	return gotypes.Generate(pkg, sources...)
}

// schemas are those of the ports of data products.
func schemas(mesh fs.FS, folders []string) ([]gotypes.Source, error) {
	if len(folders) == 0 {
		return nil, ErrNoEvents
	}
	tree, err := fs.Sub(mesh, "contracts")
	if err != nil {
		return nil, err
	}
	set, findings := contract.Load(tree)
	var sources []gotypes.Source
	for _, folder := range folders {
		id := strings.Replace(folder, "/", ".", 1)
		doc, ok := set.DataProduct(id)
		if !ok {
			return nil, fmt.Errorf("the code declares %s, and contracts has no such data product%s", folder, firstError(findings, folder))
		}
		for _, port := range slices.Concat(doc.InputPorts, doc.OutputPorts) {
			c, ok := set.Contract(port.ContractID)
			if !ok {
				return nil, fmt.Errorf("%s: port %s: contracts has no contract %s%s", doc.File, port.Name, port.ContractID, firstError(findings, folder))
			}
			file := strings.TrimSuffix(c.File, ".odcs.yaml") + ".avsc"
			if slices.ContainsFunc(sources, func(s gotypes.Source) bool { return s.File == "contracts/"+file }) {
				continue
			}
			text, err := fs.ReadFile(tree, file)
			if err != nil {
				return nil, err
			}
			sources = append(sources, gotypes.Source{File: "contracts/" + file, Text: text})
		}
	}
	return sources, nil
}

func firstError(findings []contract.Finding, folder string) string {
	for _, f := range findings {
		if f.Severity == contract.SeverityError && strings.HasPrefix(f.File, folder) {
			return ": " + f.String()
		}
	}
	return ""
}

// declared reads a package's name and which data products with typed events its code declares, sorted.
func declared(mesh fs.FS, dir string) (pkg string, folders []string, err error) {
	files, err := fs.Glob(mesh, path.Join(dir, "*.go"))
	if err != nil {
		return "", nil, err
	}
	set := token.NewFileSet()
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || path.Base(file) == EventFile || path.Base(file) == ViewFile {
			continue
		}
		text, err := fs.ReadFile(mesh, file)
		if err != nil {
			return "", nil, err
		}
		parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			return "", nil, err
		}
		pkg = parsed.Name.Name
		ast.Inspect(parsed, func(n ast.Node) bool {
			if folder := declares(n); folder != "" {
				folders = append(folders, folder)
			}
			return true
		})
	}
	if pkg == "" {
		return "", nil, fmt.Errorf("%s has no Go files", dir)
	}
	slices.Sort(folders)
	return pkg, slices.Compact(folders), nil
}

// declares gives the folder that a call of dataproduct.Transform or dataproduct.Source names.
func declares(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return ""
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Transform" && sel.Sel.Name != "Source" {
		return ""
	}
	if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "dataproduct" {
		return ""
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	folder, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return folder
}
