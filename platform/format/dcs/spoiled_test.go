package dcs_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestSpoiledFiles spoils every key of the files of testdata/import in several ways: it is renamed or removed, or its value is
// another one.
func TestSpoiledFiles(t *testing.T) {
	s := schema(t)
	scalar := func(tag, text string) func(*yaml.Node, int) {
		return func(parent *yaml.Node, key int) {
			parent.Content[key+1] = &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
		}
	}
	parsed := func(text string) func(*yaml.Node, int) {
		return func(parent *yaml.Node, key int) {
			var document yaml.Node
			if err := yaml.Unmarshal([]byte(text), &document); err != nil {
				t.Fatal(err)
			}
			parent.Content[key+1] = document.Content[0]
		}
	}
	mutations := []func(parent *yaml.Node, key int){
		func(parent *yaml.Node, key int) { parent.Content[key].Value += "X" },
		func(parent *yaml.Node, key int) {
			parent.Content = append(parent.Content[:key:key], parent.Content[key+2:]...)
		},
		scalar("!!int", "-7"), scalar("!!int", "0x10"), scalar("!!float", ".inf"), scalar("!!float", "1e300"), scalar("!!str", ""), scalar("!!str", "5000 years"), scalar("!!str", "P9999999Y"),
		scalar("!!bool", "true"), scalar("!!null", "null"), scalar("!!str", "< 2h"), scalar("!!str", "150%"), scalar("!!str", "freshness(a) < 1h"),
		parsed("[1, null, {a: b}]"), parsed("[row_count < 0, missing_percent(order_id) > 200%, duplicate_count(order_id) between 5 and 1]"),
		parsed("{name: x, type: map, keys: {type: string}, values: {pii: true, type: record, fields: {a: int}}}"),
		parsed("{type: library, metric: rowCount, mustBe: 1.5, unit: percent, odcs: {name: 5}}"),
		parsed("[{type: library, metric: nullValues, mustBeBetween: [5, 1]}, {type: custom, engine: cel, implementation: '('}, {type: sql, query: x, mustBe: [1]}, {type: notNull, column: order_id}]"),
		parsed("{$ref: '#/definitions/order_id', description: 5, links: {'a b': c}, checks: [{type: range, min: a}, {type: enum, values: [1]}, not_null]}"),
	}
	files, err := filepath.Glob(filepath.Join("testdata", "import", "*.yaml"))
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	n, stride := 0, 211
	if os.Getenv("SPOIL") == "all" {
		stride = 1
	}
	for _, file := range files {
		text := read(t, file)
		var whole yaml.Node
		if err := yaml.Unmarshal(text, &whole); err != nil {
			t.Fatal(err)
		}
		for key := 0; ; key++ {
			for m, mutate := range mutations {
				if n++; n%stride != 0 {
					continue
				}
				var document yaml.Node
				if err := yaml.Unmarshal(text, &document); err != nil {
					t.Fatal(err)
				}
				parent, at := nthKey(document.Content[0], key)
				if parent == nil {
					break
				}
				mutate(parent, at)
				spoiled, err := yaml.Marshal(&document)
				if err != nil {
					t.Fatal(err)
				}
				holds(t, s, spoiled)
				if t.Failed() {
					t.Fatalf("%s: key %d, mutation %d:\n%s", file, key, m, spoiled)
				}
			}
			if parent, _ := nthKey(whole.Content[0], key); parent == nil {
				break
			}
		}
	}
}

// nthKey finds a key by its number in the order of the document; nil where there is none.
func nthKey(root *yaml.Node, n int) (parent *yaml.Node, key int) {
	var search func(node *yaml.Node) bool
	search = func(node *yaml.Node) bool {
		for i, child := range node.Content {
			if node.Kind == yaml.MappingNode && i%2 == 0 {
				if n--; n < 0 {
					parent, key = node, i
					return true
				}
				continue
			}
			if search(child) {
				return true
			}
		}
		return false
	}
	search(root)
	return parent, key
}
