package server

import (
	"bytes"
	"encoding/json"
	"strings"
)

// identity gives the form of a schema that decides whether it is the same as another: attributes in order of
// name, no white space, {"type": X} alone written as X. Unlike Avro's canonical form it keeps what readers and tools
// live by: logical types, defaults, docs, aliases and properties. text is a schema that avro.Parse took, so that its
// size and depth are bounded.
func identity(text string) string { return reformed(text, simplified) }

// normal is the identity of a schema whose names are all written in full, so that two ways to say the same are one.
func normal(text string) string {
	return reformed(text, func(v any) any { return named(simplified(v), "") })
}

func reformed(text string, change func(any) any) string {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(change(v)); err != nil { // a map's keys are written in order
		return text
	}
	return strings.TrimSpace(b.String())
}

// simplified unwraps {"type": X} where a schema stands, and only there: in a default or a property it is data.
func simplified(schema any) any {
	switch s := schema.(type) {
	case []any:
		for i := range s {
			s[i] = simplified(s[i])
		}
	case map[string]any:
		if inner, ok := s["type"]; ok && len(s) == 1 {
			return simplified(inner)
		}
		for _, attribute := range []string{"type", "items", "values"} {
			if inner, ok := s[attribute]; ok {
				s[attribute] = simplified(inner)
			}
		}
		fields, _ := s["fields"].([]any)
		for _, f := range fields {
			if f, ok := f.(map[string]any); ok {
				f["type"] = simplified(f["type"])
			}
		}
	}
	return schema
}

// named writes the names of a simplified schema in full.
func named(schema any, namespace string) any {
	switch s := schema.(type) {
	case string:
		return full(s, namespace)
	case []any:
		for i := range s {
			s[i] = named(s[i], namespace)
		}
	case map[string]any:
		for _, attribute := range []string{"items", "values"} {
			if inner, ok := s[attribute]; ok {
				s[attribute] = named(inner, namespace)
			}
		}
		name, ok := s["name"].(string)
		if !ok {
			if inner, ok := s["type"].(string); ok {
				s["type"] = full(inner, namespace)
			}
			return s
		}
		around := namespace
		if own, ok := s["namespace"].(string); ok && !strings.Contains(name, ".") {
			namespace = own
		}
		name = full(name, namespace)
		namespace = name[:max(strings.LastIndexByte(name, '.'), 0)]
		s["name"] = name
		if delete(s, "namespace"); namespace == "" && around != "" {
			s["namespace"] = "" // or it would take the one around it
		}
		if aliases, ok := s["aliases"].([]any); ok {
			for i, a := range aliases {
				if a, ok := a.(string); ok {
					aliases[i] = full(a, namespace)
				}
			}
		}
		fields, _ := s["fields"].([]any)
		for _, f := range fields {
			if f, ok := f.(map[string]any); ok {
				f["type"] = named(f["type"], namespace)
			}
		}
	}
	return schema
}

// builtIn are the names that belong to Avro.
var builtIn = map[string]bool{
	"null": true, "boolean": true, "int": true, "long": true, "float": true, "double": true, "bytes": true, "string": true,
	"record": true, "error": true, "enum": true, "array": true, "map": true, "fixed": true,
}

func full(name, namespace string) string {
	if namespace == "" || builtIn[name] || strings.Contains(name, ".") {
		return name
	}
	return namespace + "." + name
}
