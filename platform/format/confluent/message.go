package confluent

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// token finds CEL's strings, words with what a dot before them, and everything else one character at a time.
var token = regexp.MustCompile(`(?s)[rRbB]{0,2}"""(?:\\.|.)*?"""|[rRbB]{0,2}'''(?:\\.|.)*?'''|[rRbB]{0,2}"(?:\\.|[^"\\])*"|[rRbB]{0,2}'(?:\\.|[^'\\])*'|//[^\n]*|(?:\.\s*)?[A-Za-z_][A-Za-z0-9_]*|\s+|.`)

var word = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// ofMessage writes an expression about a record's fields as one about the fields of message.
func ofMessage(text string, s *avro.Schema) (string, error) {
	var b strings.Builder
	for _, t := range token.FindAllString(text, -1) {
		f, isField := s.Field(t)
		switch {
		case t == "null":
			return "", fmt.Errorf("clients do not treat null alike")
		case strings.HasPrefix(t, "//"):
			continue
		case strings.Contains(t, ";"):
			return "", fmt.Errorf("a semicolon ends a guard")
		case !word.MatchString(t) || !isField:
			b.WriteString(t)
		case bound(text, t):
			return "", fmt.Errorf("%s is both a field and a variable of a macro: rename the variable", t)
		default:
			if odd := decoded(f.Type(), map[*avro.Schema]bool{}); odd != nil {
				return "", fmt.Errorf("clients decode the type %s of %s each in their way", typeName(odd), t)
			}
			b.WriteString("message." + t)
		}
	}
	return strings.TrimSpace(b.String()), nil
}

// bound tells whether a name is a macro's variable somewhere, as in lines.all(id, id > 0).
func bound(text, name string) bool {
	return regexp.MustCompile(`\(\s*` + regexp.QuoteMeta(name) + `\s*,`).MatchString(text)
}

// decoded finds a type that clients decode each in their way, null among them.
func decoded(s *avro.Schema, seen map[*avro.Schema]bool) *avro.Schema {
	if seen[s] {
		return nil
	}
	seen[s] = true
	switch s.Type() {
	case avro.TypeEnum, avro.TypeFixed, avro.TypeUnion, avro.TypeNull:
		return s
	}
	if s.Logical() != "" && s.Type() != avro.TypeString {
		return s
	}
	for _, f := range s.Fields() {
		if odd := decoded(f.Type(), seen); odd != nil {
			return odd
		}
	}
	for _, below := range []*avro.Schema{s.Items(), s.Values()} {
		if below == nil {
			continue
		}
		if odd := decoded(below, seen); odd != nil {
			return odd
		}
	}
	return nil
}
