package avro

import (
	"strconv"
	"strings"
)

// Brief names a type as short as a table wants it: a nullable one by what it is when it is not null, a logical type by its
// name, such as decimal(18,4), an enum with its symbols.
func (s *Schema) Brief() string {
	s = s.Value()
	switch s.typ {
	case TypeArray:
		return "array of " + s.Items().Brief()
	case TypeMap:
		return "map of " + s.Values().Brief()
	case TypeEnum:
		return "enum: " + strings.Join(s.symbols, ", ")
	}
	switch s.logical {
	case "":
		return string(s.typ)
	case Decimal:
		return "decimal(" + strconv.Itoa(s.precision) + "," + strconv.Itoa(s.scale) + ")"
	}
	return string(s.logical)
}
