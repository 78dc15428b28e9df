package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/tidemark-mesh/tidemark/platform/deadletter"
)

func newDLQReplayCommand(s *settings) *cobra.Command {
	var f letterFilter
	var dryRun, yes bool
	cmd := &cobra.Command{
		Use:   "replay DATA-PRODUCT [COORDINATES...]",
		Short: "Send dead letters back to the data product",
		Long: `Send rejected records back to the data product that rejected them, after what was wrong is mended: the schema
registered, the contract corrected, the transform fixed. Key, value and headers stay as they were.

Of a record that was rejected more than once only the newest dead letter counts. What was sent already is not sent
again, and the data product takes each attempt once, so that a second replay changes nothing. The order among records
is not kept, and none is late: event-time.late is not judged again.`,
		Example: `  tidemark dlq replay orders.orders --dry-run
  tidemark dlq replay orders.orders --reason schema.unknown --yes
  tidemark dlq replay orders.orders orders.checkout.placed.v1/0/42`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: firstArgument(dataProducts().complete(s)),
		RunE: func(cmd *cobra.Command, args []string) error {
			filter, err := f.filter(s)
			if err != nil {
				return err
			}
			if filter.Origins, err = parseAll(args[1:]); err != nil {
				return err
			}
			q, err := s.queue(args[0])
			if err != nil {
				return err
			}
			return s.hintLetters(replayLetters(cmd, s, q, filter, dryRun, yes))
		},
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be sent")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().SortFlags = false
	return cmd
}

func replayLetters(cmd *cobra.Command, s *settings, q *deadletter.Queue, filter deadletter.Filter, dryRun, yes bool) error {
	interactive := isTerminal(cmd.InOrStdin()) && isTerminal(cmd.ErrOrStderr())
	if !dryRun && !yes && !interactive {
		return usagef("nobody is there to ask: say --yes to send, or --dry-run to see what would be sent")
	}
	if dryRun || !yes {
		plan, err := q.Replay(cmd.Context(), deadletter.ReplayOptions{Filter: filter, DryRun: true})
		if err != nil {
			return err
		}
		if dryRun {
			return s.print(cmd, replayListing(plan))
		}
		fmt.Fprint(cmd.ErrOrStderr(), replayText(plan))
		if plan.Matched == 0 || !confirmed(cmd, fmt.Sprintf("Send %d to %s?", plan.Matched, q.RetryTopic())) {
			return nil
		}
	}
	progress, done := replayBar(cmd)
	sent, err := q.Replay(cmd.Context(), deadletter.ReplayOptions{Filter: filter, Progress: progress})
	done()
	if errors.Is(err, deadletter.ErrNotFound) {
		return err
	}
	if err != nil {
		return withNext(err, "%d of %d were sent; the same command goes on from there", sent.Sent, sent.Matched)
	}
	return s.print(cmd, replayListing(sent))
}

// confirmed asks on stderr and takes y or yes.
func confirmed(cmd *cobra.Command, question string) bool {
	fmt.Fprintf(cmd.ErrOrStderr(), "%s [y/N] ", question)
	answer, _ := bufio.NewReader(cmd.InOrStdin()).ReadString('\n') // an end without an answer is a no
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true
	}
	return false
}

// replayBar shows a bar on a terminal; done must be called.
func replayBar(cmd *cobra.Command) (progress func(done, total int), done func()) {
	w := cmd.ErrOrStderr()
	if !isTerminal(w) {
		return nil, func() {}
	}
	bars := mpb.New(mpb.WithOutput(w))
	bar := bars.AddBar(0, mpb.PrependDecorators(decor.Name("sent "), decor.CountersNoUnit("%d / %d")))
	progress = func(n, total int) {
		bar.SetTotal(int64(total), false)
		bar.SetCurrent(int64(n))
	}
	return progress, func() {
		bar.SetTotal(-1, true) // whatever it came to
		bars.Wait()
	}
}

func replayListing(r deadletter.Replayed) listing {
	l := listing{value: r, text: replayText(r)}
	for _, reason := range r.Reasons.Reasons() {
		l.names = append(l.names, string(reason))
	}
	return l
}

func replayText(r deadletter.Replayed) string {
	var b strings.Builder
	switch {
	case r.Matched == 0 && r.AlreadySent == 0 && r.Refused > 0:
		b.WriteString("Nothing to send: no dead letter is what was asked for.")
	case r.Matched == 0:
		b.WriteString("Nothing to send.")
	case r.DryRun:
		fmt.Fprintf(&b, "%d to send: %s.", r.Matched, countsText(r.Reasons))
	default:
		fmt.Fprintf(&b, "%d sent: %s.", r.Sent, countsText(r.Reasons))
	}
	for _, left := range []struct {
		n    int
		what string
	}{
		{r.AlreadySent, "sent before"},
		{r.Superseded, "superseded by a newer letter of the same record"},
		{r.Refused, "not chosen"},
		{r.Gone, "gone: their letters had no room for their values, and their topics do not keep them any more"},
	} {
		if left.n > 0 {
			fmt.Fprintf(&b, " %d %s.", left.n, left.what)
		}
	}
	return b.String() + "\n"
}
