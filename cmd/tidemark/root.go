package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

// process is what a run of the tool may touch of the process that it lives in, so that a test can hand it another.
type process struct {
	out, err io.Writer
	env      func(string) (string, bool)
	now      func() time.Time // nil = time.Now
}

// run executes one command line and returns the exit code. It returns early when ctx ends.
func run(ctx context.Context, args []string, p process) int {
	if p.now == nil {
		p.now = time.Now
	}
	s := newSettings(p)
	root := newRootCommand(s)
	root.SetArgs(args)
	root.SetOut(p.out)
	root.SetErr(p.err)
	cmd, err := root.ExecuteContextC(ctx)
	return report(s, cmd, err)
}

func newRootCommand(s *settings) *cobra.Command {
	root := &cobra.Command{
		Use:   "tidemark",
		Short: "Data products on Kafka: declared, checked, published, found",
		Long: `Tidemark runs data products on Kafka. A domain declares what it publishes in standard YAML, Tidemark
checks every event against it, publishes the output ports as topics, sets aside what breaks the contract,
and says how fresh and how good the data is.

Start here:
  tidemark demo                    a whole mesh in one process, with data moving through it
  tidemark get data-products       what there is, and how it is doing`,
		Args:              knownCommand,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	s.flags(root)
	root.SetFlagErrorFunc(wrongFlag)
	root.SetUsageFunc(withFooter(root.UsageFunc()))
	root.AddGroup(
		&cobra.Group{ID: groupRun, Title: "Run:"},
		&cobra.Group{ID: groupContracts, Title: "Contracts:"},
		&cobra.Group{ID: groupAsk, Title: "Ask:"},
		&cobra.Group{ID: groupTool, Title: "The tool itself:"},
	)
	root.SetHelpCommandGroupID(groupTool)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add(groupRun, newDemoCommand(s), newServeCommand(s), newRegistryCommand(s), newRunCommand(s), newTrafficCommand(s), newPlanCommand(s), newApplyCommand(s), newDriftCommand(s))
	add(groupContracts, newInitCommand(s), newCheckCommand(s), newDiffCommand(s), newPublishCommand(s), newImportCommand(s), newExportCommand(s), newGenerateCommand(s), newPolicyCommand(s), newExplainCommand(s))
	add(groupAsk, newGetCommand(s), newDescribeCommand(s), newSearchCommand(s), newTailCommand(s), newDLQCommand(s), newResumeCommand(s))
	add(groupTool, newConfigCommand(s), newHealthCommand(s), newVersionCommand(s), newCompletionCommand(s))
	guard(root, s)
	return root
}

const (
	groupRun       = "run"
	groupContracts = "contracts"
	groupAsk       = "ask"
	groupTool      = "tool"
)

// guard puts two things around every command's RunE: the settings are complete before it begins, and what it
// returns is told apart from what cobra itself says about a wrong command line. A command that only has commands
// below it shows its help, and refuses a word that is none of them.
func guard(cmd *cobra.Command, s *settings) {
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.Args = knownCommand
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	if inner := cmd.RunE; inner != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := s.load(cmd.Root().PersistentFlags()); err != nil {
				return &usageError{err}
			}
			if err := inner(cmd, args); err != nil {
				return &runError{err}
			}
			return nil
		}
	}
	for _, c := range cmd.Commands() {
		guard(c, s)
	}
}

// knownCommand refuses arguments of a command that only has commands below it.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return withNext(err, "did you mean %s %s?", cmd.CommandPath(), near[0])
	}
	return err
}
