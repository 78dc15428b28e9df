// Package explain is the one place where the words of the standards and of Tidemark are explained: the fields of ODCS and
// ODPS, the tidemark. properties, the words that promises and quality rules are made of, their units, the rules of findings
// and of changes, the reason codes and headers of dead letters, the words for states and verdicts. The command line, the
// documentation and whoever shows a rule take their text from here.
package explain

import "slices"

//go:generate go run ./generate

// Kind is what an entry is about.
type Kind string

// The kinds, in the order in which they are listed.
const (
	ODCS     Kind = "ODCS field"
	ODPS     Kind = "ODPS field"
	Property Kind = "tidemark property"
	Promise  Kind = "SLA property"
	Metric   Kind = "quality metric"
	RuleKind Kind = "kind of quality rule"
	Unit     Kind = "unit"
	ValueOf  Kind = "value"
	Finding  Kind = "rule of a finding"
	Change   Kind = "rule of a change"
	Reason   Kind = "reason code"
	Header   Kind = "record header"
	Status   Kind = "status of a contract or data product"
	State    Kind = "state of an instance, data product or port"
	Health   Kind = "health of a port"
	Verdict  Kind = "word of a verdict"
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{ODCS, ODPS, Property, Promise, Metric, RuleKind, Unit, ValueOf, Finding, Change, Reason, Header, Status, State, Health, Verdict}
}

// Entry explains one name.
type Entry struct {
	Name    string   `json:"name"` // of a field its path, such as properties[].required
	Also    []string `json:"also,omitempty"`
	Kind    Kind     `json:"kind"`
	Type    string   `json:"type,omitempty"` // of a field, property, promise or metric, what its value is; of a word, what it is a word for
	Meaning string   `json:"meaning"`
	Does    string   `json:"does"`            // what Tidemark does with it
	Steps   []string `json:"steps,omitempty"` // of a change, what to do instead, in this order
	Example string   `json:"example"`
}

// All are all entries, by kind and then in the order of their table.
func All() []Entry {
	return slices.Concat(odcsFields(), operators(), odpsFields(), properties(), promises(), metrics(), ruleKinds(), units(), values(),
		findingRules(), policyRules(), formatRules(), provisionRules(), changeRules(), reasonCodes(), headers(), statuses(), states(),
		healths(), verdicts())
}
