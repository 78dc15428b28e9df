package contract

import (
	"slices"
	"strconv"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// rewriter says what one version says as another does.
type rewriter struct {
	*report
	from, to int
}

// contract rewrites a copy whose parts are still shared.
func (l rewriter) contract(c *Contract) {
	l.team(c)
	if l.from == l.to && l.to >= odcs320 {
		return
	}
	since := serverSince()
	c.Servers = slices.DeleteFunc(slices.Clone(c.Servers), func(s Server) bool {
		newer := l.crosses(since[s.Type])
		if newer {
			l.left(s.Place, "type", "the server type %s exists from %s on: the server is left out", s.Type, versionName(since[s.Type]))
		}
		return newer
	})
	c.Objects = slices.Clone(c.Objects)
	for i := range c.Objects {
		o := &c.Objects[i]
		o.Properties = l.properties(o.Properties)
		if l.rises(odcs310) {
			o.Quality = l.raiseQuality(o.Quality)
		}
		if l.crosses(odcs310) {
			o.Quality = lowerQuality(o.Quality)
			l.closed(&o.Place, &o.ID, &o.Relationships)
		}
	}
}

// team is a list of members before 3.1.0. A file that has the one or the other all the same keeps it.
func (l rewriter) team(c *Contract) {
	switch {
	case l.rises(odcs310):
		c.teamList = false
	case l.crosses(odcs310) || l.to < odcs310 && !c.Given():
		c.teamList = true
	}
	if t := c.Team; t != nil && c.teamList && (t.ID+t.Name+t.Description != "" || len(t.Tags)+len(t.CustomProperties)+len(t.AuthoritativeDefinitions) > 0) {
		l.left(t.Place, "name", "a team is a list of its members before %s: what is said about the team itself is left out", versionName(odcs310))
	}
}

// crosses tells whether the rewriting goes from a version that has what came with v to one that has it not. A file
// that says it in an older version all the same, as some of the standard's examples do, keeps it.
func (l rewriter) crosses(v int) bool { return l.to < v && v <= l.from }

// rises tells whether it goes the other way.
func (l rewriter) rises(v int) bool { return l.from < v && v <= l.to }

func (l rewriter) properties(properties []Property) []Property {
	properties = slices.Clone(properties)
	for i := range properties {
		properties[i] = l.property(properties[i])
	}
	return properties
}

func (l rewriter) property(p Property) Property {
	p.Properties = l.properties(p.Properties)
	if p.Items != nil {
		items := l.property(*p.Items)
		p.Items = &items
	}
	if l.to < odcs320 && (p.LogicalType == "map" || p.LogicalType == "vector") {
		p.lowerType(l.report)
	}
	if l.to < odcs320 && len(p.Enum) > 0 {
		p.lowerEnum(l.report)
	}
	if l.rises(odcs310) {
		p.Quality = l.raiseQuality(p.Quality)
		p.raiseBounds()
	}
	if l.crosses(odcs310) {
		p.Quality = lowerQuality(p.Quality)
		l.closed(&p.Place, &p.ID, &p.Relationships)
		p.lowerBounds(l.report)
		if p.LogicalType == "timestamp" || p.LogicalType == "time" {
			p.lowerTime(l.report)
		}
	}
	return p
}

// closed leaves out what came with 3.1.0 into objects that are closed before it.
func (l rewriter) closed(place *Place, id *string, relationships *[]Relationship) {
	if *id != "" {
		l.left(*place, "id", "an id exists from %s on: left out", versionName(odcs310))
	}
	if len(*relationships) > 0 {
		l.left(*place, "relationships", "relationships exist from %s on: left out", versionName(odcs310))
	}
	*id, *relationships, *place = "", nil, place.Without("id", "relationships")
}

// left says what is left out of an older version.
func (r *report) left(place Place, key, format string, args ...any) {
	r.add(strict.RuleKeyVersion, SeverityWarning, place, key, format, args...)
}

// lowerType writes a map as an object without properties, and a vector as an array of numbers.
func (p *Property) lowerType(r *report) {
	if p.LogicalType == "map" {
		r.left(p.Place, "logicalType", "a map exists from %s on: written as an object, without the types of its keys and values", versionName(odcs320))
		p.LogicalType, p.Map, p.Place = "object", nil, p.Without("map")
		return
	}
	r.left(p.Place, "logicalType", "a vector exists from %s on: written as an array of numbers", versionName(odcs320))
	p.LogicalType = "array"
	if p.Options != nil {
		o := *p.Options
		if n := o.Vector.Dimensions; n > 0 {
			o.MinItems, o.MaxItems, o.Vector.Dimensions, o.Place = n, n, 0, o.Without("dimensions")
		}
		p.Options = &o
	}
	if p.Items == nil {
		p.Items = &Property{LogicalType: "number"}
	}
}

// lowerTime writes a timestamp or time as 3.0.x does: as a date.
func (p *Property) lowerTime(r *report) {
	r.left(p.Place, "logicalType", "the logicalType %s exists from %s on: written as a date", p.LogicalType, versionName(odcs310))
	p.LogicalType = "date"
	if o := p.Options; o != nil && (o.Timezone || o.DefaultTimezone != "" || o.Has("timezone") || o.Has("defaultTimezone")) {
		r.left(o.Place, "timezone", "time zones exist from %s on: left out", versionName(odcs310))
		date := *o
		date.Timezone, date.DefaultTimezone, date.Place = false, "", o.Without("timezone", "defaultTimezone")
		p.Options = &date
	}
}

// lowerBounds says an exclusive bound as 3.0.x does: by a flag beside the bound.
func (p *Property) lowerBounds(r *report) {
	if p.Options == nil {
		return
	}
	o := *p.Options
	p.Options = &o
	lower := func(key string, exclusive, inclusive *Value) {
		switch {
		case exclusive.Kind == strict.Absent || exclusive.Kind == strict.Bool:
		case inclusive.Kind == strict.Absent:
			*inclusive, *exclusive = *exclusive, Value{Kind: strict.Bool, Text: "true"}
		default:
			r.left(o.Place, key, "%s says one bound, exclusive or not, before %s: left out", key, versionName(odcs310))
			*exclusive = Value{}
		}
	}
	lower("exclusiveMinimum", &o.ExclusiveMinimum, &o.Minimum)
	lower("exclusiveMaximum", &o.ExclusiveMaximum, &o.Maximum)
}

// lowerEnum says an enum by the quality rule that older versions have for it.
func (p *Property) lowerEnum(r *report) {
	values := make([]Value, len(p.Enum))
	for i, e := range p.Enum {
		values[i] = e.Value
		if e.Label != "" || e.ID != "" || e.Description != "" || len(e.Tags)+len(e.AuthoritativeDefinitions)+len(e.CustomProperties) > 0 {
			r.left(p.Place, "enum", "the enum is a quality rule before %s: what is said about its value %s is left out", versionName(odcs320), strconv.Quote(e.Value.Text))
		}
	}
	p.Enum, p.Place = nil, p.Without("enum")
	p.Quality = append(slices.Clone(p.Quality), Quality{
		Metric: "invalidValues", Arguments: &Arguments{ValidValues: values}, MustBe: Value{Kind: strict.Integer, Text: "0"},
	})
}

// lowerQuality says a metric as 3.0.x does: as a rule, which every rule without a type has.
func lowerQuality(rules []Quality) []Quality {
	rules = slices.Clone(rules)
	for i := range rules {
		q := &rules[i]
		switch {
		case q.Metric != "" && q.Rule == "":
			q.Rule, q.Metric, q.Place = q.Metric, "", q.Without("metric")
		case q.Type == "" && q.Rule == "":
			q.Type = "text"
		}
	}
	return rules
}
