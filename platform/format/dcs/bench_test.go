package dcs_test

import (
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
)

// BenchmarkPlain makes the document for policies of a contract of 200 fields.
func BenchmarkPlain(b *testing.B) {
	c, findings := contract.ParseContract("wide.odcs.yaml", []byte("apiVersion: v3.1.0\nkind: DataContract\nid: a\nname: a\nversion: 1.0.0\nstatus: active\nschema:\n- name: m\n  properties:\n"+
		many(200, func(n int) string {
			return "  - {name: f" + itoa(n) + ", logicalType: string, physicalType: string, required: true, classification: pii, description: A field.}\n"
		})))
	if c == nil {
		b.Fatal(findings)
	}
	for b.Loop() {
		dcs.Plain(c, nil)
	}
}
