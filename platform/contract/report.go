package contract

import (
	"fmt"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// report collects what is found in one file.
type report struct {
	file     string
	findings []Finding
	errors   int
}

// maxErrors bounds how many errors are reported of one file.
const maxErrors = 200

// at reports an error at a key of an object, or at the object where it lacks the key.
func (r *report) at(rule string, place Place, key, format string, args ...any) {
	r.add(rule, SeverityError, place, key, format, args...)
}

func (r *report) add(rule string, severity Severity, place Place, key, format string, args ...any) {
	path, position := place.At(key)
	r.put(rule, severity, path, position, format, args...)
}

func (r *report) put(rule string, severity Severity, path string, at strict.Position, format string, args ...any) {
	if severity == SeverityError {
		if r.errors++; r.errors > maxErrors {
			return
		}
		if r.errors == maxErrors {
			rule, path, format, args = strict.RuleLimit, "", "more errors than %d: the rest is not listed", []any{maxErrors - 1}
		}
	}
	r.findings = append(r.findings, Finding{
		Rule: rule, Severity: severity, File: r.file, Line: at.Line, Column: at.Column,
		Path: path, Message: fmt.Sprintf(format, args...),
	})
}

// whole reports an error about the file as such.
func (r *report) whole(rule string, severity Severity, format string, args ...any) {
	r.put(rule, severity, "", strict.Position{}, format, args...)
}

func (r *report) faults(faults []strict.Fault) {
	for _, f := range faults {
		r.put(f.Rule, SeverityError, f.Path, f.Position, "%s", f.Message)
	}
}
