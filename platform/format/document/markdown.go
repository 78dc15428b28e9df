package document

import (
	"regexp"
	"strings"
)

// markdown renders a page as CommonMark with GitHub's tables.
func (p *page) markdown() []byte {
	var b strings.Builder
	b.WriteString("# " + escape(oneLine(p.title)) + "\n")
	for _, k := range p.blocks {
		b.WriteByte('\n')
		k.markdown(&b)
	}
	return []byte(b.String())
}

func (k *block) markdown(b *strings.Builder) {
	switch {
	case k.heading != "":
		b.WriteString("## " + escape(oneLine(k.heading)) + "\n")
	case k.text != nil:
		b.WriteString(start(k.text.markdown()) + "\n")
	case k.facts != nil:
		for _, f := range k.facts {
			b.WriteString("- **" + escape(oneLine(f.word)) + "**: " + f.value.markdown() + "\n")
		}
	case k.list != nil:
		for _, item := range k.list {
			b.WriteString("- " + start(item.markdown()) + "\n")
		}
	case k.table != nil:
		k.table.markdown(b)
	case k.code != "":
		text := strings.TrimRight(printable(k.code), "\n")
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		b.WriteString(fence + "\n" + text + "\n" + fence + "\n")
	}
}

func (t *table) markdown(b *strings.Builder) {
	b.WriteByte('|')
	for _, h := range t.head {
		b.WriteString(" " + escape(h) + " |")
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(t.head)) + "\n")
	for _, row := range t.rows {
		b.WriteByte('|')
		for _, cell := range row {
			b.WriteString(" " + strings.TrimSpace(cell.markdown()) + " |")
		}
		b.WriteByte('\n')
	}
}

// bare is what code may hold without a thought: neither a backtick nor a table's bar.
var bare = regexp.MustCompile("^[A-Za-z0-9_.:/<>@,;(){}\\[\\]=+*?!#$%^&~'\" -]+$")

func (t inline) markdown() string {
	var b strings.Builder
	for _, s := range t {
		text := oneLineKeepEnds(s.text)
		switch {
		case s.url != "" && isLink(s.url):
			b.WriteString("[" + escape(text) + "](<" + strings.NewReplacer("|", "%7C", "[", "%5B", "]", "%5D", "*", "%2A", "_", "%5F", "&", "&amp;").Replace(s.url) + ">)")
		case s.code && bare.MatchString(text) && strings.TrimSpace(text) == text:
			b.WriteString("`" + text + "`")
		case s.strong && strings.TrimSpace(text) != "":
			b.WriteString("**" + strings.TrimSpace(escape(text)) + "**")
		default:
			b.WriteString(escape(text))
		}
	}
	return b.String()
}

// escape makes text that no reader of Markdown takes for markup: emphasis, code, links and those that GitHub finds by
// itself, HTML, tables, mathematics.
func escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '$', '@', '!', '#':
			b.WriteByte('\\')
			b.WriteRune(r)
		case ':':
			if strings.HasPrefix(s[i:], "://") {
				b.WriteByte('\\')
			}
			b.WriteByte(':')
		case '.':
			if i >= 3 && strings.EqualFold(s[i-3:i], "www") {
				b.WriteByte('\\')
			}
			b.WriteByte('.')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// lineStart is what begins a list, a heading's underline or a rule.
var lineStart = regexp.MustCompile(`^(\s*)([-+=]|\d+[.)])`)

// start is text at the beginning of a line.
func start(s string) string {
	s = strings.TrimSpace(s)
	m := lineStart.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	last := len(m[2]) - 1
	return m[2][:last] + `\` + m[2][last:] + s[len(m[2]):]
}
