package dcs_test

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// content is what a contract says, without what is only another way to say it: the order of keys and of custom properties, the
// version of the specification that it came from, and units of time by another name.
func content(t *testing.T, c *contract.Contract, positions bool) string {
	t.Helper()
	var tree map[string]any
	decoder := json.NewDecoder(strings.NewReader(marshal(t, c.Document())))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	if !positions {
		strip(tree, "primaryKeyPosition")
	}
	if tree["apiVersion"] != "v3.2.0" {
		delete(tree, "apiVersion") // what is imported is v3.1.0
	}
	if tree["name"] == tree["id"] {
		delete(tree, "name") // a file needs a title
	}
	if members, ok := tree["team"].([]any); ok { // as before v3.1.0
		tree["team"] = map[string]any{"members": members}
	}
	if team, ok := tree["team"].(map[string]any); ok && team["name"] == c.Owner() {
		delete(team, "name") // a file has an owner
	}
	objects, _ := tree["schema"].([]any)
	for _, o := range objects {
		o.(map[string]any)["logicalType"] = "object"
	}
	text, err := json.MarshalIndent(normal(tree), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// canonical is a file whatever the order of its keys.
func canonical(t *testing.T, text []byte) string {
	t.Helper()
	root, faults := strict.Parse(text)
	if root == nil {
		t.Fatal(faults)
	}
	var tree any
	decoder := json.NewDecoder(strings.NewReader(marshal(t, strict.ValueOf(root))))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.MarshalIndent(tree, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(sorted)
}

func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = normal(value)
			if list, ok := v[key].([]any); ok && len(list) == 0 {
				delete(v, key)
			}
			if m, ok := v[key].(map[string]any); ok && len(m) == 0 {
				delete(v, key)
			}
		}
		if rule, ok := v["rule"]; ok { // as before v3.1.0
			delete(v, "rule")
			v["metric"] = rule
		}
		if v["type"] == "library" {
			delete(v, "type") // is the default
		}
		if unit, ok := v["unit"].(string); ok {
			for short, long := range map[string]string{"d": "days", "h": "hours", "y": "years", "s": "seconds", "min": "minutes", "%": "percent"} {
				if unit == short {
					v["unit"] = long
				}
			}
		}
		if list, ok := v["customProperties"].([]any); ok {
			v["customProperties"] = sorted(list, "dcs.dataContractSpecification")
			if len(v["customProperties"].([]any)) == 0 {
				delete(v, "customProperties")
			}
		}
		for _, key := range []string{"slaProperties", "authoritativeDefinitions", "quality"} {
			if list, ok := v[key].([]any); ok {
				v[key] = sorted(list, "")
			}
		}
		return v
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	}
	return v
}

// sorted is a list without its order, and without one property.
func sorted(list []any, without string) []any {
	kept := []any{}
	for _, item := range list {
		if m, ok := item.(map[string]any); !ok || without == "" || m["property"] != without {
			kept = append(kept, item)
		}
	}
	sort.Slice(kept, func(i, j int) bool {
		a, _ := json.Marshal(kept[i])
		b, _ := json.Marshal(kept[j])
		return string(a) < string(b)
	})
	return kept
}

// difference is the first lines that differ.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("line %d:\n  got\n%s\n  want\n%s", i+1, strings.Join(a[max(0, min(i-6, len(a))):min(i+8, len(a))], "\n"), strings.Join(b[max(0, min(i-6, len(b))):min(i+8, len(b))], "\n"))
		}
	}
	return ""
}

// strip removes a key wherever it stands.
func strip(v any, key string) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, key)
		for _, inner := range v {
			strip(inner, key)
		}
	case []any:
		for _, inner := range v {
			strip(inner, key)
		}
	}
}

// positioned tells whether each part of a primary key has its position: those that have none get one.
func positioned(properties []contract.Property) bool {
	for _, p := range properties {
		if p.PrimaryKey && p.PrimaryKeyPosition == 0 || !positioned(p.Properties) || p.Items != nil && !positioned([]contract.Property{*p.Items}) {
			return false
		}
	}
	return true
}
