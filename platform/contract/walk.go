package contract

import (
	"iter"
	"slices"
	"strings"
)

// properties gives every property at every depth with its path in the record: names of fields, "[]" for an array's
// items, "{}" for a map's values. Paths of a contract with several schema objects do not tell them apart.
func (c *Contract) properties() iter.Seq2[*Property, []string] {
	return func(yield func(*Property, []string) bool) {
		for i := range c.Objects {
			if !walk(c.Objects[i].Properties, nil, yield) {
				return
			}
		}
	}
}

func walk(properties []Property, above []string, yield func(*Property, []string) bool) bool {
	for i := range properties {
		if !properties[i].walk(append(slices.Clone(above), properties[i].field()), yield) {
			return false
		}
	}
	return true
}

func (p *Property) walk(path []string, yield func(*Property, []string) bool) bool {
	if !yield(p, path) || !walk(p.Properties, path, yield) {
		return false
	}
	if p.Items != nil && !p.Items.walk(append(slices.Clone(path), "[]"), yield) {
		return false
	}
	return p.Map == nil || p.Map.Value == nil || p.Map.Value.walk(append(slices.Clone(path), "{}"), yield)
}

// field is the property's name in the data: physicalName where it differs from the name.
func (p *Property) field() string {
	if p.PhysicalName != "" {
		return p.PhysicalName
	}
	return p.Name
}

// PathText is a path as people write it: lines[].product.id.
func PathText(path []string) string {
	var b strings.Builder
	for i, step := range path {
		if i > 0 && step != "[]" && step != "{}" {
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}
