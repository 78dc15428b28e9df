package contract

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// check holds what the tables of keys cannot say: what depends on another key of the same file.
func (c *Contract) check(r *report) {
	for i := range c.Servers {
		c.Servers[i].check(r, c.number())
	}
	objects := make(map[string]bool)
	for i := range c.Objects {
		o := &c.Objects[i]
		if o.Name != "" && objects[o.Name] {
			r.at(RuleDuplicate, o.Place, "name", "a second object is named %s", strict.Quote(o.Name))
		}
		objects[o.Name] = true
		checkSiblings(r, o.Properties)
		for j := range o.Quality {
			o.Quality[j].check(r, c.number())
		}
		for j := range o.Relationships {
			o.Relationships[j].check(r, c)
		}
		o.checkArguments(r)
	}
	for p := range c.properties() {
		p.check(r, c)
	}
	for i := range c.Objects {
		checkTogether(r, c.Objects[i].Quality, false)
		for p, path := range c.Objects[i].all() {
			checkTogether(r, p.Quality, p.Required && len(path) == 1) // others may be missing with what they are in
		}
	}
	c.checkValues(r)
	for i := range c.SLAProperties {
		c.checkElement(r, c.SLAProperties[i].Place, "element", c.SLAProperties[i].Element)
	}
	c.checkElement(r, c.Place, "slaDefaultElement", c.SLADefaultElement)
	c.checkPeople(r)
	if c.Lateness() > 0 && c.EventTime() == nil {
		r.at(RuleProperty, c.settings.said["tidemark.lateness"].Place, "property", "tidemark.lateness needs tidemark.eventTime: name the field that says when it happened")
	}
	if c.Compacted() && c.Key() == nil {
		r.at(RuleProperty, c.settings.said["tidemark.compacted"].Place, "property", "tidemark.compacted needs tidemark.key: name the field that is the record key")
	}
}

func (c *Contract) number() int {
	v, ok := odcsStandard().version(c.APIVersion)
	if !ok {
		v, _ = odcsStandard().version(odcsStandard().current)
	}
	return v.Number
}

// checkStatus looks for a status that was meant to be one of those that both standards list. They allow any other.
func checkStatus(r *report, place Place, status string) {
	listed := []string{"proposed", "draft", "active", "deprecated", "retired"}
	switch meant := strict.Suggest(status, listed); {
	case status == "" || slices.Contains(listed, status):
	case meant != "":
		r.add(RuleStatus, SeverityWarning, place, "status", "%s is not a status that the standard lists; did you mean %q?", strict.Quote(status), meant)
	default:
		r.add(RuleStatus, SeverityNote, place, "status", "%s is not a status that the standard lists, and means nothing here; listed are %s", strict.Quote(status), strings.Join(listed, ", "))
	}
}

// checkElement looks for what a promise is about. The standard leaves the notation open, so it is not an error.
func (c *Contract) checkElement(r *report, place Place, key, elements string) {
	for element := range strings.SplitSeq(elements, ",") {
		object, rest, _ := strings.Cut(strings.TrimSpace(element), ".")
		if object == "" {
			continue
		}
		i := c.objectNamed(object)
		if i < 0 {
			r.add(RuleSLA, SeverityWarning, place, key, "there is no schema object %s (an element is <object>.<property>)", strict.Quote(object))
			continue
		}
		if rest == "" || len(c.Objects[i].Properties) == 0 {
			continue
		}
		if _, _, ok := c.Objects[i].find(rest); !ok {
			r.add(RuleSLA, SeverityWarning, place, key, "the schema object %s has no property %s%s", object, strict.Quote(rest), strict.Hint(rest, c.Objects[i].names()))
		}
	}
}

// objectNamed is the index of the schema object of a name; -1 where there is none.
func (c *Contract) objectNamed(name string) int {
	return slices.IndexFunc(c.Objects, func(o SchemaObject) bool { return o.Name == name || o.PhysicalName == name })
}

// checkSiblings wants names that differ.
func checkSiblings(r *report, properties []Property) {
	seen := make(map[string]bool, len(properties))
	for i := range properties {
		p := &properties[i]
		if p.Name != "" && seen[p.Name] {
			r.at(RuleDuplicate, p.Place, "name", "a second property is named %s", strict.Quote(p.Name))
		}
		seen[p.Name] = true
	}
	fields := make(map[string]*Property, len(properties))
	for i := range properties {
		p := &properties[i]
		if first := fields[p.field()]; first != nil && first.Name != p.Name && p.field() != "" {
			key := "name"
			if p.PhysicalName != "" {
				key = "physicalName"
			}
			r.at(RuleDuplicate, p.Place, key, "the field %s is that of %s too: one property describes a field", strict.Quote(p.field()), strict.Quote(first.Name))
		}
		fields[p.field()] = p
	}
	checkPositions(r, properties)
}

// checkPositions wants positions of what is part of a key, each its own.
func checkPositions(r *report, properties []Property) {
	keys, partitions := make(map[int]bool), make(map[int]bool)
	for i := range properties {
		p := &properties[i]
		for _, part := range []struct {
			key, of string
			is      bool
			at      int
			seen    map[int]bool
		}{
			{"primaryKeyPosition", "primaryKey", p.PrimaryKey, p.PrimaryKeyPosition, keys},
			{"partitionKeyPosition", "partitioned", p.Partitioned, p.PartitionKeyPosition, partitions},
		} {
			switch {
			case !p.Has(part.key) || part.at == -1 && !part.is: // -1 is the standard's default: no part of it
			case !part.is:
				r.add(RuleType, SeverityWarning, p.Place, part.key, "%s is not %s: say so, or remove its position", p.label(), part.of)
			case part.at < 1:
				r.add(RuleType, SeverityWarning, p.Place, part.key, "positions count from 1, and this is %d", part.at)
			case part.seen[part.at]:
				r.add(RuleType, SeverityWarning, p.Place, part.key, "another property has the position %d: give each its own", part.at)
			}
			part.seen[part.at] = part.seen[part.at] || part.is
		}
	}
}

// check holds a property's parts against its type.
func (p *Property) check(r *report, c *Contract) {
	version := c.number()
	checkSiblings(r, p.Properties)
	newer := version < odcs320 && (p.LogicalType == "map" || p.LogicalType == "vector") // reported; what it has to do with its parts is open
	for key, kind := range map[string]string{"items": "array", "properties": "object", "map": "map"} {
		if p.Has(key) && p.LogicalType != "" && p.LogicalType != kind && !newer {
			r.at(RuleType, p.Place, key, "only the logicalType %s has %s, and this is %s", kind, key, p.LogicalType)
		}
	}
	if p.LogicalType == "map" && p.Map == nil && !newer {
		r.at(RuleType, p.Place, "map", "a map needs the key map, with its key and value")
	}
	if p.Map != nil && p.Map.Key != nil { // no path leads to it
		p.Map.Key.check(r, c)
		if kind := p.Map.Key.LogicalType; kind != "" && kind != "string" {
			r.at(RuleType, p.Map.Key.Place, "logicalType", "a map's keys are text in Avro, and this is %s: say string", kind)
		}
	}
	p.checkEnum(r)
	p.Options.check(r, p, version)
	p.checkLengths(r)
	p.checkItems(r)
	for i := range p.Quality {
		p.Quality[i].check(r, version)
	}
	for i := range p.Relationships {
		p.Relationships[i].check(r, c)
	}
	if p.Classification != "" && classificationOf(p.Classification) == classUnknown {
		r.add(RuleClass, SeverityWarning, p.Place, "classification", "%s is not known, and is masked as if it were confidential; known are %s",
			strict.Quote(p.Classification), strings.Join(classifications(), ", "))
	}
}

// checkEnum wants values, each once.
func (p *Property) checkEnum(r *report) {
	if p.Has("enum") && len(p.Enum) == 0 {
		r.at(RuleType, p.Place, "enum", "an enum needs at least one value")
	}
	seen := make(map[string]bool, len(p.Enum))
	for i := range p.Enum {
		e := &p.Enum[i]
		id := e.Value.Kind.String() + " " + e.Value.Text
		if seen[id] && e.Has("value") {
			r.add(RuleType, SeverityWarning, e.Place, "value", "%s is listed twice: keep one", strict.Quote(e.Value.Text))
		}
		seen[id] = true
	}
}

// reference is the standard's notation of another property: by names or by ids.
var reference = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+` +
	`|((https?://)?[A-Za-z0-9._\-/]+\.yaml#)?/?[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+(/[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+)*)$`)

func (rel *Relationship) check(r *report, c *Contract) {
	for _, end := range []Value{rel.From, rel.To} {
		ends := []Value{end}
		if end.Kind == strict.List {
			ends = end.Items
			if len(ends) == 0 {
				r.put(RuleType, SeverityError, end.Path(), end.Position, "a composite key needs at least one property")
			}
		}
		for _, v := range ends {
			if v.Kind != strict.Absent && (v.Kind != strict.Text || !reference.MatchString(v.Text)) {
				r.put(RuleType, SeverityError, v.Path(), v.Position, "%s refers to no property: write object.property, or section/id/properties/id", strict.Quote(v.Text))
				continue
			}
			rel.checkEnd(r, c, v)
		}
	}
	if rel.From.Kind != strict.Absent && rel.To.Kind != strict.Absent && (rel.From.Kind != rel.To.Kind || len(rel.From.Items) != len(rel.To.Items)) {
		r.at(RuleType, rel.Place, "to", "from and to must both be one property, or lists of one length")
	}
}

// checkEnd looks for the property of this file that an end names: <object>.<property>. Other notations lead to other files.
// Nothing depends on it, and the standard's own examples name what is not there, so that it is no error.
func (rel *Relationship) checkEnd(r *report, c *Contract, v Value) {
	object, rest, named := strings.Cut(v.Text, ".")
	if v.Kind != strict.Text || !named || strings.ContainsAny(v.Text, "/#") {
		return
	}
	i := c.objectNamed(object)
	if i < 0 {
		r.put(RuleType, SeverityWarning, v.Path(), v.Position, "there is no schema object %s in this file; of another contract, write <file>.yaml#/schema/<id>/properties/<id>", strict.Quote(object))
		return
	}
	if _, _, ok := c.Objects[i].find(rest); !ok {
		r.put(RuleType, SeverityWarning, v.Path(), v.Position, "the schema object %s has no property %s%s", object, strict.Quote(rest), strict.Hint(rest, c.Objects[i].names()))
	}
}
