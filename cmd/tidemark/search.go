package main

import (
	"strings"

	"github.com/spf13/cobra"
)

func newSearchCommand(s *settings) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:     "search WORDS",
		Short:   "Find data products, ports, contracts and instances",
		Long:    "Find what has all the words in its name, description, owner, tags or fields, the best match first.",
		Example: "  tidemark search order lines\n  tidemark search customer email -o name",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 || limit > 200 {
				return usagef("--limit is %d; it goes from 1 to 200", limit)
			}
			text := strings.TrimSpace(strings.Join(args, " "))
			if text == "" {
				return usagef("name what to search for")
			}
			c, err := s.client()
			if err != nil {
				return err
			}
			hits, err := c.Search(cmd.Context(), text, limit)
			if err != nil {
				return s.hint(err, "tidemark get data-products")
			}
			l := listing{
				value:   hits,
				columns: columns("KIND", "NAME", "MATCHED", "OWNER", "DESCRIPTION"),
				empty:   "Nothing matches. Fewer or shorter words find more; \"tidemark get data-products\" lists everything.",
			}
			for _, h := range hits {
				l.names = append(l.names, h.ID)
				l.rows = append(l.rows, []string{words(h.Kind), h.ID, orDash(h.Matched), orDash(h.Owner), shorten(h.Description, 80)})
			}
			return s.print(cmd, l)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "how many to show at most")
	return cmd
}

// shorten cuts text to at most n characters at the end of a word.
func shorten(text string, n int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= n {
		return string(runes)
	}
	cut := string(runes[:n])
	if i := strings.LastIndexByte(cut, ' '); i > n/2 {
		cut = cut[:i]
	}
	return cut + "…"
}
