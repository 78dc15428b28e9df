package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/explain"
)

func newExplainCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [NAME]",
		Short: "Explain a field of a contract, a property, a rule, a reason code, a state",
		Long: `Says what a name means, what Tidemark does with it, and gives an example: a field of a contract (ODCS) or a data
product (ODPS), a tidemark. property, an SLA property, a quality metric, a unit, a rule of "tidemark check", "tidemark
diff", "tidemark plan" or "tidemark drift", the reason code or a header of a dead letter, a status, state or verdict.
Without a name it lists all.`,
		Example: `  tidemark explain properties[].required
  tidemark explain tidemark.key
  tidemark explain field.removed`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeExplain,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return s.print(cmd, explained(explain.All()))
			}
			entries := explain.Find(args[0])
			if len(entries) == 0 {
				return unexplained(args[0])
			}
			l := explained(entries)
			l.text = explainText(entries)
			return s.print(cmd, l)
		},
	}
}

func unexplained(name string) error {
	err := fmt.Errorf("nothing is named %q", name)
	if near := explain.Suggest(name); len(near) > 0 {
		return withNext(err, "did you mean %s?", strings.Join(near, ", "))
	}
	return withNext(err, "\"tidemark explain\" lists what there is")
}

// explained lists entries.
func explained(entries []explain.Entry) listing {
	l := listing{value: entries, columns: columns("NAME", "KIND", "TYPE*", "MEANING")}
	for _, e := range entries {
		l.names = append(l.names, e.Name)
		l.rows = append(l.rows, []string{e.Name, string(e.Kind), orDash(e.Type), e.Meaning})
	}
	return l
}

func explainText(entries []explain.Entry) string {
	var b strings.Builder
	for i, e := range entries {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s", e.Name)
		for _, also := range e.Also {
			fmt.Fprintf(&b, ", %s", also)
		}
		fmt.Fprintf(&b, " (%s", e.Kind)
		if e.Type != "" {
			fmt.Fprintf(&b, ", %s", e.Type)
		}
		b.WriteString(")\n")
		fmt.Fprintf(&b, "  %s\n  %s\n", e.Meaning, e.Does)
		for i, step := range e.Steps {
			if i == 0 {
				b.WriteString("  Instead:\n")
			}
			fmt.Fprintf(&b, "  %d. %s\n", i+1, step)
		}
		if strings.Contains(e.Example, "\n") {
			fmt.Fprintf(&b, "  Example:\n    %s\n", strings.ReplaceAll(e.Example, "\n", "\n    "))
		} else {
			fmt.Fprintf(&b, "  Example: %s\n", e.Example)
		}
	}
	return b.String()
}

func completeExplain(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, e := range explain.All() {
		if strings.HasPrefix(e.Name, typed) {
			names = append(names, cobra.CompletionWithDesc(e.Name, e.Meaning))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
