package avsc_test

import (
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
)

// FuzzImport describes any schema that parses, and makes a schema of the description and of the words in it.
func FuzzImport(f *testing.F) {
	for _, fields := range roundTrip() {
		f.Add(`{"type":"record","name":"orders.Order","fields":[`+fields+`]}`, "decimal(12,2)", "number")
	}
	f.Add(`{"type":"record","name":"T","fields":[{"name":"x","type":["null","T"],"confluent:tags":["PII"]}]}`, "map<string,timestamp(6) with time zone>", "object")
	f.Fuzz(func(t *testing.T, text, physical, logical string) {
		var properties []contract.Property
		if s, err := avro.Parse([]byte(text)); err == nil {
			properties, _ = avsc.Properties(s)
		}
		properties = append(properties, contract.Property{Name: physical, PhysicalType: physical, LogicalType: logical, Description: text})
		c := &contract.Contract{Objects: []contract.SchemaObject{{Name: logical, Properties: properties}}}
		made, findings := avsc.Schema(c, physical)
		if made == nil && !contract.HasErrors(findings) {
			t.Fatal("no schema and no error")
		}
		if made == nil {
			return
		}
		if _, err := avro.Parse(made); err != nil {
			t.Fatal(err)
		}
	})
}
