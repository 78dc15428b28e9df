package topic_test

import (
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/format/topic"
)

// BenchmarkPropose reads 50,000 records of 13 fields from an embedded broker. A million take some 3 s as Avro and
// 8 s as JSON on two cores.
func BenchmarkPropose(b *testing.B) {
	const records = 50_000
	schema, err := avro.Parse([]byte(saleSchema))
	if err != nil {
		b.Fatal(err)
	}
	for name, schema := range map[string]*avro.Schema{"avro": schema, "json": nil} {
		b.Run(name, func(b *testing.B) {
			m := dataproducttest.NewMesh(b)
			fill(b, m, "till.sales", 6, records, schema)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := topic.Propose(b.Context(), topic.Source{Kafka: m.Kafka, Registry: m.Registry, Topic: "till.sales"}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(records)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
