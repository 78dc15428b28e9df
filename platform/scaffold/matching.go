package scaffold

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// matching is a short text that an expression matches; false where none was found.
func matching(pattern string) (string, bool) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	match(&b, tree)
	text := b.String()
	ok, err := regexp.MatchString(pattern, text)
	return text, ok && err == nil
}

// longest bounds the text: an expression may ask for a million characters.
const longest = 1000

func match(b *strings.Builder, re *syntax.Regexp) {
	if b.Len() > longest {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(readable(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpPlus, syntax.OpCapture, syntax.OpAlternate:
		match(b, re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			match(b, sub)
		}
	case syntax.OpRepeat:
		for range re.Min {
			match(b, re.Sub[0])
		}
	}
}

// readable picks a rune of a class's ranges: a letter or digit where there is one.
func readable(ranges []rune) rune {
	for _, r := range "Aa1" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= r && r <= ranges[i+1] {
				return r
			}
		}
	}
	if len(ranges) == 0 {
		return 'x'
	}
	return ranges[0]
}
