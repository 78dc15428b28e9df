package dpds_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dpds"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

func TestEveryDataProductIsValidAndComesBack(t *testing.T) {
	s, set := formattest.Schema(t, "dpds", "schema-1.0.0.json"), formattest.Repository(t)
	for _, p := range set.DataProducts() {
		t.Run(p.ID, func(t *testing.T) {
			text, findings := dpds.Export(p, set.Contracts())
			assert.Empty(t, findings)
			formattest.Valid(t, s, text)
			again, _ := dpds.Export(p, set.Contracts())
			assert.True(t, bytes.Equal(text, again), "the same data product gives other bytes")

			imported, contracts, findings := dpds.Import("descriptor.json", text)
			assert.Empty(t, findings)
			comesBack(t, p, imported)
			require.Len(t, contracts, len(p.OutputPorts))
			for i, port := range p.OutputPorts {
				c, _ := set.Contract(port.ContractID)
				assert.JSONEq(t, string(values.JSON(c.Document())), string(values.JSON(contracts[i].Document())))
				assert.Equal(t, c.Schema().Canonical(), contracts[i].Schema().Canonical())
			}
		})
	}
}

// comesBack wants the data product as it was.
func comesBack(t *testing.T, want, got *contract.DataProduct) {
	t.Helper()
	require.NotNil(t, got)
	assert.JSONEq(t, string(values.JSON(want.Document())), string(values.JSON(got.Document())))
}

// TestIDsAreMadeFromNames holds every id against its name, in the namespace of the standard's example.
func TestIDsAreMadeFromNames(t *testing.T) {
	set := formattest.Repository(t)
	p, _ := set.DataProduct("orders.order-lines")
	text, _ := dpds.Export(p, set.Contracts())
	var d any
	require.NoError(t, json.Unmarshal(text, &d))
	var names []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if name, ok := v["fullyQualifiedName"].(string); ok {
				names = append(names, name)
				assert.Equal(t, uuid.NewSHA1(uuid.NameSpaceDNS, []byte(name)).String(), v["id"])
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(d)
	assert.ElementsMatch(t, []string{
		"urn:dpds:tidemark.orders:dataproducts:order-lines:1",
		"urn:dpds:tidemark.orders:dataproducts:order-lines:1:inputports:placed",
		"urn:dpds:tidemark.orders:dataproducts:order-lines:1:outputports:lines",
		"urn:dpds:tidemark.orders:dataproducts:order-lines:1:discoveryports:descriptor",
		"urn:dpds:tidemark.orders:dataproducts:order-lines:1:observabilityports:health",
		"urn:dpds:tidemark.orders:dataproducts:order-lines:1:applications:order-lines",
	}, names)
}

func TestMeshIsSaidByTheDataProduct(t *testing.T) {
	p := product(t, "customProperties:", `  - {property: dpds.mesh, value: com.example}`)
	text, findings := dpds.Export(p, nil)
	assert.Empty(t, findings)
	assert.Contains(t, string(text), `"urn:dpds:com.example.trips:dataproducts:executions:2"`)
	formattest.Valid(t, formattest.Schema(t, "dpds", "schema-1.0.0.json"), text)
	imported, _, findings := dpds.Import("descriptor.json", text)
	assert.Empty(t, findings)
	comesBack(t, p, imported)
}

// TestWhatDPDSWantsAndIsNotThere: an export is valid whatever the data product lacks, and says what is missing.
func TestWhatDPDSWantsAndIsNotThere(t *testing.T) {
	p, findings := contract.ParseDataProduct("bare.odps.yaml", []byte("{apiVersion: v1.1.0, kind: DataProduct, id: bare, status: draft, outputPorts: [{name: a, contractId: urn:gone}]}"))
	require.Empty(t, findings)
	text, findings := dpds.Export(p, nil)
	formattest.Valid(t, formattest.Schema(t, "dpds", "schema-1.0.0.json"), text)
	var rules []string
	for _, f := range findings {
		assert.Equal(t, contract.SeverityWarning, f.Severity)
		assert.Equal(t, "bare.odps.yaml", f.File)
		rules = append(rules, f.Rule)
	}
	assert.ElementsMatch(t, []string{"format.dpds.domain", "format.dpds.version", "format.dpds.owner", "format.dpds.contract"}, rules)
}

// product is a small data product with more lines at its end.
func product(t *testing.T, more ...string) *contract.DataProduct {
	t.Helper()
	text := `apiVersion: v1.0.0
kind: DataProduct
id: trips.executions
name: Executions
version: 2.1.0
status: active
domain: trips
team: {name: trips-team}
` + strings.Join(more, "\n") + "\n"
	p, findings := contract.ParseDataProduct("product.odps.yaml", []byte(text))
	require.Empty(t, findings)
	return p
}
