package scaffold

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// sampler makes values that keep the rules. It invents them: nothing of a topic's records gets into a file.
type sampler struct {
	rules map[string][]avro.Rule // by path
	day   time.Time
}

func newSampler(rules []avro.Rule, now time.Time) *sampler {
	s := &sampler{rules: make(map[string][]avro.Rule), day: now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)}
	for _, r := range rules {
		at := strings.Join(r.Path, ".")
		s.rules[at] = append(s.rules[at], r)
	}
	return s
}

func (s *sampler) rule(path []string, kinds ...avro.RuleKind) (avro.Rule, bool) {
	for _, r := range s.rules[strings.Join(path, ".")] {
		if slices.Contains(kinds, r.Kind) {
			return r, true
		}
	}
	return avro.Rule{}, false
}

// deepest is how far a sample of a recursive schema goes.
const deepest = 12

// value is a sample of a type, as JSON has it.
func (s *sampler) value(t *avro.Schema, path []string, depth int) any {
	if t.Type() == avro.TypeUnion {
		if depth > deepest {
			if _, must := s.rule(path, avro.Required); !must && t.Nullable() {
				return nil
			}
		}
		for _, branch := range t.Branches() {
			if branch.Type() != avro.TypeNull {
				return s.value(branch, path, depth)
			}
		}
		return nil
	}
	switch t.Type() {
	case avro.TypeRecord:
		record := avro.Record{}
		for _, f := range t.Fields() {
			record = append(record, avro.Field{Name: f.Name(), Value: s.value(f.Type(), then(path, f.Name()), depth+1)})
		}
		return record
	case avro.TypeArray:
		items := []any{}
		for range s.least(path, avro.MinItems, 1) {
			if depth <= deepest {
				items = append(items, s.value(t.Items(), then(path, "[]"), depth+1))
			}
		}
		return items
	case avro.TypeMap:
		entries := map[string]any{}
		for i := range s.least(path, avro.MinItems, 1) {
			if depth <= deepest {
				entries[fmt.Sprintf("key-%d", i+1)] = s.value(t.Values(), then(path, "{}"), depth+1)
			}
		}
		return entries
	}
	return s.scalar(t, path)
}

func then(path []string, step string) []string { return append(path[:len(path):len(path)], step) }

// least is the number in a rule, at most 20, or the fallback.
func (s *sampler) least(path []string, kind avro.RuleKind, fallback int) int {
	if r, ok := s.rule(path, kind); ok {
		if n, err := strconv.Atoi(r.Text); err == nil {
			return min(max(n, fallback), 20)
		}
	}
	return fallback
}

func (s *sampler) scalar(t *avro.Schema, path []string) any {
	if r, ok := s.rule(path, avro.Enum); ok && len(r.Values) > 0 {
		return worded(t, r.Values[0])
	}
	switch t.Logical() {
	case avro.Decimal:
		return s.number(path, t.Scale(), 1)
	case avro.UUID:
		return formatSample("uuid")
	case avro.Date:
		return s.bounded(path, s.day.Format(time.DateOnly))
	case avro.TimeMillis, avro.TimeMicros:
		return s.bounded(path, "12:00:00.000")
	case avro.TimestampMillis, avro.TimestampMicros, avro.TimestampNanos:
		return s.bounded(path, s.day.Add(12*time.Hour).Format(time.RFC3339))
	case avro.LocalTimestampMillis, avro.LocalTimestampMicros, avro.LocalTimestampNanos:
		return s.bounded(path, s.day.Add(12*time.Hour).Format("2006-01-02T15:04:05"))
	case avro.Duration:
		return avro.Record{{Name: "months", Value: 0}, {Name: "days", Value: 1}, {Name: "milliseconds", Value: 0}}
	}
	switch t.Type() {
	case avro.TypeBoolean:
		return false
	case avro.TypeInt, avro.TypeLong:
		return s.number(path, 0, 1)
	case avro.TypeFloat, avro.TypeDouble:
		return s.number(path, 1, 0.5)
	case avro.TypeBytes:
		return base64.StdEncoding.EncodeToString(make([]byte, s.least(path, avro.MinLength, 0)))
	case avro.TypeFixed:
		return base64.StdEncoding.EncodeToString(make([]byte, t.Size()))
	case avro.TypeEnum:
		return t.Symbols()[0]
	case avro.TypeString:
		return s.text(path)
	}
	return nil
}

// worded is a value that a rule lists, as its type's JSON has it.
func worded(t *avro.Schema, word string) any {
	switch t.Type() {
	case avro.TypeInt, avro.TypeLong, avro.TypeFloat, avro.TypeDouble, avro.TypeBytes, avro.TypeFixed:
		if _, ok := new(big.Rat).SetString(word); ok {
			return json.Number(word)
		}
	case avro.TypeBoolean:
		return word == "true"
	}
	return word
}

// bounded is a time, or the bound that it would break.
func (s *sampler) bounded(path []string, text string) any {
	if r, ok := s.rule(path, avro.Minimum); ok && text < r.Text {
		return r.Text
	}
	if r, ok := s.rule(path, avro.Maximum); ok && text > r.Text {
		return r.Text
	}
	return text
}

// number is near x within the bounds, with so many places.
func (s *sampler) number(path []string, places int, x float64) any {
	at, step := new(big.Rat).SetFloat64(x), big.NewRat(1, 1)
	for range places {
		step.Quo(step, big.NewRat(10, 1))
	}
	bound := func(kind avro.RuleKind) *big.Rat {
		if r, ok := s.rule(path, kind); ok {
			if b, ok := new(big.Rat).SetString(r.Text); ok {
				return b
			}
		}
		return nil
	}
	if b := bound(avro.Maximum); b != nil && at.Cmp(b) > 0 {
		at = b
	}
	if b := bound(avro.ExclusiveMaximum); b != nil && at.Cmp(b) >= 0 {
		at = new(big.Rat).Sub(b, step)
	}
	if b := bound(avro.Minimum); b != nil && at.Cmp(b) < 0 {
		at = b
	}
	if b := bound(avro.ExclusiveMinimum); b != nil && at.Cmp(b) <= 0 {
		at = new(big.Rat).Add(b, step)
	}
	if b := bound(avro.MultipleOf); b != nil && b.Sign() > 0 {
		times := new(big.Rat).Quo(at, b)
		up := new(big.Int).Add(times.Num(), new(big.Int).Sub(times.Denom(), big.NewInt(1)))
		at = new(big.Rat).Mul(b, new(big.Rat).SetInt(up.Div(up, times.Denom())))
	}
	return json.Number(at.FloatString(places))
}

// text is a string that keeps the rules about it.
func (s *sampler) text(path []string) string {
	if r, ok := s.rule(path, avro.Format); ok {
		if text := formatSample(r.Text); text != "" {
			return text
		}
	}
	if r, ok := s.rule(path, avro.Pattern); ok {
		if text, ok := matching(r.Text); ok {
			return text
		}
	}
	text := "sample"
	if n := len(path); n > 0 && path[n-1] != "[]" && path[n-1] != "{}" {
		text = strings.ReplaceAll(strings.ToLower(spoken(path[n-1])), " ", "-") + "-1"
	}
	for n := s.least(path, avro.MinLength, 0); len(text) < n; {
		text += "-1"
	}
	if r, ok := s.rule(path, avro.MaxLength); ok {
		if n, err := strconv.Atoi(r.Text); err == nil && n >= 0 && n < len(text) {
			text = text[:n]
		}
	}
	return text
}

// formatSample is a text of a format; the domains are those that are reserved for examples.
func formatSample(format string) string {
	return map[string]string{
		"uuid": "0f8b6c1e-4f0a-4d5b-9c55-3a1f6f1d2b01", "email": "reader@shop.example", "date": "2026-01-15",
		"date-time": "2026-01-15T12:00:00Z", "time": "12:00:00Z", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
		"uri": "https://shop.example/1", "hostname": "shop.example",
	}[format]
}
