package policy_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// TestInputIsWhatTheDocumentSays: parts that are equal, or nearly, are each what they were.
func TestInputIsWhatTheDocumentSays(t *testing.T) {
	b := load(t, bundle("a.rego", "package a\ndeny contains json.marshal(input.data_contract)"))
	for _, text := range []string{
		`{"a": ["b", "c"], "b": {"b": "c"}, "c": {"b": "c"}, "d": ["b", "c"], "e": ["b", ["c"]], "f": [["b"], "c"], "g": []}`,
		`{"a": [1, "1", 1.0, 1.00, true, "true", null, "null", "", {}, [], [[]], [{}], {"": []}]}`,
		`{"a": {"x": 1, "y": 2}, "b": {"y": 2, "x": 1}, "c": {"x": 2, "y": 1}, "d": ["x", 1, "y", 2]}`,
		`{"a": {"a": {"a": {"a": ["a"]}}}, "b": [{"a": {"a": ["a"]}}, {"a": ["a"]}, {"a": {"a": ["a"]}}]}`,
	} {
		root, faults := strict.Parse([]byte(text))
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		in := input(t)
		in.DataContract = strict.ValueOf(root)
		v := b.Judge(t.Context(), in)
		if len(v.Findings) != 1 {
			t.Fatal(v.Findings)
		}
		if got := v.Findings[0].Message; !same(t, got, text) {
			t.Errorf("%s\n%s", got, text)
		}
	}
}

// same compares JSON, numbers by their text.
func same(t *testing.T, a, b string) bool {
	t.Helper()
	var values [2]any
	for i, text := range []string{a, b} {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&values[i]); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
