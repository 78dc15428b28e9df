package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/check"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

// target is what one argument of `check` means.
type target struct {
	root string // the tree's folder, as the user would write it; of a file that stands alone, its folder
	only string // what of it is meant: names of its files begin with this
	lone string // the file's name, where it stands alone
}

// newTarget finds the tree that a path is in.
func newTarget(name string) (target, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = usagef("there is no file or folder %s", name)
	}
	if err != nil {
		return target{}, withNext(err, "name a folder of contracts, or a file")
	}
	inside := name
	if info.IsDir() {
		inside = filepath.Join(name, "any file")
	}
	root, err := contractsFolder(inside)
	if err != nil {
		return target{}, err
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return target{}, err
	}
	only, err := filepath.Rel(root, abs)
	if err != nil {
		return target{}, err
	}
	t := target{root: filepath.ToSlash(relative(root)), only: filepath.ToSlash(only)}
	switch {
	case t.only == ".":
		t.only = ""
	case info.IsDir():
		t.only += "/"
	case filepath.Base(root) == "contracts" && diff.Relevant(t.only):
		t.only = strings.TrimSuffix(t.only, path.Base(t.only)) + stemOf(path.Base(t.only))
	case filepath.Base(root) == "contracts" && strings.HasSuffix(t.only, ".json"):
	default:
		t.root, t.only, t.lone = filepath.ToSlash(filepath.Dir(name)), "", filepath.Base(name)
	}
	return t, nil
}

// stemOf is what a contract, its schema and its samples begin with, or a data product's whole name.
func stemOf(file string) string {
	if strings.HasSuffix(file, ".odps.yaml") {
		return file
	}
	return strings.TrimSuffix(strings.TrimSuffix(file, ".odcs.yaml"), ".avsc") + "."
}

// relative is a folder as seen from here, if that is shorter.
func relative(folder string) string {
	here, err := os.Getwd()
	if err != nil {
		return folder
	}
	if rel, err := filepath.Rel(here, folder); err == nil && len(rel) < len(folder) {
		return rel
	}
	return folder
}

// check checks what is meant. trees holds the reports of trees that were checked already.
func (t target) check(ctx context.Context, trees map[string]check.Report, policies *policy.Tree, now time.Time) (check.Report, error) {
	if t.lone != "" {
		return t.checkLone(ctx, policies, now)
	}
	whole, done := trees[t.root]
	if !done {
		var err error
		var judges check.Policies
		if policies != nil {
			judges = policies
		}
		if whole, err = check.Tree(ctx, os.DirFS(t.root), judges, now); err != nil {
			return whole, err
		}
		trees[t.root] = whole
	}
	var meant check.Report
	for _, f := range whole.Files {
		if t.means(f) {
			meant.Files = append(meant.Files, f)
		}
	}
	for _, f := range whole.Findings {
		if t.means(f.File) {
			meant.Findings = append(meant.Findings, f)
		}
	}
	return below(t.root, meant), nil
}

// means tells whether a file of the tree is meant. A contract's samples stand in folders beside it.
func (t target) means(file string) bool {
	if strings.HasPrefix(file, t.only) {
		return true
	}
	folder, base := path.Dir(file), path.Base(file)
	if path.Base(path.Dir(folder)) != "samples" {
		return false
	}
	return strings.HasPrefix(path.Join(path.Dir(path.Dir(folder)), base), t.only)
}

func (t target) checkLone(ctx context.Context, policies *policy.Tree, now time.Time) (check.Report, error) {
	file := path.Join(t.root, t.lone)
	text, err := readSome(file)
	if err != nil {
		return check.Report{}, err
	}
	schemaFile := diff.SchemaFile(file)
	schema, err := readSome(schemaFile)
	if err != nil { // it need not be there, and a schema that is checked alone is its own
		schema = nil
	}
	r := check.File(file, text, schemaFile, schema, now)
	if c, _ := contract.ParseContract(file, text); c != nil && policies != nil {
		r.Findings = contract.SortFindings(append(r.Findings, policies.Contract(ctx, c, nil)...))
	}
	return r, nil
}

// readSome reads a file, but no more than one byte beyond what any document may have, so that one that is larger is
// refused.
func readSome(file string) (text []byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, strict.MaxBytes+1))
}
