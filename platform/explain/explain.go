// Package explain is the one place where the words of the standards and of Tidemark are explained: the fields of ODCS and
// ODPS, the tidemark. properties, the words that promises and quality
// rules are made of, the rules of findings and of changes, the reason codes of dead letters. The command
// line, the documentation and whoever shows a rule take their text from here.
package explain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

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
	Finding  Kind = "rule of a finding"
	Change   Kind = "rule of a change"
	Reason   Kind = "reason code"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{ODCS, ODPS, Property, Promise, Metric, Finding, Change, Reason} }

// Entry explains one name.
type Entry struct {
	Name    string `json:"name"` // of a field its path, such as properties[].required
	Kind    Kind   `json:"kind"`
	Type    string `json:"type,omitempty"` // of a field, property, promise or metric, what its value is
	Meaning string `json:"meaning"`
	Does    string `json:"does"`              // what Tidemark does with it
	Example string `json:"example,omitempty"` // of a change, the steps to take instead, one a line
}

// All are all entries, by kind and then in the order of their table.
func All() []Entry {
	return slices.Concat(odcsFields(), operators(), odpsFields(), properties(), promises(), metrics(), findingRules(), policyRules(), formatRules(),
		changeRules(), reasonCodes())
}

// Find gives the entries with a name; of fields and properties, where none has it, those whose last part it is (required
// finds properties[].required), and of rules and reasons the family that it is of. Case and brackets do not count.
func Find(name string) []Entry {
	want := plain(name)
	exact := make(map[Kind]bool)
	all := All()
	for _, e := range all {
		exact[e.Kind] = exact[e.Kind] || plain(e.Name) == want
	}
	return slices.DeleteFunc(all, func(e Entry) bool {
		if e.stands(want) {
			return false
		}
		have, partly := plain(e.Name), e.Kind == ODCS || e.Kind == ODPS || e.Kind == Property
		return have != want && (!partly || exact[e.Kind] || !strings.HasSuffix(have, "."+want))
	})
}

// stands tells whether the entry is of a family that a name is of: transform.no-lines is of transform.<why>.
func (e Entry) stands(name string) bool {
	family, _, ok := strings.Cut(e.Name, "<")
	return ok && (e.Kind == Finding || e.Kind == Reason) && len(name) > len(family) && strings.HasPrefix(name, family)
}

func plain(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), "[]", ""))
}

// Meaning is one sentence about a rule or a reason code; "" where there is none of that name.
func Meaning(name string) string {
	for _, e := range All() {
		if e.Name == name && e.Kind != ODCS && e.Kind != ODPS {
			return e.Meaning
		}
	}
	for _, e := range All() {
		if e.stands(name) {
			return e.Meaning
		}
	}
	return ""
}

// Suggest are names that may have been meant, the likeliest first, at most three.
func Suggest(name string) []string {
	want := plain(name)
	if want == "" || len(want) > 64 {
		return nil
	}
	type candidate struct {
		name string
		rank int
	}
	var found []candidate
	for _, e := range All() {
		have := plain(e.Name)
		last := have[strings.LastIndexByte(have, '.')+1:]
		switch {
		case strict.Suggest(want, []string{have}) != "":
			found = append(found, candidate{e.Name, 0})
		case strict.Suggest(want, []string{last}) != "":
			found = append(found, candidate{e.Name, 1})
		case strings.Contains(have, want):
			found = append(found, candidate{e.Name, 2})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	var names []string
	for _, c := range found {
		if len(names) < 3 && !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}
