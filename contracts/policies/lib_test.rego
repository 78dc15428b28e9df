package mesh.lib_test

import data.mesh.lib

test_said if {
	lib.said("x")
	not lib.said("")
	not lib.said(" \t")
	not lib.said(1)
	not lib.said(null)
}

test_says if {
	lib.says({"a": {"b": "x"}}, ["a", "b"])
	lib.says({"a": "x"}, "a")
	not lib.says({}, "a")
	not lib.says({"a": ""}, "a")
}

test_lowered if {
	lib.lowered({"a": "Ab"}, "a") == "ab"
	lib.lowered({}, "a") == ""
}

test_semantic if {
	lib.semantic("1.20.3") == [1, 20, 3]
	lib.semantic("v2.0.0-rc.1+build.5") == [2, 0, 0]
	lib.semantic("1.0.0+build") == [1, 0, 0]
	not lib.semantic("1.0")
	not lib.semantic("one")
}

contract := {"schema": [{
	"name": "Order",
	"quality": [{"implementation": {"properties": [{"name": "no"}]}}],
	"customProperties": [{"property": "x", "value": {"items": {"name": "no"}, "properties": [{"name": "no"}]}}],
	"properties": [
		{"name": "lines", "items": {"logicalType": "object", "properties": [{"name": "sku", "examples": [{"items": "no"}]}]}},
		{"name": "labels", "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "date"}}},
		{"name": "customer", "customProperties": [{"value": {"items": {"name": "no"}}}], "properties": [{"name": "id", "enum": [{"value": "no"}], "customProperties": [{"property": "x", "value": {"items": {"name": "no"}, "properties": [{"name": "no"}]}}]}]},
	],
}]}

test_properties if {
	found := {field.name: concat("/", [sprintf("%v", [step]) | some step in field.path]) | some field in lib.fields} with input as {"contract": contract}
	found == {
		"lines": "schema/0/properties/0",
		"lines.items": "schema/0/properties/0/items",
		"lines.items.sku": "schema/0/properties/0/items/properties/0",
		"labels": "schema/0/properties/1",
		"labels.map.key": "schema/0/properties/1/map/key",
		"labels.map.value": "schema/0/properties/1/map/value",
		"customer": "schema/0/properties/2",
		"customer.id": "schema/0/properties/2/properties/0",
	}
}

test_names if lib.names == {"lines", "sku", "labels", "customer", "id"} with input as {"contract": contract}

test_property if {
	some field in lib.located(contract)
	field.name == "customer.id"
	field.property == {"name": "id", "enum": [{"value": "no"}], "customProperties": [{"property": "x", "value": {"items": {"name": "no"}, "properties": [{"name": "no"}]}}]}
}

test_no_schema if lib.located({}) == []

test_same_order if [field.property | some field in lib.fields] == lib.properties with input as {"contract": contract}

test_personal if {
	lib.personal with input as {"contract": {"schema": [{"properties": [{"name": "a"}, {"name": "b", "classification": "PII"}]}]}}
	not lib.personal with input as {"contract": {"schema": [{"properties": [{"name": "a"}, {"name": "b", "classification": "internal"}]}]}}
}

test_classes if {
	lib.masked == {"pii", "confidential", "restricted", "sensitive", "secret"}
	lib.open == {"public", "internal"}
}

test_custom if {
	properties := {"customProperties": [{"property": "a", "value": 1}, {"property": "b", "value": false}]}
	lib.custom(properties, "b") == false
	lib.custom(properties, "a") == 1
	not lib.custom({}, "a")
}

promised(value) if lib.promised("latency") with input as {"contract": {"slaProperties": [{"property": "freshness", "value": "x"}, {"property": "latency", "value": value}]}}

test_promised if {
	promised(5)
	promised(0.5)
	promised("PT15M")
	not promised(0)
	not promised(-1)
	not promised(" ")
	not promised(null)
}

test_another_promise if not lib.promised("retention") with input as {"contract": {"slaProperties": [{"property": "freshness", "value": 5}, {"property": "latency", "value": "x"}]}}
