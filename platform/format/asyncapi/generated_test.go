package asyncapi_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// TestGeneratedContractsAreValidAndComeBack: whatever a contract says, its export is valid, and the import of that is the contract.
func TestGeneratedContractsAreValidAndComeBack(t *testing.T) {
	s := formattest.Schema(t, "asyncapi", "3.1.0.json")
	var some []*contract.Contract
	for seed := range uint64(80) {
		c := generate(t, seed)
		text, _ := asyncapi.Export(nil, []*contract.Contract{c})
		formattest.Valid(t, s, text)
		imported, findings := asyncapi.Import("generated.json", text)
		require.False(t, contract.HasErrors(findings), "%v\n%s", findings, text)
		require.Len(t, imported, 1)
		comesBack(t, c, imported[0])
		some = append(some, c)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	some = some[:20]
	text, _ := asyncapi.Export(nil, some) // their servers share names
	formattest.Valid(t, s, text)
	imported, findings := asyncapi.Import("generated.json", text)
	require.False(t, contract.HasErrors(findings), "%v", findings)
	require.Len(t, imported, len(some))
	for i, c := range some {
		comesBack(t, c, imported[i])
	}
}

// generator makes a contract of a seed.
type generator struct {
	*rand.Rand
	count int
}

func generate(t *testing.T, seed uint64) *contract.Contract {
	t.Helper()
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 5))}
	c := &contract.Contract{
		APIVersion: g.pick("v3.1.0", "v3.2.0"), ID: fmt.Sprintf("urn:generated:%d", seed), Version: g.pick("1.0.0", "2.3.1", "v1"), Status: "active",
		Name: g.maybe("Name: of \"it\""), Domain: g.maybe("trips"), Tags: g.texts(), Tenant: g.maybe("a"),
	}
	if g.chance() {
		c.Description = &contract.Description{Purpose: g.maybe("What for\nand why"), Usage: g.maybe("How"), Limitations: g.maybe("But not")}
	}
	for i := range g.IntN(3) {
		server := contract.Server{Server: fmt.Sprintf("server-%d", i), Type: "kafka", Host: g.pick("a:9092", "a:9092,b:9092"), Format: g.pick("avro", "json", ""), Environment: g.maybe("prod"), Description: g.maybe("One")}
		server.CustomProperties = g.custom("schemaRegistryUrl")
		c.Servers = append(c.Servers, server)
	}
	if g.chance() {
		c.Servers = append(c.Servers, contract.Server{Server: "lake", Type: "s3", Location: "s3://lake"})
	}
	for i := range g.IntN(3) {
		c.Support = append(c.Support, contract.Support{Channel: fmt.Sprintf("#c%d", i), URL: g.pick("https://a.example", "mailto:a@b.example", "no address"), Tool: g.maybe("slack")})
	}
	if g.chance() {
		c.SLAProperties = append(c.SLAProperties, contract.SLAProperty{Property: "retention", Value: values.Int(int64(1 + g.IntN(90))), Unit: g.pick("days", "hours", "d", "y")})
	}
	if g.chance() {
		c.SLAProperties = append(c.SLAProperties, contract.SLAProperty{Property: "freshness", Value: values.Text("PT5M"), Description: g.maybe("Soon")})
	}
	o := contract.SchemaObject{Name: "Trip", PhysicalName: fmt.Sprintf("trips.desk.trips%d.v1", seed), PhysicalType: "topic", LogicalType: g.pick("object", ""), Description: g.maybe("A trip"), BusinessName: g.maybe("Trip"), Tags: g.texts()}
	o.Properties = append(g.properties(0), contract.Property{Name: "key", LogicalType: "string", Required: true})
	c.Objects = []contract.SchemaObject{o}
	if g.chance() {
		c.CustomProperties = append(c.CustomProperties, contract.CustomProperty{Property: "tidemark.key", Value: values.Text("key"), Description: g.maybe("The key")})
		if g.chance() {
			c.CustomProperties = append(c.CustomProperties, contract.CustomProperty{Property: "tidemark.compacted", Value: values.Bool(g.chance())})
		}
	}
	c.CustomProperties = append(c.CustomProperties, g.custom("tidemark.partitions", "free", "other")...)
	read, findings := contract.ParseContract("generated.odcs.yaml", values.JSON(c.Document()))
	require.NotNil(t, read, "%v", findings)
	return read
}

func (g *generator) chance() bool                { return g.IntN(2) == 0 }
func (g *generator) pick(words ...string) string { return words[g.IntN(len(words))] }
func (g *generator) maybe(text string) string    { return g.pick("", text) }
func (g *generator) texts() []string             { return []string{"b", "a", "c"}[:g.IntN(4)] }

// custom are some of these custom properties.
func (g *generator) custom(names ...string) []contract.CustomProperty {
	var properties []contract.CustomProperty
	for _, name := range names {
		if g.chance() {
			v := values.Object(values.Key("a", values.Texts([]string{"1", "x"})), values.Key("b", values.Int(7)))
			switch name {
			case "tidemark.partitions":
				v = values.Int(int64(1 + g.IntN(12)))
			case "schemaRegistryUrl":
				v = values.Text("https://registry.example")
			}
			properties = append(properties, contract.CustomProperty{Property: name, Value: v, Description: g.maybe("Why")})
		}
	}
	return properties
}

func (g *generator) properties(depth int) []contract.Property {
	var properties []contract.Property
	for range 1 + g.IntN(4) {
		g.count++
		p := g.property(depth)
		p.Name = fmt.Sprintf("%s%d", g.pick("field", "Field", "other_"), g.count)
		properties = append(properties, p)
	}
	return properties
}

func (g *generator) property(depth int) contract.Property {
	p := contract.Property{
		Description: g.maybe("What it is"), BusinessName: g.maybe("Its name"), Required: g.chance(), Classification: g.pick("", "internal", "pii"),
		Tags: g.texts(), CriticalDataElement: g.chance(), CustomProperties: g.custom("free"),
	}
	kinds := []string{"string", "integer", "number", "boolean", "date", "timestamp", "time"}
	if depth < 3 {
		kinds = append(kinds, "object", "array")
	}
	switch p.LogicalType = g.pick(kinds...); p.LogicalType {
	case "object":
		p.Properties = g.properties(depth + 1)
	case "array":
		item := g.property(depth + 1)
		p.Items = &item
	case "string":
		p.Options = &contract.Options{MinLength: g.IntN(3), MaxLength: 5 + g.IntN(3), Pattern: g.maybe("^[a-z]+$"), Format: g.maybe("email")}
		p.Examples = append(p.Examples, values.Text("abc"))
		if p.Options.Format == "" && g.chance() { // neither is an address
			p.Quality = append(p.Quality, contract.Quality{Metric: "invalidValues", Arguments: &contract.Arguments{ValidValues: values.Texts([]string{"abc", "abcd"}).Items}, MustBe: values.Int(0)})
		}
	case "integer":
		p.Options = &contract.Options{Minimum: values.Int(int64(g.IntN(5))), Format: g.pick("", "i32")}
		p.PhysicalType = g.pick("", "int", "long", "bigint")
	case "number":
		p.PhysicalType = g.pick("", "double", "decimal(12,2)", "float")
	case "timestamp":
		p.PhysicalType = g.pick("", "timestamp-millis", "timestamp-micros")
	}
	if g.chance() {
		p.Quality = append(p.Quality, contract.Quality{Metric: "nullValues", MustBeLessThan: values.Int(5), Unit: g.pick("", "percent"), Severity: "warning"})
	}
	return p
}
