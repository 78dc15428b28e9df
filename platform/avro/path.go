package avro

import (
	"fmt"
	"strconv"
)

// path is where we are in a text or a record, for messages; it is spelled out only when it is needed.
type path struct {
	up    *path
	kind  byte   // '.' a field's name, '[' an index, 0 as it is
	step  string // of the root its own name
	at    int    // the index
	depth int
}

func (p *path) then(step string) *path { return &path{up: p, step: step, depth: p.depth + 1} }
func (p *path) field(name string) *path {
	return &path{up: p, kind: '.', step: name, depth: p.depth + 1}
}
func (p *path) index(i int) *path { return &path{up: p, kind: '[', at: i, depth: p.depth + 1} }

func (p *path) String() string { return string(p.appendTo(nil)) }

func (p *path) appendTo(dst []byte) []byte {
	if p.up != nil {
		dst = p.up.appendTo(dst)
	}
	switch p.kind {
	case '.':
		return append(append(dst, '.'), p.step...)
	case '[':
		return append(strconv.AppendInt(append(dst, '['), int64(p.at), 10), ']')
	}
	return append(dst, p.step...)
}

// errorf is an error that begins with the path.
func (p *path) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", p, fmt.Errorf(format, args...))
}
