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
}

// giver gives a key's value to be written; ok is false where there is nothing to write. had tells that the document
// has the key, so that even an empty value is said.
type giver func(e *encoder, where *path, had bool) (v Value, ok bool)

func (e *encoder) object(where *path, t Table) Value {
	var place Place
	if t.Place != nil {
		place = *t.Place
	}
	v := Value{Kind: Map, Position: place.start, path: where}
	for _, f := range t.Fields {
		if f.elsewhere {
			continue
		}
		at := where.at(f.key)
		before := len(e.faults)
		value, ok := f.give(e, at, place.Has(f.key))
		if !ok {
			if f.required || e.version.Number < int(f.requiredBelow) {
				e.add(RuleMissingKey, where, place.start, "key %s is missing, which %s needs", Quote(f.key), e.version.Name)
			}
			continue
		}
		value.Position, value.path = place.keys[f.key], at
		if e.version.Number < int(f.since) {
			e.faults = e.faults[:before] // what is below goes with it
			if e.version.foreign(f.since) {
				e.lost(at, value.Position, "the standard has no such key")
			} else {
				e.lost(at, value.Position, "the key exists from %s on", e.version.NameOf(int(f.since)))
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

func giveText(from *string) giver {
	return func(_ *encoder, _ *path, had bool) (Value, bool) {
		return Value{Kind: Text, Text: *from}, *from != "" || had
	}
}

func giveValue(from *Value) giver {
	return func(*encoder, *path, bool) (Value, bool) { return *from, from.Kind != Absent }
}

func giveItems[T any](from *[]T, item func(e *encoder, t *T, where *path) Value) giver {
	return func(e *encoder, where *path, had bool) (Value, bool) {
		v := Value{Kind: List, Items: make([]Value, len(*from))}
		for i := range *from {
			v.Items[i] = item(e, &(*from)[i], where.item(i))
		}
		return v, had || len(v.Items) > 0
	}
}
