package topic

import (
	"encoding/binary"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// formats are the formats of text that a survey looks for, the narrowest first. "hostname" is not among them: most words
// are one.
func formats() []string {
	return []string{"uuid", "email", "date-time", "date", "ipv4", "uri"}
}

// matcher tells which formats a text has, by the very rules that the walker will hold it against.
type matcher struct {
	programs []*avro.Program // in the order of formats
	notes    *avro.Notes
	buf      []byte
}

func newMatcher() (*matcher, error) {
	text, err := avro.Parse([]byte(`{"type":"record","name":"Text","fields":[{"name":"text","type":"string"}]}`))
	if err != nil {
		return nil, err
	}
	m := &matcher{}
	for _, name := range formats() {
		p, err := avro.Compile(text, avro.Options{Rules: []avro.Rule{{ID: "text.format", Path: []string{"text"}, Kind: avro.Format, Text: name}}})
		if err != nil {
			return nil, err
		}
		m.programs, m.notes = append(m.programs, p), p.NewNotes()
	}
	return m, nil
}

// allFormats is the set of all formats, a bit each.
const allFormats = 1<<6 - 1

// narrow gives those of the formats in set that a text has.
func (m *matcher) narrow(set uint8, text string) uint8 {
	m.buf = append(binary.AppendVarint(m.buf[:0], int64(len(text))), text...)
	for i, p := range m.programs {
		if set&(1<<i) != 0 && !p.Walk(m.buf, m.notes).OK() {
			set &^= 1 << i
		}
	}
	return set
}

// formatName is the narrowest format of a set; "" of the empty one.
func formatName(set uint8) string {
	for i, name := range formats() {
		if set&(1<<i) != 0 {
			return name
		}
	}
	return ""
}
