package contract

import (
	"slices"
	"strings"
)

type class uint8

const (
	classOpen    class = iota // anybody who may read the port may see it
	classMasked               // masked wherever a person looks
	classUnknown              // a word that is not in the list: masked, since a typing error must not publish anything
)

// openClasses and maskedClasses are the classifications that are known. The standard leaves them open.
func openClasses() []string { return []string{"public", "internal"} }

func maskedClasses() []string {
	return []string{"pii", "confidential", "restricted", "sensitive", "secret"}
}

func classifications() []string { return append(openClasses(), maskedClasses()...) }

func classificationOf(word string) class {
	switch word = strings.ToLower(word); {
	case word == "" || slices.Contains(openClasses(), word):
		return classOpen
	case slices.Contains(maskedClasses(), word):
		return classMasked
	}
	return classUnknown
}

// Classified are the paths of the fields that are masked wherever a person looks: those whose classification is pii,
// confidential, restricted, sensitive or secret, or is not known. A path covers all that is below it; "[]" and "{}"
// in it stand for every item of an array and every value of a map.
func (c *Contract) Classified() [][]string {
	var paths [][]string
	for p, path := range c.properties() {
		if classificationOf(p.Classification) == classOpen && !p.hidesKeys() {
			continue
		}
		if !slices.ContainsFunc(paths, func(above []string) bool { return len(above) < len(path) && slices.Equal(above, path[:len(above)]) }) {
			paths = append(paths, path)
		}
	}
	return paths
}

// hidesKeys tells whether the keys of a map are classified: then all of the map is, since no path leads to keys alone.
func (p *Property) hidesKeys() bool {
	return p.Map != nil && p.Map.Key != nil && classificationOf(p.Map.Key.Classification) != classOpen
}
