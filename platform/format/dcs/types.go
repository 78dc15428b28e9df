package dcs

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// typeWords are the types of the specification and those of SQL, with ODCS's logicalType for each. A type that is
// also ODCS's word says nothing about how the data is stored, and gives no physicalType.
var typeWords = sync.OnceValue(func() map[string]string {
	words := map[string]string{}
	for logical, names := range map[string]string{
		"number":    "number decimal numeric float double real money float4 float8 dec double_precision",
		"integer":   "int integer long bigint smallint tinyint int2 int4 int8 int16 int32 int64 serial bigserial",
		"string":    "string text varchar char character nvarchar nchar character_varying uuid clob enum bytes binary varbinary blob fixed",
		"boolean":   "boolean bool",
		"timestamp": "timestamp timestamp_tz timestamp_ntz timestamptz timestamp_ltz datetime timestamp_with_time_zone timestamp_without_time_zone timestamp-millis timestamp-micros timestamp-nanos",
		"date":      "date",
		"time":      "time time-millis time-micros",
		"array":     "array list",
		"object":    "object record struct variant json jsonb",
		"map":       "map",
		"":          "null",
	} {
		for name := range strings.FieldsSeq(names) {
			words[name] = logical
		}
	}
	return words
})

// fieldTypes are the types that the specification allows.
var fieldTypes = sync.OnceValue(func() []string {
	return strings.Fields("number decimal numeric int integer long bigint float double string text varchar boolean timestamp timestamp_tz timestamp_ntz " +
		"date time array map object record struct bytes variant json null")
})

// ofODCS are the types that ODCS says by its logicalType alone.
func ofODCS() []string { return []string{"number", "integer", "timestamp", "time", "object"} }

// typeName is a type in parts: decimal, 12, 2 of DECIMAL(12, 2).
type typeName struct {
	word             string // in lower case, with _ for spaces
	precision, scale string
	whole            bool // nothing else was said
}

var typePattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_ -]*?)\s*(?:\(\s*([0-9]{1,9})\s*(?:,\s*([0-9]{1,9})\s*)?\)|[<\[(].*)?$`)

func parseType(s string) typeName {
	if _, known := typeWords()[s]; known && s != "" { // as most are
		return typeName{word: s, whole: true}
	}
	m := typePattern.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return typeName{}
	}
	word := strings.Join(strings.Fields(strings.ToLower(m[1])), "_")
	return typeName{word, m[2], m[3], m[2] != "" || len(m[0]) == len(m[1])}
}

// isDecimal tells whether a type may have a precision and a scale.
func (t typeName) isDecimal() bool {
	return slices.Contains([]string{"decimal", "numeric", "number", "dec"}, t.word)
}

// isText tells whether the number in brackets is a length.
func (t typeName) isText() bool {
	return slices.Contains([]string{"varchar", "char", "character", "nvarchar", "nchar", "character_varying", "text", "string"}, t.word)
}

// logical is ODCS's logicalType; ok is false where the type is not known.
func (t typeName) logical() (logical string, ok bool) {
	logical, ok = typeWords()[t.word]
	return logical, ok
}

// fieldType is the specification's type for what ODCS says: the physicalType's own word where the specification knows it,
// else the general one. "" where there is none.
func fieldType(logical, physical string) string {
	t := parseType(physical)
	if t.word == "map" && logical == "object" { // one of which nothing more is known
		return t.word
	}
	if l, ok := t.logical(); ok && slices.Contains(fieldTypes(), t.word) && (l == logical || logical == "") {
		return t.word
	}
	if slices.Contains(fieldTypes(), logical) {
		return logical
	}
	return ""
}

// physicalOf is the physicalType that a type of the specification becomes where the file says nothing else.
func physicalOf(fieldType, precision, scale string) string {
	t := parseType(fieldType)
	switch {
	case t.isDecimal() && t.precision == "" && precision != "" && scale != "":
		return fieldType + "(" + precision + "," + scale + ")"
	case t.isDecimal() && t.precision == "" && precision != "":
		return fieldType + "(" + precision + ")"
	case slices.Contains(ofODCS(), fieldType):
		return ""
	}
	return fieldType
}
