package contract

import (
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// checkKey wants a key that is there, has a text and is never null.
func (c *Contract) checkKey(r *report) {
	property := c.settings.said["tidemark.key"]
	s, ok := c.namedField(r, property, c.settings.key)
	if !ok {
		return
	}
	switch value := s.Value(); {
	case value.Logical() != "" && value.Logical() != avro.UUID,
		!slices.Contains([]avro.Type{avro.TypeString, avro.TypeEnum, avro.TypeInt, avro.TypeLong}, value.Type()):
		r.at(RuleField, property.Place, "value", "the key %s is %s: a key is a string, an enum, an int or a long", PathText(c.settings.key), typeText(value))
	case c.mayBeNull(c.settings.key):
		r.at(RuleField, property.Place, "value", "the key %s may be null: say required: true for it and for what it is in", PathText(c.settings.key))
	}
}

// checkEventTime wants a field that holds a time.
func (c *Contract) checkEventTime(r *report) {
	property := c.settings.said["tidemark.eventTime"]
	s, ok := c.namedField(r, property, c.settings.eventTime)
	if !ok {
		return
	}
	switch s.Value().Logical() {
	case avro.Date, avro.TimestampMillis, avro.TimestampMicros, avro.TimestampNanos:
	default:
		r.at(RuleField, property.Place, "value", "the event time %s is %s: it must be a date or timestamp-millis, -micros or -nanos", PathText(c.settings.eventTime), typeText(s.Value()))
	}
}

// namedField finds the field that a property names; false if there is none to judge.
func (c *Contract) namedField(r *report, property *CustomProperty, path []string) (*avro.Schema, bool) {
	if path == nil {
		return nil, false
	}
	s, ok := c.schema.Lookup(path...)
	if !ok {
		r.at(RuleField, property.Place, "value", "the schema has no field %s", PathText(path))
	}
	return s, ok
}

// mayBeNull tells whether a record that keeps the contract may have no value at the path.
func (c *Contract) mayBeNull(path []string) bool {
	required := c.requiredPaths()
	for i := range path {
		if s, ok := c.schema.Lookup(path[:i+1]...); ok && s.Nullable() && !required[PathText(path[:i+1])] {
			return true
		}
	}
	return false
}

// requiredPaths are the fields that some rule wants to be there.
func (c *Contract) requiredPaths() map[string]bool {
	rules, _ := c.Rules()
	required := make(map[string]bool)
	for _, rule := range rules {
		if rule.Kind == avro.Required && rule.Severity == avro.Error {
			required[PathText(rule.Path)] = true
		}
	}
	return required
}
