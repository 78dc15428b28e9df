package flinksql

import (
	"encoding/json"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// reader writes the schema that Flink reads with: the contract's, but for what SQL has no type for. Logical types that
// Flink reads wrongly or not at all are left out, which gives the plain type.
type reader struct {
	*plan
	names map[use]string // of the types that are defined already
}

// use is a named type as it is used: the fields of a record that may be null may all be null, as SQL has it.
type use struct {
	schema *avro.Schema
	loose  bool
}

func (r *reader) schema(s *avro.Schema, nullable bool) any {
	loose := nullable && s.Type() == avro.TypeRecord
	if name := r.names[use{s, loose}]; name != "" {
		return name
	}
	name, aliases := s.Name(), []string(nil)
	if other := r.names[use{s, !loose}]; other != "" { // both uses occur: two types, of which either reads the writer's
		aliases = []string{name}
		for name += "_"; r.taken[name]; name += "_" {
		}
		r.taken[name] = true
	}
	if name != "" {
		r.names[use{s, loose}] = name
	}
	switch s.Type() {
	case avro.TypeUnion:
		branches := []any{}
		for _, b := range s.Branches() {
			branches = append(branches, r.schema(b, s.Nullable()))
		}
		return branches
	case avro.TypeArray:
		return array{"array", r.schema(s.Items(), false)}
	case avro.TypeMap:
		return mapping{"map", r.schema(s.Values(), false)}
	case avro.TypeRecord:
		o := record{"record", name, aliases, []field{}}
		for _, f := range r.fields(s) {
			o.Fields = append(o.Fields, r.field(s, f, loose))
		}
		return o
	case avro.TypeEnum:
		e := enum{Type: "enum", Name: name, Symbols: s.Symbols()}
		if symbol, ok := s.Default(); ok {
			e.Default = symbol
		}
		return e
	case avro.TypeFixed:
		return scalar{Type: "fixed", Name: name, Size: max(s.Size(), 1), logical: r.logical(s)}
	}
	if l := r.logical(s); l.LogicalType != "" {
		return scalar{Type: s.Type(), logical: l}
	}
	return s.Type()
}

// field of a record. A column of the primary key is not null in SQL, and so it is not here.
func (r *reader) field(in *avro.Schema, f avro.SchemaField, loose bool) field {
	deflt, _ := f.Default()
	switch t := f.Type(); {
	case in == r.root && r.key[f.Name()]:
		return field{f.Name(), r.schema(t.Value(), false), nil, f.Aliases()}
	case !loose || t.Nullable():
		return field{f.Name(), r.schema(t, false), deflt, f.Aliases()}
	case deflt != nil: // a union's default is of its first type
		return field{f.Name(), []any{r.schema(t, true), avro.TypeNull}, deflt, f.Aliases()}
	default:
		return field{f.Name(), []any{avro.TypeNull, r.schema(t, true)}, nil, f.Aliases()}
	}
}

func (p *plan) logical(s *avro.Schema) logical {
	switch s.Logical() {
	case avro.Decimal:
		if s.Precision() <= 38 {
			scale := s.Scale()
			return logical{avro.Decimal, s.Precision(), &scale}
		}
	case avro.Date, avro.TimestampMillis:
		return logical{LogicalType: s.Logical()}
	}
	return logical{}
}

type (
	array struct {
		Type  string `json:"type"`
		Items any    `json:"items"`
	}
	mapping struct {
		Type   string `json:"type"`
		Values any    `json:"values"`
	}
	record struct {
		Type    string   `json:"type"`
		Name    string   `json:"name"`
		Aliases []string `json:"aliases,omitempty"`
		Fields  []field  `json:"fields"`
	}
	field struct {
		Name    string          `json:"name"`
		Type    any             `json:"type"`
		Default json.RawMessage `json:"default,omitempty"`
		Aliases []string        `json:"aliases,omitempty"`
	}
	enum struct {
		Type    string   `json:"type"`
		Name    string   `json:"name"`
		Symbols []string `json:"symbols"`
		Default string   `json:"default,omitempty"`
	}
	scalar struct {
		Type avro.Type `json:"type"`
		Name string    `json:"name,omitempty"`
		Size int       `json:"size,omitempty"`
		logical
	}
	logical struct {
		LogicalType avro.Logical `json:"logicalType,omitempty"`
		Precision   int          `json:"precision,omitempty"`
		Scale       *int         `json:"scale,omitempty"`
	}
)

func encode(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}
