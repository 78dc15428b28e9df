package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/explain"
	"github.com/tidemark-mesh/tidemark/platform/finding"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

func newPolicyCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "List policies, test them, and judge contracts by them",
		Long: `Policies are rules in Rego, in a folder of .rego files: without --policies it is contracts/policies. Every rule that is
named deny, violation or warn, in any package, is asked about each contract; docs/policies.md says what it sees.`,
	}
	cmd.AddCommand(newPolicyListCommand(s), newPolicyTestCommand(s), newPolicyEvalCommand(s))
	return cmd
}

// policiesFlag declares --policies; without it the policies of the tree here are meant.
func policiesFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("policies", filepath.Join(defaultTree(), policyFolder), "the folder `DIR` of the policies")
}

// loadPolicies loads a folder's policies. Faults are printed as out says, and end the command if they are errors.
func loadPolicies(cmd *cobra.Command, folder string, out finding.Format) (*policy.Bundle, error) {
	j := &judging{}
	b, faults, err := j.bundle(folder)
	if err != nil {
		return nil, err
	}
	r := finding.Report{Tool: cmd.CommandPath(), Version: readBuild().Version, Files: []string{folder}, Findings: faults, Meaning: explain.Meaning}
	if b != nil {
		r.Findings = nil
		for _, f := range faults {
			fmt.Fprintln(cmd.ErrOrStderr(), finding.Printable(f.String()))
		}
		return b, nil
	}
	if err := r.Write(cmd.OutOrStdout(), out); err != nil {
		return nil, err
	}
	return nil, findingsf("the policies in %s cannot be used: %s", folder, r.Counts())
}

func newPolicyListCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the rules that judge contracts",
		Example: `  tidemark policy list
  tidemark policy list --policies rules -o wide`,
		Args: cobra.NoArgs,
	}
	folder := policiesFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		b, err := loadPolicies(cmd, *folder, finding.Text)
		if err != nil {
			return err
		}
		rules := b.Rules()
		l := listing{value: rules, columns: columns("RULE", "SEVERITY", "WHERE", "TITLE", "REGO*", "DESCRIPTION*")}
		for i := range rules {
			r := &rules[i]
			r.File = path.Join(filepath.ToSlash(*folder), r.File)
			l.names = append(l.names, r.ID)
			l.rows = append(l.rows, []string{r.ID, r.Severity, fmt.Sprintf("%s:%d", r.File, r.Line), orDash(r.Title), r.Rego, orDash(r.Description)})
		}
		return s.print(cmd, l)
	}
	return cmd
}

func newPolicyTestCommand(*settings) *cobra.Command {
	out := reportFormat(finding.Text)
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Run the tests of policies",
		Long: `Runs the rules named test_… of the folder's *_test.rego files, closed and bounded as judging is. It exits with 100 if a
test does not hold, if there is none, or if the policies cannot be used. One named todo_test_… is skipped.`,
		Example: `  tidemark policy test
  tidemark policy test --policies rules -o junit`,
		Args: cobra.NoArgs,
	}
	folder := policiesFlag(cmd)
	out.flag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		b, err := loadPolicies(cmd, *folder, finding.Format(out))
		if err != nil {
			return err
		}
		results, faults := b.Test(cmd.Context())
		return testReport(cmd, *folder, results, faults, finding.Format(out))
	}
	return cmd
}

// testReport prints what came of tests: as text each of them, else what does not hold.
func testReport(cmd *cobra.Command, folder string, results []policy.TestResult, findings []contract.Finding, out finding.Format) error {
	r := finding.Report{Tool: "tidemark policy test", Version: readBuild().Version, Meaning: explain.Meaning}
	seen := make(map[string]bool)
	passed, skipped := 0, 0
	for _, t := range results {
		if !seen[t.File] {
			r.Files = append(r.Files, path.Join(filepath.ToSlash(folder), t.File))
		}
		seen[t.File] = true
		mark := "ok    "
		switch {
		case t.Skipped:
			mark = "skip  "
			skipped++
		case t.Passed:
			passed++
		default:
			mark = "FAIL  "
			findings = append(findings, t.Finding())
		}
		if out == finding.Text {
			fmt.Fprintln(cmd.OutOrStdout(), printable(mark+t.Package+"."+t.Name))
		}
		if t.Output != "" {
			fmt.Fprintln(cmd.ErrOrStderr(), printable(strings.TrimSpace(t.Output)))
		}
	}
	for _, f := range findings {
		f.File = path.Join(filepath.ToSlash(folder), f.File)
		r.Findings = append(r.Findings, f)
	}
	if err := r.Write(cmd.OutOrStdout(), out); err != nil {
		return err
	}
	switch {
	case len(results) == 0 && len(findings) == 0:
		return findingsf("there are no tests in %s: a rule is worth what its tests show", folder)
	case len(findings) > 0:
		return findingsf("%s of %s", finding.Count(len(findings), "failure"), finding.Count(len(results), "test"))
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%d passed, %d skipped\n", passed, skipped)
	return nil
}

// isFolder tells whether a path is a folder.
func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
