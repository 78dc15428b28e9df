package portal

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

// fieldReader flattens a contract's properties to a table's rows.
type fieldReader struct {
	schema *avro.Schema
	rules  map[string][]avro.Rule
	marks  map[string][]string
	fields []pages.Field
}

// maxFields bounds the rows of one page.
const maxFields = 1000

func (r *fieldReader) read(properties []contract.Property, under []string) {
	for i := range properties {
		if len(r.fields) >= maxFields {
			return
		}
		r.field(&properties[i], append(under[:len(under):len(under)], properties[i].Name))
	}
}

func (r *fieldReader) field(p *contract.Property, path []string) {
	key := strings.Join(path, ".")
	f := pages.Field{
		Name:    p.Name,
		Depth:   depth(path),
		Type:    r.typeOf(p, path),
		Purpose: p.Description,
		Marks:   r.marks[key],
	}
	if i := slices.Index(f.Marks, masked); i >= 0 && p.Classification != "" {
		f.Marks[i] = p.Classification + ", " + masked
	}
	for _, rule := range r.rules[key] {
		if rule.Kind == avro.Required {
			f.Required = true
			continue
		}
		f.Rules = append(f.Rules, ruleText(rule))
	}
	f.Required = f.Required || p.Required
	items := append(path[:len(path):len(path)], "[]")
	for _, rule := range r.rules[strings.Join(items, ".")] {
		f.Rules = append(f.Rules, "each "+ruleText(rule))
	}
	r.fields = append(r.fields, f)
	r.read(p.Properties, path)
	if p.Items != nil {
		r.read(p.Items.Properties, items)
	}
}

// depth counts the fields that a path is nested in; the items of an array are no level of their own.
func depth(path []string) int {
	n := -1
	for _, step := range path {
		if step != "[]" && step != "{}" {
			n++
		}
	}
	return n
}

// typeOf prefers the schema's type, which is what travels, to the contract's.
func (r *fieldReader) typeOf(p *contract.Property, path []string) string {
	if r.schema != nil {
		if s, ok := r.schema.Lookup(path...); ok {
			return s.Brief()
		}
	}
	if p.PhysicalType != "" {
		return p.PhysicalType
	}
	return p.LogicalType
}

// ruleText says a rule in words.
func ruleText(r avro.Rule) string {
	text := map[avro.RuleKind]string{
		avro.Minimum:          "at least " + r.Text,
		avro.Maximum:          "at most " + r.Text,
		avro.ExclusiveMinimum: "more than " + r.Text,
		avro.ExclusiveMaximum: "less than " + r.Text,
		avro.MultipleOf:       "a multiple of " + r.Text,
		avro.MinLength:        "at least " + r.Text + " long",
		avro.MaxLength:        "at most " + r.Text + " long",
		avro.Pattern:          "matches " + r.Text,
		avro.Format:           "is " + r.Text,
		avro.Enum:             "one of " + strings.Join(r.Values, ", "),
		avro.MinItems:         "at least " + r.Text + " items",
		avro.MaxItems:         "at most " + r.Text + " items",
		avro.UniqueItems:      "items differ",
		avro.Required:         "not null",
	}[r.Kind]
	if text == "" {
		text = strings.TrimSpace(string(r.Kind) + " " + r.Text)
	}
	if r.Severity == avro.Warning {
		text += " (warning only)"
	}
	return text
}
