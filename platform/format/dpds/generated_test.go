package dpds_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dpds"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// TestGeneratedDataProductsAreValidAndComeBack: whatever a data product says, its export is valid, and the import of that is the data
// product with its contracts.
func TestGeneratedDataProductsAreValidAndComeBack(t *testing.T) {
	s := formattest.Schema(t, "dpds", "schema-1.0.0.json")
	for seed := range uint64(80) {
		p, contracts := generate(t, seed)
		text, _ := dpds.Export(p, contracts)
		formattest.Valid(t, s, text)
		imported, more, findings := dpds.Import("generated.json", text)
		require.False(t, contract.HasErrors(findings), "%v\n%s", findings, text)
		comesBack(t, p, imported)
		require.Len(t, more, len(contracts))
		for i, c := range contracts {
			assert.JSONEq(t, string(values.Compact(c.Document())), string(values.Compact(more[i].Document())))
		}
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, text)
		}
	}
}

func generate(t *testing.T, seed uint64) (*contract.DataProduct, []*contract.Contract) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	maybe := func(text string) string { return []string{"", text}[r.IntN(2)] }
	custom := func() (properties []contract.CustomProperty) {
		for i := range r.IntN(3) {
			properties = append(properties, contract.CustomProperty{Property: fmt.Sprintf("free%d", i), Value: values.Texts([]string{"a", "b"}), Description: maybe("Why")})
		}
		return properties
	}
	tags := func() []string { return []string{"x", "y"}[:r.IntN(3)] }
	p := &contract.DataProduct{
		APIVersion: "v1.1.0", ID: []string{"trips.desk", "loose", "Trips.Desk"}[r.IntN(3)], Name: maybe("Trip Desk"), Version: maybe("2.1.0"), Status: "active", Domain: maybe("trips"), Tenant: maybe("t"),
		Tags: tags(), Type: maybe("aggregate"), CustomProperties: custom(),
	}
	if r.IntN(2) == 0 {
		p.Description = &contract.Description{Purpose: maybe("For\nall."), Usage: maybe("So."), CustomProperties: custom()}
	}
	if r.IntN(2) == 0 {
		p.Team = &contract.Team{Name: maybe("team"), Members: []contract.TeamMember{{Username: "ada", Role: maybe("owner"), Name: maybe("Ada")}, {Username: "bob"}}}
	}
	for i := range r.IntN(3) {
		p.Support = append(p.Support, contract.Support{Channel: fmt.Sprintf("#c%d", i), URL: "https://a.example", Tool: maybe("slack"), Scope: maybe("issues")})
	}
	for i := range r.IntN(3) {
		p.InputPorts = append(p.InputPorts, contract.Port{Name: fmt.Sprintf("in%d", i%2), Version: maybe("1.0.0"), ContractID: maybe("urn:in"), Tags: tags(), CustomProperties: custom()})
	}
	var contracts []*contract.Contract
	for i := range r.IntN(4) {
		port := contract.Port{Name: fmt.Sprintf("out%d", i), Version: maybe("1.0.0"), Description: maybe("Out."), Type: []string{"", "topic", "tables", "odd"}[r.IntN(4)], Tags: tags(), CustomProperties: custom()}
		if r.IntN(3) > 0 {
			c := &contract.Contract{
				APIVersion: "v3.1.0", ID: fmt.Sprintf("urn:out:%d", i), Version: "1.0.0", Status: "active", Name: maybe("Out"), Tags: tags(),
				Objects: []contract.SchemaObject{{Name: "Out", PhysicalName: fmt.Sprintf("out.%d", i), PhysicalType: []string{"topic", "table"}[r.IntN(2)], Properties: []contract.Property{{Name: "id", LogicalType: "string", Required: true}}}},
			}
			if r.IntN(2) == 0 {
				c.SLAProperties = append(c.SLAProperties, contract.SLAProperty{Property: "freshness", Value: values.Int(5), Unit: "minutes"})
			}
			read, findings := contract.ParseContract("c.odcs.yaml", values.JSON(c.Document()))
			require.NotNil(t, read, "%v", findings)
			port.ContractID = c.ID
			contracts = append(contracts, read)
		}
		p.OutputPorts = append(p.OutputPorts, port)
	}
	for i := range r.IntN(4) {
		m := contract.ManagementPort{Name: fmt.Sprintf("m%d", i), Content: []string{"discoverability", "observability", "control", "dictionary"}[r.IntN(4)], Type: maybe("rest"), URL: maybe("https://a.example"), Channel: maybe("a.b"), Description: maybe("M."), Tags: tags(), CustomProperties: custom()}
		p.ManagementPorts = append(p.ManagementPorts, m)
	}
	if r.IntN(2) == 0 {
		p.CustomProperties = append(p.CustomProperties, contract.CustomProperty{Property: "tidemark.mode", Value: values.Text("transform")})
	}
	read, findings := contract.ParseDataProduct("p.odps.yaml", values.JSON(p.Document()))
	require.NotNil(t, read, "%v", findings)
	return read, contracts
}
