package avsc

import (
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// fieldName makes a name that Avro allows: letters, digits and _, no digit first.
func fieldName(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
			b.WriteRune(r)
		case '0' <= r && r <= '9':
			if i == 0 {
				b.WriteByte('_')
			}
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}

// typeName is the name of a type that a field of this name has: ShipTo of ship_to.
func typeName(field string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(fieldName(field), "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return fieldName(b.String())
}

// namespaceName sanitises each part of a namespace, and leaves out empty ones.
func namespaceName(namespace string) string {
	var parts []string
	for part := range strings.SplitSeq(namespace, ".") {
		if part != "" {
			parts = append(parts, fieldName(part))
		}
	}
	return strings.Join(parts, ".")
}

// isFullname tells whether Avro allows the name, with or without a namespace, for a type.
func isFullname(name string) bool {
	if name == "" || namespaceName(name) != name {
		return false
	}
	return !isPrimitive(name[strings.LastIndexByte(name, '.')+1:])
}

func isPrimitive(name string) bool {
	switch avro.Type(name) {
	case avro.TypeNull, avro.TypeBoolean, avro.TypeInt, avro.TypeLong, avro.TypeFloat, avro.TypeDouble, avro.TypeBytes, avro.TypeString:
		return true
	}
	return false
}

// qualified is the fullname of a type in the namespace of the record around it.
func qualified(name, in string) string {
	if i := strings.LastIndexByte(in, '.'); i >= 0 {
		return in[:i+1] + name
	}
	return name
}

// free is the name, or the first of name_2, name_3 that is not taken.
func free(name string, taken func(string) bool) string {
	candidate := name
	for n := 2; taken(candidate); n++ {
		candidate = name + "_" + strconv.Itoa(n)
	}
	return candidate
}
