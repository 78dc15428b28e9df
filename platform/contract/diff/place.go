package diff

import (
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// place is where a change is: in a file of NEW, or of OLD for what is gone.
type place struct {
	strict.Position
	file, path string
	old        bool
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
