package diff

import (
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Span is a place in a file of NEW.
type Span struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"` // 0 where NEW has no such file any more
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"`
}

// spot is a key of an object.
type spot struct {
	contract.Place
	key string
}

// place is where a change is: in a file of NEW, or of OLD for what is gone.
type place struct {
	strict.Position
	file, path string
	old        bool
	from       *Span // of what is gone: what NEW still has of it
}

func newPlace(file string, at contract.Place, key string) place {
	path, position := at.At(key)
	return place{Position: position, file: file, path: path}
}

func oldPlace(file string, at contract.Place, key string) place {
	p := newPlace(file, at, key)
	p.old = true
	return p
}

func (p place) span() *Span { return &Span{p.file, p.Line, p.Column, p.path} }
