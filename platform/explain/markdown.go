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
		RuleKind: "What `quality[].type` and `quality[].engine` may be.",
		Unit:     "What `slaProperties[].unit` and `quality[].unit` may be.",
		ValueOf:  "Words that fields and properties may have where they stand for a choice.",
		Finding:  "What `tidemark check` finds.",
		Change:   "What `tidemark diff` and `tidemark check --against` find. Each example is a change of the case of its name in\n`platform/contract/diff/testdata/rules`.",
		Reason:   "Why a record was refused: the code in dead letters, metrics and samples.",
		Header:   "What a dead letter and a replayed record carry beside the record itself.",
		Status:   "What `status` may be.",
		State:    "Where an instance is in its life; a data product and a port have the word of what runs them.",
		Health:   "How a port is, in one word.",
		Verdict:  "How changes, findings and contracts are judged, and what became of a replayed record.",
	}
	title := map[Kind]string{
		ODCS: "Fields of ODCS", ODPS: "Fields of ODPS", Property: "Properties of Tidemark", Promise: "SLA properties", Metric: "Quality metrics",
		RuleKind: "Kinds of quality rules", Unit: "Units", ValueOf: "Values", Header: "Record headers", Status: "Statuses", State: "States", Health: "Health", Verdict: "Verdicts", Finding: "Rules of findings", Change: "Rules of changes", Reason: "Reason codes",
	}
	for _, kind := range Kinds() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", title[kind], intro[kind])
		typed := kind == ODCS || kind == ODPS || kind == Property || kind == Promise || kind == Metric || kind == Unit || kind == ValueOf || kind == Verdict
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
			fmt.Fprintf(&b, " %s | %s | %s |\n", cell(e.Meaning), cell(e.Does)+instead(e.Steps), example(e))
		}
	}
	return b.String()
}

// instead lists the steps of a change.
func instead(steps []string) string {
	text := ""
	for i, s := range steps {
		text += fmt.Sprintf("<br>%d. %s", i+1, cell(s))
	}
	if text != "" {
		text = "<br>Instead:" + text
	}
	return text
}

func example(e Entry) string {
	switch e.Kind {
	case ODCS, ODPS, Property, Promise, Metric, RuleKind, Unit:
		return "`" + strings.ReplaceAll(e.Example, "|", `\|`) + "`"
	case Change:
		return "<pre>" + cell(e.Example) + "</pre>"
	}
	return cell(e.Example)
}

// cell makes text plain in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", "<br>", "<", "&lt;", ">", "&gt;", "*", `\*`, "[", `\[`, "]", `\]`).Replace(text)
}
