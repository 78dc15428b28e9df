package finding

import (
	"fmt"
	"io"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// maxRows is how many findings a table has: a comment on GitHub holds 65,536 characters.
const maxRows = 200

// markdown writes a heading and a table. Texts come from files, so that nothing in them may act as markup.
func (r Report) markdown(w io.Writer) error {
	var b strings.Builder
	counts := r.Counts()
	fmt.Fprintf(&b, "### %s: %s\n", escape(r.Tool), counts)
	if len(r.Findings) > 0 {
		b.WriteString("\n| | Rule | Where | What |\n|---|---|---|---|\n")
	}
	for i, f := range r.Findings {
		if i == maxRows {
			fmt.Fprintf(&b, "\nand %d more.\n", len(r.Findings)-i)
			break
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", mark(f.Severity), escape(f.Rule), escape(fmt.Sprintf("%s:%d:%d", f.File, max(f.Line, 1), max(f.Column, 1))), escape(what(f)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func mark(s contract.Severity) string {
	if s == contract.SeverityError {
		return "**error**"
	}
	return s.String()
}

func what(f contract.Finding) string {
	if f.Path == "" {
		return f.Message
	}
	return f.Path + ": " + f.Message
}

// escape makes any text plain in a cell of a table.
func escape(text string) string {
	var b strings.Builder
	for _, r := range Printable(text) {
		switch {
		case strings.ContainsRune("\\`*_{}[]()#+!|~@", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
