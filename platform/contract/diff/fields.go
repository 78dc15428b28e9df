package diff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// fields pairs the fields of one record, which stand in NEW in one place: by name, then what is gone with what is new and
// has its name as an alias.
func (d *contractDiff) fields(old, now []field, in contract.Place) {
	find := func(in []field, name string) int {
		return slices.IndexFunc(in, func(f field) bool { return dataName(f.Property) == name })
	}
	renamed := make(map[int]bool) // indexes of now
	for _, o := range old {
		if i := find(now, dataName(o.Property)); i >= 0 {
			d.field(o, now[i], false)
			continue
		}
		i := slices.IndexFunc(now, func(f field) bool { return f.answersTo(dataName(o.Property)) && find(old, dataName(f.Property)) < 0 })
		if i < 0 {
			d.removedField(o, in)
			continue
		}
		renamed[i] = true
		d.explained.lost(o.parent(), now[i].parent())
		end := d.fieldDeprecation(d.old, o)
		rule := "field.renamed"
		if end.over {
			rule = "field.retired"
		}
		d.at(rule, now[i].Place, "name", "%s is %s now; %s", o.path, now[i].path, end)
		end.advise(&d.pair.Changes[len(d.pair.Changes)-1])
		d.field(o, now[i], true)
	}
	for i, n := range now {
		if !renamed[i] && find(old, dataName(n.Property)) < 0 {
			d.addedField(n)
		}
	}
}

func (d *contractDiff) removedField(f field, in contract.Place) {
	d.explained.lost(f.parent(), f.parent())
	end := d.fieldDeprecation(d.old, f)
	rule := "field.removed"
	if end.over {
		rule = "field.retired"
	}
	d.ends(rule, end, spot{f.Place, "name"}, spot{in, "properties"}, "%s is gone; %s", f.path, end)
}

func (d *contractDiff) addedField(f field) {
	d.explained.lost(f.parent(), f.parent())
	switch required := d.required(f, d.newRules); {
	case f.hasDefault(), f.avro == nil && !required:
		d.at("field.added", f.Place, "name", "%s is new", f.path)
	case required:
		d.at("field.added-required", f.Place, "required", "%s is new, required, and has no default", f.path)
	default:
		d.at("field.added-required", f.Place, "name", "%s is new and has no default, though it may be null", f.path)
	}
}

// required tells whether a record must have the field: by the schema, or by a rule that rejects.
func (d *contractDiff) required(f field, rules map[string][]avro.Rule) bool {
	return f.Required || f.avro != nil && !f.avro.Nullable() || slices.ContainsFunc(rules[f.path], func(r avro.Rule) bool {
		return r.Kind == avro.Required && r.Severity == avro.Error
	})
}

// field compares a field with itself; said tells whether a change of it was said already.
func (d *contractDiff) field(old, now field, said bool) {
	before := len(d.pair.Changes)
	if old.typeText() != now.typeText() {
		d.fieldType(old, now)
	} else {
		d.presence(old, now)
		d.values(old, now)
		d.quality(now.path, old.Quality, now.Quality, now.Place)
		if o, n := old.children(), now.children(); old.Items != nil || old.Map != nil {
			if len(o) == 1 && len(n) == 1 {
				d.field(o[0], n[0], false)
			}
		} else {
			d.fields(o, n, now.Place)
		}
	}
	d.fieldFacts(old, now)
	d.fieldProse(old, now, said || len(d.pair.Changes) > before)
}

func (d *contractDiff) fieldType(old, now field) {
	d.explained.at(old.path, now.path)
	rule := "field.type"
	if old.avro != nil && now.avro != nil {
		o, n := old.avro.Value(), now.avro.Value()
		if o.Logical() == n.Logical() && o.Type() != n.Type() && len(avro.CanRead(n, o)) == 0 {
			rule = "field.type-widened"
		}
	}
	key := "logicalType"
	if now.Has("physicalType") {
		key = "physicalType"
	}
	d.at(rule, now.Place, key, "%s is %s, was %s", now.path, now.typeText(), old.typeText())
}

// presence compares whether the field has to be there.
func (d *contractDiff) presence(old, now field) {
	switch o, n := d.required(old, d.oldRules), d.required(now, d.newRules); {
	case o && !n:
		d.explained.at(old.path, now.path)
		d.at("field.optional", now.Place, "required", "%s is optional, was required", now.path)
	case !o && n:
		d.explained.at(old.path, now.path)
		rule := "field.required"
		if old.avro != nil && now.avro != nil && old.avro.Nullable() && !now.avro.Nullable() {
			rule = "field.required-in-schema"
		}
		d.at(rule, now.Place, "required", "%s is required, was optional", now.path)
	case old.slot != nil && now.slot != nil:
		d.defaults(old, now)
	}
}

// defaults compares what a field is read as in records from before it.
func (d *contractDiff) defaults(old, now field) {
	before, after := old.defaultText(), now.defaultText()
	switch {
	case before == after:
	case after == "":
		d.at("field.default-removed", now.Place, "name", "%s has no default any more, had %s", now.path, before)
	case before == "":
		d.at("field.default-added", now.Place, "name", "%s has the default %s, had none", now.path, after)
	default:
		d.at("field.default", now.Place, "name", "%s has the default %s, had %s", now.path, after, before)
	}
}

// fieldFacts compares what is neither type nor value.
func (d *contractDiff) fieldFacts(old, now field) {
	switch {
	case !old.Unique && now.Unique:
		d.at("rule.tightened", now.Place, "unique", "%s is unique from now on", now.path)
	case old.Unique && !now.Unique:
		d.at("rule.loosened", now.Place, "unique", "%s is unique no longer", now.path)
	}
	switch {
	case !old.deprecated() && now.deprecated():
		key := "deprecated"
		if !now.Deprecated {
			key = "tags"
		}
		d.at("field.deprecated", now.Place, key, "%s is deprecated", now.path)
	case old.deprecated() && !now.deprecated() && old.path == now.path: // a new name is not the one that was deprecated
		d.at("field.restored", now.Place, "name", "%s is deprecated no longer", now.path)
	}
	if old.TransformLogic != now.TransformLogic {
		d.at("field.derivation", now.Place, "transformLogic", "%s is made otherwise", now.path)
	}
	d.classification(old, now)
}

// fieldProse says that something else differs. What may be written in several ways (a type, an option) only counts where
// nothing came of it.
func (d *contractDiff) fieldProse(old, now field, said bool) {
	but := []string{
		"Unique", "PrimaryKey", "PrimaryKeyPosition", "Classification", "Deprecated", "Enum", "Quality",
		"Items", "Properties", "Map", "TransformLogic",
	}
	if said {
		but = append(but, "Required", "Name", "PhysicalName", "PhysicalType", "LogicalType", "Options", "Tags", "Synonyms")
	}
	if keys := differing(*old.Property, *now.Property, but...); len(keys) > 0 {
		d.at("field.doc", now.Place, keys[0], "%s", differ(keys, now.path))
	}
}

// primaryKey compares which fields it is made of, in their order.
func (d *contractDiff) primaryKey() {
	old, now := primaryKey(d.old), primaryKey(d.now)
	names := func(key []field) []string {
		var all []string
		for _, f := range key {
			all = append(all, f.path)
		}
		return all
	}
	o, n := strings.Join(names(old), ", "), strings.Join(names(now), ", ")
	switch {
	case o == n || slices.ContainsFunc(d.pair.Changes, func(c Change) bool { return c.Rule == "field.renamed" || c.Rule == "field.retired" && !c.Old }) && len(old) == len(now):
	case len(now) > 0:
		d.at("field.primary-key", now[0].Place, "primaryKey", "the primary key is %s, was %s", n, orNone(o))
	default:
		d.was("field.primary-key", spot{old[0].Place, "primaryKey"}, spot{d.fieldPlace(old[0].path), "name"}, "the primary key is none, was %s", o)
	}
}

func primaryKey(c *contract.Contract) []field {
	var key []field
	for _, f := range fieldsOf(c) {
		if f.PrimaryKey {
			key = append(key, f)
		}
	}
	slices.SortStableFunc(key, func(a, b field) int { return a.PrimaryKeyPosition - b.PrimaryKeyPosition })
	return key
}

// number is a whole number of a rule's text; 0 for anything else.
func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
