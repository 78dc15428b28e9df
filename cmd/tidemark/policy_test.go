package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

// write puts files into the folder that the test is in: name, text, name, text …
func write(t *testing.T, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		if err := os.MkdirAll(filepath.Dir(files[i]), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[i], []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const ownRules = `package shop

# METADATA
# title: Orders name their environment
# description: Shows what a shop's own rule looks like.
deny[msg] {
	input.environment == "production"
	not input.data_contract.servers.production
	msg := "there is no server for production"
}

deny[{"msg": msg, "path": "schema[0].properties[1]"}] {
	input.contract.schema[0].properties[1].required
	input.data_product.team.name == "shop-team"
	re_match("^quantity$", input.contract.schema[0].properties[1].name)
	msg := "a quantity is not required"
}

warn[msg] {
	input.previous.version != input.contract.version
	msg := sprintf("was %s", [input.previous.version])
}
`

const ownTests = `package shop_test

test_environment { count(data.shop.deny) == 1 with input as {"environment": "production"} }

test_nothing { count(data.shop.deny) == 0 with input as {"environment": "staging"} }
`

// TestPolicy is a tour of the commands, as a shop with rules of its own would take it.
func TestPolicy(t *testing.T) {
	shopFolder(t)
	write(t, "rules/shop.rego", ownRules, "rules/shop_test.rego", ownTests)
	got := session(t, nil,
		"policy list --policies rules -o wide", "policy list --policies rules -o name", "policy test --policies rules",
		"policy eval --policies rules "+ordersODCS, "policy eval --policies rules --environment production "+ordersODCS+" -o json",
		"policy eval --policies rules contracts", "policy list", "policy eval --policies rules nowhere.odcs.yaml",
		"policy eval --policies rules contracts/shop/orders/product.odps.yaml", "policy eval --policies rules --timeout 0s contracts",
	)
	copyTree(t, "contracts", "before")
	edit(t, ordersODCS, "\nversion: 1.0.0", "\nversion: 1.1.0")
	got += session(t, nil, "policy eval --policies rules --previous before/shop/orders/orders.v1.odcs.yaml "+ordersODCS, "check --policies rules --against before contracts")
	write(t, "loose.yaml", `dataContractSpecification: 0.9.3
id: urn:datacontract:orders:fact-orders
info: {title: Orders, version: 1.0.0, owner: orders-team}
servers: {production: {type: kafka, host: broker:9092, topic: orders, format: avro}}
schema:
  type: table
  fields: [{name: order_id, type: bigint, required: true}, {name: quantity, type: integer, required: true}]
`, "broken.yaml", "dataContractSpecification: 0.9.3\nid: [1\n")
	got += session(t, nil, "policy eval --policies rules --environment production loose.yaml", "policy eval --policies rules broken.yaml")

	// The tree's own policies, which check finds by itself.
	copyTree(t, "rules", "contracts/policies")
	got += session(t, nil, "check contracts", "check --no-policies", "check "+ordersODCS+" --environment production", "policy test -o junit")
	write(t, "contracts/policies/shop_test.rego", "package shop_test\ntest_wrong { data.shop.deny[_] with input as {} }\n")
	got += session(t, nil, "policy test")
	write(t, "contracts/policies/shop.rego", "package shop\ndeny[msg] { msg := http.send({}).body }\n")
	got += session(t, nil, "check", "policy test", "policy list")
	write(t, "empty/README.md", "nothing")
	got += session(t, nil, "check --policies empty", "policy eval --policies empty "+ordersODCS, "check --policies nowhere")
	if err := os.Remove("contracts/policies/shop_test.rego"); err != nil {
		t.Fatal(err)
	}
	write(t, "contracts/policies/shop.rego", "package shop\ndeny[msg] { msg := \"no\" }\n")
	got += session(t, nil, "policy test")
	goldentest.Equal(t, "testdata/policy.txt", []byte(got), *update)
}

// TestPolicyRepository holds this project's own policies.
func TestPolicyRepository(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	if r := tidemark(t, nil, "policy", "test"); r.code != exitDone || !strings.HasSuffix(r.err, " passed, 0 skipped\n") {
		t.Errorf("got %d\n%s%s", r.code, r.out, r.err)
	}
	if r := tidemark(t, nil, "policy", "eval", "--environment", "production", "contracts"); r.code != exitDone {
		t.Errorf("got %d\n%s%s", r.code, r.out, r.err)
	}
}
