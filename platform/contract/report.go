package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// report collects what is found in one file.
type report struct {
	file     string
	findings []Finding
	errors   int
	warnings int
	refused  map[string]bool // paths of values that are wrong as such: nothing more is said about them
	faulty   []string        // paths of all errors
}

// maxErrors bounds how many errors are reported of one file, and how many warnings.
const maxErrors = 200

// at reports an error at a key of an object, or at the object where it lacks the key.
func (r *report) at(rule string, place Place, key, format string, args ...any) {
	r.add(rule, SeverityError, place, key, format, args...)
}

func (r *report) add(rule string, severity Severity, place Place, key, format string, args ...any) {
	path, position := place.At(key)
	if r.refused[path] {
		return
	}
	r.put(rule, severity, path, position, format, args...)
	if severity == SeverityError && place.Has(key) && (rule == RuleOptions || rule == RuleQuality) {
		r.refuse(path)
	}
}

// refuse has nothing more said about a value.
func (r *report) refuse(path string) {
	if r.refused == nil {
		r.refused = make(map[string]bool)
	}
	r.refused[path] = true
}

func (r *report) put(rule string, severity Severity, path string, at strict.Position, format string, args ...any) {
	if severity == SeverityError {
		if r.errors < maxErrors {
			r.faulty = append(r.faulty, path)
		}
		if r.errors++; r.errors > maxErrors {
			return
		}
		if r.errors == maxErrors {
			rule, path, format, args = strict.RuleLimit, "", "more errors than %d: the rest is not listed", []any{maxErrors - 1}
		}
	}
	if severity == SeverityWarning {
		if r.warnings++; r.warnings > maxErrors {
			return
		}
		if r.warnings == maxErrors {
			rule, path, format, args = strict.RuleLimit, "", "more warnings than %d: the rest is not listed", []any{maxErrors - 1}
		}
	}
	r.findings = append(r.findings, Finding{
		Rule: rule, Severity: severity, File: r.file, Line: at.Line, Column: at.Column,
		Path: path, Message: fmt.Sprintf(format, args...),
	})
}

// structured tells whether the file's objects, their names and their parts could be read, whatever is wrong with the
// rest.
func (r *report) structured() bool {
	parts := []string{"schema", "properties", "items", "map", "key", "value", "name", "physicalName", "inputPorts", "outputPorts"}
	return !slices.ContainsFunc(r.findings, func(f Finding) bool {
		switch f.Rule {
		case strict.RuleSyntax, strict.RuleLimit, strict.RuleDocuments, strict.RuleTag, strict.RuleDuplicate, strict.RuleCase:
			return f.Severity == SeverityError
		case strict.RuleType:
			first, _, _ := strings.Cut(f.Path, "[")
			last, _, _ := strings.Cut(f.Path[strings.LastIndexByte(f.Path, '.')+1:], "[")
			return f.Path == "" || slices.Contains(parts, last) && slices.Contains([]string{"schema", "inputPorts", "outputPorts"}, first)
		}
		return false
	})
}

// incomplete tells whether an error stands at a path itself: of an object, that it lacks a key or has an unknown one.
func (r *report) incomplete(path string) bool { return slices.Contains(r.faulty, path) }

// broken tells whether there is an error at a path or below it.
func (r *report) broken(path string) bool {
	return slices.ContainsFunc(r.faulty, func(at string) bool { return under(at, path) })
}

// whole reports an error about the file as such.
func (r *report) whole(rule string, severity Severity, format string, args ...any) {
	r.put(rule, severity, "", strict.Position{}, format, args...)
}

func (r *report) faults(faults []strict.Fault) {
	for _, f := range faults {
		if f.Rule == strict.RuleType || f.Rule == strict.RuleValue || f.Rule == strict.RuleKeyVersion {
			r.refuse(f.Path)
		}
		r.put(f.Rule, SeverityError, f.Path, f.Position, "%s", f.Message)
	}
}
