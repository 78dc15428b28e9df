package contract

import (
	"fmt"
	"math"
	"regexp/syntax"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// lengths is how many characters a text may have that holds one demand.
type lengths struct {
	least, most int // most is endless where nothing bounds it
	what        string
	place       Place
	key         string
}

const endless = math.MaxInt

// checkLengths wants a length that all demands on a text allow: minLength and maxLength, its patterns, its format.
func (p *Property) checkLengths(r *report) {
	if p.LogicalType != "string" {
		return
	}
	var demands []lengths
	if o := p.Options; o != nil {
		if o.Has("minLength") && o.MinLength > 0 {
			demands = append(demands, lengths{o.MinLength, endless, fmt.Sprintf("minLength %d", o.MinLength), o.Place, "minLength"})
		}
		if o.Has("maxLength") && o.MaxLength >= 0 {
			demands = append(demands, lengths{0, o.MaxLength, fmt.Sprintf("maxLength %d", o.MaxLength), o.Place, "maxLength"})
		}
		if l, ok := formatLengths(o.Format); ok {
			l.what, l.place, l.key = "the format "+o.Format, o.Place, "format"
			demands = append(demands, l)
		}
		demands = append(demands, patternLengths(r, o.Place, o.Pattern)...)
	}
	for i := range p.Quality {
		if q := &p.Quality[i]; q.metric() == "invalidValues" && q.Arguments != nil && q.allowsNone() {
			demands = append(demands, patternLengths(r, q.Arguments.Place, q.Arguments.Pattern)...)
		}
	}
	for i, a := range demands {
		for _, b := range demands[:i] {
			short, long := b, a // as far as they were said: the second is blamed
			if a.most < b.least {
				short, long = a, b
			}
			if short.most >= long.least {
				continue
			}
			if a.key == "maxLength" && b.key == "minLength" {
				return // checkSizes says so
			}
			r.at(ruleAt(a.place), a.place, a.key, "%s allows at most %d characters, and %s needs at least %d: no text holds both; change one of them", short.what, short.most, long.what, long.least)
			return
		}
	}
}

// ruleAt is the rule of what stands in logicalTypeOptions, or else in quality.
func ruleAt(place Place) string {
	if strings.HasSuffix(place.Path(), ".arguments") {
		return RuleQuality
	}
	return RuleOptions
}

// formatLengths are those of avro.Formats; ok is false for a format that is not enforced.
func formatLengths(format string) (lengths, bool) {
	l, ok := map[string]lengths{
		"date":      {least: 10, most: 10},
		"date-time": {least: len("2026-01-01T00:00:00Z"), most: endless},
		"time":      {least: len("00:00:00Z"), most: endless},
		"email":     {least: len("a@b"), most: 254},
		"hostname":  {least: 1, most: 253},
		"ipv4":      {least: len("0.0.0.0"), most: len("255.255.255.255")},
		"ipv6":      {least: len("::"), most: endless},
		"uri":       {least: len("a:"), most: endless},
		"uuid":      {least: 36, most: 36},
	}[format]
	return l, ok
}

// patternLengths is how long a text is in which a pattern is found; none where the pattern is no pattern. A pattern that
// is found in no text at all is an error.
func patternLengths(r *report, place Place, pattern string) []lengths {
	if pattern == "" {
		return nil
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil // checkPattern says so
	}
	least, most, some := textLengths(tree)
	if !some {
		r.at(ruleAt(place), place, "pattern", "the pattern %s is found in no text: nothing holds it", strict.Quote(pattern))
		return nil
	}
	return []lengths{{least, most, "the pattern " + strict.Quote(pattern), place, "pattern"}}
}

// textLengths is how many characters a text may have in which an expression is found: never fewer than a text that
// holds needs, and never a bound above that some text breaks. some is false where no text holds.
func textLengths(re *syntax.Regexp) (least, most int, some bool) {
	least, most, some = matchLengths(re)
	if !begins(re) || !ends(re) {
		most = endless // anything may stand around what is found
	}
	return least, most, some
}

// matchLengths is how many characters of a text an expression can match; some is false where it matches nothing.
func matchLengths(re *syntax.Regexp) (least, most int, some bool) {
	switch re.Op {
	case syntax.OpNoMatch:
		return 0, 0, false
	case syntax.OpLiteral:
		return len(re.Rune), len(re.Rune), true
	case syntax.OpCharClass:
		return 1, 1, len(re.Rune) > 0
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, 1, true
	case syntax.OpCapture:
		return matchLengths(re.Sub[0])
	case syntax.OpConcat:
		some = true
		for _, sub := range re.Sub {
			l, m, ok := matchLengths(sub)
			least, most, some = plus(least, l), plus(most, m), some && ok
		}
		return least, most, some
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			switch l, m, ok := matchLengths(sub); {
			case !ok:
			case !some:
				least, most, some = l, m, true
			default:
				least, most = min(least, l), max(most, m)
			}
		}
		return least, most, some
	case syntax.OpStar, syntax.OpQuest, syntax.OpPlus, syntax.OpRepeat:
		return repeated(re)
	}
	return 0, 0, true // what matches between characters: ^, $, \b
}

func repeated(re *syntax.Regexp) (least, most int, some bool) {
	from, to := 0, endless
	switch re.Op {
	case syntax.OpQuest:
		to = 1
	case syntax.OpPlus:
		from = 1
	case syntax.OpRepeat:
		if from = re.Min; re.Max >= 0 {
			to = re.Max
		}
	}
	l, m, ok := matchLengths(re.Sub[0])
	if !ok {
		return 0, 0, from == 0
	}
	return times(l, from), times(m, to), true
}

// begins tells whether an expression matches at a text's beginning only.
func begins(re *syntax.Regexp) bool { return anchored(re, syntax.OpBeginText, false) }

// ends tells whether an expression matches up to a text's end only.
func ends(re *syntax.Regexp) bool { return anchored(re, syntax.OpEndText, true) }

func anchored(re *syntax.Regexp, anchor syntax.Op, last bool) bool {
	switch re.Op {
	case anchor:
		return true
	case syntax.OpCapture, syntax.OpPlus:
		return anchored(re.Sub[0], anchor, last)
	case syntax.OpConcat:
		if last {
			return anchored(re.Sub[len(re.Sub)-1], anchor, last)
		}
		return anchored(re.Sub[0], anchor, last)
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if _, _, some := matchLengths(sub); some && !anchored(sub, anchor, last) {
				return false
			}
		}
		return true
	}
	return false
}

func plus(a, b int) int {
	if a == endless || b == endless || a > endless-b {
		return endless
	}
	return a + b
}

func times(n, count int) int {
	switch {
	case n == 0 || count == 0:
		return 0
	case n == endless || count == endless || n > endless/count:
		return endless
	}
	return n * count
}
