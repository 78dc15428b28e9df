package avsc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// physical is what a physicalType says.
type physical struct {
	typ              avro.Type
	logical          avro.Logical
	precision, scale int    // of a decimal; precision 0 where it is not said
	size             int    // of a fixed, 0 where it is not said
	inner            string // of array<string> and map<string>: string
}

// logicalOf is the logicalType that ODCS has for it.
func (p physical) logicalOf() string {
	switch p.logical {
	case avro.Decimal:
		return "number"
	case avro.Date:
		return "date"
	case avro.UUID, avro.Duration:
		return "string"
	case avro.TimeMillis, avro.TimeMicros:
		return "time"
	case "":
	default:
		return "timestamp"
	}
	switch p.typ {
	case avro.TypeBoolean:
		return "boolean"
	case avro.TypeInt, avro.TypeLong:
		return "integer"
	case avro.TypeFloat, avro.TypeDouble:
		return "number"
	case avro.TypeRecord, avro.TypeMap:
		return "object"
	case avro.TypeArray:
		return "array"
	}
	return "string"
}

// text names the type as a physicalType does.
func (p physical) text() string {
	switch {
	case p.logical == avro.Decimal:
		return fmt.Sprintf("decimal(%d,%d)", p.precision, p.scale)
	case p.logical != "":
		return string(p.logical)
	}
	return string(p.typ)
}

// carries tells whether a value of the logicalType can be of this type. Before 3.1.0 every time is a date.
func (p physical) carries(logicalType, apiVersion string) bool {
	is := p.logicalOf()
	switch logicalType {
	case is, "":
		return true
	case "map":
		return p.typ == avro.TypeMap
	case "vector":
		return p.typ == avro.TypeArray
	case "date":
		return strings.HasPrefix(apiVersion, "v3.0") && (is == "timestamp" || is == "time")
	}
	return false
}

// words are the names of types in Avro and in SQL.
func words() map[string]physical {
	table := make(map[string]physical)
	add := func(typ avro.Type, logical avro.Logical, names string) {
		for name := range strings.SplitSeq(names, ", ") {
			table[name] = physical{typ: typ, logical: logical}
		}
	}
	add(avro.TypeBoolean, "", "boolean, bool")
	add(avro.TypeInt, "", "int, integer, int4, int2, int16, int32, smallint, tinyint, mediumint, short, byte, serial")
	add(avro.TypeLong, "", "long, bigint, int8, int64, bigserial")
	add(avro.TypeFloat, "", "float, float4, float32, real")
	add(avro.TypeDouble, "", "double, double precision, float8, float64")
	add(avro.TypeBytes, "", "bytes, binary, varbinary, blob, bytea")
	add(avro.TypeString, "", "string, text, varchar, varchar2, nvarchar, nvarchar2, char, nchar, character, character varying, clob, citext, json, jsonb")
	add(avro.TypeRecord, "", "record, struct, row")
	add(avro.TypeArray, "", "array, list")
	add(avro.TypeMap, "", "map")
	add(avro.TypeEnum, "", "enum")
	add(avro.TypeFixed, "", "fixed")
	add(avro.TypeBytes, avro.Decimal, "decimal, numeric, number, dec")
	add(avro.TypeString, avro.UUID, "uuid")
	add(avro.TypeFixed, avro.Duration, "duration")
	add(avro.TypeInt, avro.Date, "date")
	add(avro.TypeInt, avro.TimeMillis, "time, time-millis")
	add(avro.TypeLong, avro.TimeMicros, "time-micros")
	add(avro.TypeLong, avro.TimestampMillis, "timestamp-millis, timestamp, timestamptz, timestamp_tz, timestamp_ltz, timestamp with time zone, datetime")
	add(avro.TypeLong, avro.TimestampMicros, "timestamp-micros")
	add(avro.TypeLong, avro.TimestampNanos, "timestamp-nanos")
	add(avro.TypeLong, avro.LocalTimestampMillis, "local-timestamp-millis, timestamp_ntz, timestamp without time zone")
	add(avro.TypeLong, avro.LocalTimestampMicros, "local-timestamp-micros")
	add(avro.TypeLong, avro.LocalTimestampNanos, "local-timestamp-nanos")
	return table
}

// readWord reads a physicalType such as decimal(12,2), varchar(40), timestamp(6) or map<long>; false where the word is
// not known.
func readWord(text string) (physical, bool) {
	name := strings.Join(strings.Fields(strings.ToLower(text)), " ")
	var inner string
	if outer, rest, ok := strings.Cut(name, "<"); ok {
		name, inner = outer, strings.TrimSuffix(rest, ">")
	}
	var numbers []int
	if outer, rest, ok := strings.Cut(name, "("); ok {
		list, after, _ := strings.Cut(rest, ")") // timestamp(3) with time zone
		for part := range strings.SplitSeq(list, ",") {
			if n, err := strconv.Atoi(strings.TrimSpace(part)); err == nil {
				numbers = append(numbers, n)
			}
		}
		name = strings.TrimSpace(outer) + after
	}
	p, ok := words()[strings.TrimSpace(name)]
	if !ok {
		return p, false
	}
	p.inner = inner
	if len(numbers) == 0 {
		return p, true
	}
	switch {
	case p.logical == avro.Decimal:
		p.precision = numbers[0]
		if len(numbers) > 1 {
			p.scale = numbers[1]
		}
	case p.typ == avro.TypeFixed:
		p.size = numbers[0]
	case p.logical == avro.TimeMillis && numbers[0] > 3:
		p.typ, p.logical = avro.TypeLong, avro.TimeMicros
	case p.logical == avro.TimestampMillis || p.logical == avro.LocalTimestampMillis:
		p.logical = finer(p.logical, numbers[0])
	}
	return p, true
}

// finer is the timestamp with so many digits of a second.
func finer(l avro.Logical, digits int) avro.Logical {
	base := strings.TrimSuffix(string(l), "millis")
	switch {
	case digits > 6:
		return avro.Logical(base + "nanos")
	case digits > 3:
		return avro.Logical(base + "micros")
	}
	return l
}

// usual is the type of a logicalType that no physicalType makes more exact.
func usual(p *contract.Property) physical {
	format, step := "", ""
	if p.Options != nil {
		format, step = p.Options.Format, p.Options.MultipleOf.Text
	}
	switch p.LogicalType {
	case "boolean":
		return physical{typ: avro.TypeBoolean}
	case "integer":
		if slices.Contains([]string{"i8", "i16", "i32", "u8", "u16"}, format) {
			return physical{typ: avro.TypeInt}
		}
		return physical{typ: avro.TypeLong}
	case "number":
		if whole, digits, ok := strings.Cut(step, "."); ok && whole == "0" && strings.TrimLeft(digits, "0") == "1" {
			return physical{typ: avro.TypeBytes, logical: avro.Decimal, precision: max(18, len(digits)), scale: len(digits)}
		}
		if format == "f32" {
			return physical{typ: avro.TypeFloat}
		}
		return physical{typ: avro.TypeDouble}
	case "date":
		return physical{typ: avro.TypeInt, logical: avro.Date}
	case "time":
		return physical{typ: avro.TypeInt, logical: avro.TimeMillis}
	case "timestamp":
		return physical{typ: avro.TypeLong, logical: avro.TimestampMillis}
	case "object":
		if len(p.Properties) > 0 {
			return physical{typ: avro.TypeRecord}
		}
		return physical{typ: avro.TypeMap}
	case "map":
		return physical{typ: avro.TypeMap}
	case "array", "vector":
		return physical{typ: avro.TypeArray}
	}
	if format == "uuid" {
		return physical{typ: avro.TypeString, logical: avro.UUID}
	}
	return physical{typ: avro.TypeString}
}
