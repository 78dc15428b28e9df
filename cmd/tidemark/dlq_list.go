package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/mask"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
)

func newDLQListCommand(s *settings) *cobra.Command {
	var f letterFilter
	limit := 20
	cmd := &cobra.Command{
		Use:   "list DATA-PRODUCT",
		Short: "List dead letters, the newest first",
		Long: `List what a data product rejected, the newest first. REPLAYED says what became of a letter that was sent back:
waiting, while the data product has not come to it; rejected again, with the reason of the newer letter; or went through,
which is published, or dropped by a filter.`,
		Example: `  tidemark dlq list orders.orders
  tidemark dlq list orders.orders --reason rule.broken --since 1h -o json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: firstArgument(dataProducts().complete(s)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return usagef("--limit is at least 1")
			}
			q, err := s.queue(args[0])
			if err != nil {
				return err
			}
			filter, err := f.filter(s)
			if err != nil {
				return err
			}
			return s.hintLetters(listLetters(cmd, s, q, filter, limit))
		},
	}
	f.flags(cmd)
	cmd.Flags().IntVar(&limit, "limit", limit, "at most `N`")
	cmd.Flags().SortFlags = false
	return cmd
}

func listLetters(cmd *cobra.Command, s *settings, q *deadletter.Queue, filter deadletter.Filter, limit int) error {
	page, err := q.List(cmd.Context(), filter, limit, "")
	if err != nil {
		return err
	}
	l := listing{
		columns: columns("RECORD", "REASON", "RULE", "ATTEMPT*", "SET ASIDE", "REPLAYED", "MESSAGE"),
		empty:   "No dead letters here.",
	}
	items := []api.DeadLetter{}
	for _, d := range page.Letters {
		item := deadLetterItem(d)
		items = append(items, item)
		l.names = append(l.names, d.Origin.String())
		l.rows = append(l.rows, []string{
			d.Origin.String(), orDash(item.Reason), orDash(ruleOrField(item)), strconv.Itoa(item.Attempt),
			human.Ago(item.At, s.process.now()), replayed(item.Replay), orDash(item.Message),
		})
	}
	l.value = items
	if err := s.print(cmd, l); err != nil || len(items) == 0 {
		return err
	}
	if s.Output == formatTable || s.Output == formatWide {
		return sumUp(cmd, q, filter, page)
	}
	return nil
}

// sumUp says how many there are of which reason, of which the page may show a part.
func sumUp(cmd *cobra.Command, q *deadletter.Queue, filter deadletter.Filter, page deadletter.Page) error {
	counts := make(deadletter.Counts)
	for _, d := range page.Letters {
		counts[d.Reason]++
	}
	if page.Next != "" {
		var err error
		if counts, err = q.Count(cmd.Context(), filter); err != nil {
			return err
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "\n%d of %d shown: %s\n", len(page.Letters), counts.Total(), countsText(counts))
	return nil
}

// countsText is "8 rule.broken, 4 frame.bad".
func countsText(counts deadletter.Counts) string {
	var parts []string
	for _, r := range counts.Reasons() {
		name := string(r)
		if name == "" {
			name = "of unknown reason"
		}
		parts = append(parts, fmt.Sprintf("%d %s", counts[r], printable(name)))
	}
	return strings.Join(parts, ", ")
}

// replayed says what became of a letter that was sent back.
func replayed(r *api.Replay) string {
	switch {
	case r == nil:
		return orDash("")
	case r.Reason != "":
		return r.Fate + ": " + r.Reason
	}
	return r.Fate
}

func ruleOrField(d api.DeadLetter) string {
	if d.Rule != "" {
		return d.Rule
	}
	return d.Field
}

// deadLetterItem is a letter without what is in it. Another system's message may quote the record, so it is hidden.
func deadLetterItem(d *deadletter.Letter) api.DeadLetter {
	item := api.DeadLetter{
		DataProduct: d.DataProduct,
		Topic:       d.At.Topic,
		Partition:   d.At.Partition,
		Offset:      d.At.Offset,
		At:          d.RejectedAt.UTC(),
		Reason:      string(d.Reason),
		Rule:        d.Rule,
		Field:       d.Field,
		Message:     d.Message,
		Origin:      api.Origin{Topic: d.Origin.Topic, Partition: d.Origin.Partition, Offset: d.Origin.Offset},
		SchemaID:    d.SchemaID,
		Attempt:     d.Attempt,
		Size:        len(d.Value),
	}
	if d.Cut != nil {
		item.Size = d.Cut.Bytes
	}
	if d.Foreign() && d.Message != "" {
		item.Message = mask.Hidden
	}
	if d.Replay != nil {
		item.Replay = &api.Replay{Attempt: d.Replay.Attempt, At: d.Replay.At, Fate: string(d.Replay.Fate), Reason: string(d.Replay.Reason)}
	}
	if !d.Published.IsZero() {
		published := d.Published
		item.Origin.Timestamp = &published
	}
	return item
}
