package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/avro/gotypes"
	"github.com/tidemark-mesh/tidemark/platform/finding"
	"github.com/tidemark-mesh/tidemark/platform/scaffold"
)

func newGenerateCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "generate", Short: "Write Go code from schemas"}
	cmd.AddCommand(newGenerateGoCommand(s))
	return cmd
}

func newGenerateGoCommand(s *settings) *cobra.Command {
	g := &generation{settings: s}
	cmd := &cobra.Command{
		Use:   "go [PATH...]",
		Short: "Write the typed events of domains, or of Avro schema files",
		Long: `Writes ` + scaffold.EventFile + ` into each domain's folder PATH: the Go types of the ports of every data product that its code
declares with dataproduct.Transform or dataproduct.Source. Without PATH it is this folder if it has Go code, else every folder
below domains. A domain's doc.go runs it by "go generate".

PATHs that end in .avsc are schema files: their types are written into the file --to, for the package --package.

With --views it writes ` + scaffold.ViewFile + ` instead: a view and a patch for each of these types, which dataproduct.Splice works
with. Where a domain's folder has that file, it is written whenever the events are.

The same schemas give the same text. With --check nothing is written, and it exits with 100 if a file is not up to date.`,
		Example: `  tidemark generate go
  tidemark generate go domains/warehouse --check
  tidemark generate go --package stock --to stock/event_gen.go contracts/warehouse/stock/counts.v1.avsc`,
		RunE: g.run,
	}
	f := cmd.Flags()
	f.StringVar(&g.pkg, "package", "", "of schema files: the Go package's `name` (default that of the folder)")
	f.StringVar(&g.to, "to", "", "of schema files: the `file` to write (default "+scaffold.EventFile+" or "+scaffold.ViewFile+")")
	f.BoolVar(&g.views, "views", false, "write views and patches of the types, for dataproduct.Splice")
	f.BoolVar(&g.check, "check", false, "write nothing, and say what is not up to date")
	f.SortFlags = false
	_ = cmd.MarkFlagFilename("to", "go")
	return cmd
}

type generation struct {
	*settings
	pkg, to string
	views   bool
	check   bool
}

func (g *generation) run(cmd *cobra.Command, args []string) error {
	schemas := 0
	for _, path := range args {
		if strings.HasSuffix(path, ".avsc") {
			schemas++
		}
	}
	switch {
	case schemas > 0 && schemas < len(args):
		return usagef("schema files and folders cannot be mixed: give one kind of PATH")
	case schemas == 0 && (g.pkg != "" || g.to != ""):
		return usagef("--package and --to are for schema files: give PATHs that end in .avsc")
	}
	var texts []generated
	var err error
	if schemas > 0 {
		texts, err = g.ofSchemas(args)
	} else {
		texts, err = ofDomains(args, g.views)
	}
	if err != nil {
		return err
	}
	return g.write(cmd, texts)
}

// generated is a file and what belongs into it.
type generated struct {
	file string
	text []byte
}

func (g *generation) ofSchemas(paths []string) ([]generated, error) {
	write, to := gotypes.Generate, cmp.Or(g.to, scaffold.EventFile)
	if g.views {
		write, to = gotypes.Views, cmp.Or(g.to, scaffold.ViewFile)
	}
	pkg := g.pkg
	if pkg == "" {
		folder, err := filepath.Abs(filepath.Dir(to))
		if err != nil {
			return nil, err
		}
		pkg = strings.ReplaceAll(filepath.Base(folder), "-", "")
	}
	var sources []gotypes.Source
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, gotypes.Source{File: path, Text: text})
	}
	text, err := write(pkg, sources...)
	if err != nil {
		return nil, err
	}
	return []generated{{to, text}}, nil
}

// ofDomains generates the events of the domains' folders, with views only their views; of those that have none, nothing, unless the
// user named them.
func ofDomains(folders []string, views bool) ([]generated, error) {
	named := len(folders) > 0
	if !named {
		var err error
		if folders, err = domainFolders(); err != nil {
			return nil, err
		}
	}
	var all []generated
	var errs []error
	for _, folder := range folders {
		root, dir, err := above(folder)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		write := func(file string, of func(fs.FS, string) ([]byte, error)) {
			switch text, err := of(os.DirFS(root), dir); {
			case errors.Is(err, scaffold.ErrNoEvents) && !named:
			case err != nil:
				errs = append(errs, fmt.Errorf("%s: %w", folder, err))
			default:
				all = append(all, generated{filepath.Join(folder, file), text})
			}
		}
		if !views {
			write(scaffold.EventFile, scaffold.Events)
		}
		if _, err := os.Stat(filepath.Join(folder, scaffold.ViewFile)); err == nil || views {
			write(scaffold.ViewFile, scaffold.Views)
		}
	}
	return all, errors.Join(errs...)
}

// domainFolders are this folder if it has Go code, else those below the nearest mesh's domains.
func domainFolders() ([]string, error) {
	if files, err := filepath.Glob("*.go"); err == nil && len(files) > 0 {
		return []string{"."}, nil
	}
	root, err := meshRoot()
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(root, "domains", "*", "*.go"))
	if err != nil {
		return nil, err
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, file := range files {
		folder := filepath.Dir(file)
		if rel, err := filepath.Rel(here, folder); err == nil {
			folder = rel
		}
		folders = append(folders, folder)
	}
	slices.Sort(folders)
	if folders = slices.Compact(folders); len(folders) == 0 {
		return nil, usagef("there are no domains here: name a domain's folder, or go to a mesh's")
	}
	return folders, nil
}

// above finds the mesh that a folder is in, and the way from there.
func above(folder string) (root, dir string, err error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return "", "", err
	}
	for root = abs; ; root = filepath.Dir(root) {
		if info, err := os.Stat(filepath.Join(root, "contracts")); err == nil && info.IsDir() {
			break
		}
		if root == filepath.Dir(root) {
			return "", "", fmt.Errorf("%s: no folder above it has contracts", folder)
		}
	}
	dir, err = filepath.Rel(root, abs)
	return root, filepath.ToSlash(dir), err
}

// write writes what is not up to date, or says so.
func (g *generation) write(cmd *cobra.Command, texts []generated) error {
	var stale []string
	for _, t := range texts {
		before, err := os.ReadFile(t.file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil && bytes.Equal(before, t.text) {
			continue
		}
		if err == nil && !bytes.HasPrefix(before, []byte("// Code generated ")) {
			return withNext(fmt.Errorf("%s is not generated: it is left as it is", t.file), "move it, or name another file with --to")
		}
		stale = append(stale, t.file)
		if !g.check {
			if err := os.WriteFile(t.file, t.text, 0o644); err != nil {
				return err
			}
		}
	}
	for _, file := range stale {
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), file); err != nil {
			return err
		}
	}
	switch {
	case g.check && len(stale) > 0:
		return withNext(findingsf("%s not up to date", finding.Count(len(stale), "file")+isAre(len(stale))), "tidemark generate go")
	default:
		fmt.Fprintf(cmd.ErrOrStderr(), "%s, %d written\n", finding.Count(len(texts), "file"), written(g.check, stale))
	}
	return nil
}

func isAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

func written(check bool, stale []string) int {
	if check {
		return 0
	}
	return len(stale)
}
