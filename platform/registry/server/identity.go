package server

import (
	"bytes"
	"encoding/json"
)

// identity gives the form of a schema that decides whether it is the same as another: attributes in order of
// name, no white space, {"type": X} alone written as X. Unlike Avro's canonical form it keeps what readers and tools
// live by: logical types, defaults, docs, aliases and properties. text is a schema that avro.Parse took, so that its
// size and depth are bounded.
func identity(text string) string {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return text
	}
	b, err := json.Marshal(simplified(v)) // a map's keys are written in order
	if err != nil {
		return text
	}
	return string(b)
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
