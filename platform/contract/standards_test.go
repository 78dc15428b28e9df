package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

func examples(t *testing.T, parts ...string) []string {
	t.Helper()
	files, err := filepath.Glob(contracttest.Standards(t, append(parts, "*.yaml")...))
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	return files
}

func TestOfficialContractsLoad(t *testing.T) {
	for _, file := range append(examples(t, "odcs", "examples"), examples(t, "odcs", "examples-3.2.0-dev")...) {
		text := readFile(t, file)
		c, findings := ParseContract(filepath.Base(file), text)
		for _, f := range findings {
			if f.Severity == SeverityError {
				t.Error(f)
			}
		}
		if c == nil {
			continue
		}
		if c.ID == "" || c.Version == "" || c.Digest() == "" || !bytes.Equal(c.Raw, text) {
			t.Errorf("%s: id %q, version %q", file, c.ID, c.Version)
		}
		c.Rules() // of a contract without a schema
	}
}

func TestOfficialDataProductsLoad(t *testing.T) {
	for _, file := range examples(t, "odps", "examples") {
		p, findings := ParseDataProduct(filepath.Base(file), readFile(t, file))
		if len(findings) > 0 || p == nil || len(p.InputPorts) == 0 || len(p.OutputPorts) == 0 {
			t.Error(file, findings)
		}
	}
}

func TestFullExample(t *testing.T) {
	file := contracttest.Standards(t, "odcs", "examples", "full-example.odcs.yaml")
	c, _ := ParseContract("full-example.odcs.yaml", readFile(t, file))
	if c == nil {
		t.Fatal("not read")
	}
	sla := c.SLA()
	for what, ok := range map[string]bool{
		"latency":      sla.Latency == 4*day && sla.Text("latency") == "4 d",
		"retention":    sla.Retention == 3*year,
		"end of life":  sla.EndOfLife.Year() == 2042,
		"promises":     len(sla.Promises) == 8,
		"team":         c.Team != nil && len(c.Team.Members) == 3 && c.Owner() != "",
		"price":        c.Price != nil && c.Price.Amount.Text == "9.95",
		"roles":        len(c.Roles) == 4,
		"created":      c.CreatedTs == "2022-11-15T02:59:43+00:00",
		"query server": c.Servers[0].Port == 5432,
		"restricted":   slices.ContainsFunc(c.Classified(), func(path []string) bool { return path[0] == "rcvr_id" }),
	} {
		if !ok {
			t.Errorf("%s: %+v", what, c)
		}
	}
}

// A mutation spoils one node of an example: its key is renamed, removed, joined by another or given a value
// of another kind.
type mutation struct {
	what string
	do   func(parent *yaml.Node, key int)
}

func mutations() []mutation {
	scalar := func(tag, text string) func(*yaml.Node, int) {
		return func(parent *yaml.Node, key int) {
			old := parent.Content[key+1]
			parent.Content[key+1] = &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text, Line: old.Line}
		}
	}
	joined := func(key, value string) func(*yaml.Node, int) {
		return func(parent *yaml.Node, at int) {
			parent.Content = slices.Insert(parent.Content, at, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
		}
	}
	return []mutation{
		{"joined by id", joined("id", "an-id")},
		{"joined by vendor", joined("vendor", "us")},
		{"joined by description", joined("description", "some text")},
		{"joined by enum", joined("enum", "some text")},
		{"renamed", func(parent *yaml.Node, key int) { parent.Content[key].Value += "X" }},
		{"removed", func(parent *yaml.Node, key int) { parent.Content = slices.Delete(parent.Content, key, key+2) }},
		{"a number", scalar("!!int", "-7")},
		{"an empty text", scalar("!!str", "")},
		{"a text", scalar("!!str", "some text")},
		{"true", scalar("!!bool", "true")},
		{"a list", func(parent *yaml.Node, key int) {
			parent.Content[key+1] = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!int", Value: "1"}}}
		}},
		{"an object", func(parent *yaml.Node, key int) {
			parent.Content[key+1] = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "some"}, {Kind: yaml.ScalarNode, Value: "thing"}}}
		}},
	}
}

// TestWhatTheStandardRefusesIsRefused spoils every key of official examples in several ways. Whatever the standard's
// own schema refuses must be refused here too, and at the place that was spoiled.
func TestWhatTheStandardRefusesIsRefused(t *testing.T) {
	for _, standard := range []struct {
		schema, version string
		examples        []string
		refuses         func(file string, text []byte) []Finding
	}{
		{"odcs/odcs-json-schema-v3.1.0.json", "v3.1.0", []string{
			"odcs/examples/full-example.odcs.yaml", "odcs/examples/all-data-types.odcs.yaml", "odcs/examples/column-custom.odcs.yaml",
			"odcs/examples/column-validity.odcs.yaml", "odcs/examples/kafka-schema.odcs.yaml",
		}, refusesContract},
		{"odcs/odcs-json-schema-v3.2.0-dev.json", "v3.2.0", []string{
			"odcs/examples-3.2.0-dev/map.odcs.yaml", "odcs/examples-3.2.0-dev/enum.odcs.yaml", "odcs/examples-3.2.0-dev/relationships.odcs.yaml",
			"odcs/examples-3.2.0-dev/custom-properties.odcs.yaml", "odcs/examples-3.2.0-dev/team.odcs.yaml", "odcs/examples-3.2.0-dev/support-channels.odcs.yaml",
		}, refusesContract},
		{"odps/odps-json-schema-v1.0.0.json", "v1.0.0", []string{"odps/examples/customer-data-product.odps.yaml"},
			func(file string, text []byte) []Finding { _, findings := ParseDataProduct(file, text); return findings }},
	} {
		schema, err := jsonschema.NewCompiler().Compile(contracttest.Standards(t, standard.schema))
		if err != nil {
			t.Fatal(err)
		}
		for _, example := range standard.examples {
			t.Run(filepath.Base(example), func(t *testing.T) {
				s := spoiler{t, schema, standard.version, filepath.Base(example), standard.refuses, 0}
				s.spoil(readFile(t, contracttest.Standards(t, example)))
				if s.refused < 20 {
					t.Errorf("only %d mutations were refused by the standard: is it the right schema?", s.refused)
				}
			})
		}
	}
}

func refusesContract(file string, text []byte) []Finding {
	_, findings := ParseContract(file, text)
	return findings
}

type spoiler struct {
	*testing.T
	schema  *jsonschema.Schema
	version string
	file    string
	judge   func(file string, text []byte) []Finding
	refused int
}

func (s *spoiler) spoil(text []byte) {
	keys := countKeys(s.parse(text))
	stride := 1 + keys/15 // of a long example, a part of the mutations at every key
	for i := range keys {
		for j, m := range mutations() {
			if (i+j)%stride != 0 {
				continue
			}
			root := s.parse(text)
			parent, key, trail, path := nthKey(root, i)
			if name, joins := strings.CutPrefix(m.what, "joined by "); joins && slices.ContainsFunc(parent.Content, func(n *yaml.Node) bool { return n.Value == name }) {
				continue
			}
			m.do(parent, key)
			spoiled, err := yaml.Marshal(root)
			if err != nil {
				s.Fatal(err)
			}
			if s.standardTakes(spoiled) || s.slips(path, m.what) {
				continue
			}
			s.refused++
			findings := s.judge(s.file, spoiled)
			if !HasErrors(findings) {
				s.Errorf("%s %s: the standard refuses it, and nothing is said", path, m.what)
				continue
			}
			places := s.places(spoiled, trail, key, m.what)
			if !slices.ContainsFunc(findings, func(f Finding) bool {
				return f.Severity == SeverityError && slices.Contains(places, strict.Position{Line: f.Line, Column: f.Column})
			}) {
				s.Errorf("%s %s: expected at %v, reported at %v", path, m.what, places, findings)
			}
		}
	}
}

// slips are what the schema of 3.2.0's draft refuses and the standard does not mean: a property without a logicalType meets
// the conditions of every logicalType, and so would need to be a map; vendors and the ids of relationships came later.
func (s *spoiler) slips(path, what string) bool {
	return s.version == "v3.2.0" && (what == "removed" && strings.HasSuffix(path, ".logicalType") ||
		what == "joined by vendor" && strings.Contains(path, "customProperties[") || what == "joined by id" && strings.Contains(path, "relationships["))
}

// places are where the fault may be reported: at the renamed key; at the start of the object that lacks one; at the wrong
// value, or at what is wrong within it.
func (s *spoiler) places(spoiled []byte, trail []int, key int, what string) []strict.Position {
	var document yaml.Node
	if err := yaml.Unmarshal(spoiled, &document); err != nil {
		s.Fatal(err)
	}
	n := document.Content[0]
	for _, i := range trail {
		n = n.Content[i]
	}
	switch what {
	case "removed":
		return []strict.Position{{Line: n.Line, Column: n.Column}}
	case "renamed":
		return []strict.Position{{Line: n.Content[key].Line, Column: n.Content[key].Column}}
	}
	if strings.HasPrefix(what, "joined") { // the key, or its value where the key is a right one
		return []strict.Position{{Line: n.Content[key].Line, Column: n.Content[key].Column}, {Line: n.Content[key+1].Line, Column: n.Content[key+1].Column}}
	}
	var all []strict.Position
	var add func(n *yaml.Node)
	add = func(n *yaml.Node) {
		all = append(all, strict.Position{Line: n.Line, Column: n.Column})
		for _, child := range n.Content {
			add(child)
		}
	}
	add(n.Content[key+1])
	return all
}

func (s *spoiler) parse(text []byte) *yaml.Node {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		s.Fatal(err)
	}
	root := document.Content[0]
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value == "apiVersion" {
			root.Content[i+1].Value = s.version
		}
	}
	return root
}

func (s *spoiler) standardTakes(text []byte) bool {
	root, faults := strict.Parse(text)
	if root == nil || len(faults) > 0 {
		return false
	}
	raw, err := json.Marshal(strict.ValueOf(root))
	if err != nil {
		s.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		s.Fatal(err)
	}
	return s.schema.Validate(value) == nil
}

func countKeys(n *yaml.Node) int {
	total := 0
	for i, child := range n.Content {
		total += countKeys(child)
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			total++
		}
	}
	return total
}

// nthKey finds a key by its number in the order of the document, and its object by the indexes that lead to it.
func nthKey(root *yaml.Node, n int) (parent *yaml.Node, key int, trail []int, path string) {
	var search func(node *yaml.Node, to []int, at string) bool
	search = func(node *yaml.Node, to []int, at string) bool {
		for i := 0; i < len(node.Content); i++ {
			below := fmt.Sprintf("%s[%d]", at, i)
			if node.Kind == yaml.MappingNode {
				below = strings.TrimPrefix(at+"."+node.Content[i].Value, ".")
				if n--; n < 0 {
					parent, key, trail, path = node, i, to, below
					return true
				}
				i++
			}
			if search(node.Content[i], append(slices.Clone(to), i), below) {
				return true
			}
		}
		return false
	}
	search(root, nil, "")
	return parent, key, trail, path
}

func readFile(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
