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

// all gives every property of the object at every depth with its path, as Contract.properties does.
func (o *SchemaObject) all() iter.Seq2[*Property, []string] {
	return func(yield func(*Property, []string) bool) { walk(o.Properties, nil, yield) }
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

// under tells whether a path of the document is another one, or stands below it.
func under(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (rest == "" || above == "" || rest[0] == '.' || rest[0] == '[')
}

// find is the property that a path of names leads to, and its path in the record. Names are those of properties, or
// of the fields where they differ; "[]" after one stands for the items of an array, "{}" for the values of a map.
func (o *SchemaObject) find(name string) (*Property, []string, bool) {
	siblings, path := o.Properties, []string(nil)
	var at *Property
	for step := range strings.SplitSeq(name, ".") {
		step, into := cutMany(step)
		i := slices.IndexFunc(siblings, func(p Property) bool { return p.Name == step })
		if i < 0 {
			i = slices.IndexFunc(siblings, func(p Property) bool { return p.PhysicalName == step })
		}
		if i < 0 || step == "" {
			return nil, nil, false
		}
		at, path = &siblings[i], append(path, siblings[i].field())
		for _, many := range into {
			switch {
			case many == "[]" && at.Items != nil:
				at = at.Items
			case many == "{}" && at.Map != nil && at.Map.Value != nil:
				at = at.Map.Value
			default:
				return nil, nil, false
			}
			path = append(path, many)
		}
		siblings = at.Properties
	}
	return at, path, at != nil
}

// cutMany takes "[]" and "{}" off the end of a name, in their order.
func cutMany(step string) (name string, into []string) {
	for strings.HasSuffix(step, "[]") || strings.HasSuffix(step, "{}") {
		into = append([]string{step[len(step)-2:]}, into...)
		step = step[:len(step)-2]
	}
	return step, into
}

// names are the properties of an object with those below them, as find reads them.
func (o *SchemaObject) names() []string {
	var all []string
	var add func(properties []Property, above string)
	add = func(properties []Property, above string) {
		for i := range properties {
			p := &properties[i]
			if p.Name == "" {
				continue
			}
			all = append(all, above+p.Name)
			add(p.Properties, above+p.Name+".")
			if p.Items != nil {
				add(p.Items.Properties, above+p.Name+"[].")
			}
			if p.Map != nil && p.Map.Value != nil {
				add(p.Map.Value.Properties, above+p.Name+"{}.")
			}
		}
	}
	add(o.Properties, "")
	return slices.Compact(all)
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
