package strict

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// The rules that a document may break.
const (
	RuleSyntax     = "yaml.syntax"     // the file is not YAML, or is empty
	RuleLimit      = "yaml.limit"      // larger, deeper or more repetitive than any honest file
	RuleDocuments  = "yaml.documents"  // a second document, which other readers would overlook
	RuleTag        = "yaml.tag"        // a tag, a merge key or an alias that other readers treat differently
	RuleDuplicate  = "key.duplicate"   // a key is given twice
	RuleCase       = "key.case"        // two keys differ only in case
	RuleUnknownKey = "key.unknown"     // no such key
	RuleMissingKey = "key.missing"     // a key that must be there is not
	RuleKeyVersion = "key.version"     // a key of a newer version of the standard
	RuleType       = "value.type"      // a value of the wrong kind
	RuleValue      = "value.forbidden" // a value that is not one of those allowed
)

// MaxFaults bounds how many faults are reported of one document.
const MaxFaults = 100

// Position is a place in the text. Lines and columns count from 1; the zero value is unknown.
type Position struct{ Line, Column int }

// Fault is one thing that is wrong with a document.
type Fault struct {
	Rule    string
	Path    string // such as schema[0].properties[2].name; "" is the document
	Message string // what is wrong, and what to do about it
	Position
}

// faults collects faults up to MaxFaults.
type faults []Fault

func (f *faults) add(rule string, where *path, at Position, format string, args ...any) {
	switch n := len(*f); {
	case n < MaxFaults:
		*f = append(*f, Fault{rule, where.String(), fmt.Sprintf(format, args...), at})
	case n == MaxFaults:
		*f = append(*f, Fault{RuleLimit, "", fmt.Sprintf("more than %d faults: the rest is not listed", MaxFaults), at})
	}
}

// full tells whether enough is known about the document to stop.
func (f *faults) full() bool { return len(*f) > MaxFaults }

func position(n *yaml.Node) Position { return Position{n.Line, n.Column} }
