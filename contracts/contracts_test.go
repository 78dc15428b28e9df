package contracts

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// Every file is valid by the schema of the standard that it claims, as the standard's own repository has it.
func TestFilesAreValidByTheirStandards(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{
		".odcs.yaml": compile(t, "odcs/odcs-json-schema-v3.1.0.json"),
		".odps.yaml": compile(t, "odps/odps-json-schema-v1.0.0.json"),
	}
	checked := 0
	err := fs.WalkDir(FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		schema, ok := schemas[suffix(path)]
		if !ok {
			t.Errorf("%s: neither .odcs.yaml nor .odps.yaml", path)
			return nil
		}
		text, err := fs.ReadFile(FS, path)
		if err != nil {
			return err
		}
		var doc any
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		checked++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked == 0 {
		t.Error("no file was checked")
	}
}

// suffix is the last two parts of a file's name: .odcs.yaml.
func suffix(path string) string {
	parts := strings.Split(path, ".")
	if len(parts) < 3 {
		return ""
	}
	return "." + strings.Join(parts[len(parts)-2:], ".")
}

// compile reads a standard's schema from the folder that TIDEMARK_STANDARDS names. Without the folder the test is
// skipped, but not where CI is set.
func compile(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	folder := os.Getenv("TIDEMARK_STANDARDS")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "standards")
	}
	text, err := os.ReadFile(filepath.Join(folder, file))
	if os.IsNotExist(err) && os.Getenv("CI") == "" {
		t.Skipf("the standards are not here: %v; set TIDEMARK_STANDARDS", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // nothing from outside
	if err := c.AddResource(file, doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	schema, err := c.Compile(file)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return schema
}
