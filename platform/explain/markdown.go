package explain

import (
	"fmt"
	"strings"
)

// Markdown is docs/reference.md: every entry, a table for each kind.
func Markdown() string {
	var b strings.Builder
	b.WriteString("<!-- Written by go generate ./platform/explain; edit the tables there. -->\n\n# Reference\n\n" +
		"What every field, property, rule and reason code means and what Tidemark does with it. `tidemark explain NAME`\n" +
		"says the same on the command line, with an example.\n")
	intro := map[Kind]string{
		ODCS:     "The fields of a contract (`*.odcs.yaml`), Open Data Contract Standard 3.0.0 to 3.2.0. An object's fields are named\nby the object: `properties[]` is any property at any depth, `quality[]` any quality rule.",
		ODPS:     "The fields of a data product (`*.odps.yaml`), Bitol's Open Data Product Standard 1.0.0 and 1.1.0. What it shares with\nODCS is explained there.",
		Property: "What the standards have no field for, in `customProperties` at the top of a file.",
		Promise:  "What `slaProperties[].property` may be. Other words are shown, and mean nothing here.",
		Metric:   "What `quality[].metric` may be. The operators are among the fields of ODCS.",
		Finding:  "What `tidemark check` finds.",
		Change:   "What `tidemark diff` and `tidemark check --against` find. In place of an example: the steps to take instead.",
		Reason:   "Why a record was refused: the code in dead letters, metrics and samples.",
	}
	title := map[Kind]string{
		ODCS: "Fields of ODCS", ODPS: "Fields of ODPS", Property: "Properties of Tidemark", Promise: "SLA properties", Metric: "Quality metrics", Finding: "Rules of findings", Change: "Rules of changes", Reason: "Reason codes",
	}
	for _, kind := range Kinds() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", title[kind], intro[kind])
		typed := kind == ODCS || kind == ODPS || kind == Property || kind == Promise || kind == Metric
		if typed {
			b.WriteString("| Name | Type | Meaning | What Tidemark does | Example |\n|---|---|---|---|---|\n")
		} else {
			b.WriteString("| Name | Meaning | What Tidemark does | Example |\n|---|---|---|---|\n")
		}
		for _, e := range All() {
			if e.Kind != kind {
				continue
			}
			fmt.Fprintf(&b, "| `%s` |", e.Name)
			if typed {
				fmt.Fprintf(&b, " %s |", cell(e.Type))
			}
			fmt.Fprintf(&b, " %s | %s | %s |\n", cell(e.Meaning), cell(e.Does), example(e))
		}
	}
	return b.String()
}

func example(e Entry) string {
	switch e.Kind {
	case ODCS, ODPS, Property, Promise, Metric:
		return "`" + strings.ReplaceAll(e.Example, "|", `\|`) + "`"
	}
	return cell(e.Example)
}

// cell makes text plain in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", "<br>", "<", "&lt;", ">", "&gt;", "*", `\*`, "[", `\[`, "]", `\]`).Replace(text)
}
