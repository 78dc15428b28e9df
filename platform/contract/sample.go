package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Sample is an example of a record, from samples/good or samples/bad beside the contract. Load reads it; whether the
// contract accepts or rejects it as it says is for a test (dataproducttest).
type Sample struct {
	File   string
	Case   string          // the part of the file's name after <port>.v<major>.
	Good   bool            // the contract accepts it
	Value  json.RawMessage // the record, as avro.EncodeJSON reads it
	Reason string          // of a bad one: the fault.Reason that it is rejected with
	Rule   string          // of a bad one: the rule that it breaks, where a rule is broken
}

// sampleName is <port>.v<major>.<case>.json.
var sampleName = regexp.MustCompile(`^(.+\.v\d+)\.([^.].*)\.json$`)

// readSamples gives every contract its samples.
func (l *loader) readSamples() {
	for _, file := range l.samples {
		r := l.about(file)
		kind, folder := path.Base(path.Dir(file)), path.Dir(path.Dir(path.Dir(file)))
		if kind != "good" && kind != "bad" || path.Base(path.Dir(path.Dir(file))) != "samples" {
			r.whole(RuleSample, SeverityError, "a sample stands in samples/good or samples/bad")
			continue
		}
		name := sampleName.FindStringSubmatch(path.Base(file))
		if name == nil {
			r.whole(RuleSample, SeverityError, "a sample's name is <port>.v<major>.<case>.json")
			continue
		}
		contract := path.Join(folder, name[1]+".odcs.yaml")
		i := slices.IndexFunc(l.contracts, func(c *Contract) bool { return c.File == contract })
		if i < 0 {
			r.whole(RuleSample, SeverityError, "there is no contract %s that it could be a sample of", contract)
			continue
		}
		text, ok := l.read(file)
		if !ok {
			continue
		}
		sample, err := readSample(text, kind == "good")
		if err != nil {
			r.put(RuleSample, SeverityError, "", offsetPosition(text, err), "%v", err)
			continue
		}
		sample.File, sample.Case = file, name[2]
		l.contracts[i].samples = append(l.contracts[i].samples, sample)
	}
}

func readSample(text []byte, good bool) (Sample, error) {
	if len(text) > strict.MaxBytes {
		return Sample{}, fmt.Errorf("is larger than %d bytes", strict.MaxBytes)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if good {
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return Sample{}, fmt.Errorf("is not JSON: %w", err)
		}
		return Sample{Good: true, Value: value}, nothingElse(decoder)
	}
	var bad struct {
		Reason string          `json:"reason"`
		Rule   string          `json:"rule"`
		Value  json.RawMessage `json:"value"`
	}
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&bad); err != nil {
		return Sample{}, fmt.Errorf(`is not {"reason": ..., "rule": ..., "value": ...}: %w`, err)
	}
	if bad.Reason == "" || bad.Value == nil {
		return Sample{}, errors.New("a bad sample needs a reason and a value")
	}
	return Sample{Reason: bad.Reason, Rule: bad.Rule, Value: bad.Value}, nothingElse(decoder)
}

func nothingElse(decoder *json.Decoder) error {
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("holds more than one value: keep one")
	}
	return nil
}

// offsetPosition is the place that a JSON error speaks of, where it does.
func offsetPosition(text []byte, err error) strict.Position {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return strict.Position{}
	}
	before := string(text[:min(int(syntax.Offset), len(text))])
	line := strings.LastIndexByte(before, '\n')
	return strict.Position{Line: strings.Count(before, "\n") + 1, Column: max(len(before)-line-1, 1)}
}
