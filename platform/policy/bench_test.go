package policy_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/check"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

// wide is a contract with as many fields, which keeps the shipped policies.
func wide(t testing.TB, number, fields int) *contract.Contract {
	t.Helper()
	c, findings := contract.ParseContract("orders.v1.odcs.yaml", wideText(number, fields))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return c
}

func wideText(number, fields int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:shop:orders-%[1]d:orders:1
name: Orders
version: 1.2.0
status: active
domain: shop
description: {purpose: What the shop sold in the order in which it sold it., usage: Count orders with it.}
slaProperties:
  - {property: freshness, value: 15, unit: minutes}
  - {property: retention, value: 90, unit: days}
team: {name: orders-team}
support: [{channel: "#orders", url: https://shop.example/chat/orders}]
roles: [{role: reader, access: read, firstLevelApprovers: ines.keller}]
customProperties:
  - {property: tidemark.key, value: field0}
schema:
  - name: Order
    physicalName: shop.orders-%[1]d.orders.v1
    physicalType: topic
    description: One order.
    properties:
`, number)
	for i := range fields {
		class := []string{"internal", "pii", "confidential"}[i%3]
		fmt.Fprintf(&b, `      - name: field%d
        logicalType: string
        physicalType: string
        required: true
        description: What is said about the field with the number %d.
        classification: %s
        logicalTypeOptions: {minLength: 1, maxLength: 200}
        quality:
          - {metric: nullValues, mustBe: 0, severity: error, dimension: completeness}
`, i, i, class)
	}
	return []byte(b.String())
}

// BenchmarkVerdict judges a contract by the shipped policies after compilation. The time is generous, since a busy machine
// says nothing about them.
func BenchmarkVerdict(b *testing.B) {
	bundle := load(b, shipped()).WithTimeout(time.Minute)
	for _, fields := range []int{20, 200} {
		b.Run(fmt.Sprintf("fields=%d/new", fields), func(b *testing.B) {
			in := policy.Input{Contract: wide(b, 1, fields), Environment: "production", Now: now()}
			for b.Loop() {
				if v := bundle.Judge(b.Context(), in); len(v.Findings) > 0 {
					b.Fatal(v.Findings)
				}
			}
		})
		b.Run(fmt.Sprintf("fields=%d/previous", fields), func(b *testing.B) {
			c := wide(b, 1, fields)
			in := policy.Input{Contract: c, Previous: c, Environment: "production", Now: now()}
			for b.Loop() {
				if v := bundle.Judge(b.Context(), in); len(v.Findings) > 0 {
					b.Fatal(v.Findings)
				}
			}
		})
	}
}

// BenchmarkCompile reads and compiles the shipped policies.
func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		load(b, shipped())
	}
}

// BenchmarkCheck checks a tree of 1,000 contracts of 20 fields with the shipped policies.
func BenchmarkCheck(b *testing.B) {
	tree := thousand()
	bundle := load(b, shipped()).WithTimeout(time.Minute)
	for b.Loop() {
		r, err := check.Tree(b.Context(), tree, policy.Tree{Bundle: bundle, Now: now()}, now())
		if err != nil || len(r.Files) < 1000 {
			b.Fatal(err, len(r.Files))
		}
		for _, f := range r.Findings {
			if strings.HasPrefix(f.Rule, "polic") {
				b.Fatal(f)
			}
		}
	}
	b.ReportMetric(float64(runtime.GOMAXPROCS(0)), "cores")
}

func thousand() fstest.MapFS {
	tree := fstest.MapFS{}
	for i := range 1000 {
		folder := fmt.Sprintf("shop/orders-%d/", i)
		tree[folder+"orders.v1.odcs.yaml"] = &fstest.MapFile{Data: wideText(i, 20)}
		var fields []string
		for n := range 20 {
			fields = append(fields, fmt.Sprintf(`{"name": "field%d", "type": "string"}`, n))
		}
		tree[folder+"orders.v1.avsc"] = &fstest.MapFile{Data: fmt.Appendf(nil, `{"type": "record", "name": "Order", "namespace": "shop.orders", "fields": [%s]}`, strings.Join(fields, ","))}
		tree[folder+"product.odps.yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `apiVersion: v1.0.0
kind: DataProduct
id: shop.orders-%[1]d
name: Orders
version: 1.0.0
status: active
domain: shop
description: {purpose: What the shop sold.}
outputPorts: [{name: orders, version: 1.0.0, contractId: "urn:datamesh:shop:orders-%[1]d:orders:1"}]
team: {name: orders-team}
customProperties: [{property: tidemark.mode, value: source}]
`, i)}
	}
	return tree
}
