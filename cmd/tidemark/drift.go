package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/explain"
	"github.com/tidemark-mesh/tidemark/platform/finding"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

func newDriftCommand(s *settings) *cobra.Command {
	p := &provisioning{settings: s}
	out := reportFormat(finding.Text)
	cmd := &cobra.Command{
		Use:   "drift",
		Short: "Say where the cluster and the registry are not what the contracts say",
		Long: `Compares as "tidemark plan" does, and says what differs as findings: what is missing, what is otherwise, what nobody asks for
any more, and what others may do that stands against a contract. It changes nothing.

It exits with 100 if there are errors. What is only left over is a warning, unless it is a right that nobody should have.`,
		Example: `  tidemark drift
  tidemark drift -o junit > drift.xml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cluster, err := p.cluster(cmd)
			if err != nil {
				return err
			}
			defer cluster.Close()
			set, err := p.load()
			if err != nil {
				return err
			}
			wanted, err := p.wanted(set)
			if err != nil {
				return err
			}
			drifted, err := cluster.Drift(cmd.Context(), wanted)
			if err != nil {
				return p.failed(cmd, err)
			}
			r := finding.Report{Tool: "tidemark drift", Version: readBuild().Version, Findings: drifted.Findings, Meaning: meaning}
			if err := r.Write(cmd.OutOrStdout(), finding.Format(out)); err != nil {
				return err
			}
			checked := 0
			for _, n := range drifted.Checked {
				checked += n
			}
			if drifted.Errors() > 0 {
				return findingsf("%s in %s", r.Counts(), finding.Count(checked, "resource"))
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s checked: %s\n", finding.Count(checked, "resource"), r.Counts())
			return nil
		},
	}
	p.flags(cmd)
	out.flag(cmd)
	cmd.Flags().SortFlags = false
	return cmd
}

// meaning is what a rule of provisioning means, or of contracts.
func meaning(rule string) string {
	if text := provision.Meaning(rule); text != "" {
		return text
	}
	return explain.Meaning(rule)
}
