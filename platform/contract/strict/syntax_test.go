package strict

import (
	"fmt"
	"strings"
	"testing"
)

// A syntax error stands where it is, however far the parser read on.
func TestSyntaxErrorsStandWhereTheyAre(t *testing.T) {
	for _, test := range []struct {
		text, at string
	}{
		{"a: [", "1:4"},
		{"\tname: a", "1:1"},
		{"a: 1\nb: c: d\n", "2:5"},
		{"a: 1\nb:\n  c: 1\n d: 2\ne: 3\n", "4:2"},
		{"root:\n  - a: 1\n    b: 2\n   c: 3\n", "4:4"},
		{"a: 1\nb: \"open\nc: d\ne: f\n", "2:4"},
		{"a: 1\nb: 'it's'\nc: d\n", "2:8"},
		{"tags: [a, b\nname: x\nother: y\n", "1:7"},
		{"a: 1\ntags: {a: 1\nname: x\n", "2:7"},
		{"a: 1\nb: @c\nd: e\n", "2:4"},
		{"a: 1\nb: *x\nc: d\n", "2:4"},
		{"a: 1\nfoo\nbar: b\n", "2:1"},
		{"a: 1\nb: %c\n", "2:4"},
		{"a: 1\n}\n", "2:1"},
		{"a: |x\n  b\n", "1:5"},
		{"a: \"\\q\"\n", "1:5"},
		{"# x\n\na: é\nb: \xff\n", "4:4"},
		{"a: é\x01\n", "1:5"},
		{"a: 1\r\nb: c: d\r\n", "2:5"},
		{"a: &\n", "1:4"},
		{"a: 1\n- b\n", "2:1"},
		{"- a\nb: 1\n", "2:1"},
		{"a: 1\n---\nb: c: d\n", "3:5"},
		{"a:\n  - x\n  y: z\n", "3:3"},
		{strings.Repeat("k: v # comment\n", 1) + strings.Repeat("# more\n", 3000) + "x: [1, 2\n" + strings.Repeat("# more\n", 300), "3002:4"},
	} {
		_, faults := Parse([]byte(test.text))
		if len(faults) != 1 || faults[0].Rule != RuleSyntax && faults[0].Rule != RuleDocuments {
			t.Errorf("%q: %v", test.text, faults)
			continue
		}
		if got := fmt.Sprintf("%d:%d", faults[0].Line, faults[0].Column); got != test.at {
			t.Errorf("%.60q is refused at %s, not %s: %s", test.text, got, test.at, faults[0].Message)
		}
	}
}
