package dpds_test

import (
	"bytes"
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dpds"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestImport(t *testing.T) {
	p, contracts, findings := dpds.Import("trips.json", formattest.Read(t, "trips.json"))
	var b bytes.Buffer
	require.NotNil(t, p, "%v", findings)
	text, lost := p.Encode("")
	assert.Empty(t, lost)
	fmt.Fprintf(&b, "%s\n", text)
	_, wrong := contract.ParseDataProduct("written.odps.yaml", text)
	assert.False(t, contract.HasErrors(wrong), "%v", wrong)
	for _, c := range contracts {
		text, lost := c.Encode("")
		assert.Empty(t, lost)
		_, wrong := contract.ParseContract("written.odcs.yaml", text)
		assert.False(t, contract.HasErrors(wrong), "%v", wrong)
		fmt.Fprintf(&b, "# has an Avro schema: %t\n%s\n", c.Schema() != nil, text)
	}
	for _, f := range findings {
		fmt.Fprintln(&b, f)
	}
	goldentest.Equal(t, "testdata/trips.golden", b.Bytes(), *update)

	text, _ = dpds.Export(p, contracts)
	formattest.Valid(t, formattest.Schema(t, "dpds", "schema-1.0.0.json"), text)
	goldentest.Equal(t, "testdata/trips.export.json", text, *update)
	again, more, findings := dpds.Import("export.json", text)
	assert.False(t, contract.HasErrors(findings), "%v", findings)
	comesBack(t, p, again)
	require.Len(t, more, len(contracts))
	for i, c := range contracts {
		assert.Equal(t, c.ID, more[i].ID)
		assert.Equal(t, c.Document(), more[i].Document())
	}
}

func TestBrokenDescriptors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "a.json:1:1: error yaml.syntax: the file is empty",
		"7":                                  "a.json:1:1: error format.dpds.document: this is a whole number, not a document: it needs keys and values",
		"{}":                                 "a.json:1:1: error format.dpds.version: the key dataProductDescriptor is missing: it says the version, such as 1.0.0",
		`{"dataProductDescriptor": "2.0"}`:   `a.json:1:27: error format.dpds.version: dataProductDescriptor: DPDS "2.0" is not supported; supported is 1.0.0`,
		`{"dataProductDescriptor": "1.0.0"}`: "a.json:1:1: error format.dpds.missing: the object info is missing",
		`{"dataProductDescriptor": "1.0.0", "info": {"name": "a", "version": "1.0.0"}, "interfaceComponents": {"outputPorts": []}}`:                  "a.json:1:44: error format.dpds.missing: info: the key domain is missing, or is no text",
		`{"dataProductDescriptor": "1.0.0", "info": {"name": "a", "version": "1.0.0", "domain": "d"}, "interfaceComponents": {"outputPorts": [{}]}}`: "a.json:1:134: error format.dpds.missing: interfaceComponents.outputPorts[0]: the key name is missing, or is no text",
	} {
		p, contracts, findings := dpds.Import("a.json", []byte(text))
		assert.Nil(t, p, text)
		assert.Nil(t, contracts, text)
		require.True(t, contract.HasErrors(findings), text)
		assert.Contains(t, fmt.Sprintln(findings), want, text)
	}
}

// TestIDs: an id that is the name's as version 5 is made again; one of version 3 or of somebody's own is kept; what is none goes.
func TestIDs(t *testing.T) {
	for id, want := range map[string]string{
		"2b172838-73b1-5d6c-be45-cc75aee180a0": "2b172838-73b1-5d6c-be45-cc75aee180a0",
		"6fa459ea-ee8a-3ca4-894e-db77e160355e": "6fa459ea-ee8a-3ca4-894e-db77e160355e",
		"16fd2706-8baf-433b-82eb-8c7fada847da": "16fd2706-8baf-433b-82eb-8c7fada847da",
		"seven":                                "2b172838-73b1-5d6c-be45-cc75aee180a0",
	} {
		text := `{"dataProductDescriptor": "1.0.0", "info": {"id": "` + id + `", "fullyQualifiedName": "urn:dpds:it.quantyca:dataproducts:tripExecution:1",
			"name": "tripExecution", "version": "1.0.0", "domain": "d", "owner": {"id": "a"}}, "interfaceComponents": {"outputPorts": []}}`
		p, _, findings := dpds.Import("a.json", []byte(text))
		require.NotNil(t, p, "%v", findings)
		out, _ := dpds.Export(p, nil)
		assert.Contains(t, string(out), `"id": "`+want+`"`)
	}
}

func FuzzImport(f *testing.F) {
	f.Add(formattest.Read(f, "trips.json"))
	f.Add(formattest.Read(f, "trips.export.json"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, contracts, findings := dpds.Import("a.json", text)
		if p == nil {
			if !contract.HasErrors(findings) {
				t.Fatal("nothing, and no reason")
			}
			return
		}
		text, _ = p.Encode("")
		if _, wrong := contract.ParseDataProduct("written.odps.yaml", text); contract.HasErrors(wrong) {
			t.Fatalf("%v\n%s", wrong, text)
		}
		for _, c := range contracts {
			text, _ = c.Encode("")
			if _, wrong := contract.ParseContract("written.odcs.yaml", text); contract.HasErrors(wrong) {
				t.Fatalf("%v\n%s", wrong, text)
			}
		}
		dpds.Export(p, contracts)
	})
}
