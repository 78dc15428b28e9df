package avro

import (
	"slices"
	"strings"
)

// primitives are the types that are written as a bare name.
var primitives = []Type{TypeNull, TypeBoolean, TypeInt, TypeLong, TypeFloat, TypeDouble, TypeBytes, TypeString}

func isPrimitive(name string) bool { return slices.Contains(primitives, Type(name)) }

// validName is Avro's rule for a name without dots: a letter or _, then letters, digits and _.
func validName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// validFullname is a name with any number of parts before it.
func validFullname(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !validName(part) {
			return false
		}
	}
	return true
}

// qualify resolves a name within a namespace: a name with a dot is a fullname already, and so is every name where the
// namespace is empty.
func qualify(name, namespace string) string {
	if namespace == "" || strings.Contains(name, ".") {
		return name
	}
	return namespace + "." + name
}

// namespaceOf is a fullname without its last part.
func namespaceOf(fullname string) string {
	return fullname[:max(strings.LastIndexByte(fullname, '.'), 0)]
}

// unqualified is the last part of a fullname.
func unqualified(fullname string) string {
	return fullname[strings.LastIndexByte(fullname, '.')+1:]
}
