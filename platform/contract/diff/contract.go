package diff

import (
	"slices"
	"strings"

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
		pairDiff: pairDiff{c, Pair{ID: now.ID, OldFile: old.File, NewFile: now.File, From: old.Version, To: now.Version, Successor: successor, Draft: isDraft(old.Status), Changes: []Change{}}},
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
	d.roles()
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

// settings compares what stands in tidemark. properties.
func (d *contractDiff) settings() {
	t := tidemark{&d.pairDiff, d.old.CustomProperties, d.now.CustomProperties}
	t.differs("contract.key", "tidemark.key", strings.Join(d.old.Key(), "."), strings.Join(d.now.Key(), "."))
	t.differs("contract.event-time", "tidemark.eventTime", strings.Join(d.old.EventTime(), "."), strings.Join(d.now.EventTime(), "."))
	t.differs("contract.compacted", "tidemark.compacted", text(d.old.Compacted()), text(d.now.Compacted()))
	t.differs("contract.partitions", "tidemark.partitions", text(d.old.Partitions()), text(d.now.Partitions()))
	t.differs("contract.breaker", "tidemark.breaker", text(d.old.Breaker()), text(d.now.Breaker()))
	t.delivery(d.old.Delivery(), d.now.Delivery())
	lateness := "rule.tightened"
	if now := d.now.Lateness(); now == 0 || d.old.Lateness() > 0 && now > d.old.Lateness() {
		lateness = "rule.loosened"
	}
	t.differs(lateness, "tidemark.lateness", duration(d.old.Lateness()), duration(d.now.Lateness()))
	t.differs("quality.changed", "tidemark.qualityWindow", brief(text(d.old.QualityWindow())), brief(text(d.now.QualityWindow())))
	d.uniqueness(t)
	t.differs("contract.verdict", "tidemark.verdict", value(d.old.CustomProperties, "tidemark.verdict"), value(d.now.CustomProperties, "tidemark.verdict"))
}

// uniqueness: who looks further back refuses more duplicates.
func (d *contractDiff) uniqueness(t tidemark) {
	old, now := d.old.UniquenessWindow(), d.now.UniquenessWindow()
	rule := "rule.changed"
	switch {
	case len(d.old.Uniques())+len(d.now.Uniques()) == 0:
		rule = "doc.changed" // there is nothing that it is about
	case now.Records > old.Records && now.Age == old.Age, now.Age > old.Age && now.Records == old.Records:
		rule = "rule.tightened"
	case now.Age == old.Age, now.Records == old.Records:
		rule = "rule.loosened"
	}
	t.differs(rule, "tidemark.uniquenessWindow", brief(text(old)), brief(text(now)))
}

// value is a property's text, "" where it is not said.
func value(properties []contract.CustomProperty, name string) string {
	if p := custom(properties, name); p != nil {
		return p.Value.Text
	}
	return ""
}

func custom(properties []contract.CustomProperty, name string) *contract.CustomProperty {
	i := slices.IndexFunc(properties, func(p contract.CustomProperty) bool { return p.Property == name })
	if i < 0 {
		return nil
	}
	return &properties[i]
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
			d.was("field.removed", o.Place, "name", "the object %s is gone", o.Name)
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
	d.fields(fields(old.Properties, d.oldAvro, ""), fields(now.Properties, d.newAvro, ""))
	d.quality(now.Name, old.Quality, now.Quality)
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
	if !slices.EqualFunc(others(d.old.CustomProperties), others(d.now.CustomProperties), func(a, b contract.CustomProperty) bool { return len(differing(a, b)) == 0 }) {
		keys = append(keys, "customProperties")
	}
	if len(keys) > 0 {
		d.at("doc.changed", d.now.Place, keys[0], "%s", differ(keys, ""))
	}
}

// others are the custom properties that are not ours.
func others(properties []contract.CustomProperty) []contract.CustomProperty {
	return slices.DeleteFunc(slices.Clone(properties), func(p contract.CustomProperty) bool { return strings.HasPrefix(p.Property, "tidemark.") })
}
