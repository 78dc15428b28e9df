package flinksql_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// table is what a CREATE TABLE statement says.
type table struct {
	name, primary, watermark string
	columns                  []string
	computed                 int
	options                  map[string]string
}

var lexeme = regexp.MustCompile("(?s)^(?:\\s+|--[^\\n]*|`(?:[^`]|``)*`|'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[(),<>.=;/-])")

// grammar is the part of Flink's that the exports use, by recursive descent.
type grammar struct {
	tokens []string
	err    error
}

// parse reads exactly one statement.
func parse(sql string) (*table, error) {
	g := &grammar{}
	for rest := sql; rest != ""; {
		token := lexeme.FindString(rest)
		if token == "" {
			return nil, fmt.Errorf("not SQL at %.40q", rest)
		}
		rest = rest[len(token):]
		if trimmed := strings.TrimSpace(token); trimmed != "" && !strings.HasPrefix(token, "--") {
			g.tokens = append(g.tokens, token)
		}
	}
	t := &table{options: map[string]string{}}
	g.words("CREATE", "TABLE")
	t.name = g.identifier()
	g.words("(")
	for more := true; more && g.err == nil; more = g.maybe(",") {
		g.element(t)
	}
	g.words(")")
	g.comment()
	g.words("WITH", "(")
	for more := true; more && g.err == nil; more = g.maybe(",") {
		key := g.text()
		g.words("=")
		if _, twice := t.options[key]; twice {
			g.fail("option %s stands twice", key)
		}
		t.options[key] = g.text()
	}
	g.words(")", ";")
	if g.err == nil && len(g.tokens) > 0 {
		g.fail("more than one statement: %q", g.tokens[0])
	}
	return t, g.err
}

func (g *grammar) element(t *table) {
	switch {
	case g.maybe("PRIMARY"):
		g.words("KEY", "(")
		t.primary = g.column(t)
		g.words(")", "NOT", "ENFORCED")
	case g.maybe("WATERMARK"):
		g.words("FOR")
		t.watermark = g.column(t)
		g.words("AS")
		g.column(t)
		if g.maybe("-") {
			g.words("INTERVAL")
			g.text()
			g.oneOf("DAY", "HOUR", "MINUTE", "SECOND")
			g.precision()
		}
	default:
		name := g.identifier()
		if slices.Contains(t.columns, name) {
			g.fail("column %s stands twice", name)
		}
		if g.maybe("AS") {
			t.computed++
			g.expression()
		} else {
			g.typed()
			g.comment()
		}
		t.columns = append(t.columns, name)
	}
}

// column is an identifier that is a column.
func (g *grammar) column(t *table) string {
	name := g.identifier()
	if g.err == nil && !slices.Contains(t.columns, name) {
		g.fail("%s is no column", name)
	}
	return name
}

func (g *grammar) expression() {
	switch {
	case g.maybe("CAST"):
		g.words("(")
		g.expression()
		g.words("AS")
		g.typed()
		g.words(")")
	case g.maybe("TO_TIMESTAMP_LTZ"):
		g.words("(")
		g.expression()
		g.words("/")
		g.number()
		g.words(",")
		g.number()
		g.words(")")
	default:
		g.identifier()
		for g.maybe(".") {
			g.identifier()
		}
	}
}

func (g *grammar) typed() {
	switch g.next() {
	case "BOOLEAN", "INT", "BIGINT", "FLOAT", "DOUBLE", "BYTES", "STRING", "DATE":
	case "TIME", "TIMESTAMP", "VARBINARY", "DECIMAL":
		g.precision()
	case "ARRAY":
		g.words("<")
		g.typed()
		g.words(">")
	case "MAP":
		g.words("<")
		g.typed()
		g.words(",")
		g.typed()
		g.words(">")
	case "ROW":
		g.words("<")
		for more := true; more && g.err == nil; more = g.maybe(",") {
			g.identifier()
			g.typed()
		}
		g.words(">")
	default:
		g.fail("not a type")
	}
	if g.maybe("NOT") {
		g.words("NULL")
	}
}

func (g *grammar) precision() {
	if g.maybe("(") {
		g.number()
		if g.maybe(",") {
			g.number()
		}
		g.words(")")
	}
}

func (g *grammar) comment() {
	if g.maybe("COMMENT") {
		g.text()
	}
}

func (g *grammar) identifier() string { return g.quoted("`") }
func (g *grammar) text() string       { return g.quoted("'") }

func (g *grammar) quoted(quote string) string {
	token := g.next()
	if len(token) < 2 || !strings.HasPrefix(token, quote) {
		g.fail("%q is not in %s", token, quote)
		return ""
	}
	return strings.ReplaceAll(token[1:len(token)-1], quote+quote, quote)
}

func (g *grammar) number() {
	if token := g.next(); token == "" || strings.Trim(token, "0123456789") != "" {
		g.fail("%q is no number", token)
	}
}

func (g *grammar) oneOf(words ...string) {
	if token := g.next(); !slices.Contains(words, token) {
		g.fail("%q is none of %v", token, words)
	}
}

func (g *grammar) words(words ...string) {
	for _, w := range words {
		if token := g.next(); token != w {
			g.fail("%q instead of %q", token, w)
		}
	}
}

func (g *grammar) maybe(word string) bool {
	if len(g.tokens) > 0 && g.tokens[0] == word && g.err == nil {
		g.tokens = g.tokens[1:]
		return true
	}
	return false
}

func (g *grammar) next() string {
	if len(g.tokens) == 0 || g.err != nil {
		return ""
	}
	token := g.tokens[0]
	g.tokens = g.tokens[1:]
	return token
}

func (g *grammar) fail(format string, args ...any) {
	if g.err == nil {
		g.err = fmt.Errorf(format, args...)
	}
}
