package topic

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// guessProperty marks a field's guesses in the contract.
const guessProperty = "guess"

// properties adds to described fields what the survey saw of them.
func (p *proposer) properties(properties []contract.Property, in *field, path []string) {
	for i := range properties {
		if f := in.byName[properties[i].Name]; f != nil {
			p.property(&properties[i], f, append(path[:len(path):len(path)], f.name))
		}
	}
}

func (p *proposer) property(to *contract.Property, f *field, path []string) {
	g := &guesses{to: to, f: f, values: f.seen - f.kinds[isNull]}
	if p.survey.schema != nil && f.name != "[]" && !to.Required && f.kinds[isNull] == 0 && f.seen >= enough {
		to.Required = true
		g.add("required")
	}
	if format := formatName(f.formats); to.Classification == "" && isScalar(to) && isPersonal(f.name, valuesFormat(g, format)) {
		to.Classification = "pii"
		g.add("classification pii")
	}
	if g.values >= enough {
		g.byType(len(path) == 1)
	}
	if len(g.words) > 0 {
		said := strings.Join(g.words, ", ")
		to.CustomProperties = append(to.CustomProperties, contract.CustomProperty{
			Property: guessProperty, Value: text(said), Description: fmt.Sprintf("From %d values; confirm or correct, and remove this.", g.values),
		})
		p.find(RuleGuess, contract.SeverityNote, path, "%s: a guess from %d values", said, g.values)
	}
	p.properties(to.Properties, f, path)
	if to.Items != nil && f.items != nil {
		p.property(to.Items, f.items, append(path[:len(path):len(path)], "[]"))
	}
}

// valuesFormat is a format that enough values have.
func valuesFormat(g *guesses, format string) string {
	if g.values < enough || g.f.kinds[isText] != g.values {
		return ""
	}
	return format
}

func isScalar(p *contract.Property) bool {
	return p.LogicalType != "object" && p.LogicalType != "array"
}

// guesses are what is guessed of one field.
type guesses struct {
	to     *contract.Property
	f      *field
	values int64 // that are not null
	words  []string
}

func (g *guesses) add(format string, args ...any) {
	g.words = append(g.words, fmt.Sprintf(format, args...))
}

func (g *guesses) options() *contract.Options {
	if g.to.Options == nil {
		g.to.Options = &contract.Options{}
	}
	return g.to.Options
}

// byType guesses by the field's type. A field at the top may tell records apart.
func (g *guesses) byType(top bool) {
	switch g.to.LogicalType {
	case "string":
		if g.to.PhysicalType == "string" {
			g.text()
		}
	case "integer", "number":
		g.bounds()
	case "array":
		if g.f.shortest > 0 {
			g.options().MinItems = 1
			g.add("minItems 1")
		}
	}
	scalar := g.to.LogicalType == "string" && g.to.PhysicalType != "enum" || g.to.LogicalType == "integer"
	if top && scalar && g.values >= 100 && !g.f.values.repeated && (g.f.isKey || identifying.MatchString(g.f.name)) {
		g.to.Unique = true
		g.add("unique")
	}
}

func (g *guesses) text() {
	f := g.f
	if words := g.enum(); words != nil {
		v := contract.Quality{
			Metric: "invalidValues", Arguments: &contract.Arguments{ValidValues: words}, Dimension: "conformity", Severity: "warning",
			MustBe:      contract.Value{Kind: strict.Integer, Text: "0"},
			Description: "A guess: the topic holds no others. It warns only, since new ones may come.",
		}
		g.to.Quality = append(g.to.Quality, v)
		g.add("%d valid values", len(words))
	}
	format, pattern := formatName(f.formats), f.shape.pattern()
	switch {
	case format != "":
		g.options().Format = format
		g.add("format %s", format)
	case pattern != "" && len(g.to.Quality) == 0:
		g.options().Pattern = pattern
		g.add("pattern %s", pattern)
	case f.shortest > 0:
		g.options().MinLength = 1
		g.add("minLength 1")
	}
}

// enum gives the values of a field that has few, each many times, all words; nil otherwise, and for what is personal.
func (g *guesses) enum() []contract.Value {
	few := g.f.values.few
	if len(few) < 2 || len(few) > fewValues || g.values < 100 || int64(len(few))*10 > g.values || g.to.Classification == "pii" {
		return nil
	}
	type counted struct {
		word string
		n    int64
	}
	var words []counted
	for v, n := range few {
		word, ok := v.(string)
		if !ok || !isWord(word) {
			return nil
		}
		words = append(words, counted{word, n})
	}
	slices.SortFunc(words, func(a, b counted) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.word, b.word)) })
	values := make([]contract.Value, len(words))
	for i, w := range words {
		values[i] = text(w.word)
	}
	return values
}

// isWord tells a label from data: it begins with a letter, and has no more than three words.
func isWord(s string) bool {
	if s == "" || len(s) > 40 || strings.Count(s, " ") > 2 {
		return false
	}
	letter := s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z'
	return letter && !strings.ContainsAny(s, "@,;\"\n\t")
}

// bounds guesses the range of a number, unless it only counts or names something.
func (g *guesses) bounds() {
	f := g.f
	if f.least > f.most || identifying.MatchString(f.name) && g.to.LogicalType == "integer" {
		return
	}
	whole := f.kinds[isNumber] == 0 && g.to.LogicalType == "integer"
	low, high := floor(f.least, whole), ceiling(f.most, whole)
	if math.Abs(low) <= g.most() {
		g.options().Minimum = number(low)
		g.add("minimum %s", digits(low))
	}
	if growing := whole && !f.values.repeated && g.values >= 100; !growing && high <= g.most() && high > low {
		g.options().Maximum = number(high)
		g.add("maximum %s", digits(high))
	}
}

// most is the largest bound that the type can hold, and that can be said without an exponent.
func (g *guesses) most() float64 {
	var precision, scale int
	switch {
	case g.to.PhysicalType == "int":
		return math.MaxInt32
	case decimalOf(g.to.PhysicalType, &precision, &scale):
		return math.Pow(10, float64(min(15, precision-scale))) - 1
	}
	return 1e15
}

func decimalOf(word string, precision, scale *int) bool {
	n, err := fmt.Sscanf(word, "decimal(%d,%d)", precision, scale)
	return err == nil && n == 2
}

func number(x float64) contract.Value {
	kind := strict.Integer
	if x != math.Trunc(x) {
		kind = strict.Decimal
	}
	return contract.Value{Kind: kind, Text: digits(x)}
}
