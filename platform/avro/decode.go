package avro

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
)

// Record is a record without a Go type: its fields in the schema's order.
type Record []Field

// Field is one field of a Record.
type Field struct {
	Name  string
	Value any
}

// MarshalJSON writes an object with the fields in their order.
func (r Record) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range r {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(appendJSONString(nil, f.Name))
		b.WriteByte(':')
		v, err := json.Marshal(f.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Get is a field's value by name.
func (r Record) Get(name string) (any, bool) {
	for _, f := range r {
		if f.Name == name {
			return f.Value, true
		}
	}
	return nil, false
}

// Decode walks a payload and, if it is accepted, turns it into a value that encoding/json writes, as the program's reader
// sees it; else the error is the *fault.Rejection. A program without rules decodes whatever has the right structure.
//
//	record Record; map map[string]any; array []any; union the value in it; null nil; boolean bool; string, enum string;
//	int, long int64; float, double float32, float64, or "NaN", "Infinity", "-Infinity"; bytes, fixed base64 text;
//	decimal json.Number with all its places; uuid its text; date 2006-01-02; time-* 15:04:05.000; timestamp-* RFC 3339
//	in UTC; local-timestamp-* the same without a zone (dates beyond the years 0 to 9999: the raw number); duration
//	a Record of months, days, milliseconds.
func (p *Program) Decode(payload []byte) (any, error) {
	if v := p.Walk(payload, p.NewNotes()); !v.OK() {
		return nil, p.Rejection(v)
	}
	if p.rewrite != nil {
		payload = new(rewriter).rewrite(nil, payload, p.rewrite)
	}
	in := scanner{b: payload}
	return in.value(p.reader), nil
}

// value decodes a value of the type.
func (s *scanner) value(t *Schema) any {
	switch t.typ {
	case TypeBoolean:
		return s.bool()
	case TypeInt, TypeLong:
		return moment(s.long(), t.logical)
	case TypeFloat:
		f := s.float()
		if name := notANumber(float64(f)); name != "" {
			return name
		}
		return f
	case TypeDouble:
		f := s.double()
		if name := notANumber(f); name != "" {
			return name
		}
		return f
	case TypeBytes:
		return octetsValue(s.bytes(), t)
	case TypeFixed:
		return octetsValue(s.take(t.size), t)
	case TypeString:
		return string(s.bytes())
	case TypeEnum:
		return t.symbols[s.long()]
	case TypeUnion:
		return s.value(t.branches[s.long()])
	case TypeRecord:
		r := make(Record, len(t.fields))
		for i := range t.fields {
			r[i] = Field{t.fields[i].name, s.value(t.fields[i].typ)}
		}
		return r
	case TypeArray:
		list := []any{}
		for n := s.block(); n > 0; n = s.block() {
			for range n {
				list = append(list, s.value(t.elem))
			}
		}
		return list
	case TypeMap:
		m := map[string]any{}
		for n := s.block(); n > 0; n = s.block() {
			for range n {
				key := string(s.bytes())
				m[key] = s.value(t.elem)
			}
		}
		return m
	}
	return nil
}

// notANumber names a float that JSON has no number for.
func notANumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return ""
}

// moment is a date, time of day or point in time as text, and any other number as it is.
func moment(v int64, l Logical) any {
	var layout string
	var at time.Time
	switch unit := l.timeUnit(); {
	case l == Date:
		at, layout = time.Unix(v*86400, 0).UTC(), time.DateOnly
	case unit == 0:
		return v
	default:
		seconds := floorDiv(v, unit)
		at = time.Unix(seconds, (v-seconds*unit)*(1e9/unit)).UTC()
		layout = "15:04:05." + "000000000"[:len(fmt.Sprint(unit))-1]
		if l.isTimestamp() {
			layout = "2006-01-02T" + layout
			if !strings.HasPrefix(string(l), "local-") {
				layout += "Z07:00"
			}
		}
	}
	if at.Year() < 0 || at.Year() > 9999 {
		return v
	}
	return at.Format(layout)
}

func octetsValue(b []byte, t *Schema) any {
	switch t.logical {
	case Decimal:
		return json.Number(decimalText(fromTwos(b), t.scale))
	case UUID:
		return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	case Duration:
		return Record{
			{"months", int64(binary.LittleEndian.Uint32(b))},
			{"days", int64(binary.LittleEndian.Uint32(b[4:]))},
			{"milliseconds", int64(binary.LittleEndian.Uint32(b[8:]))},
		}
	}
	return base64.StdEncoding.EncodeToString(b)
}

// decimalText writes unscaled / 10^scale with all its places.
func decimalText(unscaled *big.Int, scale int) string {
	digits := new(big.Int).Abs(unscaled).String()
	if scale > 0 {
		if len(digits) <= scale {
			digits = strings.Repeat("0", scale-len(digits)+1) + digits
		}
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if unscaled.Sign() < 0 {
		return "-" + digits
	}
	return digits
}
