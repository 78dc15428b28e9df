package main

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/check"
	"github.com/tidemark-mesh/tidemark/platform/check/git"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
	"github.com/tidemark-mesh/tidemark/platform/finding"
)

// comparison is what a change shows.
type comparison struct {
	findings []contract.Finding            // of the gate
	previous map[string]*contract.Contract // the contracts of OLD, by id
}

// against is the gate for what a target means. What OLD does not have at all is new.
func (s *settings) against(cmd *cobra.Command, old string, t target) (comparison, error) {
	if old == "" {
		return comparison{}, usagef("--against names nothing: name a folder, a file, git:REV, git:REV:PATH, or the URL of a platform")
	}
	here := t.root
	if t.lone != "" {
		here = path.Join(t.root, t.lone)
	}
	after, err := s.newSource(cmd.Context(), here, here)
	if err != nil {
		return comparison{}, err
	}
	before, err := s.newSource(cmd.Context(), old, here)
	if _, none := errors.AsType[*git.NoPathError](err); none && strings.Count(old, ":") == 1 {
		before, err = source{name: old, prefix: after.prefix}, nil
	}
	if err != nil {
		return comparison{}, err
	}
	whole, _ := before.side()
	for _, side := range []*source{&before, &after} {
		for file := range side.files {
			if !t.means(file) {
				delete(side.files, file)
			}
		}
	}
	if len(before.files) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "nothing to compare with: %s has no contract or data product here, so that all is new\n", old)
	}
	now, _ := after.side() // what cannot be read is found by the check itself
	was, unread := before.side()
	findings := check.Unread(unread, func(file string) string { return after.prefix + strings.TrimPrefix(file, before.prefix) })
	findings = append(findings, check.Against(s.compare(before, was, after, now), before.name)...)
	return comparison{findings, byID(whole.Contracts)}, nil
}

// compare compares two sources, now.
func (s *settings) compare(before source, old *diff.Side, after source, now *diff.Side) diff.Result {
	return diff.Compare(before.within(old, after, now), after.within(now, before, old), diff.Options{Now: s.process.now()})
}

// leftOut says which documents could not be compared, and why.
func leftOut(w io.Writer, findings []contract.Finding) {
	for _, f := range findings {
		fmt.Fprintln(w, "not compared:", finding.Printable(f.String()))
	}
}
