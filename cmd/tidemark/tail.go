package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/tail"
)

// tailFlags are what `tidemark tail` is told.
type tailFlags struct {
	viewer
	beginning bool
	since     string
	last      int
	offset    int64
	partition int32
	noFollow  bool
	limit     int
}

func newTailCommand(s *settings) *cobra.Command {
	var f tailFlags
	cmd := &cobra.Command{
		Use:   "tail PORT",
		Short: "Show a port's records as they come, decoded",
		Long: `Show the records of a port (or of any topic): the last 10, then what comes until Ctrl-C.

What the port's contract classifies as personal, confidential or restricted is hidden, and so is text that it does
not describe. The contract is the platform's, or one below --contracts; without one all text is hidden.
A record key is shown where it is the field that the contract says.
A record that cannot be decoded is shown with the reason.`,
		Example: `  tidemark tail orders.order-lines.lines.v1
  tidemark tail orders.order-lines.lines.v1 --since 5m --no-follow -o json | jq .value.sales
  tidemark tail orders.order-lines.lines.v1 --partition 0 --offset 42 --limit 1`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: firstArgument(ports().complete(s)),
		RunE:              func(cmd *cobra.Command, args []string) error { return runTail(cmd, s, f, args[0]) },
	}
	fl := cmd.Flags()
	fl.IntVarP(&f.last, "last", "n", 10, "begin with the last `N` records")
	fl.BoolVar(&f.beginning, "from-beginning", false, "begin with the first record")
	fl.StringVar(&f.since, "since", "", "begin `when`: an age such as 5m, or a time such as 2026-11-21T12:00:00Z")
	fl.Int64Var(&f.offset, "offset", 0, "begin at an `offset` of each partition")
	fl.Int32Var(&f.partition, "partition", tail.AllPartitions, "only this `partition`")
	fl.BoolVar(&f.noFollow, "no-follow", false, "end where the topic ends now")
	fl.IntVar(&f.limit, "limit", 0, "end after `N` records")
	f.flags(cmd)
	fl.SortFlags = false
	cmd.MarkFlagsMutuallyExclusive("last", "from-beginning", "since", "offset")
	return cmd
}

func runTail(cmd *cobra.Command, s *settings, f tailFlags, port string) error {
	from, err := f.from(cmd, s.process.now())
	if err != nil {
		return err
	}
	cfg, err := s.brokers()
	if err != nil {
		return err
	}
	schemas, err := s.schemas(nil)
	if err != nil {
		return err
	}
	topic, err := s.topicOf(cmd.Context(), port)
	if err != nil {
		return tailFailed(cmd.Context(), s, err)
	}
	hide, key, err := f.hide(cmd, s, port, topic)
	if err != nil {
		return err
	}
	if !f.noFollow && isTerminal(cmd.ErrOrStderr()) {
		fmt.Fprintf(cmd.ErrOrStderr(), "following %s; Ctrl-C ends\n", port)
	}
	out := newStream(cmd, s)
	for line, err := range tail.Lines(cmd.Context(), cfg, schemas, tail.Options{
		Topic: topic, Partition: f.partition, From: from, Follow: !f.noFollow, Limit: f.limit, Mask: hide, Key: key,
	}) {
		if err == nil {
			err = out.line(line)
		}
		if err != nil {
			return tailFailed(cmd.Context(), s, err)
		}
	}
	return nil
}

// tailFailed tells an interrupt, which is how following ends, from a failure.
func tailFailed(ctx context.Context, s *settings, err error) error {
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return nil
	case errors.Is(err, kafka.ErrUnknownTopic):
		return withNext(err, "\"tidemark get ports\" lists what there is")
	}
	return s.hintBrokers(err)
}

func (f *tailFlags) from(cmd *cobra.Command, now time.Time) (tail.From, error) {
	switch {
	case f.last < 0 || f.limit < 0 || f.offset < 0 || f.partition < tail.AllPartitions:
		return tail.From{}, usagef("--last, --limit, --offset and --partition are not negative")
	case f.beginning:
		return tail.Beginning(), nil
	case cmd.Flags().Changed("offset"):
		return tail.Offset(f.offset), nil
	case f.since != "":
		t, err := parseSince(f.since, now)
		return tail.Since(t), err
	case f.last == 0:
		return tail.End(), nil
	}
	return tail.Last(f.last), nil
}

// parseSince reads an age or a time.
func parseSince(text string, now time.Time) (time.Time, error) {
	if age, err := time.ParseDuration(text); err == nil && age >= 0 {
		return now.Add(-age), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Time{}, usagef("--since %q is neither an age such as 5m or 36h nor a time such as 2026-11-21T12:00:00Z", text)
}

// firstArgument completes one argument and then no more.
func firstArgument(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, begun)
	}
}
