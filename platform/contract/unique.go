package contract

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// Unique is a promise that no two records have the same values in some fields: a property that is unique, or a primary
// key. Where one of the fields is the record key, two such records are always in one partition, so that whoever reads
// the topic can tell, and rejects the second within the uniqueness window. Elsewhere the promise is a metric: duplicates are counted
// in the quality window, and nothing is rejected for it.
//
// On a compacted topic a record replaces the one before it that has its key. That is its purpose, so nothing is
// promised there.
type Unique struct {
	ID     string // the rule's id: <path>.unique, <path>.primaryKey, or primaryKey of several fields
	Fields [][]string
	Keyed  bool // the record key is among the fields
}

// Metric counts what breaks the promise, for those who cannot tell it of one record.
func (u Unique) Metric() quality.Rule {
	return quality.Rule{
		ID: u.ID, Metric: quality.DuplicateValues, Unit: quality.Rows, Operator: "mustBe", Bounds: []float64{0},
		Severity: avro.Error, Fields: u.Fields, Keyed: u.Keyed,
	}
}

// Uniques are the contract's promises of uniqueness that can be told, in the order of the contract. What cannot is
// among the findings of Rules.
func (c *Contract) Uniques() []Unique { return c.translate().uniques }

// UniquenessWindow is how far back a second record with the same values is a duplicate: of time, by the records' publish
// times, or of so many offsets of the partition.
func (c *Contract) UniquenessWindow() quality.Window { return c.settings.uniqueness }

// unique takes a promise about some fields, of a property at a place.
func (t *translator) unique(place Place, key, id string, fields [][]string) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = PathText(f)
	}
	what := strings.Join(names, ", ")
	u := Unique{ID: id, Fields: fields, Keyed: slices.ContainsFunc(fields, func(f []string) bool { return slices.Equal(f, t.contract.settings.key) })}
	switch {
	case t.contract.Compacted():
		t.unenforced(place, key, "that %s is unique, since the topic is compacted: a record replaces the one before it with its key", what)
		return
	case slices.ContainsFunc(fields, inMany):
		t.unenforced(place, key, "that %s is unique, since one record has many; uniqueItems tells of the items of one array", what)
		return
	}
	for _, f := range fields {
		if why := t.incomparable(f); why != "" {
			t.unenforced(place, key, "that %s is unique: %s", what, why)
			return
		}
	}
	if slices.ContainsFunc(t.uniques, func(other Unique) bool { return sameFields(other.Fields, fields) }) {
		return
	}
	if !u.Keyed && !t.unsettled("tidemark.key") {
		t.unenforced(place, key, "that %s is unique is counted, and rejects nothing: a second one may be in another partition, since the record key is not part of it", what)
	}
	t.uniques = append(t.uniques, u)
}

// unsettled tells whether a setting was said, and could not be read.
func (t *translator) unsettled(name string) bool {
	p := t.contract.settings.said[name]
	return p != nil && t.broken(p.Place.Path())
}

// primaryKey takes the promise of the properties of one object that are its primary key, in their positions.
func (t *translator) primaryKey(siblings []Property, above []string) {
	var parts []*Property
	for i := range siblings {
		if siblings[i].PrimaryKey {
			parts = append(parts, &siblings[i])
		}
	}
	if len(parts) == 0 {
		return
	}
	first := parts[0].Place
	slices.SortStableFunc(parts, func(a, b *Property) int { return cmp.Compare(a.PrimaryKeyPosition, b.PrimaryKeyPosition) })
	fields := make([][]string, len(parts))
	for i, p := range parts {
		fields[i] = append(slices.Clone(above), p.field())
	}
	id := above
	if len(fields) == 1 {
		id = fields[0]
	}
	t.unique(first, "primaryKey", PathText(append(slices.Clone(id), "primaryKey")), fields)
}

func sameFields(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(a, b []string) bool { return slices.Equal(a, b) })
}

// inMany tells a path that leads to many values of one record.
func inMany(path []string) bool { return slices.Contains(path, "[]") || slices.Contains(path, "{}") }

// incomparable says why two values at a path cannot be compared by what the walker notes of them.
func (t *translator) incomparable(path []string) string {
	if t.schema == nil {
		if p, _, ok := t.object.find(PathText(path)); ok && slices.Contains([]string{"boolean", "object", "array", "map", "vector"}, p.LogicalType) {
			return "values of " + p.LogicalType + " are not compared"
		}
		return ""
	}
	s, ok := t.schema.Lookup(path...)
	if !ok {
		return "" // the contract and the schema do not agree about it, which is reported
	}
	switch s = s.Value(); {
	case s.Logical() == avro.Decimal && s.Type() == avro.TypeBytes:
		return "equal decimals may be written in several ways"
	case !slices.Contains([]avro.Type{avro.TypeString, avro.TypeBytes, avro.TypeFixed, avro.TypeEnum, avro.TypeInt, avro.TypeLong}, s.Type()):
		return "values of " + typeText(s) + " are not compared"
	}
	return ""
}
