// Package contracttest has what tests about contracts share: a case of every kind of rule that one record can break, for
// those that hold contracts against the walker and against a running data product, and the standards' own files.
package contracttest

import (
	"fmt"
	"strings"
)

// Kind is a field with one rule, a value that keeps it and one that breaks it.
type Kind struct {
	Rule     string // the broken rule's id
	Property string // what the contract says of the field besides its name: YAML, in flow style
	Type     string // the field's Avro type
	Good     string // values as avro.EncodeJSON reads them
	Bad      string
}

// Kinds are all of them. Field number i is named f<i>, which the rules' ids begin with.
func Kinds() []Kind {
	options := func(logical, options string) string {
		return fmt.Sprintf("logicalType: %s, logicalTypeOptions: {%s}", logical, options)
	}
	quality := func(logical, rule string) string {
		return fmt.Sprintf("logicalType: %s, quality: [{%s}]", logical, rule)
	}
	const (
		text, integer = `["null","string"]`, `["null","long"]`
		list          = `{"type":"array","items":"string"}`
	)
	kinds := []Kind{
		{"required", "logicalType: string, required: true", text, `"a"`, "null"},
		{"minimum", options("integer", "minimum: 3"), integer, "3", "2"},
		{"maximum", options("number", "maximum: 2.5"), `"double"`, "2.5", "2.6"},
		{"exclusiveMinimum", options("number", "exclusiveMinimum: 0"), `{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`, "0.01", "0"},
		{"exclusiveMaximum", options("timestamp", `exclusiveMaximum: "2030-01-01T00:00:00Z"`), `{"type":"long","logicalType":"timestamp-millis"}`, "0", `"2030-01-01T00:00:00Z"`},
		{"multipleOf", options("integer", "multipleOf: 5"), integer, "-10", "7"},
		{"minLength", options("string", "minLength: 2"), text, `"ab"`, `"a"`},
		{"maxLength", options("string", "maxLength: 2"), text, `"ab"`, `"abc"`},
		{"pattern", options("string", `pattern: "^[a-z]+$"`), text, `"abc"`, `"Abc"`},
		{"format", options("string", "format: email"), text, `"a@b.example"`, `"a"`},
		{"format", options("integer", "format: u8"), integer, "255", "-1"},
		{"minItems", options("array", "minItems: 1") + ", items: {logicalType: string, required: true}", list, `["a"]`, "[]"},
		{"maxItems", options("array", "maxItems: 1") + ", items: {logicalType: string, required: true}", list, `["a"]`, `["a","b"]`},
		{"uniqueItems", options("array", "uniqueItems: true") + ", items: {logicalType: string, required: true}", list, `["a","b"]`, `["a","a"]`},
		{"enum", "logicalType: string, enum: [{value: a}, {value: b}]", text, `"b"`, `"c"`},
		{"required", quality("string", "metric: nullValues, mustBe: 0"), text, `""`, "null"},
		{"noneOf", quality("string", `metric: missingValues, mustBe: 0, arguments: {missingValues: ["", n/a]}`), text, `"a"`, `"n/a"`},
		{"enum", quality("string", "metric: invalidValues, mustBe: 0, arguments: {validValues: [a]}"), text, `"a"`, `"b"`},
		{"pattern", quality("string", `metric: invalidValues, mustBeLessOrEqualTo: 0, arguments: {pattern: "^a"}`), text, `"ab"`, `"ba"`},
	}
	for i := range kinds {
		kinds[i].Rule = fmt.Sprintf("f%d.%s", i, kinds[i].Rule)
	}
	return kinds
}

// Properties are the kinds' fields as a contract lists them, in lines that are indented so far.
func Properties(indent int) string {
	var b strings.Builder
	for i, k := range Kinds() {
		// Fields that are never null in the schema say so.
		required := ""
		if !strings.HasPrefix(k.Type, "[") {
			required = ", required: true"
		}
		fmt.Fprintf(&b, "%s- {name: f%d, %s%s}\n", strings.Repeat(" ", indent), i, k.Property, required)
	}
	return b.String()
}

// Fields are the kinds' fields as a schema lists them, with a comma after each.
func Fields() string {
	var b strings.Builder
	for i, k := range Kinds() {
		fmt.Fprintf(&b, `{"name":"f%d","type":%s},`, i, k.Type)
	}
	return b.String()
}

// Values are values of the fields as JSON, with a comma after each: all good, but for one; -1 is none.
func Values(bad int) string {
	var b strings.Builder
	for i, k := range Kinds() {
		value := k.Good
		if i == bad {
			value = k.Bad
		}
		fmt.Fprintf(&b, `"f%d":%s,`, i, value)
	}
	return b.String()
}
