package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/check"
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
needs and the steps to take instead. The verdict is that of "tidemark check --against": a break is refused that no major
version or new contract declares, and what is gone before its deprecation has ended. Otherwise it passes, with a warning
where somebody should look, or where a version rose too little.

OLD and NEW are each
  a folder or a file            a contract has the schema beside it
  git:REV or git:REV:PATH       a revision of this repository, without PATH at the other side's
  http://HOST:PORT              what was published last on a running platform, in the other side's domains

Deprecations are judged as of now: they end with slaProperties endOfSupport, or 90 days after they began, which git
knows. It exits with 100 if something is refused, with 2 if the command line is wrong
or OLD or NEW is not there, with 1 on other failures.`,
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
			if len(before.files)+len(after.files) == 0 {
				return withNext(fmt.Errorf("neither %s nor %s has a contract or a data product", before.name, after.name), "name what holds *.odcs.yaml and *.odps.yaml files")
			}
			old, unread := before.side()
			now, more := after.side()
			leftOut(cmd.ErrOrStderr(), append(unread, more...))
			result := s.compare(before, old, after, now)
			if err := printDiff(cmd.OutOrStdout(), result, before.name, finding.Format(out)); err != nil {
				return err
			}
			switch err := errors.New("what could not be read was not compared"); {
			case len(more) > 0:
				return withNext(err, "\"tidemark check\" says the same and more about NEW")
			case len(unread) > 0:
				return withNext(err, "name an OLD in which it can be read")
			}
			return verdict(cmd.ErrOrStderr(), result)
		},
	}
	out.flag(cmd)
	return cmd
}

// verdict sums up: an error if something is refused, as "check --against" does.
func verdict(w io.Writer, r diff.Result) error {
	refused, rise := 0, 0
	for _, p := range r.Pairs {
		switch {
		case p.Verdict == diff.Refused:
			refused++
		case !p.Obeys:
			rise++
		}
	}
	switch {
	case refused == 1:
		return findingsf("1 document is refused")
	case refused > 1:
		return findingsf("%d documents are refused", refused)
	case len(r.Pairs) == 0:
		fmt.Fprintln(w, "no difference")
	case rise > 0:
		fmt.Fprintf(w, "nothing is refused; %s should rise\n", finding.Count(rise, "version"))
	default:
		fmt.Fprintln(w, "nothing is refused, and the versions say what changed")
	}
	return nil
}

func printDiff(w io.Writer, r diff.Result, old string, f finding.Format) error {
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
	report := finding.Report{Tool: "tidemark diff", Version: readBuild().Version, Findings: check.Changes(r, old), Meaning: explain.Meaning}
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
	var notice []string
	declare := false // a refused change that a higher version would declare
	for _, c := range p.Changes {
		switch {
		case c.Verdict != diff.Refused:
		case !c.Notice:
			declare = true
		case !slices.Contains(notice, c.Rule):
			notice = append(notice, c.Rule)
		}
	}
	needs := fmt.Sprintf("it needs a %s version", p.Needs)
	if p.Wants != "" {
		needs += fmt.Sprintf(", at least %s, and is %s", p.Wants, orDash(p.To))
	}
	switch {
	case p.Fell:
		return fmt.Sprintf("verdict: refused, since the version fell; it must be at least %s", p.Wants)
	case p.NewFile == "" && p.Verdict == diff.Refused:
		return "verdict: refused, since it may not go yet"
	case notice != nil:
		text := fmt.Sprintf("verdict: refused, since no version declares %s, but only the end of a deprecation", strings.Join(notice, ", "))
		if declare && !p.Obeys {
			text += "; and " + needs
		}
		return text
	case declare:
		return "verdict: refused, since " + needs
	case !p.Obeys && p.Needs == diff.None:
		return fmt.Sprintf("verdict: passes with a warning, since the version %s does not say how it follows %s; write at least %s", p.To, p.From, p.Wants)
	case !p.Obeys:
		return "verdict: passes with a warning, since " + needs
	case p.Successor:
		return "verdict: in order, since it is a contract of its own"
	case p.Draft:
		return "verdict: in order, since a draft promises nothing yet"
	case p.OldFile == "", p.NewFile == "", p.Needs == diff.None:
		return "verdict: in order"
	}
	return fmt.Sprintf("verdict: in order, it needs a %s version", p.Needs)
}
