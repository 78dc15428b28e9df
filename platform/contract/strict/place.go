package strict

import (
	"maps"
	"slices"
)

// Place says where an object and its keys stand in the document. Embed it in what a Table describes.
type Place struct {
	where *path
	start Position
	keys  map[string]Position // the values', by key
}

// Path is the object's path in the document, such as schema[0].properties[2]; "" is the document itself.
func (p *Place) Path() string { return p.where.String() }

// Given tells whether the object was read from a document.
func (p *Place) Given() bool { return p.keys != nil }

// Has tells whether the key was given.
func (p *Place) Has(key string) bool { _, ok := p.keys[key]; return ok }

// Without is the place as if these keys had not been given.
func (p *Place) Without(keys ...string) Place {
	without := *p
	without.keys = maps.Clone(p.keys)
	for _, key := range keys {
		delete(without.keys, key)
	}
	return without
}

// Keys are the keys that were given and are known, sorted.
func (p *Place) Keys() []string { return slices.Sorted(maps.Keys(p.keys)) }

// At is the path and position of a key's value; where the key was not given, those of the object.
func (p *Place) At(key string) (path string, at Position) {
	if at, ok := p.keys[key]; ok {
		return p.where.at(key).String(), at
	}
	return p.where.String(), p.start
}
