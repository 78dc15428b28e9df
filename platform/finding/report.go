// Package finding prints what a check found, in the shapes that people and other tools read. Findings are data
// (contract.Finding); this package only writes them.
//
//	text      one line a finding, as editors and terminals jump to: file:line:column: severity rule: path: message
//	json      the findings and their numbers, for scripts
//	junit     JUnit XML: each file is a test case, which fails by its errors
//	sarif     SARIF 2.1.0 (OASIS), for code scanning
//	github    GitHub's workflow commands, which annotate a pull request
//	markdown  a table, for a comment
package finding

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Format is how findings are printed.
type Format string

// The formats.
const (
	Text     Format = "text"
	JSON     Format = "json"
	JUnit    Format = "junit"
	SARIF    Format = "sarif"
	GitHub   Format = "github"
	Markdown Format = "markdown"
)

// Formats lists every format.
func Formats() []Format { return []Format{Text, JSON, JUnit, SARIF, GitHub, Markdown} }

// Report is what a check found.
type Report struct {
	Tool     string             // such as "tidemark check"
	Version  string             // of the tool
	Files    []string           // all that was looked at, with or without findings
	Findings []contract.Finding // in the order in which they are printed
	// Meaning is one sentence about a rule; nil, or "" of it, where there is none. SARIF lists it.
	Meaning func(rule string) string
}

// Counts are how many findings there are of each severity.
type Counts struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Notes    int `json:"notes"`
}

// String is such as "1 error, 2 warnings, 0 notes".
func (c Counts) String() string {
	return Count(c.Errors, "error") + ", " + Count(c.Warnings, "warning") + ", " + Count(c.Notes, "note")
}

// Count is a number with what it counts, such as "1 file" or "2 files".
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// Counts counts the findings.
func (r Report) Counts() Counts {
	var c Counts
	for _, f := range r.Findings {
		switch f.Severity {
		case contract.SeverityError:
			c.Errors++
		case contract.SeverityWarning:
			c.Warnings++
		default:
			c.Notes++
		}
	}
	return c
}

// Write prints the report. It fails only where w does, or where the format is none of Formats.
func (r Report) Write(w io.Writer, f Format) error {
	switch f {
	case Text:
		return r.text(w)
	case JSON:
		return r.json(w)
	case JUnit:
		return r.junit(w)
	case SARIF:
		return r.sarif(w)
	case GitHub:
		return r.github(w)
	case Markdown:
		return r.markdown(w)
	}
	return fmt.Errorf("there is no format %q; there are %v", f, Formats())
}

func (r Report) text(w io.Writer) error {
	var failed error
	for _, f := range r.Findings {
		_, err := fmt.Fprintln(w, Printable(f.String()))
		failed = errors.Join(failed, err)
	}
	return failed
}

// Printable replaces control characters, so that a text from a file cannot act on the reader's terminal.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// files are all that was looked at, and those that findings name besides, each once, sorted.
func (r Report) files() []string {
	files := slices.Clone(r.Files)
	for _, f := range r.Findings {
		files = append(files, f.File)
	}
	slices.Sort(files)
	return slices.Compact(files)
}
