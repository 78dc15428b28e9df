package strict

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// YAML is the value as a document that Parse reads back: two spaces for each level, text in quotes where some reader
// would take it for something else, several lines of text as a block. Bytes that are not UTF-8 become U+FFFD.
func (v Value) YAML() []byte {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if encoder.Encode(v.node()) != nil || encoder.Close() != nil {
		return nil // a buffer takes everything, and every node is one that the library knows
	}
	return b.Bytes()
}

func (v Value) node() *yaml.Node {
	switch v.Kind {
	case List:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v.Items {
			n.Content = append(n.Content, item.node())
		}
		return n
	case Map:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, e := range v.Entries {
			n.Content = append(n.Content, textNode(e.Key, false), e.Value.node())
		}
		return n
	case Absent, Null:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	case Integer, Decimal, Bool:
		n := &yaml.Node{Kind: yaml.ScalarNode, Value: v.Text}
		if k := scalarKind(n); k == Bool || k == Integer || k == Decimal {
			return n
		}
	}
	return textNode(v.Text, true)
}

// otherwise is text that some readers take for something else, as YAML 1.1 has it: booleans; numbers to the bases 2,
// 8, 16 and 60; dates.
var otherwise = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|=` +
	`|[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?0x[0-9a-f_]+` +
	`|[-+]?([0-9][0-9_]*)?\.?[0-9_]*(e[-+]?[0-9]+)?` +
	`|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?` +
	`|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt\s].*)?)$`)

// textNode is text as it stands where nobody can take it for anything else, a block where it has several lines, and
// in quotes else.
func textNode(s string, block bool) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: strings.ToValidUTF8(s, "\ufffd")}
	switch looks := n.ShortTag(); {
	case block && isBlock(n.Value):
		n.Style = yaml.LiteralStyle
	case looks != "!!str" || otherwise.MatchString(n.Value) || strings.ContainsFunc(n.Value, hidden):
		n.Style = yaml.DoubleQuotedStyle
	}
	n.Tag = "!!str"
	return n
}

// isBlock tells whether text reads well, and back the same, as a block of lines.
func isBlock(s string) bool {
	return strings.Contains(strings.TrimRight(s, "\n"), "\n") && !strings.ContainsAny(s[:1], " \t\n") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && hidden(r) })
}

// hidden are the characters that nobody sees, or that some readers take for the end of a line.
func hidden(r rune) bool { return r != ' ' && !unicode.IsPrint(r) || r == '\ufffd' }
