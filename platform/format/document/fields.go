package document

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// maxFields bounds the rows of a page.
const maxFields = 2000

func (w writer) schema(c *contract.Contract) {
	w.section("What is in it")
	for i := range c.Objects {
		o := &c.Objects[i]
		w.say(plain(o.Description))
		w.say(plain(o.DataGranularityDescription))
	}
	w.fields(c)
}

// fields is the table of a contract's fields, those within others below them by their path.
func (w writer) fields(c *contract.Contract) {
	f := fieldTable{contract: c, rules: map[string][]string{}, required: map[string]bool{}, marks: map[string][]string{}, masked: c.Classified()}
	rules, _ := c.Rules()
	for _, r := range rules {
		path := contract.PathText(r.Path)
		if r.Kind == avro.Required && r.Severity == avro.Error {
			f.required[path] = true
			continue
		}
		f.rules[path] = append(f.rules[path], ruleText(r))
	}
	for _, u := range c.Uniques() {
		if len(u.Fields) == 1 {
			f.rules[contract.PathText(u.Fields[0])] = append(f.rules[contract.PathText(u.Fields[0])], "unique")
		}
	}
	if path := contract.PathText(c.Key()); path != "" {
		f.marks[path] = append(f.marks[path], "the record key")
	}
	if path := contract.PathText(c.EventTime()); path != "" {
		f.marks[path] = append(f.marks[path], "the event time")
	}
	for i := range c.Objects {
		f.add(c.Objects[i].Properties, nil)
	}
	w.grid([]string{"Field", "Type", "Required", "Rules", "Classification", "Description"}, f.rows)
	if f.left > 0 {
		w.say(plain("And " + count(f.left, "field", "fields") + " more."))
	}
}

type fieldTable struct {
	contract *contract.Contract
	rules    map[string][]string
	required map[string]bool
	marks    map[string][]string
	masked   [][]string
	rows     [][]inline
	left     int
}

func (f *fieldTable) add(properties []contract.Property, above []string) {
	for i := range properties {
		p := &properties[i]
		name := p.Name
		if p.PhysicalName != "" {
			name = p.PhysicalName
		}
		f.property(p, append(above[:len(above):len(above)], name))
	}
}

func (f *fieldTable) property(p *contract.Property, path []string) {
	if len(f.rows) >= maxFields {
		f.left++
		return
	}
	key := contract.PathText(path)
	required := ""
	if p.Required || p.PrimaryKey || f.required[key] {
		required = "yes"
	}
	rules := f.rules[key]
	items := append(path[:len(path):len(path)], "[]")
	for _, r := range f.rules[contract.PathText(items)] {
		rules = append(rules, "each "+r)
	}
	var about inline
	if marks := strings.Join(f.marks[key], ", "); marks != "" {
		about = inline{{text: "It is " + marks + ". "}}
	}
	about = append(about, span{text: p.Description})
	if source := strings.Join(p.TransformSourceObjects, ", "); source != "" {
		about = append(about, span{text: " From " + source}, span{text: logic(p)}, span{text: "."})
	}
	if examples := f.examples(p.Examples, path); examples != "" {
		about = append(about, span{text: " Such as "}, span{text: examples}, span{text: "."})
	}
	f.rows = append(f.rows, []inline{code(key), plain(f.typeOf(p, path)), plain(required), plain(strings.Join(rules, "; ")), plain(p.Classification), about})
	f.add(p.Properties, path)
	if p.Items != nil {
		f.add(p.Items.Properties, items)
	}
	if p.Map != nil && p.Map.Value != nil {
		f.add(p.Map.Value.Properties, append(path[:len(path):len(path)], "{}"))
	}
}

func logic(p *contract.Property) string {
	switch {
	case p.TransformLogic != "":
		return ": " + p.TransformLogic
	case p.TransformDescription != "":
		return ": " + p.TransformDescription
	}
	return ""
}

// examples of values, but none of a field that is masked: one of them may be somebody's.
func (f *fieldTable) examples(values []contract.Value, path []string) string {
	for _, m := range f.masked {
		if len(m) <= len(path) && slices.Equal(m, path[:len(m)]) {
			return ""
		}
	}
	var texts []string
	for _, v := range values[:min(len(values), 5)] {
		if v.Text != "" {
			texts = append(texts, v.Text)
		}
	}
	return strings.Join(texts, ", ")
}

// typeOf prefers the schema's type, which is what travels, to the contract's.
func (f *fieldTable) typeOf(p *contract.Property, path []string) string {
	if s := f.contract.Schema(); s != nil {
		if t, ok := s.Lookup(path...); ok {
			return t.Brief()
		}
	}
	if p.PhysicalType != "" {
		return p.PhysicalType
	}
	return p.LogicalType
}

// ruleText says a rule in words.
func ruleText(r avro.Rule) string {
	var text string
	switch r.Kind {
	case avro.Required:
		text = "not null"
	case avro.Minimum:
		text = "at least " + r.Text
	case avro.Maximum:
		text = "at most " + r.Text
	case avro.ExclusiveMinimum:
		text = "more than " + r.Text
	case avro.ExclusiveMaximum:
		text = "less than " + r.Text
	case avro.MultipleOf:
		text = "a multiple of " + r.Text
	case avro.MinLength:
		text = "at least " + r.Text + " long"
	case avro.MaxLength:
		text = "at most " + r.Text + " long"
	case avro.Pattern:
		text = "matches " + r.Text
	case avro.Format:
		text = "is " + r.Text
	case avro.Enum:
		text = "one of " + strings.Join(r.Values, ", ")
	case avro.NoneOf:
		text = "none of " + strings.Join(r.Values, ", ")
	case avro.MinItems:
		text = "at least " + r.Text + " items"
	case avro.MaxItems:
		text = "at most " + r.Text + " items"
	case avro.UniqueItems:
		text = "items differ"
	default:
		text = strings.TrimSpace(string(r.Kind) + " " + r.Text)
	}
	if r.Severity == avro.Warning {
		text += " (warning only)"
	}
	return text
}
