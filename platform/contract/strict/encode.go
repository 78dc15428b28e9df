package strict

// Encode is the reverse of Decode: what the table describes as one value, its keys in the table's order. A key is
// there if its value is not zero or the document that it was read from has it. The faults are what the version has
// no place for, which is left out, and what it needs and the table does not have.
func Encode(v Version, t Table) (Value, []Fault) {
	e := encoder{version: v}
	value := e.object(nil, t)
	return value, e.faults
}

type encoder struct {
	faults
	version Version
	paths   []path // made ahead, since every value that is written has one
}

// spot is where a key stands, or would.
type spot struct {
	parent *path
	key    string
}

func (s spot) path(e *encoder) *path { return e.path(path{parent: s.parent, key: s.key}) }

// path is a new one.
func (e *encoder) path(p path) *path {
	if len(e.paths) == 0 {
		e.paths = make([]path, 64)
	}
	made := &e.paths[0]
	*made, e.paths = p, e.paths[1:]
	return made
}

func (e *encoder) object(where *path, t Table) Value {
	var place Place
	if t.Place != nil {
		place = *t.Place
	}
	v := Value{Kind: Map, Position: place.start, path: where, Entries: make([]Entry, 0, len(place.keys))}
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.elsewhere {
			continue
		}
		stood, had := place.at(f.key)
		before := len(e.faults)
		at := spot{where, f.key}
		value, ok := f.slot.give(e, at, had)
		if !ok {
			if f.required || e.version.Number < int(f.requiredBelow) {
				e.add(RuleMissingKey, where, place.start, "key %s is missing, which %s needs", Quote(f.key), e.version.Name)
			}
			continue
		}
		value.Position, value.path = stood, at.path(e)
		if e.version.Number < int(f.since) {
			e.faults = e.faults[:before] // what is below goes with it
			if e.version.foreign(f.since) {
				e.lost(value.path, value.Position, "the standard has no such key")
			} else {
				e.lost(value.path, value.Position, "the key exists from %s on", e.version.NameOf(int(f.since)))
			}
			continue
		}
		v.Entries = append(v.Entries, Entry{f.key, value})
	}
	return v
}

// lost says what the version has no place for, and why.
func (e *encoder) lost(where *path, at Position, format string, args ...any) {
	e.add(RuleKeyVersion, where, at, format+": left out of %s", append(args, e.version.Name)...)
}
