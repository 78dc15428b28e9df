package avro

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxEncodeWork bounds the values that EncodeJSON looks at; a union is tried branch by branch.
const maxEncodeWork = 1 << 22

// EncodeJSON encodes a JSON value as a people-friendly sample of the type: what Program.Decode gives, and besides
// decimals as numbers or strings, times as text or the raw number, and fields left out that have a default. A union's
// value is not wrapped; it is of the first branch that it fits. Unknown fields are errors. An error begins with the path
// of the value, such as $.lines[2].price, and does not show it.
func EncodeJSON(s *Schema, text []byte) ([]byte, error) {
	n, err := readJSON(string(text), jsonLimits{bytes: 64 << 20, depth: 512, nodes: maxEncodeWork})
	if err != nil {
		return nil, fmt.Errorf("avro sample: %w", err)
	}
	e := sampler{work: maxEncodeWork}
	out, err := e.value(nil, n, s, &path{step: "$"})
	if err != nil {
		return nil, fmt.Errorf("avro sample: %w", err)
	}
	return out, nil
}

type sampler struct{ work int }

var errSampleWork = errors.New("the sample is too large for the schema's unions")

func (e *sampler) value(dst []byte, n *node, s *Schema, at *path) ([]byte, error) {
	if e.work--; e.work < 0 {
		return nil, errSampleWork
	}
	switch s.typ {
	case TypeUnion:
		return e.union(dst, n, s, at)
	case TypeRecord:
		return e.record(dst, n, s, at)
	case TypeArray:
		if n.kind != '[' {
			return nil, sampleMisfit(n, s, "an array", at)
		}
		if len(n.items) > 0 {
			dst = appendLong(dst, int64(len(n.items)))
		}
		var err error
		for i := range n.items {
			if dst, err = e.value(dst, &n.items[i], s.elem, at.index(i)); err != nil {
				return nil, err
			}
		}
		return append(dst, 0), nil
	case TypeMap:
		if n.kind != '{' {
			return nil, sampleMisfit(n, s, "an object", at)
		}
		if len(n.items) > 0 {
			dst = appendLong(dst, int64(len(n.items)))
		}
		var err error
		for i := range n.items {
			dst = appendString(dst, n.keys[i])
			if dst, err = e.value(dst, &n.items[i], s.elem, at.field(n.keys[i])); err != nil {
				return nil, err
			}
		}
		return append(dst, 0), nil
	}
	out, want := sampleLeaf(dst, n, s)
	if want != "" {
		return nil, sampleMisfit(n, s, want, at)
	}
	return out, nil
}

func sampleMisfit(n *node, s *Schema, want string, at *path) error {
	return at.errorf("%s needs %s; this is %s", s.label(), want, n.what())
}

func (e *sampler) union(dst []byte, n *node, s *Schema, at *path) ([]byte, error) {
	var last error
	for i, b := range s.branches {
		out, err := e.value(appendLong(dst, int64(i)), n, b, at)
		if err == nil || e.work < 0 {
			return out, err
		}
		if b.typ != TypeNull {
			last = err
		}
	}
	if len(s.branches) == 2 && s.nullBranch() >= 0 {
		return nil, last // the other branch's reason says more
	}
	return nil, at.errorf("%s fits none of the %s", n.what(), s.label())
}

func (e *sampler) record(dst []byte, n *node, s *Schema, at *path) ([]byte, error) {
	if n.kind != '{' {
		return nil, sampleMisfit(n, s, "an object", at)
	}
	for _, k := range n.keys {
		if s.fieldIndex(k) < 0 {
			return nil, at.errorf("%s has no field %q", s.label(), k)
		}
	}
	for i := range s.fields {
		f := &s.fields[i]
		v := n.get(f.name)
		switch {
		case v != nil:
			var err error
			if dst, err = e.value(dst, v, f.typ, at.field(f.name)); err != nil {
				return nil, err
			}
		case f.deflt != nil:
			dst = append(dst, f.wire...)
		default:
			return nil, at.errorf("field %q of %s is missing and has no default", f.name, s.label())
		}
	}
	return dst, nil
}

// sampleLeaf appends a value without parts; want is what was needed where it does not fit.
func sampleLeaf(dst []byte, n *node, s *Schema) (out []byte, want string) {
	switch s.typ {
	case TypeNull:
		return dst, unless(n.kind == 'n', "null")
	case TypeBoolean:
		return appendBool(dst, n.kind == 't'), unless(n.kind == 't' || n.kind == 'f', "true or false")
	case TypeInt, TypeLong:
		return sampleInteger(dst, n, s)
	case TypeFloat, TypeDouble:
		return sampleFloat(dst, n, s)
	case TypeString:
		if s.logical == UUID && !isUUID([]byte(n.text)) {
			return nil, "a UUID"
		}
		return appendString(dst, n.text), unless(n.kind == '"', "a string")
	case TypeEnum:
		for i, sym := range s.symbols {
			if n.kind == '"' && sym == n.text {
				return appendLong(dst, int64(i)), ""
			}
		}
		return nil, "one of its symbols"
	}
	b, want := sampleBytes(n, s)
	switch {
	case want != "":
		return nil, want
	case s.typ == TypeBytes:
		return appendBytes(dst, b), ""
	case len(b) != s.size:
		return nil, fmt.Sprintf("%d bytes", s.size)
	}
	return append(dst, b...), ""
}

func unless(ok bool, want string) string {
	if ok {
		return ""
	}
	return want
}

func sampleInteger(dst []byte, n *node, s *Schema) (out []byte, want string) {
	want = "a whole number"
	if s.logical == Date || s.logical.timeUnit() > 0 {
		want = "the text of a " + string(s.logical) + " (RFC 3339), no finer than its unit, or a whole number"
		if n.kind == '"' {
			r, ok := parseTime(n.text, s.logical)
			if !ok || !r.IsInt() || !r.Num().IsInt64() {
				return nil, want
			}
			return appendLong(dst, r.Num().Int64()), ""
		}
	}
	if n.kind != '0' {
		return nil, want
	}
	digits, exp, err := parseNumber(n.text)
	if err != nil {
		return nil, want
	}
	r := toRat(digits, exp)
	if !r.IsInt() || !r.Num().IsInt64() {
		return nil, want + " of 64 bits"
	}
	v := r.Num().Int64()
	if s.typ == TypeInt && (v < math.MinInt32 || v > math.MaxInt32) {
		return nil, want + " of 32 bits"
	}
	return appendLong(dst, v), ""
}

func sampleFloat(dst []byte, n *node, s *Schema) (out []byte, want string) {
	named := n.kind == '"' && (n.text == "NaN" || n.text == "Infinity" || n.text == "-Infinity")
	f, err := strconv.ParseFloat(n.text, 64)
	if !named && (n.kind != '0' || err != nil) {
		return nil, "a number"
	}
	if s.typ == TypeDouble {
		return appendDouble(dst, f), ""
	}
	if !named && math.IsInf(float64(float32(f)), 0) {
		return nil, "a number of 32 bits"
	}
	return appendFloat(dst, float32(f)), ""
}

func sampleBytes(n *node, s *Schema) (b []byte, want string) {
	switch s.logical {
	case Decimal:
		return sampleDecimal(n, s)
	case UUID:
		if n.kind != '"' || !isUUID([]byte(n.text)) {
			return nil, "a UUID"
		}
		b, _ = hex.DecodeString(strings.ReplaceAll(n.text, "-", ""))
		return b, ""
	case Duration:
		return sampleDuration(n)
	}
	if n.kind != '"' {
		return nil, "base64 text"
	}
	b, err := base64.StdEncoding.DecodeString(n.text)
	return b, unless(err == nil, "base64 text")
}

func sampleDecimal(n *node, s *Schema) (b []byte, want string) {
	want = fmt.Sprintf("a decimal number (or its text) of at most %d digits, %d of them after the point", s.precision, s.scale)
	if n.kind != '0' && n.kind != '"' {
		return nil, want
	}
	digits, exp, err := parseNumber(n.text)
	if err != nil {
		return nil, want
	}
	r := toRat(digits, exp+s.scale)
	if !r.IsInt() || r.Num().CmpAbs(pow10(s.precision)) >= 0 {
		return nil, want
	}
	b = twos(r.Num())
	if len(b) == 0 {
		b = []byte{0} // zero, as other writers have it
	}
	for s.typ == TypeFixed && len(b) < s.size {
		b = append([]byte{signByte(r.Num())}, b...)
	}
	return b, ""
}

func signByte(n *big.Int) byte {
	if n.Sign() < 0 {
		return 0xff
	}
	return 0
}

func sampleDuration(n *node) (b []byte, want string) {
	want = "an object of months, days and milliseconds"
	if n.kind != '{' || len(n.keys) != 3 {
		return nil, want
	}
	for _, key := range []string{"months", "days", "milliseconds"} {
		part := n.get(key)
		if part == nil || part.kind != '0' {
			return nil, want
		}
		v, err := strconv.ParseUint(part.text, 10, 32)
		if err != nil {
			return nil, want + " of 32 bits each"
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b, ""
}
