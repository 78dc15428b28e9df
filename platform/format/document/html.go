package document

import (
	"html"
	"net/url"
	"strings"
)

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--back:#fff;--tint:#f6f8fa;--link:#0a58ca}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--line:#39414a;--back:#0f1419;--tint:#171d24;--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1.5rem;background:var(--back);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2rem;border-bottom:1px solid var(--line)}
a{color:var(--link)}code,pre{font-family:ui-monospace,monospace;font-size:.875em;background:var(--tint);border-radius:.25rem}
code{padding:.1em .3em}pre{padding:.75rem;overflow-x:auto;white-space:pre-wrap}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1rem}dt{color:var(--soft)}dd{margin:0}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:normal}th{background:var(--tint)}
@media (max-width:40rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}
@media print{:root{--ink:#000;--soft:#333;--line:#999;--back:#fff;--tint:#fff;--link:#000}body{max-width:none;padding:0;font-size:10pt}h2{break-after:avoid}tr,dl>*,pre{break-inside:avoid}thead{display:table-header-group}a[href^="http"]::after{content:" (" attr(href) ")"}}`

// html renders a page as a document of its own.
func (p *page) html() []byte {
	var b strings.Builder
	title := html.EscapeString(oneLine(p.title))
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n" +
		"<title>" + title + "</title>\n<style>" + style + "</style>\n</head>\n<body>\n<main>\n<h1>" + title + "</h1>\n")
	for _, block := range p.blocks {
		block.html(&b)
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return []byte(b.String())
}

func (k *block) html(b *strings.Builder) {
	switch {
	case k.heading != "":
		b.WriteString("<h2>" + html.EscapeString(oneLine(k.heading)) + "</h2>\n")
	case k.text != nil:
		b.WriteString("<p>" + k.text.html() + "</p>\n")
	case k.facts != nil:
		b.WriteString("<dl>\n")
		for _, f := range k.facts {
			b.WriteString("<dt>" + html.EscapeString(oneLine(f.word)) + "</dt><dd>" + f.value.html() + "</dd>\n")
		}
		b.WriteString("</dl>\n")
	case k.list != nil:
		b.WriteString("<ul>\n")
		for _, item := range k.list {
			b.WriteString("<li>" + item.html() + "</li>\n")
		}
		b.WriteString("</ul>\n")
	case k.table != nil:
		k.table.html(b)
	case k.code != "":
		b.WriteString("<pre>" + html.EscapeString(printable(k.code)) + "</pre>\n")
	}
}

func (t *table) html(b *strings.Builder) {
	b.WriteString("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Table\">\n<table>\n<thead><tr>")
	for _, h := range t.head {
		b.WriteString("<th scope=\"col\">" + html.EscapeString(h) + "</th>")
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.rows {
		b.WriteString("<tr>")
		for _, cell := range row {
			b.WriteString("<td>" + cell.html() + "</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n</div>\n")
}

func (t inline) html() string {
	var b strings.Builder
	for _, s := range t {
		text := html.EscapeString(oneLineKeepEnds(s.text))
		switch {
		case s.url != "" && isLink(s.url):
			b.WriteString(`<a rel="noopener noreferrer nofollow" href="` + html.EscapeString(s.url) + `">` + text + "</a>")
		case s.code:
			b.WriteString("<code>" + text + "</code>")
		case s.strong:
			b.WriteString("<strong>" + text + "</strong>")
		default:
			b.WriteString(text)
		}
	}
	return b.String()
}

// isLink tells whether an address may be followed from a page.
func isLink(address string) bool {
	u, err := url.Parse(address)
	if err != nil || printable(address) != address || strings.ContainsAny(address, " \t\r\n<>\"'`\\") {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "http":
		return u.Host != ""
	case "mailto":
		return u.Opaque != ""
	}
	return false
}

// printable leaves out what moves the cursor or turns text round; lines and tabs stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029, r == 0xfeff, r >= 0x200e && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// oneLine is a text without its line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

// oneLineKeepEnds also keeps a space at either end, which parts it from its neighbour.
func oneLineKeepEnds(s string) string {
	s = strings.NewReplacer("\n", " ", "\t", " ").Replace(printable(s))
	text := strings.Join(strings.Fields(s), " ")
	if text == "" {
		return strings.Repeat(" ", min(1, len(s)))
	}
	if s[0] == ' ' {
		text = " " + text
	}
	if s[len(s)-1] == ' ' {
		text += " "
	}
	return text
}
