package contract

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says what a finding means for whoever wants to go on.
type Severity uint8

const (
	// SeverityError: the file or the tree cannot be used.
	SeverityError Severity = iota
	// SeverityWarning: it can be used, and somebody should look.
	SeverityWarning
	// SeverityNote: nothing is wrong; the reader should know.
	SeverityNote
)

func (s Severity) String() string {
	switch s {
	case SeverityError:
		return "error"
	case SeverityWarning:
		return "warning"
	}
	return "note"
}

// Finding is what a check says about one place in one file.
type Finding struct {
	Rule     string   `json:"rule"` // the rule's id, one of the constants in rule.go
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`   // from 1; 0 when the finding is about the file as a whole
	Column   int      `json:"column,omitempty"` // from 1, in characters; 0 when only the line is known
	Path     string   `json:"path,omitempty"`   // the place within the document, such as schema[0].properties[2].name
	Message  string   `json:"message"`          // what is wrong, and what to do about it
}

// String renders file:line:column: severity rule: message. A line or column that is not known is printed as 1,
// since editors and CI jump to what they are given.
func (f Finding) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s %s: ", f.File, max(f.Line, 1), max(f.Column, 1), f.Severity, f.Rule)
	if f.Path != "" {
		s += f.Path + ": "
	}
	return s + f.Message
}

// MarshalText renders error, warning or note.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// HasErrors tells whether any finding is an error.
func HasErrors(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == SeverityError })
}

// SortFindings sorts by file, place, then severity, rule and message, and drops what is said twice. It sorts
// in place and returns the shortened slice.
func SortFindings(findings []Finding) []Finding {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(findings)
}
