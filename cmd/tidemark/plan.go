package main

import "github.com/spf13/cobra"

func newPlanCommand(s *settings) *cobra.Command {
	p := &provisioning{settings: s}
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what would make the cluster and the registry what the contracts say",
		Long: `Compares the contracts with the cluster and the registry, and lists the steps that "tidemark apply" would take: topics,
subjects with their levels and schemas, who may do what, users, quotas, and what is published about the data products. It changes
nothing. Save it with -o json to look at it, and apply exactly that. Contracts in which "tidemark check" finds errors are refused,
policies' among them.

What Tidemark does not own is not in it. What no contract asks for any more is listed and deleted only when --prune names
it; steps that may lose records are held back without --allow-data-loss; what Kafka cannot do says so.`,
		Example: `  tidemark plan
  tidemark plan --principals 'User:CN={domain},O=shop' -o json > plan.json
  tidemark plan --prune orders.old-lines --allow-data-loss`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cluster, err := p.cluster(cmd)
			if err != nil {
				return err
			}
			defer cluster.Close()
			plan, err := p.plan(cmd, cluster)
			if err != nil {
				return err
			}
			if err := s.print(cmd, planListing(plan)); err != nil {
				return err
			}
			tell(cmd, plan)
			return nil
		},
	}
	p.flags(cmd)
	p.changes(cmd)
	cmd.Flags().SortFlags = false
	return cmd
}
