package diff

import (
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// contractDiff compares two contracts that are a pair.
type contractDiff struct {
	pairDiff
	old, now           *contract.Contract
	oldRules, newRules map[string][]avro.Rule // by the field's path
	oldAvro, newAvro   *avro.Schema           // both, or neither: what only one side knows cannot be compared
	explained          explained
}

// contract compares two contracts that are a pair; a successor is of the next major version.
func (c *comparer) contract(old, now *contract.Contract, successor bool) Pair {
	d := &contractDiff{
		old: old, now: now, oldRules: rulesByPath(old), newRules: rulesByPath(now),
		pairDiff: pairDiff{comparer: c, pair: Pair{ID: now.ID, OldFile: old.File, NewFile: now.File, From: old.Version, To: now.Version, Successor: successor, Draft: isDraft(old.Status), Changes: []Change{}}},
	}
	if old.Schema() != nil && now.Schema() != nil {
		d.oldAvro, d.newAvro = old.Schema(), now.Schema()
	}
	d.pair.version = c.change("", newPlace(now.File, now.Place, "version"), "")
	d.identity()
	d.settings()
	d.servers()
	said := len(d.pair.Changes)
	d.objects()
	d.names()
	d.schemas()
	if len(d.pair.Changes) == said {
		d.written()
	}
	d.sla()
	d.roles("", d.old.Roles, d.now.Roles, d.now.Place)
	d.lifecycle()
	d.prose()
	return d.pair
}

// identity compares id and topic. A contract of the next major version has others: it is another contract.
func (d *contractDiff) identity() {
	if d.pair.Successor {
		return
	}
	if d.old.ID != d.now.ID {
		d.at("contract.id", d.now.Place, "id", "the id is %s, was %s", d.now.ID, d.old.ID)
	}
	if d.old.Topic() != d.now.Topic() {
		in := d.now.Place
		if len(d.now.Objects) > 0 {
			in = d.now.Objects[0].Place
		}
		d.at("contract.topic", in, "physicalName", "the topic is %s, was %s", orNone(d.now.Topic()), orNone(d.old.Topic()))
	}
}

// objects pairs schema objects: by name, or the only one with the only one.
func (d *contractDiff) objects() {
	if len(d.old.Objects) == 1 && len(d.now.Objects) == 1 {
		d.object(&d.old.Objects[0], &d.now.Objects[0])
		d.primaryKey()
		return
	}
	for i := range d.old.Objects {
		o := &d.old.Objects[i]
		if j := objectNamed(d.now.Objects, o.Name); j >= 0 {
			d.object(o, &d.now.Objects[j])
		} else {
			d.was("field.removed", spot{o.Place, "name"}, spot{d.now.Place, "schema"}, "the object %s is gone", o.Name)
		}
	}
	for i := range d.now.Objects {
		if o := &d.now.Objects[i]; objectNamed(d.old.Objects, o.Name) < 0 {
			d.at("field.added", o.Place, "name", "the object %s is new", o.Name)
		}
	}
}

func objectNamed(objects []contract.SchemaObject, name string) int {
	return slices.IndexFunc(objects, func(o contract.SchemaObject) bool { return o.Name == name })
}

func (d *contractDiff) object(old, now *contract.SchemaObject) {
	d.fields(fields(old.Properties, d.oldAvro, ""), fields(now.Properties, d.newAvro, ""), now.Place)
	d.quality(now.Name, old.Quality, now.Quality, now.Place)
	if keys := differing(*old, *now, "Properties", "Quality", "PhysicalName"); len(keys) > 0 {
		d.at("doc.changed", now.Place, keys[0], "%s", differ(keys, now.Name))
	}
}

// prose compares what is left: it is for people.
func (d *contractDiff) prose() {
	if old, now := d.old.Owner(), d.now.Owner(); old != now {
		d.at("owner.changed", d.now.Place, "team", "the owner is %s, was %s", orNone(now), orNone(old))
	} else if len(differing(*d.old, *d.now, except(*d.old, "Team")...)) > 0 {
		d.at("doc.changed", d.now.Place, "team", "the team differs")
	}
	if len(differing(*d.old, *d.now, except(*d.old, "Price")...)) > 0 {
		d.at("contract.price", d.now.Place, "price", "the price differs")
	}
	keys := differing(*d.old, *d.now, "ID", "Version", "Status", "Servers", "Objects", "Price", "Team", "Roles", "SLAProperties", "CustomProperties")
	if d.properties(d.old.CustomProperties, d.now.CustomProperties) {
		keys = append(keys, "customProperties")
	}
	if len(keys) > 0 {
		d.at("doc.changed", d.now.Place, keys[0], "%s", differ(keys, ""))
	}
}

// properties tells whether custom properties differ of which nothing was said.
func (d *pairDiff) properties(old, now []contract.CustomProperty) bool {
	unsaid := func(all []contract.CustomProperty) []contract.CustomProperty {
		return slices.DeleteFunc(slices.Clone(all), func(p contract.CustomProperty) bool { return slices.Contains(d.told, p.Property) })
	}
	return !slices.EqualFunc(unsaid(old), unsaid(now), func(a, b contract.CustomProperty) bool { return len(differing(a, b)) == 0 })
}
