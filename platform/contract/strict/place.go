package strict

import "slices"

// Place says where an object and its keys stand in the document. Embed it in what a Table describes.
type Place struct {
	where *path
	start Position
	keys  []placed // in the document's order; an object has few
}

// placed is where a key's value stands.
type placed struct {
	key string
	Position
}

// at is where a key's value stands, if the key was given.
func (p *Place) at(key string) (at Position, ok bool) {
	for i := range p.keys {
		if p.keys[i].key == key {
			return p.keys[i].Position, true
		}
	}
	return Position{}, false
}

// put says where a key's value stands.
func (p *Place) put(key string, at Position) {
	for i := range p.keys {
		if p.keys[i].key == key { // given twice, which Parse reports
			p.keys[i].Position = at
			return
		}
	}
	p.keys = append(p.keys, placed{key, at})
}

// Path is the object's path in the document, such as schema[0].properties[2]; "" is the document itself.
func (p *Place) Path() string { return p.where.String() }

// Given tells whether the object was read from a document.
func (p *Place) Given() bool { return p.keys != nil }

// Has tells whether the key was given.
func (p *Place) Has(key string) bool { _, ok := p.at(key); return ok }

// Without is the place as if these keys had not been given.
func (p *Place) Without(keys ...string) Place {
	without := *p
	without.keys = slices.DeleteFunc(slices.Clone(p.keys), func(at placed) bool { return slices.Contains(keys, at.key) })
	return without
}

// Keys are the keys that were given and are known, sorted.
func (p *Place) Keys() []string {
	keys := make([]string, len(p.keys))
	for i, at := range p.keys {
		keys[i] = at.key
	}
	slices.Sort(keys)
	return keys
}

// At is the path and position of a key's value; where the key was not given, those of the object.
func (p *Place) At(key string) (path string, at Position) {
	if at, ok := p.at(key); ok {
		return p.where.at(key).String(), at
	}
	return p.where.String(), p.start
}
