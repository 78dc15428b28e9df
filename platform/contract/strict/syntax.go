package strict

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The parser says about where a document stops being YAML: the line of what it was reading, one off for some errors
// and none for others, and no column. locate finds the place by what can be read of the text up to it.

// Limits of what a place may cost to find.
const (
	maxLocated = 64 << 10  // bytes of a document of which more than the parser's line is wanted
	maxReread  = 256 << 10 // bytes to read again
)

// yamlLine finds the line in the parser's messages.
var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

func (f *faults) syntax(text []byte, err error) {
	if errors.Is(err, io.EOF) {
		f.add(RuleSyntax, nil, Position{}, "the file is empty")
		return
	}
	message, at := problem(err)
	switch {
	case strings.HasPrefix(message, "exceeded max depth"):
		f.add(RuleLimit, nil, at, "nested deeper than %d levels", MaxDepth)
		return
	case len(text) > maxLocated || isUTF16(text):
	default:
		if bad, what := notText(text); what != "" {
			at, message = bad, what
			break
		}
		l := locator{text: text, message: message, budget: maxReread}
		offset := l.locate()
		at = placeOf(text, offset)
		if l.open && offset < len(text) && strings.IndexByte(`"'[{`, text[offset]) >= 0 {
			message += ": what opens here is not closed"
		}
	}
	f.add(RuleSyntax, nil, at, "%s", message)
}

// problem is what the parser says, without what it says about the place.
func problem(err error) (message string, at Position) {
	message = err.Error()
	m := yamlLine.FindStringSubmatch(message)
	at.Line, _ = strconv.Atoi(m[1])
	return message[len(m[0]):], at
}

// notText finds the first bytes that are not UTF-8, or a character that YAML does not have.
func notText(text []byte) (at Position, what string) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return placeOf(text, i), "a byte that is not UTF-8: save the file as UTF-8"
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f, 0x80 <= r && r < 0xa0 && r != 0x85, r == 0xfffe, r == 0xffff:
			return placeOf(text, i), "a control character, which YAML does not have: remove it, or write it as an escape in double quotes"
		}
		i += size
	}
	return Position{}, ""
}

// isUTF16 tells a text that YAML reads too, and that is not looked into here.
func isUTF16(text []byte) bool {
	return bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
}

// placeOf is the line and column of a byte.
func placeOf(text []byte, offset int) Position {
	before := text[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return Position{1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])}
}

// locator finds where a text stops being YAML.
type locator struct {
	text    []byte
	message string
	budget  int
	open    bool // the parser had to read everything to see it
}

// locate reads the text byte by byte, to know how much of it the parser needs to see that something is wrong. From there
// it goes back, first by lines, then by characters, to the longest beginning that is right: what follows it is at fault.
// An open bracket or quote is seen at the end only, and so is found where it opens.
func (l *locator) locate() (offset int) {
	seen := &bytewise{text: l.text}
	_ = decodeAll(seen)
	end := min(seen.read, len(l.text))
	l.open = end == len(l.text)
	line := bytes.LastIndexByte(bytes.TrimRight(l.text[:end], " \t\r\n"), '\n') + 1
	for line > 0 && l.wrong(line, l.open) {
		line = l.lineBefore(line)
	}
	stop := line + len(l.text[line:])
	if i := bytes.IndexByte(l.text[line:], '\n'); i >= 0 {
		stop = line + i
	}
	for i := stop; i > line; i-- {
		if !utf8.RuneStart(l.text[i-1]) {
			continue
		}
		if l.budget < 0 {
			break
		}
		if !l.wrong(i-1, !strings.Contains(l.message, "escape")) { // which stands within quotes that are open
			return i - 1
		}
	}
	indent := len(l.text[line:stop]) - len(bytes.TrimLeft(l.text[line:stop], " \t"))
	return line + indent
}

// lineBefore is where the line before starts, of those that hold more than a comment.
func (l *locator) lineBefore(line int) int {
	for line > 0 {
		start := bytes.LastIndexByte(l.text[:line-1], '\n') + 1
		content := bytes.TrimSpace(l.text[start:line])
		line = start
		if len(content) > 0 && content[0] != '#' {
			break
		}
	}
	return line
}

// wrong tells whether the first n bytes alone are no YAML, for any reason or for the same. It says no where that would cost
// too much.
func (l *locator) wrong(n int, anyReason bool) bool {
	if l.budget -= n; l.budget < 0 {
		return false
	}
	err := decodeAll(bytes.NewReader(l.text[:n]))
	if err == nil {
		return false
	}
	message, _ := problem(err)
	return anyReason || message == l.message
}

// decodeAll reads every document.
func decodeAll(r io.Reader) error {
	decoder := yaml.NewDecoder(r)
	for {
		var n yaml.Node
		switch err := decoder.Decode(&n); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// bytewise gives a text one byte at a time, and counts.
type bytewise struct {
	text []byte
	read int
}

func (b *bytewise) Read(into []byte) (int, error) {
	if b.read >= len(b.text) {
		b.read = len(b.text) + 1
		return 0, io.EOF
	}
	into[0] = b.text[b.read]
	b.read++
	return 1, nil
}
