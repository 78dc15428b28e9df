package dcs_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

// The document for policies of two contracts of the tree: one with personal data and fields within fields, one with a map.
func TestPlainOfTheTree(t *testing.T) {
	for _, name := range []string{"customer/customers/customers.v1.odcs.yaml", "fulfillment/shipments/shipments.v1.odcs.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "contracts", name))
		if err != nil {
			t.Fatal(err)
		}
		c, findings := contract.ParseContract(name, text)
		if c == nil {
			t.Fatal(findings)
		}
		goldentest.Equal(t, filepath.Join("testdata", "golden", "tree", filepath.Base(name)+".plain.json"), []byte(indented(t, dcs.Plain(c, nil))), *update)
	}
}

// What a file does not say is not in its document, so that a rule can deny it; and what is personal data is said to be.
func TestPlainOfAFile(t *testing.T) {
	v, findings := dcs.PlainOf("a.yaml", []byte(`
dataContractSpecification: 0.9.3
info: {title: A}
schema:
  type: table
  fields:
    - {name: a, pii: yes}
    - {name: b, classification: PII}
    - {name: c, required: true, fields: [{name: d, pii: true}]}
    - {name: e}
    - {name: f, pii: {kind: email}}
terms: {pii_fields: [e]}
`))
	if contract.HasErrors(findings) {
		t.Fatal(findings)
	}
	for _, key := range []string{"id", "sla", "servers", "quality"} {
		if v.Get(key).Kind != 0 {
			t.Errorf("%s is made up: %s", key, marshal(t, v))
		}
	}
	if v.Get("info").Get("owner").Kind != 0 || v.Get("terms").Get("classification").Kind != 0 {
		t.Error(marshal(t, v))
	}
	got := ""
	for _, f := range v.Get("schema").Get("fields").Items {
		got += f.Get("name").Text + "=" + f.Get("pii").Text + " "
	}
	if inner := v.Get("schema").Get("fields").Items[2].Get("fields").Items[0]; got != "a=true b=true c=false e=true f=true " || inner.Get("pii").Text != "true" {
		t.Error(got, marshal(t, v))
	}
}

// A data product gives its owner and domain to a contract that names none.
func TestExportOfAProduct(t *testing.T) {
	c, _ := contract.ParseContract("a.odcs.yaml", []byte("apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n"))
	p, findings := contract.ParseDataProduct("a.odps.yaml", []byte("apiVersion: v1.0.0\nkind: DataProduct\nid: shop.a\nstatus: active\ndomain: shop\nteam: {name: a-team}\n"))
	if c == nil || p == nil {
		t.Fatal(findings)
	}
	info := dcs.Plain(c, p).Get("info")
	if info.Get("owner").Text != "a-team" || info.Get("domain").Text != "shop" || info.Get("title").Text != "a" {
		t.Error(marshal(t, info))
	}
}

// A field that cannot be understood is no field that rules overlook.
func TestPlainOfABrokenFile(t *testing.T) {
	for _, models := range []string{"{m: 5}", "{m: {fields: 5}}", "{m: {fields: {a: [1]}}}", "{m: {fields: [5]}}", "{m: {fields: {a: {$ref: '#/definitions/b'}}}}"} {
		v, findings := dcs.PlainOf("a.yaml", []byte("dataContractSpecification: 1.2.1\nid: a\ninfo: {title: A, version: 1.0.0}\nmodels: "+models+"\n"))
		if v.Kind != 0 || !contract.HasErrors(findings) {
			t.Errorf("%s: %s", models, marshal(t, v))
		}
	}
}
