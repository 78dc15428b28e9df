package contract

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// options translates a property's logicalTypeOptions, in the order of their names.
func (t *translator) options(p *Property, path []string) {
	o := p.Options
	if p.LogicalType == "" { // an error, and what the options mean depends on it
		return
	}
	add := func(key string, kind avro.RuleKind, text string) {
		t.rule(o.Place, key, avro.Rule{Path: path, Kind: kind, Text: text})
	}
	for _, key := range o.Keys() {
		switch key {
		case "minimum":
			add(key, bound(avro.Minimum, avro.ExclusiveMinimum, o.ExclusiveMinimum), boundText(o.Minimum))
		case "maximum":
			add(key, bound(avro.Maximum, avro.ExclusiveMaximum, o.ExclusiveMaximum), boundText(o.Maximum))
		case "exclusiveMinimum":
			if o.ExclusiveMinimum.Kind != strict.Bool {
				add(key, avro.ExclusiveMinimum, boundText(o.ExclusiveMinimum))
			}
		case "exclusiveMaximum":
			if o.ExclusiveMaximum.Kind != strict.Bool {
				add(key, avro.ExclusiveMaximum, boundText(o.ExclusiveMaximum))
			}
		case "multipleOf":
			add(key, avro.MultipleOf, plainNumber(o.MultipleOf))
		case "minLength":
			add(key, avro.MinLength, strconv.Itoa(o.MinLength))
		case "maxLength":
			add(key, avro.MaxLength, strconv.Itoa(o.MaxLength))
		case "pattern":
			add(key, avro.Pattern, o.Pattern)
		case "minItems":
			add(key, avro.MinItems, strconv.Itoa(o.MinItems))
		case "maxItems":
			add(key, avro.MaxItems, strconv.Itoa(o.MaxItems))
		case "uniqueItems":
			if o.UniqueItems {
				add(key, avro.UniqueItems, "")
			}
		case "dimensions":
			add(key, avro.MinItems, strconv.Itoa(o.Vector.Dimensions))
			add(key, avro.MaxItems, strconv.Itoa(o.Vector.Dimensions))
		case "required":
			for _, name := range o.Required {
				t.required(o.Place, key, append(slices.Clone(path), name), avro.Error)
			}
		case "minProperties", "maxProperties":
			t.entries(o, key, path)
		case "format":
			t.format(p, path)
		case "normalized":
			if o.Vector.Normalized {
				t.unenforced(o.Place, key, "normalized: nobody measures the length of a vector")
			}
		case "timezone", "defaultTimezone":
			t.unenforced(o.Place, key, "%s, since an Avro timestamp is an instant in UTC, or local by its type", key)
		}
	}
}

// bound is the kind of minimum or maximum: in 3.0.x, exclusiveMinimum: true makes minimum exclusive.
func bound(inclusive, exclusive avro.RuleKind, flag Value) avro.RuleKind {
	if flag.Kind == strict.Bool && flag.Text == "true" {
		return exclusive
	}
	return inclusive
}

// boundText is a bound as rules have it; SQL's blank between day and time becomes the T of RFC 3339.
func boundText(v Value) string {
	switch {
	case v.IsNumber():
		return plainNumber(v)
	case len(v.Text) > len(time.DateOnly) && v.Text[len(time.DateOnly)] == ' ' && momentOf(v) != nil:
		return v.Text[:len(time.DateOnly)] + "T" + v.Text[len(time.DateOnly)+1:]
	}
	return v.Text
}

// entries bounds how many entries a map has. A record's fields are fixed by its schema.
func (t *translator) entries(o *Options, key string, path []string) {
	if t.schema != nil {
		if s, ok := t.schema.Lookup(path...); ok && s.Value().Type() != avro.TypeMap {
			t.unenforced(o.Place, key, "%s, since a record has the fields of its schema, no more and no less", key)
			return
		}
	}
	kind, n := avro.MinItems, o.MinProperties
	if key == "maxProperties" {
		kind, n = avro.MaxItems, o.MaxProperties
	}
	t.rule(o.Place, key, avro.Rule{Path: path, Kind: kind, Text: strconv.Itoa(n)})
}

// format translates the option format, which means something else for each logicalType.
func (t *translator) format(p *Property, path []string) {
	o := p.Options
	switch p.LogicalType {
	case "string":
		if slices.Contains(avro.Formats(), o.Format) {
			t.rule(o.Place, "format", avro.Rule{Path: path, Kind: avro.Format, Text: o.Format})
			return
		}
		t.unenforced(o.Place, "format", "the format %s; enforced are %s. A pattern can say it", strict.Quote(o.Format), strings.Join(avro.Formats(), ", "))
	case "integer":
		least, most := integerRange(o.Format)
		if least != "" {
			t.rule(o.Place, "format", avro.Rule{ID: PathText(path) + ".format", Path: path, Kind: avro.Minimum, Text: least})
		}
		if most != "" {
			t.rule(o.Place, "format", avro.Rule{ID: PathText(path) + ".format", Path: path, Kind: avro.Maximum, Text: most})
		}
	case "number":
		t.unenforced(o.Place, "format", "the format %s, since the schema's type says how a number is stored", o.Format)
	default:
		t.unenforced(o.Place, "format", "the format, since an Avro %s is a number and has no text", p.LogicalType)
	}
}

// integerRange is the range of a Rust integer type; "" where an Avro long cannot leave it.
func integerRange(format string) (least, most string) {
	bits, err := strconv.Atoi(strings.TrimLeft(format, "iu"))
	if err != nil {
		return "", ""
	}
	signed := strings.HasPrefix(format, "i")
	if !signed {
		least = "0"
	}
	if bits >= 64 {
		return least, ""
	}
	if signed {
		bits--
	}
	limit := int64(1) << bits
	if signed {
		least = strconv.FormatInt(-limit, 10)
	}
	return least, strconv.FormatInt(limit-1, 10)
}

// plainNumber is a YAML number as decimal digits: without a base, an exponent, underscores or a leading plus.
func plainNumber(v Value) string {
	text := strings.TrimPrefix(strings.ReplaceAll(v.Text, "_", ""), "+")
	if v.Kind == strict.Integer {
		if n, ok := new(big.Int).SetString(text, 0); ok {
			return n.String()
		}
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, "eE") {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return text
}
