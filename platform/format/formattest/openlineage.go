package formattest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
)

// OpenLineage holds events against the specification's own schemas.
type OpenLineage struct {
	compiler *jsonschema.Compiler
	facets   map[string]map[string]any // by $id
}

// NewOpenLineage reads the schemas.
func NewOpenLineage(t testing.TB) *OpenLineage {
	t.Helper()
	dir := contracttest.Standards(t, "openlineage")
	s := &OpenLineage{jsonschema.NewCompiler(), map[string]map[string]any{}}
	s.compiler.AssertFormat()
	files, err := filepath.Glob(filepath.Join(dir, "facets", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, filepath.Join(dir, "OpenLineage.json")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(file, err)
		}
		root := doc.(map[string]any)
		id := root["$id"].(string)
		s.facets[id] = root
		if err := s.compiler.AddResource(id, doc); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Check validates an event by its own schemaURL, and every facet in it by its own _schemaURL. A facet's schema lets
// any other key pass, so its keys are looked up too, and its name.
func (s *OpenLineage) Check(event []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(event))
	if err != nil {
		return err
	}
	root := doc.(map[string]any)
	if err := s.validate(root["schemaURL"], doc); err != nil {
		return err
	}
	if err := s.validate("https://openlineage.io/spec/2-0-2/OpenLineage.json", doc); err != nil {
		return err
	}
	holders := []any{root["run"], root["job"], root["dataset"]}
	for _, key := range []string{"inputs", "outputs"} {
		if list, ok := root[key].([]any); ok {
			holders = append(holders, list...)
		}
	}
	for _, h := range holders {
		holder, _ := h.(map[string]any)
		for _, kind := range []string{"facets", "inputFacets", "outputFacets"} {
			list, _ := holder[kind].(map[string]any)
			for name, facet := range list {
				if err := s.facet(name, facet.(map[string]any)); err != nil {
					return fmt.Errorf("%s %s: %w", kind, name, err)
				}
			}
		}
	}
	return nil
}

func (s *OpenLineage) facet(name string, facet map[string]any) error {
	if err := s.validate(facet["_schemaURL"], facet); err != nil {
		return err
	}
	file, pointer, _ := strings.Cut(facet["_schemaURL"].(string), "#/$defs/")
	root := s.facets[file]
	if root == nil {
		return fmt.Errorf("there is no %s", file)
	}
	if properties, ok := root["properties"].(map[string]any); ok && properties[name] == nil {
		return fmt.Errorf("the specification names it otherwise: %v", properties)
	}
	known := map[string]any{}
	for _, part := range root["$defs"].(map[string]any)[pointer].(map[string]any)["allOf"].([]any) {
		if p, ok := part.(map[string]any)["properties"].(map[string]any); ok {
			known = p
		}
	}
	for key := range facet {
		if known[key] == nil && !strings.HasPrefix(key, "_") {
			return fmt.Errorf("it has no key %q", key)
		}
	}
	return nil
}

func (s *OpenLineage) validate(url, doc any) error {
	schema, err := s.compiler.Compile(url.(string))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}
