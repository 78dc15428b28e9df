package scaffold

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// badSamples is how many bad samples are written of a contract: conformance wants two, and more show more of the rules.
const badSamples = 3

// bad is a sample that must be refused.
type bad struct {
	Reason string `json:"reason"`
	Rule   string `json:"rule,omitempty"`
	Value  any    `json:"value"`

	name string
}

// samplesOf makes a good sample and bad ones of a contract that is bound to its schema, each tried on the walker.
func samplesOf(c *contract.Contract, now time.Time) (good any, refused []bad, err error) {
	rules, _ := c.Rules()
	program, err := avro.Compile(c.Schema(), avro.Options{Rules: rules})
	if err != nil {
		return nil, nil, err
	}
	notes := program.NewNotes()
	judge := func(v any) (*fault.Rejection, error) {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		payload, err := avro.EncodeJSON(c.Schema(), text)
		if err != nil {
			return nil, err
		}
		return program.Rejection(program.Walk(payload, notes)), nil
	}
	good = newSampler(rules, now).value(c.Schema(), nil, 0)
	if rejection, err := judge(good); err != nil {
		return nil, nil, err
	} else if rejection != nil {
		return nil, nil, fmt.Errorf("no value of %s was found that keeps its rule %s", c.ID, rejection.Rule)
	}
	taken := map[string]bool{}
	try := func(path []string, v any, name string) {
		changed, ok := with(good, path, v)
		if !ok || len(refused) == badSamples || taken[name] {
			return
		}
		if rejection, err := judge(changed); err == nil && rejection != nil {
			taken[name] = true
			refused = append(refused, bad{Reason: string(rejection.Reason), Rule: rejection.Rule, Value: changed, name: name})
		}
	}
	for _, r := range rules {
		if r.Severity == avro.Error && !slices.Contains(r.Path, "[]") && !slices.Contains(r.Path, "{}") {
			v, name := breaking(r)
			if name != "" {
				try(r.Path, v, fileWord(r.Path)+"-"+name)
			}
		}
	}
	if at := c.EventTime(); at != nil && len(refused) < badSamples {
		if changed, ok := with(good, at, early(c.Schema(), at)); ok {
			refused = append(refused, bad{Reason: string(fault.EventTimeImpossible), Value: changed, name: fileWord(at) + "-before-1970"})
		}
	}
	return good, refused, nil
}

func fileWord(path []string) string {
	return strings.ReplaceAll(strings.ToLower(spoken(strings.Join(path, " "))), " ", "-")
}

func early(s *avro.Schema, at []string) string {
	if f, ok := s.Lookup(at...); ok && f.Value().Logical() == avro.Date {
		return "1969-07-20"
	}
	return "1969-07-20T20:17:40Z"
}

// breaking is a value that a rule refuses, and what to call the case.
func breaking(r avro.Rule) (v any, name string) {
	beyond := func(by int64) any {
		x, ok := new(big.Rat).SetString(r.Text)
		if !ok {
			return nil
		}
		return json.Number(strings.TrimSuffix(x.Add(x, big.NewRat(by, 1)).FloatString(4), ".0000"))
	}
	switch r.Kind {
	case avro.Required:
		return nil, "missing"
	case avro.Minimum, avro.ExclusiveMinimum:
		return beyond(-1), "too-small"
	case avro.Maximum, avro.ExclusiveMaximum:
		return beyond(1), "too-large"
	case avro.MinLength:
		return "", "empty"
	case avro.MaxLength:
		if n, err := strconv.Atoi(r.Text); err == nil && n < 10_000 {
			return strings.Repeat("x", n+1), "too-long"
		}
	case avro.Pattern, avro.Format:
		return "?", "malformed"
	case avro.Enum:
		return "unheard-of", "unknown"
	case avro.MinItems:
		return []any{}, "empty"
	}
	return nil, ""
}

// with is a copy of a record with another value at a path.
func with(v any, path []string, to any) (any, bool) {
	if len(path) == 0 {
		return to, true
	}
	record, ok := v.(avro.Record)
	if !ok {
		return nil, false
	}
	record = slices.Clone(record)
	for i := range record {
		if record[i].Name == path[0] {
			record[i].Value, ok = with(record[i].Value, path[1:], to)
			return record, ok
		}
	}
	return nil, false
}

// indented is JSON as people read it.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}
