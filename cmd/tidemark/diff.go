package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
	"github.com/tidemark-mesh/tidemark/platform/explain"
	"github.com/tidemark-mesh/tidemark/platform/finding"
)

func newDiffCommand(s *settings) *cobra.Command {
	out := reportFormat(finding.Text)
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what a change of contracts means to producers and consumers",
		Long: `Compares two states of contracts by what they promise: fields and their schemas, rules, quality, SLA, access,
lifecycle. Each change is breaking, risky or safe, for producers or consumers, with the reason, the version that it
needs and the steps to take instead. The verdict is whether the files' own versions say what changed.

OLD and NEW are each
  a folder or a file            a contract has the schema beside it
  git:REV or git:REV:PATH       a revision of this repository, without PATH at the other side's
  http://HOST:PORT              what was published last on a running platform, in the other side's domains

Deprecations are judged as of now: they end with slaProperties endOfSupport, or 90 days after they began, which git
knows. It exits with 100 if a version does not say what changed.`,
		Example: `  tidemark diff git:main contracts
  tidemark diff lines.v1.odcs.yaml lines.v2.odcs.yaml
  tidemark diff http://127.0.0.1:8080 contracts -o markdown`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			before, err := s.newSource(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			after, err := s.newSource(cmd.Context(), args[1], args[0])
			if err != nil {
				return err
			}
			old, unread := before.side()
			now, more := after.side()
			unread = append(unread, more...)
			leftOut(cmd.ErrOrStderr(), unread)
			result := s.compare(before, old, after, now)
			if err := printDiff(cmd.OutOrStdout(), result, finding.Format(out)); err != nil {
				return err
			}
			if len(unread) > 0 {
				return withNext(errors.New("what could not be read was not compared"), "\"tidemark check\" says the same and more about NEW")
			}
			return verdict(cmd.ErrOrStderr(), result)
		},
	}
	out.flag(cmd)
	return cmd
}

// verdict sums up: an error if a version does not say what changed.
func verdict(w io.Writer, r diff.Result) error {
	disobey := 0
	for _, p := range r.Pairs {
		if !p.Obeys {
			disobey++
		}
	}
	switch {
	case disobey == 1:
		return findingsf("1 version does not say what changed")
	case disobey > 1:
		return findingsf("%d versions do not say what changed", disobey)
	case len(r.Pairs) == 0:
		fmt.Fprintln(w, "no difference")
	default:
		fmt.Fprintln(w, "the versions say what changed")
	}
	return nil
}

func printDiff(w io.Writer, r diff.Result, f finding.Format) error {
	switch f {
	case finding.JSON:
		if r.Pairs == nil {
			r.Pairs = []diff.Pair{} // a list, even if empty
		}
		return writeJSON(w, r)
	case finding.Text:
		_, err := io.WriteString(w, diffText(r))
		return err
	}
	report := finding.Report{Tool: "tidemark diff", Version: readBuild().Version, Findings: r.Findings(), Meaning: explain.Meaning}
	return report.Write(w, f)
}

// diffText is for people: the documents that differ, the changes of each, the worst first, and the verdict.
func diffText(r diff.Result) string {
	var b strings.Builder
	line := func(indent int, format string, args ...any) {
		b.WriteString(strings.Repeat(" ", indent) + printable(fmt.Sprintf(format, args...)) + "\n")
	}
	for i, p := range r.Pairs {
		if i > 0 {
			b.WriteByte('\n')
		}
		line(0, "%s  %s", p.ID, versions(p))
		for _, c := range p.Changes {
			line(2, "%-8s %s  %s:%d:%d", c.Class, c.Rule, c.File, max(c.Line, 1), max(c.Column, 1))
			line(11, "%s", c.Reason)
			if who := parties(c.Breaks); who != "" && c.Class == diff.Breaking {
				line(11, "breaks: %s", who)
			} else if who != "" {
				line(11, "concerns: %s", who)
			}
			for n, step := range c.Steps {
				line(11, "%d. %s", n+1, step)
			}
		}
		line(2, "%s", pairVerdict(p))
	}
	return b.String()
}

func versions(p diff.Pair) string {
	switch {
	case p.OldFile == "":
		return "new, " + p.To
	case p.NewFile == "":
		return p.From + ", gone"
	}
	return p.From + " -> " + p.To
}

func parties(list []diff.Party) string {
	var names []string
	for _, p := range list {
		names = append(names, string(p)+"s")
	}
	return strings.Join(names, " and ")
}

func pairVerdict(p diff.Pair) string {
	switch {
	case p.NewFile == "" && !p.Obeys:
		return "verdict: it may not go yet"
	case p.OldFile == "" || p.NewFile == "":
		return "verdict: in order"
	case !p.Obeys && p.Wants != "" && p.Needs == diff.None:
		return fmt.Sprintf("verdict: the version fell; it must be at least %s", p.Wants)
	case !p.Obeys && p.Wants != "":
		return fmt.Sprintf("verdict: needs a %s version, at least %s; it is %s%s", p.Needs, p.Wants, p.To, notice(p))
	case !p.Obeys:
		return fmt.Sprintf("verdict: needs a %s version; it is %s", p.Needs, orDash(p.To))
	case p.Successor:
		return "verdict: in order, since it is a contract of its own"
	case p.Draft:
		return "verdict: in order, since a draft promises nothing yet"
	}
	if missing := notice(p); missing != "" {
		return "verdict: the version says it" + missing
	}
	return fmt.Sprintf("verdict: in order, it needs a %s version", p.Needs)
}

// notice says which changes no version declares.
func notice(p diff.Pair) string {
	var rules []string
	for _, c := range p.Changes {
		if c.Notice && !p.Successor && !p.Draft && !slices.Contains(rules, c.Rule) {
			rules = append(rules, c.Rule)
		}
	}
	if rules == nil {
		return ""
	}
	return fmt.Sprintf("; yet no version declares %s, so that \"check --against\" refuses it", strings.Join(rules, ", "))
}
