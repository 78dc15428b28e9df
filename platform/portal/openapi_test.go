package portal

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

// openAPI is the part of an OpenAPI 3.1 document that the tests look at.
type openAPI struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
}

const documentURL = "mem:///openapi.json"

// compileOpenAPI makes the document's schemas, which in 3.1 are JSON Schema 2020-12, ready to check answers with.
func compileOpenAPI(t *testing.T, s *Server) *openAPI {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ask(s, "/openapi.json").Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(jsonschema.SchemeURLLoader{}) // nothing is loaded from anywhere
	if err := c.AddResource(documentURL, doc); err != nil {
		t.Fatal(err)
	}
	return &openAPI{doc.(map[string]any), c}
}

// check validates an answer's body against the schema that the document gives for it.
func (o *openAPI) check(t *testing.T, path, status, contentType string, body []byte) {
	t.Helper()
	pointer := "#/paths/" + escapePointer(path) + "/get/responses/" + status + "/content/" + escapePointer(contentType) + "/schema"
	schema, err := o.compiler.Compile(documentURL + pointer)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s does not answer as /openapi.json says: %v", path, err)
	}
}

func escapePointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(s)
}

func TestOpenAPI(t *testing.T) {
	s := newServer(t, portaltest.Shop())
	w := ask(s, "/openapi.json")
	if w.Code != http.StatusOK {
		t.Fatalf("got %d", w.Code)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, w.Body.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	goldentest.Equal(t, "testdata/openapi.json", append(b.Bytes(), '\n'), *update)
}

// What OpenAPI 3.1 demands of a document beyond being JSON, as far as ours uses it.
func TestOpenAPIIsValid(t *testing.T) {
	o := compileOpenAPI(t, newServer(t, portaltest.Shop()))
	if v, _ := o.doc["openapi"].(string); !strings.HasPrefix(v, "3.1.") {
		t.Errorf("openapi is %q", v)
	}
	info := o.doc["info"].(map[string]any)
	if info["title"] == "" || info["version"] == "" {
		t.Error("info lacks title or version")
	}
	tags := map[string]bool{}
	for _, tag := range o.doc["tags"].([]any) {
		tags[tag.(map[string]any)["name"].(string)] = true
	}
	ids := map[string]bool{}
	for path, item := range o.doc["paths"].(map[string]any) {
		method := "get"
		if _, reads := item.(map[string]any)[method]; !reads {
			method = "post"
		}
		op := item.(map[string]any)[method].(map[string]any)
		id := op["operationId"].(string)
		if ids[id] {
			t.Errorf("%s: the operation id %s is used twice", path, id)
		}
		ids[id] = true
		for _, tag := range op["tags"].([]any) {
			if !tags[tag.(string)] {
				t.Errorf("%s: the tag %s is not declared", path, tag)
			}
		}
		declared := map[string]bool{}
		parameters, _ := op["parameters"].([]any)
		for _, p := range parameters {
			p := p.(map[string]any)
			if p["in"] == "path" {
				declared[p["name"].(string)] = true
				if p["required"] != true {
					t.Errorf("%s: the path parameter %s is not required", path, p["name"])
				}
			}
		}
		for segment := range strings.SplitSeq(path, "/") {
			if name, ok := strings.CutPrefix(segment, "{"); ok && !declared[strings.TrimSuffix(name, "}")] {
				t.Errorf("%s: %s is not declared", path, segment)
			}
		}
		for status, response := range op["responses"].(map[string]any) {
			r := response.(map[string]any)
			if r["description"] == "" {
				t.Errorf("%s %s: no description", path, status)
			}
			for mediaType := range r["content"].(map[string]any) {
				pointer := "#/paths/" + escapePointer(path) + "/" + method + "/responses/" + status + "/content/" + escapePointer(mediaType) + "/schema"
				if _, err := o.compiler.Compile(documentURL + pointer); err != nil {
					t.Errorf("%s %s: %v", path, status, err)
				}
			}
		}
	}
	schemas := o.doc["components"].(map[string]any)["schemas"].(map[string]any)
	for name := range schemas {
		if _, err := o.compiler.Compile(documentURL + "#/components/schemas/" + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
