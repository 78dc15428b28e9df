package contract

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// optionKeys says which logicalTypeOptions a logicalType has.
func optionKeys(logicalType string) []string {
	switch logicalType {
	case "string":
		return []string{"minLength", "maxLength", "pattern", "format"}
	case "date":
		return []string{"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
	case "timestamp", "time":
		return []string{"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "timezone", "defaultTimezone"}
	case "integer", "number":
		return []string{"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
	case "object":
		return []string{"minProperties", "maxProperties", "required"}
	case "array":
		return []string{"minItems", "maxItems", "uniqueItems"}
	case "vector":
		return []string{"dimensions", "elementType", "distanceMetric", "embeddingModel", "embeddingModelVersion", "normalized"}
	}
	return nil
}

func (o *Options) check(r *report, p *Property, version int) {
	if o == nil {
		if p.LogicalType == "vector" && version >= odcs320 {
			r.at(RuleOptions, p.Place, "logicalTypeOptions", "a vector needs its dimensions, at least 1")
		}
		return
	}
	switch {
	case p.LogicalType != "":
		o.checkType(r, p.LogicalType, version)
	case !p.Has("logicalType"): // a wrong one is reported as such
		r.at(RuleOptions, p.Place, "logicalType", "logicalTypeOptions need a logicalType")
	}
	checkPattern(r, RuleOptions, o.Place, o.Pattern)
	o.checkSizes(r)
	o.checkBounds(r, p)
	if len(p.Properties) > 0 {
		for _, name := range o.Required {
			if !slices.ContainsFunc(p.Properties, func(q Property) bool { return q.Name == name || q.PhysicalName == name }) {
				r.at(RuleOptions, o.Place, "required", "there is no property %s to be required", strict.Quote(name))
			}
		}
	}
}

// checkType wants options that the logicalType has, with values of its kind.
func (o *Options) checkType(r *report, logicalType string, version int) {
	allowed := optionKeys(logicalType)
	for _, key := range o.Keys() {
		if !slices.Contains(allowed, key) {
			r.at(RuleOptions, o.Place, key, "the logicalType %s has no option %s%s", logicalType, key, strict.Hint(key, allowed))
		}
	}
	number := logicalType == "integer" || logicalType == "number"
	for key, v := range map[string]Value{"minimum": o.Minimum, "maximum": o.Maximum, "exclusiveMinimum": o.ExclusiveMinimum, "exclusiveMaximum": o.ExclusiveMaximum} {
		switch {
		case v.Kind == strict.Absent:
		case v.Kind == strict.Bool && version < odcs310 && strings.HasPrefix(key, "exclusive"):
		case number && !v.IsNumber():
			r.at(RuleOptions, o.Place, key, "%s of the logicalType %s must be a number, not %s", key, logicalType, v.Kind)
		case !number && v.Kind != strict.Text:
			r.at(RuleOptions, o.Place, key, "%s of the logicalType %s must be text, not %s: put it in quotes", key, logicalType, v.Kind)
		}
	}
	words := map[string][]string{
		"integer": {"i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"},
		"number":  {"f32", "f64"},
	}[logicalType]
	if o.Has("format") && words != nil && !slices.Contains(words, o.Format) {
		r.at(RuleOptions, o.Place, "format", "%s is none of %s", strict.Quote(o.Format), strings.Join(words, ", "))
	}
	if logicalType == "vector" && o.Vector.Dimensions < 1 {
		r.at(RuleOptions, o.Place, "dimensions", "a vector needs its dimensions, at least 1")
	}
}

// checkPattern wants a pattern that the walker can run: RE2, which is ECMA-262 without look-around and
// back-references, and takes time linear in the text.
func checkPattern(r *report, rule string, place Place, pattern string) {
	if path, _ := place.At("pattern"); !place.Has("pattern") || r.broken(path) {
		return
	}
	if pattern == "" {
		r.add(rule, SeverityWarning, place, "pattern", "the pattern is empty, and found in every text: write one, or remove the key")
	}
	if _, err := regexp.Compile(pattern); err != nil {
		r.at(RuleOptions, place, "pattern", "%v: patterns are RE2 (no look-around, no back-references)", err)
	}
}
