package values

import (
	"regexp"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Keep puts what ODCS and ODPS have no place for into customProperties, where there is something.
func Keep(into *[]contract.CustomProperty, name string, v contract.Value) {
	if v.Kind != strict.Absent {
		*into = append(*into, contract.CustomProperty{Property: name, Value: v})
	}
}

// Kept is what Keep has put there; absent where it is nothing.
func Kept(properties []contract.CustomProperty, name string) contract.Value {
	for _, p := range properties {
		if p.Property == name {
			return p.Value
		}
	}
	return contract.Value{}
}

var notInSlug = regexp.MustCompile(`[^a-z0-9]+`)

// Slug is a title as an id or a name: customer-orders; "" where nothing of it can be one.
func Slug(title string) string {
	return strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(title), "-"), "-")
}
