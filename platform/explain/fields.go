package explain

import "strings"

// section makes entries of rows: name, type, meaning, what Tidemark does with it, example. A row without an example gets
// the plainest of its type.
func section(kind Kind, rows [][5]string) []Entry {
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		e := Entry{Name: r[0], Kind: kind, Type: r[1], Meaning: r[2], Does: r[3], Example: r[4]}
		if e.Example == "" && e.Type != "" {
			e.Example = plainest(e.Name, e.Type)
		}
		entries[i] = e
	}
	return entries
}

func plainest(name, kind string) string {
	key := strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "[]")
	return key + ": " + map[string]string{
		"text": "some text", "text or object": "some text", "text or list": "some text", "text or whole number": "some text",
		"list": "[]", "list of text": "[one, two]", "object": "{}", "property": "{logicalType: string}",
		"whole number": "1", "number": "1.5", "scalar": "1", "any value": "1",
		"true or false": "true", "URL": "https://shop.example/there", "date": `"2026-11-21"`, "timestamp": `"2026-11-21T12:00:00Z"`,
	}[kind]
}
