package flinksql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// maxTypes bounds the types of a table: a record may be used in many places, and SQL writes each out.
const maxTypes = 5000

// plan says which fields of a schema the table has.
type plan struct {
	left  map[*avro.Schema]map[string]bool // by record: the fields that are left out
	state map[*avro.Schema]int             // of a record: 1 while its fields are looked at, 2 after
	key   map[string]bool                  // columns of the primary key, which are never null
	taken map[string]bool                  // names of types
	root  *avro.Schema
	count int
	leave func(path, why string)
}

// look finds the fields that SQL has no type for.
func (p *plan) look(s *avro.Schema, path string) {
	p.state[s] = 1
	p.left[s] = map[string]bool{}
	for _, f := range s.Fields() {
		at := path + f.Name()
		if why := p.problem(f.Type(), at); why != "" {
			p.left[s][f.Name()] = true
			p.leave(at, why)
		}
	}
	p.state[s] = 2
}

// problem says why a type cannot be a column's, and looks at the records within.
func (p *plan) problem(s *avro.Schema, path string) string {
	s = s.Value()
	p.taken[s.Name()] = true
	switch s.Type() {
	case avro.TypeUnion:
		return "it is a union of several types"
	case avro.TypeNull:
		return "it is always null"
	case avro.TypeArray:
		return p.problem(s.Items(), path+"[]")
	case avro.TypeMap:
		return p.problem(s.Values(), path+"{}")
	case avro.TypeRecord:
		switch p.state[s] {
		case 1:
			return "the record " + s.Name() + " contains itself"
		case 0:
			p.look(s, path+".")
		}
		if len(p.fields(s)) == 0 {
			return "the record " + s.Name() + " has no fields"
		}
	}
	return ""
}

func (p *plan) fields(s *avro.Schema) (fields []avro.SchemaField) {
	for _, f := range s.Fields() {
		if !p.left[s][f.Name()] {
			fields = append(fields, f)
		}
	}
	return fields
}

// sql is a type with NOT NULL, as Flink derives it from the same Avro type: it compares the two. Within a row that may be
// null, Flink lets every field be null.
func (p *plan) sql(s *avro.Schema, loose bool) string {
	if loose || s.Nullable() {
		return p.bare(s.Value(), true)
	}
	return p.bare(s, false) + " NOT NULL"
}

// bare is a type without NOT NULL; a row's fields depend on whether it may be null.
func (p *plan) bare(s *avro.Schema, nullable bool) string {
	if p.count++; p.count > maxTypes {
		return "BYTES"
	}
	switch s.Logical() {
	case avro.Decimal:
		if s.Precision() <= 38 {
			return fmt.Sprintf("DECIMAL(%d, %d)", s.Precision(), s.Scale())
		}
	case avro.Date:
		return "DATE"
	case avro.TimestampMillis:
		return "TIMESTAMP(3)"
	}
	switch s.Type() {
	case avro.TypeBoolean:
		return "BOOLEAN"
	case avro.TypeInt:
		return "INT"
	case avro.TypeLong:
		return "BIGINT"
	case avro.TypeFloat:
		return "FLOAT"
	case avro.TypeDouble:
		return "DOUBLE"
	case avro.TypeBytes:
		return "BYTES"
	case avro.TypeFixed:
		return "VARBINARY(" + strconv.Itoa(max(s.Size(), 1)) + ")"
	case avro.TypeArray:
		return "ARRAY<" + p.sql(s.Items(), false) + ">"
	case avro.TypeMap:
		return "MAP<STRING NOT NULL, " + p.sql(s.Values(), false) + ">"
	case avro.TypeRecord:
		var fields []string
		for _, f := range p.fields(s) {
			fields = append(fields, identifier(f.Name())+" "+p.sql(f.Type(), nullable))
		}
		return "ROW<" + strings.Join(fields, ", ") + ">"
	}
	return "STRING" // string, enum
}

// identifier quotes a name.
func identifier(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// literal quotes a text.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// line is a text on one line, without control characters.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == '\ufeff' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}
