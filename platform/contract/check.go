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
			o.Relationships[j].check(r)
		}
	}
	for p := range c.properties() {
		p.check(r, c.number())
	}
	for i := range c.SLAProperties {
		c.checkElement(r, &c.SLAProperties[i])
	}
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
func (c *Contract) checkElement(r *report, s *SLAProperty) {
	for element := range strings.SplitSeq(s.Element, ",") {
		object, rest, _ := strings.Cut(strings.TrimSpace(element), ".")
		if object == "" {
			continue
		}
		i := slices.IndexFunc(c.Objects, func(o SchemaObject) bool { return o.Name == object || o.PhysicalName == object })
		switch {
		case i < 0:
			r.add(RuleSLA, SeverityWarning, s.Place, "element", "there is no schema object %s (an element is <object>.<property>)", strict.Quote(object))
		case rest != "" && !slices.ContainsFunc(c.Objects[i].Properties, func(p Property) bool { return p.Name == firstStep(rest) || p.PhysicalName == firstStep(rest) }):
			r.add(RuleSLA, SeverityWarning, s.Place, "element", "the schema object %s has no property %s", object, strict.Quote(rest))
		}
	}
}

func firstStep(path string) string {
	step, _, _ := strings.Cut(path, ".")
	return step
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
}

// check holds a property's parts against its type.
func (p *Property) check(r *report, version int) {
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
	if p.Has("enum") && len(p.Enum) == 0 {
		r.at(RuleType, p.Place, "enum", "an enum needs at least one value")
	}
	p.Options.check(r, p, version)
	for i := range p.Quality {
		p.Quality[i].check(r, version)
	}
	for i := range p.Relationships {
		p.Relationships[i].check(r)
	}
	if p.Classification != "" && classificationOf(p.Classification) == classUnknown {
		r.add(RuleClass, SeverityWarning, p.Place, "classification", "%s is not known, and is masked as if it were confidential; known are %s",
			strict.Quote(p.Classification), strings.Join(classifications(), ", "))
	}
}

// reference is the standard's notation of another property: by names or by ids.
var reference = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+` +
	`|((https?://)?[A-Za-z0-9._\-/]+\.yaml#)?/?[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+(/[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+)*)$`)

func (rel *Relationship) check(r *report) {
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
			}
		}
	}
	if rel.From.Kind != strict.Absent && rel.To.Kind != strict.Absent && (rel.From.Kind != rel.To.Kind || len(rel.From.Items) != len(rel.To.Items)) {
		r.at(RuleType, rel.Place, "to", "from and to must both be one property, or lists of one length")
	}
}
