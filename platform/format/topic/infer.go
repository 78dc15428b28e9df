package topic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// inferred is the Avro schema of JSON records, as indented text. skipped are the fields whose names Avro does not allow.
func (s *Survey) inferred(topic string) (text []byte, skipped []string, err error) {
	in := &inference{names: map[string]bool{}}
	name, namespace := names(topic)
	record := in.record(s.root, name, s.root.kinds[isRecord])
	record = append(record[:1:1], append([]entry{{"name", name}, {"namespace", namespace}}, record[2:]...)...)
	var out bytes.Buffer
	raw, err := json.Marshal(record)
	if err == nil {
		err = json.Indent(&out, raw, "", "  ")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("infer a schema for %s: %w", topic, err)
	}
	out.WriteByte('\n')
	return out.Bytes(), in.skipped, nil
}

// entries is a JSON object whose keys keep their order.
type entries []entry

type entry struct {
	key   string
	value any
}

// MarshalJSON writes the object.
func (es entries) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range es {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(e.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(e.value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

type inference struct {
	names   map[string]bool // of records
	skipped []string
}

// record describes an object that was seen so many times.
func (in *inference) record(f *field, name string, seen int64) entries {
	in.names[name] = true
	fields := []entries{}
	for _, c := range f.fields {
		if !isAvroName(c.name) {
			in.skipped = append(in.skipped, c.name)
			continue
		}
		fields = append(fields, in.field(c, seen))
	}
	return entries{{"type", "record"}, {"name", name}, {"fields", fields}}
}

// field describes a field; where it was null or missing in some of the records it may be null.
func (in *inference) field(f *field, of int64) entries {
	typ := in.typ(f, f.name)
	if f.kinds[isNull] == 0 && f.seen == of {
		return entries{{"name", f.name}, {"type", typ}}
	}
	return entries{{"name", f.name}, {"type", []any{"null", typ}}, {"default", nil}}
}

func (in *inference) typ(f *field, name string) any {
	n := f.seen - f.kinds[isNull]
	switch {
	case n > 0 && f.kinds[isTruth] == n:
		return "boolean"
	case n > 0 && f.kinds[isInteger] == n:
		return "long"
	case n > 0 && f.kinds[isInteger]+f.kinds[isNumber] == n:
		return "double"
	case n > 0 && f.kinds[isList] == n:
		if f.items == nil {
			return entries{{"type", "array"}, {"items", "string"}}
		}
		return entries{{"type", "array"}, {"items", in.typ(f.items, name+"Item")}}
	case n > 0 && f.kinds[isRecord] == n:
		if f.isMap() {
			values := newField("{}")
			for _, c := range f.fields {
				values.merge(c)
			}
			return entries{{"type", "map"}, {"values", in.typ(values, name+"Value")}}
		}
		unique := pascal(name)
		for i := 2; in.names[unique]; i++ {
			unique = fmt.Sprintf("%s%d", pascal(name), i)
		}
		return in.record(f, unique, n)
	case n > 0 && f.kinds[isText] == n && f.times != nil && !f.times.broken && f.times.dates && formatName(f.formats) == "date":
		return entries{{"type", "int"}, {"logicalType", "date"}}
	case n > 0 && f.kinds[isText] == n && f.times != nil && !f.times.broken && !f.times.dates:
		return entries{{"type", "long"}, {"logicalType", "timestamp-millis"}}
	}
	return "string"
}

// isMap tells whether an object's keys are data: there are many, and each is rare.
func (f *field) isMap() bool {
	if len(f.fields) < 50 {
		return false
	}
	for _, c := range f.fields {
		if 2*c.seen > f.kinds[isRecord] {
			return false
		}
	}
	return true
}

// names are the record's name and namespace: shop.orders.placed.v1 gives Placed and shop.orders.
func names(topic string) (name, namespace string) {
	words := strings.Split(topic, ".")
	for i := range words {
		words[i] = strings.Trim(strings.Map(avroRune, words[i]), "_")
	}
	if n := len(words); n > 1 && isVersion(words[n-1]) {
		words = words[:n-1]
	}
	n := len(words) - 1
	name = pascal(words[n])
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "Record" + name
	}
	for _, w := range words[:n] {
		if isAvroName(w) {
			namespace += "." + w
		}
	}
	if namespace == "" {
		namespace = "." + strings.ToLower(name)
	}
	return name, namespace[1:]
}

func isVersion(word string) bool {
	return len(word) > 1 && word[0] == 'v' && strings.Trim(word[1:], "0123456789") == ""
}

func avroRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}

func isAvroName(name string) bool {
	return name != "" && (name[0] < '0' || name[0] > '9') && strings.Map(avroRune, name) == name
}

// pascal is a type's name: stock-counts becomes StockCounts.
func pascal(name string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || r == '-' || avroRune(r) == '_' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// parsed is the schema that the values are described by: the subject's, else one that is made up.
func (s *Survey) parsed(topic string) (schema *avro.Schema, text []byte, skipped []string, err error) {
	if s.schema != nil {
		var out bytes.Buffer
		if err := json.Indent(&out, []byte(s.schema.String()), "", "  "); err != nil {
			return nil, nil, nil, err
		}
		out.WriteByte('\n')
		return s.schema, out.Bytes(), nil, nil
	}
	if text, skipped, err = s.inferred(topic); err != nil {
		return nil, nil, nil, err
	}
	schema, err = avro.Parse(text)
	return schema, text, skipped, err
}
