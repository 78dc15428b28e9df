// Package check says what is wrong with contracts before anything runs: everything that package contract finds in a file
// and between files, whether the samples come to the verdict that they promise, what is promised and not enforced here,
// and what the policies say. Against is the gate for a change: which breaks of it nobody declared.
package check

import (
	"context"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
)

// Policies judge what a tree declares. Their findings name files of the tree; an error says that they could not judge.
type Policies interface {
	Judge(ctx context.Context, set *contract.Set) ([]contract.Finding, error)
}

// Report is what was looked at and what was found, sorted.
type Report struct {
	Files    []string // data products, contracts, schemas and samples
	Findings []contract.Finding
}

// Tree checks a tree of contracts as of now; policies may be nil. It fails only where the policies do.
func Tree(ctx context.Context, fsys fs.FS, policies Policies, now time.Time) (Report, error) {
	set, findings := contract.Load(fsys)
	r := Report{Files: files(fsys), Findings: append(findings, set.NotEnforced()...)}
	for _, c := range set.Contracts() {
		r.Findings = append(append(r.Findings, samples(c, true)...), c.Overdue(now)...)
	}
	for _, c := range set.Refused() {
		r.Findings = append(append(r.Findings, samples(c, false)...), c.Overdue(now)...)
	}
	if policies != nil {
		judged, err := policies.Judge(ctx, set)
		if err != nil {
			return r, err
		}
		r.Findings = append(r.Findings, judged...)
	}
	r.Findings = contract.SortFindings(r.Findings)
	return r, nil
}

// files are those of a tree that a check looks at.
func files(fsys fs.FS) []string {
	var all []string
	_ = fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil: // contract.Load has reported it
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && file != ".":
			return fs.SkipDir
		case !entry.IsDir() && (diff.Relevant(file) || path.Base(path.Dir(path.Dir(file))) == "samples"):
			all = append(all, file)
		}
		return nil
	})
	return all
}

// File checks one file for what it can show alone, as of now: its form, its own rules, and for a contract what is not
// enforced here, wherever it is published; a data product alone does not show its contracts, and so not what they promise.
// The file's name is used in findings, and to tell a schema; a document's kind says what it is. schema is the text of the
// Avro schema beside a contract, in the file that schemaFile names; nil where there is none.
func File(file string, text []byte, schemaFile string, schema []byte, now time.Time) Report {
	r := Report{Files: []string{file}}
	switch {
	case strings.HasSuffix(file, ".avsc"):
		if _, err := avro.Parse(text); err != nil {
			r.Findings = []contract.Finding{{Rule: contract.RuleSchema, File: file, Message: "is not an Avro schema: " + err.Error()}}
		}
	case diff.IsDataProduct(text):
		r.Findings = contract.ExamineDataProduct(file, text)
	default:
		if schema != nil {
			r.Files = append(r.Files, schemaFile)
		}
		r.Findings = contract.Examine(file, text, schemaFile, schema, now)
	}
	return r
}
