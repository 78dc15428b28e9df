package strict

import (
	"strconv"
	"strings"
)

// path is a place in the document, linked towards the root and written out only when somebody asks: a hostile
// file with long keys would otherwise cost their length once for each value. nil is the document.
type path struct {
	parent *path
	key    string
	index  int // of a list's item, where key is ""
}

func (p *path) at(key string) *path  { return &path{parent: p, key: key} }
func (p *path) item(index int) *path { return &path{parent: p, index: index} }

// String is such as schema[0].properties[2].name; "" for the document. Long keys are cut.
func (p *path) String() string {
	if p == nil {
		return ""
	}
	if p.key == "" {
		return p.parent.String() + "[" + strconv.Itoa(p.index) + "]"
	}
	parent := p.parent.String()
	if parent == "" {
		return plain(p.key)
	}
	return parent + "." + plain(p.key)
}

// plain is a key as it is, unless it would fill the screen or act on the terminal.
func plain(key string) string {
	if len(key) > 60 || strings.ContainsFunc(key, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return Quote(key)
	}
	return key
}
