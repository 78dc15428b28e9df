package cel

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// Values turns a record, as avro.Program.Decode gives it, into an expression's variables.
func Values(schema *avro.Schema, record avro.Record) map[string]any {
	values := make(map[string]any, len(record))
	for _, f := range record {
		if s, ok := schema.Field(f.Name); ok {
			values[f.Name] = value(s.Type(), f.Value)
		}
	}
	return values
}

func value(s *avro.Schema, v any) any {
	if s.Type() == avro.TypeUnion {
		s = s.Value()
	}
	switch v := v.(type) {
	case avro.Record:
		if s.Type() == avro.TypeRecord {
			return Values(s, v)
		}
	case []any:
		if s.Type() == avro.TypeArray {
			for i := range v {
				v[i] = value(s.Items(), v[i])
			}
		}
	case map[string]any:
		if s.Type() == avro.TypeMap {
			for k := range v {
				v[k] = value(s.Values(), v[k])
			}
		}
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return f
		}
	case float32:
		return float64(v)
	case string:
		return text(s, v)
	}
	return v
}

// text is what a text stands for in the schema's type.
func text(s *avro.Schema, v string) any {
	var layout string
	switch {
	case s.Type() == avro.TypeFloat, s.Type() == avro.TypeDouble:
		switch v {
		case "NaN":
			return math.NaN()
		case "Infinity":
			return math.Inf(1)
		case "-Infinity":
			return math.Inf(-1)
		}
		return v
	case s.Logical() == avro.Date:
		layout = time.DateOnly
	case s.Logical() == avro.TimeMillis, s.Logical() == avro.TimeMicros:
		if at, err := time.Parse("15:04:05.999999999", v); err == nil {
			return at.Sub(at.Truncate(24 * time.Hour))
		}
		return v
	case s.Logical() != "" && s.Logical() != avro.UUID && s.Type() == avro.TypeLong:
		layout = time.RFC3339Nano
		if at, err := time.Parse("2006-01-02T15:04:05.999999999", v); err == nil { // local
			return at
		}
	case s.Type() == avro.TypeBytes, s.Type() == avro.TypeFixed:
		if b, err := base64.StdEncoding.DecodeString(v); err == nil {
			return b
		}
		return v
	default:
		return v
	}
	if at, err := time.Parse(layout, v); err == nil {
		return at
	}
	return v
}
