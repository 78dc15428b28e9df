package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/portal/client"
)

// sheet is the text that `describe` prints: facts line by line, then sections with tables.
type sheet struct {
	strings.Builder
	now  time.Time
	wide bool
	err  error // the first failure to fetch something related
}

// related fetches what belongs to the thing that is described.
type related struct {
	ctx context.Context
	*client.Client
}

// facts prints pairs of label and value, aligned; an empty value is left out.
func (d *sheet) facts(pairs ...string) {
	tw := tabwriter.NewWriter(&d.Builder, 0, 8, 2, ' ', 0)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(tw, "%s:\t%s\n", pairs[i], printable(pairs[i+1]))
		}
	}
	_ = tw.Flush() // a Builder takes everything
}

// section prints a heading and a table; without rows it prints what none says.
func (d *sheet) section(title, none string, cs []column, rows [][]string) {
	fmt.Fprintf(d, "\n%s\n", title)
	if len(rows) == 0 {
		fmt.Fprintf(d, "  %s\n", none)
		return
	}
	var b strings.Builder
	_ = writeTable(&b, listing{columns: cs, rows: rows}, d.wide)
	for line := range strings.Lines(b.String()) {
		d.WriteString("  " + line)
	}
}

// fail keeps the first error and says whether there is one.
func (d *sheet) fail(err error) bool {
	if err != nil && d.err == nil {
		d.err = err
	}
	return err != nil
}
