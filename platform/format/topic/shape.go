package topic

import (
	"regexp"
	"strconv"
	"strings"
)

// shape is what texts have in common: runs of upper-case letters, lower-case letters or digits, and the characters
// between them. ABC-0001 and XY-17 have the shape A{2,3} - 9{2,4}.
type shape []run

type run struct {
	class    byte // 'A', 'a', '9', or 0 for the character itself
	is       byte
	min, max int
}

// mostRuns is how many runs a shape has at most: beyond it the text is prose.
const mostRuns = 12

// shapeOf is nil for prose, and for anything that is not ASCII.
func shapeOf(dst shape, text string) shape {
	for i := range len(text) {
		c := text[i]
		r := run{is: c, min: 1, max: 1}
		switch {
		case c >= 'A' && c <= 'Z':
			r.class, r.is = 'A', 0
		case c >= 'a' && c <= 'z':
			r.class, r.is = 'a', 0
		case c >= '0' && c <= '9':
			r.class, r.is = '9', 0
		case c <= ' ' || c > '~':
			return nil
		}
		if n := len(dst) - 1; n >= 0 && r.class != 0 && dst[n].class == r.class {
			dst[n].min++
			dst[n].max++
			continue
		}
		if len(dst) == mostRuns {
			return nil
		}
		dst = append(dst, r)
	}
	return dst
}

// widen makes s cover o too; false where they have nothing in common.
func (s shape) widen(o shape) bool {
	if len(s) != len(o) {
		return false
	}
	for i := range s {
		if s[i].class != o[i].class || s[i].is != o[i].is {
			return false
		}
		s[i].min, s[i].max = min(s[i].min, o[i].min), max(s[i].max, o[i].max)
	}
	return true
}

// pattern is an anchored expression for what looks like a code; "" for words, whose shape is chance. A code has a
// digit or nothing but capitals, and its letters come in runs of one length.
func (s shape) pattern() string {
	digits, lower := false, false
	for _, r := range s {
		digits = digits || r.class == '9'
		lower = lower || r.class == 'a'
		if r.class != '9' && r.min != r.max {
			return ""
		}
	}
	if len(s) == 0 || !digits && (lower || len(s) > 1 || s[0].max < 2 || s[0].max > 4) {
		return ""
	}
	if len(s) == 1 && s[0].class == '9' && s[0].min != s[0].max {
		return "^[0-9]+$"
	}
	var b strings.Builder
	b.WriteByte('^')
	for _, r := range s {
		switch r.class {
		case 'A':
			b.WriteString("[A-Z]")
		case 'a':
			b.WriteString("[a-z]")
		case '9':
			b.WriteString("[0-9]")
		default:
			b.WriteString(regexp.QuoteMeta(string(rune(r.is))))
		}
		switch {
		case r.min != r.max:
			b.WriteByte('+') // numbers grow
		case r.min > 1:
			b.WriteString("{" + strconv.Itoa(r.min) + "}")
		}
	}
	b.WriteByte('$')
	return b.String()
}
