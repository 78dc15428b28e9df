package scaffold

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/avro/gotypes"
)

// literal writes a sample as a Go composite literal of the generated types.
type literal struct {
	types     map[string]gotypes.Type
	pkg       string
	eventTime string // this field says now
}

// fields are the lines of a struct's fields. What Go's zero value says already is left out.
func (l *literal) fields(t gotypes.Type, s *avro.Schema, sample any, path []string) []string {
	record, _ := sample.(avro.Record)
	var lines []string
	for _, f := range t.Fields {
		sf, ok := s.Field(f.Avro)
		if !ok {
			continue
		}
		v, _ := record.Get(f.Avro)
		if text := l.value(sf.Type(), f.Type, v, append(path[:len(path):len(path)], f.Avro)); text != "" {
			lines = append(lines, f.Name+": "+text+",")
		}
	}
	return lines
}

// value is a Go expression; "" is the zero value.
func (l *literal) value(s *avro.Schema, typ string, v any, path []string) string {
	if v == nil {
		return ""
	}
	if s.Type() == avro.TypeUnion {
		text := l.value(s.Value(), strings.TrimPrefix(typ, "*"), v, path)
		if text == "" {
			text = zero(s.Value())
		}
		if text == "" {
			return ""
		}
		return "new(" + text + ")"
	}
	switch s.Logical() {
	case avro.Decimal:
		r, ok := new(big.Rat).SetString(fmt.Sprint(v))
		if !ok {
			return ""
		}
		return fmt.Sprintf("big.NewRat(%s, %s)", r.Num(), r.Denom())
	case avro.Date, avro.TimestampMillis, avro.TimestampMicros, avro.LocalTimestampMillis, avro.LocalTimestampMicros:
		if strings.Join(path, ".") == l.eventTime {
			return "time.Now()"
		}
		return l.time(fmt.Sprint(v))
	case avro.TimeMillis, avro.TimeMicros:
		return "12 * time.Hour"
	}
	switch s.Type() {
	case avro.TypeRecord:
		name, ok := gotypes.NameOf(l.types, s.Name()[strings.LastIndexByte(s.Name(), '.')+1:])
		if !ok {
			return ""
		}
		return l.pkg + "." + name + "{" + strings.Join(l.fields(l.types[name], s, v, path), " ") + "}"
	case avro.TypeArray:
		items, _ := v.([]any)
		var texts []string
		for _, item := range items {
			if text := l.value(s.Items(), strings.TrimPrefix(typ, "[]"), item, append(path, "[]")); text != "" {
				texts = append(texts, text)
			}
		}
		return l.qualified(typ) + "{" + strings.Join(texts, ", ") + "}"
	case avro.TypeMap:
		entries, _ := v.(map[string]any)
		var texts []string
		for key, item := range entries {
			if text := l.value(s.Values(), strings.TrimPrefix(typ, "map[string]"), item, append(path, "{}")); text != "" {
				texts = append(texts, strconv.Quote(key)+": "+text)
			}
		}
		slices.Sort(texts)
		return l.qualified(typ) + "{" + strings.Join(texts, ", ") + "}"
	}
	return scalar(s, v)
}

// scalar is a literal whose type Go infers where it stands, and says where it stands in new(...).
func scalar(s *avro.Schema, v any) string {
	switch v := v.(type) {
	case string:
		if s.Type() == avro.TypeBytes || s.Type() == avro.TypeFixed {
			return ""
		}
		return strconv.Quote(v)
	case json.Number:
		switch s.Type() {
		case avro.TypeInt:
			return "int32(" + v.String() + ")"
		case avro.TypeLong:
			return "int64(" + v.String() + ")"
		case avro.TypeFloat:
			return "float32(" + v.String() + ")"
		}
		return "float64(" + v.String() + ")"
	}
	return ""
}

// zero is a zero value that must be written, since it stands in new(...).
func zero(s *avro.Schema) string {
	switch s.Type() {
	case avro.TypeBoolean:
		return "false"
	case avro.TypeBytes:
		return "[]byte{}"
	}
	return ""
}

func (l *literal) time(text string) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return fmt.Sprintf("time.Date(%d, %d, %d, %d, %d, %d, 0, time.UTC)", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second())
		}
	}
	return ""
}

// qualified puts the package before a generated type within another: []Item is []shop.Item.
func (l *literal) qualified(typ string) string {
	for i := range typ {
		if rest := typ[i:]; rest != "" {
			if _, ours := l.types[rest]; ours {
				return typ[:i] + l.pkg + "." + rest
			}
		}
	}
	return typ
}
