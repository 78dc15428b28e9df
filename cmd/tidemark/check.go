package main

import (
	"fmt"
	"os"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/check"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/explain"
	"github.com/tidemark-mesh/tidemark/platform/finding"
)

func newCheckCommand(s *settings) *cobra.Command {
	var against string
	judges := &judging{}
	out := reportFormat(finding.Text)
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check contracts, data products and samples, and what a change breaks",
		Long: `Checks the files below each PATH: their form by the standards, the rules between files (ports, contracts and
schemas agree), whether each sample comes to the verdict that it promises, what is promised and not enforced here, and
what the policies say: the .rego files in the folder policies of the tree, or those that --policies names.
PATH is a folder or a file; without one it is contracts if there is such a folder, else this one. What is in a folder
named contracts is checked as a part of that; a file elsewhere is checked for what it shows alone.

With --against it is also the gate for a change: a break that no major version declares, and the removal of what was
not deprecated for long enough, are errors. OLD is what "tidemark diff" takes: a folder, a file, git:REV, git:REV:PATH
or a platform's URL.

It exits with 0 if there are no errors, with 100 if there are, with 2 if the command line is wrong or a PATH is not there,
and with 1 if it could not check, such as for a file that cannot be read. "tidemark explain RULE" says more about a
finding.`,
		Example: `  tidemark check
  tidemark check contracts --against git:origin/main -o github
  tidemark check order.odcs.yaml -o sarif > findings.sarif`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{defaultTree()}
			}
			r, err := s.check(cmd, args, against, judges)
			if err != nil {
				return err
			}
			if err := r.Write(cmd.OutOrStdout(), finding.Format(out)); err != nil {
				return err
			}
			counts := r.Counts()
			if counts.Errors > 0 {
				return findingsf("%s in %s", counts, finding.Count(len(r.Files), "file"))
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s checked: %s\n", finding.Count(len(r.Files), "file"), counts)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&against, "against", "", "compare with `OLD`, and refuse breaks that are not declared")
	judges.flags(cmd)
	f.BoolVar(&judges.none, "no-policies", false, "leave the policies out")
	out.flag(cmd)
	f.SortFlags = false
	return cmd
}

// defaultTree is the folder that is meant where none is named.
func defaultTree() string {
	if info, err := os.Stat("contracts"); err == nil && info.IsDir() {
		return "contracts"
	}
	return "."
}

// check checks each path, a tree that several paths are in once.
func (s *settings) check(cmd *cobra.Command, paths []string, against string, judges *judging) (finding.Report, error) {
	r := finding.Report{Tool: "tidemark check", Version: readBuild().Version, Meaning: explain.Meaning}
	trees := make(map[string]check.Report)
	for _, path := range paths {
		t, err := newTarget(path)
		if err != nil {
			return r, err
		}
		var change comparison
		if against != "" || cmd.Flags().Changed("against") { // in CI an empty variable must not open the gate
			if change, err = s.against(cmd, against, t); err != nil {
				return r, err
			}
		}
		policies, faults, err := s.policiesOf(cmd, judges, t, change.previous)
		if err != nil {
			return r, err
		}
		one, err := t.check(cmd.Context(), trees, policies, s.process.now())
		if err != nil {
			return r, err
		}
		if len(one.Files) == 0 {
			fmt.Fprintf(cmd.ErrOrStderr(), "nothing to check in %s: there is no *.odcs.yaml, *.odps.yaml or *.avsc\n", printable(path))
		}
		one.Findings = append(append(one.Findings, change.findings...), faults...)
		r.Files = append(r.Files, one.Files...)
		r.Findings = append(r.Findings, one.Findings...)
	}
	slices.Sort(r.Files)
	r.Files = slices.Compact(r.Files)
	r.Findings = contract.SortFindings(r.Findings)
	return r, nil
}

// reportFormat is the value of -o of commands that print findings.
type reportFormat finding.Format

// String, Set and Type make it a flag.
func (f *reportFormat) String() string { return string(*f) }

// Type is what the help text shows.
func (f *reportFormat) Type() string { return "format" }

// Set takes one of the formats for findings.
func (f *reportFormat) Set(text string) error {
	if !slices.Contains(finding.Formats(), finding.Format(text)) {
		return fmt.Errorf("unknown output format; there are %s", reportFormats())
	}
	*f = reportFormat(text)
	return nil
}

// flag declares -o for a command, in place of the one that all commands have.
func (f *reportFormat) flag(cmd *cobra.Command) {
	cmd.Flags().VarP(f, "output", "o", "how to print: "+reportFormats())
	var names []string
	for _, name := range finding.Formats() {
		names = append(names, string(name))
	}
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)) // fails only for a flag that does not exist
}

func reportFormats() string {
	text := ""
	for i, f := range finding.Formats() {
		if i > 0 {
			text += ", "
		}
		text += string(f)
	}
	return text
}

// below puts files of a tree below the folder that it was read from.
func below(folder string, r check.Report) check.Report {
	files, findings := slices.Clone(r.Files), slices.Clone(r.Findings)
	for i := range files {
		files[i] = path.Join(folder, files[i])
	}
	for i := range findings {
		findings[i].File = path.Join(folder, findings[i].File)
	}
	return check.Report{Files: files, Findings: findings}
}
