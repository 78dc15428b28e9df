package explain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Find gives the entries with a name; of fields and properties, where none has it, those whose last part it is (required
// finds properties[].required), and of rules and reasons the family that it is of. A rule of a contract, such as
// lines[].quantity.minimum in a dead letter, finds what it was made of. Case and brackets do not count.
func Find(name string) []Entry {
	want := plain(name)
	exact := make(map[Kind]bool)
	all := All()
	for _, e := range all {
		exact[e.Kind] = exact[e.Kind] || e.named(want)
	}
	found := slices.DeleteFunc(slices.Clone(all), func(e Entry) bool {
		if e.named(want) || e.stands(want) {
			return false
		}
		partly := e.Kind == ODCS || e.Kind == ODPS || e.Kind == Property
		return !partly || exact[e.Kind] || !strings.HasSuffix(plain(e.Name), "."+want)
	})
	if len(found) > 0 {
		return found
	}
	sources := ruleSources(strings.TrimSuffix(want, ".unchecked"))
	return slices.DeleteFunc(all, func(e Entry) bool { return e.Kind != ODCS || !slices.Contains(sources, plain(e.Name)) })
}

// ruleSources are the fields of ODCS that a rule of a contract may be made of, by its last part.
func ruleSources(rule string) []string {
	field, kind, _ := cutLast(rule)
	switch {
	case field == "":
		return nil
	case kind == "noneof":
		return []string{"quality.arguments.missingvalues"}
	case kind == "enum":
		return []string{"properties.enum", "quality.arguments.validvalues"}
	}
	return []string{"logicaltypeoptions." + kind, "properties." + kind}
}

// cutLast cuts a name at its last dot.
func cutLast(name string) (before, last string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

// named tells whether a plain name is the entry's, or one of its others.
func (e Entry) named(name string) bool {
	return plain(e.Name) == name || slices.ContainsFunc(e.Also, func(also string) bool { return plain(also) == name })
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
	_, part, _ := cutLast(want)
	for _, e := range All() {
		have := plain(e.Name)
		_, last, _ := cutLast(have)
		names := append([]string{have}, e.Also...)
		switch {
		case strict.Suggest(want, names) != "":
			found = append(found, candidate{e.Name, 0})
		case strict.Suggest(want, []string{last}) != "":
			found = append(found, candidate{e.Name, 1})
		case len(part) > 3 && strict.Suggest(part, []string{last}) != "":
			found = append(found, candidate{e.Name, 2})
		case len(want) > 2 && strings.Contains(have, want):
			found = append(found, candidate{e.Name, 3})
		case sharesWord(want, have):
			found = append(found, candidate{e.Name, 4})
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

// sharesWord tells whether two names have a word in common, of four letters at least.
func sharesWord(a, b string) bool {
	apart := func(r rune) bool { return r == '.' || r == '-' || r == ' ' || r == '_' }
	words := strings.FieldsFunc(b, apart)
	return slices.ContainsFunc(strings.FieldsFunc(a, apart), func(word string) bool {
		return len(word) > 3 && word != "tidemark" && slices.Contains(words, word)
	})
}
