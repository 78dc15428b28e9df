package main

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
	standards "github.com/tidemark-mesh/tidemark/platform/format"
)

// withRuns is the format that tells of runs too.
const withRuns = "openlineage"

func newExportCommand(s *settings) *cobra.Command {
	var name, dir string
	root := ""
	var runs bool
	var o standards.Options
	cmd := &cobra.Command{
		Use:   "export --format FORMAT DATA-PRODUCT|PORT|CONTRACT|FILE",
		Short: "Write a data product or a port in another standard's format",
		Long: `Writes what the contracts say in another format: to stdout, or with --output-dir a file for each document. What the
format cannot carry is said on stderr. A FILE is a contract (*.odcs.yaml) that is exported as it stands, whatever its tree
lacks: no data product is looked for.

OpenLineage's events are of jobs and data sets, as the files have them. With --runs the platform is asked for the data
product's instances, whose runs follow: when each began, was last heard of and ended, and how good the data is.

Formats: ` + strings.Join(standards.Exporters(), ", ") + `.`,
		Example: `  tidemark export --format asyncapi orders.order-lines > order-lines.asyncapi.json
  tidemark export --format flink-sql orders.order-lines.lines.v1
  tidemark export --format html orders.order-lines --output-dir site
  tidemark export --format openlineage --runs --platform http://127.0.0.1:8080 orders.order-lines`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if name == "" {
				return usagef("--format is missing: name one of %s", strings.Join(standards.Exporters(), ", "))
			}
			if root == "" {
				root = defaultTree()
			}
			subject, below, err := exported(args[0], root)
			if err != nil {
				return err
			}
			o.Time = s.process.now()
			if runs {
				if name != withRuns || subject.DataProduct == nil {
					return usagef("--runs tells of a data product's instances, in the format %s alone", withRuns)
				}
				if o.Runs, err = s.runs(cmd.Context(), subject.DataProduct); err != nil {
					return err
				}
				if len(o.Runs) == 0 {
					fmt.Fprintf(cmd.ErrOrStderr(), "the platform knows no instance of %s: there are no runs\n", subject.DataProduct.ID)
				}
			}
			out, err := standards.Export(name, subject, o)
			if err != nil {
				return &usageError{err}
			}
			for _, f := range out.Findings {
				f.File = path.Join(below, f.File)
				fmt.Fprintln(cmd.ErrOrStderr(), printable(f.String()))
			}
			if dir != "" {
				return writeFiles(cmd, dir, out.Files, true)
			}
			text, ok := out.Stream()
			if !ok {
				return withNext(fmt.Errorf("%s is %d documents in %s, which cannot stand in one", args[0], len(out.Files), name), "name one port, or give --output-dir")
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVarP(&name, "format", "f", "", "the `format`: "+strings.Join(standards.Exporters(), ", "))
	f.StringVar(&dir, "output-dir", "", "write files into this `folder`")
	f.StringVar(&root, "contracts", "", "the `folder` with contracts and schemas (default: contracts, else this one)")
	f.BoolVar(&runs, "runs", false, "with openlineage: also tell of the runs that the platform knows")
	f.StringVar(&o.Version, "standard-version", "", "the `version` of odcs or odps to write (default: the file's own)")
	f.SortFlags = false
	_ = cmd.MarkFlagDirname("output-dir")
	_ = cmd.MarkFlagDirname("contracts")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(standards.Exporters(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// exported is what a name means: a file of a contract, or what is in the tree, below which its files are.
func exported(name, root string) (s standards.Subject, below string, err error) {
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		s, err = exportedFile(filepath.ToSlash(name))
		return s, "", err
	}
	set, findings := contract.Load(os.DirFS(root))
	if err := faults(findings); err != nil {
		return s, "", withNext(fmt.Errorf("the contracts in %s have errors: %w", root, err), "\"tidemark check %s\" says more; a contract alone is exported by its file", root)
	}
	if s, err = standards.Find(set, name); err != nil {
		return s, "", withNext(err, "name one that is in %s, or another folder with --contracts", root)
	}
	return s, filepath.ToSlash(root), nil
}

// exportedFile is a contract alone, with the schema beside it.
func exportedFile(file string) (standards.Subject, error) {
	text, err := readSome(file)
	if err != nil {
		return standards.Subject{}, err
	}
	c, findings := contract.ParseContract(file, text)
	if c != nil {
		beside := diff.SchemaFile(file)
		if schema, err := readSome(beside); err == nil { // there need not be one
			findings = append(findings, c.Bind(beside, schema)...)
		}
	}
	if c == nil {
		return standards.Subject{}, withNext(fmt.Errorf("%s is no contract: %w", file, faults(findings)), "\"tidemark check %s\" says more", file)
	}
	set, _ := contract.Load(embed.FS{})
	return standards.Subject{Set: set, Contracts: []*contract.Contract{c}}, nil
}

// writeFiles writes files into a folder, and names each on stderr. Unless over says so it does not write over one that is
// there: then it names them and writes none.
func writeFiles(cmd *cobra.Command, dir string, files []standards.File, over bool) error {
	if !over {
		var there []string
		for _, f := range files {
			if _, err := os.Lstat(filepath.Join(dir, f.Path)); !errors.Is(err, os.ErrNotExist) {
				there = append(there, filepath.Join(dir, f.Path))
			}
		}
		if len(there) > 0 {
			return withNext(fmt.Errorf("there already: %s; nothing was written", strings.Join(there, ", ")), "move them away, or name another folder with --output-dir")
		}
	}
	for _, f := range files {
		to := filepath.Join(dir, f.Path)
		if !filepath.IsLocal(f.Path) {
			return fmt.Errorf("%s would be outside of %s; not written", f.Path, dir)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, f.Text, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "wrote", to)
	}
	return nil
}
