package avro

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// Type is an Avro type, spelled as in a schema.
type Type string

// The Avro types. A protocol's "error" is parsed as a record.
const (
	TypeNull    Type = "null"
	TypeBoolean Type = "boolean"
	TypeInt     Type = "int"
	TypeLong    Type = "long"
	TypeFloat   Type = "float"
	TypeDouble  Type = "double"
	TypeBytes   Type = "bytes"
	TypeString  Type = "string"
	TypeRecord  Type = "record"
	TypeEnum    Type = "enum"
	TypeArray   Type = "array"
	TypeMap     Type = "map"
	TypeUnion   Type = "union"
	TypeFixed   Type = "fixed"
)

// Logical is a logical type, spelled as in a schema; "" is none.
type Logical string

// The logical types that this package understands. Any other, and one of these on a type that cannot carry it, is kept
// as a property and otherwise ignored, as the specification asks.
const (
	Decimal              Logical = "decimal"                // bytes, fixed
	UUID                 Logical = "uuid"                   // string, fixed(16)
	Date                 Logical = "date"                   // int, days
	TimeMillis           Logical = "time-millis"            // int
	TimeMicros           Logical = "time-micros"            // long
	TimestampMillis      Logical = "timestamp-millis"       // long, as the five below
	TimestampMicros      Logical = "timestamp-micros"       //
	TimestampNanos       Logical = "timestamp-nanos"        //
	LocalTimestampMillis Logical = "local-timestamp-millis" //
	LocalTimestampMicros Logical = "local-timestamp-micros" //
	LocalTimestampNanos  Logical = "local-timestamp-nanos"  //
	Duration             Logical = "duration"               // fixed(12)
)

// Schema is one Avro type, with all that is below it. It is immutable and safe for concurrent use. A named type that is
// used twice is the same *Schema in both places, so that a recursive schema is a cyclic graph.
type Schema struct {
	typ       Type
	name      string // fullname of record, enum and fixed
	aliases   []alias
	doc       string
	fields    []SchemaField
	elem      *Schema // array items or map values
	branches  []*Schema
	symbols   []string
	fallback  string // an enum's default
	size      int
	logical   Logical
	precision int
	scale     int
	props     props
	text      string // of a parsed text's root: that text, compacted
	expansion int    // values in one instance, not counting what is in unions, arrays and maps
	width     int    // bytes that an instance takes at least
	last      atomic.Pointer[ready]
}

// alias is another name of a named type. Written without a dot it also matches by its last part, like a name does.
type alias struct {
	full string
	bare bool
}

// props are the attributes that Avro does not define, as JSON.
type props map[string]json.RawMessage

// SchemaField is a field of a record's type.
type SchemaField struct {
	name    string
	typ     *Schema
	doc     string
	aliases []string
	deflt   *node  // nil = none
	wire    []byte // the default, encoded
	props   props
}

// Type is the Avro type.
func (s *Schema) Type() Type { return s.typ }

// Name is the fullname of a record, enum or fixed, and "" of any other type.
func (s *Schema) Name() string { return s.name }

// Aliases are the fullnames that a record, enum or fixed also answers to.
func (s *Schema) Aliases() []string {
	full := make([]string, len(s.aliases))
	for i, a := range s.aliases {
		full[i] = a.full
	}
	return full
}

// Doc is the documentation of a record or enum.
func (s *Schema) Doc() string { return s.doc }

// Fields are a record's fields in their order.
func (s *Schema) Fields() []SchemaField { return slices.Clone(s.fields) }

// Field is a record's field by its name, not its alias.
func (s *Schema) Field(name string) (SchemaField, bool) {
	i := s.fieldIndex(name)
	if i < 0 {
		return SchemaField{}, false
	}
	return s.fields[i], true
}

func (s *Schema) fieldIndex(name string) int {
	return slices.IndexFunc(s.fields, func(f SchemaField) bool { return f.name == name })
}

// Items is an array's item type, nil of any other type.
func (s *Schema) Items() *Schema {
	if s.typ != TypeArray {
		return nil
	}
	return s.elem
}

// Values is a map's value type, nil of any other type.
func (s *Schema) Values() *Schema {
	if s.typ != TypeMap {
		return nil
	}
	return s.elem
}

// Branches are a union's types in their order.
func (s *Schema) Branches() []*Schema { return slices.Clone(s.branches) }

// Symbols are an enum's symbols in their order.
func (s *Schema) Symbols() []string { return slices.Clone(s.symbols) }

// Default is the symbol that an enum's reader takes for one it does not know; ok is false where there is none. A
// field's default is SchemaField.Default.
func (s *Schema) Default() (symbol string, ok bool) { return s.fallback, s.fallback != "" }

// Size is a fixed's length in bytes.
func (s *Schema) Size() int { return s.size }

// Logical is the logical type, "" where there is none or it is not understood (see Prop).
func (s *Schema) Logical() Logical { return s.logical }

// Precision is a decimal's number of digits.
func (s *Schema) Precision() int { return s.precision }

// Scale is a decimal's number of digits after the point.
func (s *Schema) Scale() int { return s.scale }

// Prop is an attribute that Avro does not define, as JSON.
func (s *Schema) Prop(key string) (json.RawMessage, bool) { return s.props.get(key) }

// Nullable reports whether the type is null or a union with null.
func (s *Schema) Nullable() bool {
	return s.typ == TypeNull || s.nullBranch() >= 0
}

func (s *Schema) nullBranch() int {
	return slices.IndexFunc(s.branches, func(b *Schema) bool { return b.typ == TypeNull })
}

// Value is the type of a value that is there: the other branch of a union of null and one type, else s itself.
func (s *Schema) Value() *Schema {
	if n := s.nullBranch(); n >= 0 && len(s.branches) == 2 {
		return s.branches[1-n]
	}
	return s
}

// String is the schema's text: as it was given but without insignificant white space, or of a part of a parsed schema
// its canonical form.
func (s *Schema) String() string {
	if s.text != "" {
		return s.text
	}
	return string(s.Canonical())
}

// Lookup follows a path of field names from s: through records, unions of null and one type, and with "[]" and "{}" into an
// array's items and a map's values. The empty path is s itself.
func (s *Schema) Lookup(path ...string) (*Schema, bool) {
	at := s
	for _, step := range path {
		at = at.Value()
		switch {
		case step == "[]" && at.typ == TypeArray, step == "{}" && at.typ == TypeMap:
			at = at.elem
		case at.typ == TypeRecord && at.fieldIndex(step) >= 0:
			at = at.fields[at.fieldIndex(step)].typ
		default:
			return nil, false
		}
	}
	return at, true
}

// label names the type for messages: the fullname of a named type, the type and its logical type of any other. It is bounded,
// whatever the schema: of a union it names the first branches only.
func (s *Schema) label() string {
	switch {
	case s.name != "":
		return string(s.typ) + " " + clip(s.name, maxShownName)
	case s.typ == TypeUnion:
		var names []string
		for _, b := range s.branches[:min(len(s.branches), maxShownBranches)] {
			names = append(names, b.label())
		}
		if more := len(s.branches) - len(names); more > 0 {
			names = append(names, fmt.Sprintf("and %d more", more))
		}
		return "union of " + strings.Join(names, ", ")
	case s.logical != "":
		return string(s.typ) + " " + string(s.logical)
	}
	return string(s.typ)
}

// Name is the field's name.
func (f SchemaField) Name() string { return f.name }

// Type is the field's type.
func (f SchemaField) Type() *Schema { return f.typ }

// Doc is the field's documentation.
func (f SchemaField) Doc() string { return f.doc }

// Aliases are the names that the field also answers to when it is looked up in a writer's record.
func (f SchemaField) Aliases() []string { return slices.Clone(f.aliases) }

// Default is the value that a reader takes where the writer has no such field, as JSON; ok is false where there is none.
func (f SchemaField) Default() (value json.RawMessage, ok bool) {
	if f.deflt == nil {
		return nil, false
	}
	return f.deflt.appendTo(nil), true
}

// Prop is an attribute of the field that Avro does not define, as JSON.
func (f SchemaField) Prop(key string) (json.RawMessage, bool) { return f.props.get(key) }

func (p props) get(key string) (json.RawMessage, bool) {
	v, ok := p[key]
	return slices.Clone(v), ok
}
