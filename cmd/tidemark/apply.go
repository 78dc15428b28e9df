package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/finding"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

func newApplyCommand(s *settings) *cobra.Command {
	p := &provisioning{settings: s}
	yes := false
	cmd := &cobra.Command{
		Use:   "apply [PLAN.json]",
		Short: "Make the cluster and the registry what the contracts say",
		Long: `Takes the steps of a plan: of the file that "tidemark plan -o json" wrote ("-" is stdin), exactly those; or of a plan that is
made now, which is shown and asked about first.

It looks again at everything that the plan touches, and does nothing where the world has moved since. When it is cut off, run
it again: what is done is left, and it goes on with the rest.

It exits with 100 if it did what it could and something had to be held back, but for what only --prune lets go; and with 1 if
you answer no, which Enter does, too.`,
		Example: `  tidemark apply
  tidemark plan -o json > plan.json && tidemark apply plan.json
  tidemark apply --yes --passwords file:/run/secrets/{user}`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, err := p.cluster(cmd)
			if err != nil {
				return err
			}
			defer cluster.Close()
			plan, err := p.planToApply(cmd, cluster, args, yes)
			if err != nil {
				return err
			}
			return p.apply(cmd, cluster, plan)
		},
	}
	p.flags(cmd)
	p.changes(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().SortFlags = false
	return cmd
}

// planToApply reads a plan, or makes one and asks. That the user said no is an error.
func (p *provisioning) planToApply(cmd *cobra.Command, cluster *provision.Cluster, args []string, yes bool) (*provision.Plan, error) {
	if len(args) == 1 {
		for _, flag := range []string{"principals", "passwords", "operator", "replicas", "no-access", "prune", "policies", "environment", "no-policies"} {
			if cmd.Flags().Changed(flag) {
				return nil, usagef("--%s belongs to \"tidemark plan\": the file says already what is done", flag)
			}
		}
		return readPlan(cmd, args[0])
	}
	plan, err := p.plan(cmd, cluster)
	if err != nil {
		return nil, err
	}
	if p.Output == formatTable || p.Output == formatWide {
		if err := p.print(cmd, planListing(plan)); err != nil {
			return nil, err
		}
	}
	tell(cmd, plan)
	if len(plan.Steps) == 0 || yes {
		return plan, nil
	}
	ask := newAsker(cmd, yes)
	if !ask.on {
		return nil, usagef("nobody is there to ask: say --yes, or apply a plan that somebody looked at")
	}
	return plan, confirm(ask, plan)
}

// confirm asks whether a plan is to be applied. Only a yes is none of its errors.
func confirm(ask *asker, plan *provision.Plan) error {
	question := "do this?"
	if n := plan.Summary().DataLoss; n > 0 {
		question = fmt.Sprintf("do this, although %s may lose data?", finding.Count(n, "step"))
	}
	ask.undone = "nothing was done"
	ok, err := ask.agree(question)
	if err == nil && !ok {
		err = errors.New("you said no: nothing was done")
	}
	return err
}

func readPlan(cmd *cobra.Command, name string) (*provision.Plan, error) {
	if name == "-" {
		plan, err := provision.ReadPlan(cmd.InOrStdin())
		return plan, wrapPlan("standard input", err)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, withNext(err, "write one with \"tidemark plan -o json > %s\"", name)
	}
	plan, err := provision.ReadPlan(io.Reader(file))
	return plan, wrapPlan(name, errors.Join(err, file.Close()))
}

func wrapPlan(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

// apply takes the steps and says what came of it.
func (p *provisioning) apply(cmd *cobra.Command, cluster *provision.Cluster, plan *provision.Plan) error {
	w := cmd.ErrOrStderr()
	applied, err := cluster.Apply(cmd.Context(), plan, provision.ApplyOptions{
		AllowDataLoss: p.options.AllowDataLoss,
		Progress: func(at provision.Progress) {
			did := string(at.Step.Action)
			if at.Already {
				did = "(done before) " + did
			}
			fmt.Fprintln(w, printable(fmt.Sprintf("%d/%d %s %s %s", at.Done, at.Total, did, at.Step.Kind, at.Step.Resource)))
		},
	})
	if err != nil {
		return p.stopped(cmd, applied, err)
	}
	if p.Output == formatJSON || p.Output == formatYAML {
		if err := p.print(cmd, listing{value: applied}); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "applied: %d done, %d were done before\n", applied.Done, applied.Already)
	if n := heldBack(plan); n > 0 {
		are := "are"
		if n == 1 {
			are = "is"
		}
		return findingsf("%s %s held back; \"tidemark plan -o wide\" says why", finding.Count(n, "step"), are)
	}
	return nil
}

// stopped says why an apply did not come to its end, and what to do: to run it again is a help only once it had begun.
func (p *provisioning) stopped(cmd *cobra.Command, applied provision.Applied, err error) error {
	_, moved := errors.AsType[*provision.MovedError](err)
	_, password := errors.AsType[*provision.PasswordError](err)
	_, begun := errors.AsType[*provision.UnfinishedError](err)
	switch begun = begun || applied.Done+applied.Already > 0; {
	case moved:
		return withNext(err, "make a new plan, and look at it again")
	case errors.Is(err, provision.ErrDataLoss):
		return withNext(err, "look at the steps with \"data_loss\": true, then run the same command with --allow-data-loss")
	case password:
		return withNext(err, "put it there, or say with --passwords where it is; a saved plan is then made anew")
	case begun && cmd.Context().Err() != nil:
		err = fmt.Errorf("interrupted after %d of %d steps", applied.Done+applied.Already, applied.Total)
	case !begun:
		return p.failed(cmd, err)
	}
	return withNext(p.hintBrokers(err), "run the same command again: it goes on where it stopped")
}

// heldBack counts what the contracts ask for and was not done. What they do not ask for may stay.
func heldBack(plan *provision.Plan) (n int) {
	for _, h := range plan.Held {
		if h.Action != provision.Delete {
			n++
		}
	}
	return n
}
