package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/local"
)

// printSummary prints what came of replaying the file once. What does not agree is an error.
func printSummary(s *settings, cmd *cobra.Command, summary *local.Summary) error {
	l := listing{value: summary, columns: columns("PORT", "MODE", "IN", "ACCEPTED", "DEAD", "FILTERED", "RECORDS", "VERIFIED")}
	for _, p := range summary.Ports {
		accepted, dead := p.Accepted, p.Dead
		if p.Conforming != nil {
			accepted, dead = p.Conforming, p.Violating
		}
		l.names = append(l.names, p.Port)
		l.rows = append(l.rows, []string{
			p.Port, p.Mode, strconv.FormatInt(p.In, 10), orNone(accepted), orNone(dead), orNone(p.Filtered),
			strconv.FormatInt(p.Records, 10), strconv.FormatBool(p.Verified),
		})
	}
	if err := s.print(cmd, l); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%d data products of %d instances, ready after %.1f s, done after %.1f s more\n",
		summary.DataProducts, summary.Instances, summary.ReadySeconds, summary.RunSeconds)
	if summary.OK {
		return nil
	}
	return withNext(fmt.Errorf("what came of it differs from the ledger:\n%s", strings.Join(summary.Differences, "\n")),
		"this is a fault of Tidemark's: please report it, with the seed and the ratio of bad events")
}

func orNone(n *int64) string {
	if n == nil {
		return "-"
	}
	return strconv.FormatInt(*n, 10)
}
