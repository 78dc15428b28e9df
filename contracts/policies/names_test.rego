package mesh.names_test

import data.mesh.names

schema(topic, fields) := [{"physicalName": topic, "properties": [{"name": name} | some name in fields]}]

contract := {"id": "urn:datamesh:shop:order-lines:lines:1", "version": "1.2.0", "schema": schema("shop.order-lines.lines.v1", ["orderId", "total"])}

judged(change) := {d.path | some d in names.deny with input as {"contract": object.union(contract, change)}}

topic := ["schema", 0, "physicalName"]

fields(names) := {"schema": schema("shop.order-lines.lines.v1", names)}

test_passes if judged({}) == set()

test_another_topic if judged({"schema": schema("shop.lines.v1", [])}) == {topic}

test_no_topic if judged({"schema": [{"properties": []}]}) == {topic}

test_no_schema if judged({"schema": []}) == {topic}

test_another_major_version if judged({"version": "2.0.0"}) == {"version"}

test_ids if {
	every id in [
		"urn:datamesh:shop:order-lines:lines", "urn:datamesh:shop:order-lines:lines:1:2", "urn:datamesh:Shop:order-lines:lines:1",
		"urn:datamesh:shop:order_lines:lines:1", "urn:datamesh:shop:order-lines:li..nes:1", "urn:datamesh:shop:order--lines:lines:1",
		"urn:datamesh:shop:order-lines:dlq:1", "urn:datamesh:shop:order-lines:retry:1", "urn:datamesh:shop:order-lines:lines:v1",
		"urn:datamesh:shop:order-lines:lines:01",
	] {
		judged({"id": id}) == {"id"}
	}
}

test_contract_of_others if judged({"id": "urn:datacontract:orders:fact-orders", "version": "7.0.0", "schema": schema("ORDERS", ["order_id", "total"])}) == set()

test_others_fields if judged({"id": "urn:datacontract:orders:fact-orders", "schema": schema("ORDERS", ["Order"])}) == {["schema", 0, "properties", 0, "name"]}

test_another_urn if judged({"id": "urn:other:shop:order-lines:lines:1", "schema": schema("ORDERS", [])}) == set()

test_snake_case if judged(fields(["order_id", "total2"])) == set()

test_camel_case if judged(fields(["orderId", "orderURL"])) == set()

test_field if {
	every name in ["OrderId", "order-id", "order id", "_id", "order__id", "order_Id", "Ä"] {
		judged(fields([name])) == {["schema", 0, "properties", 0, "name"]}
	}
}

test_only_that_field if judged(fields(["order-id", "total"])) == {["schema", 0, "properties", 0, "name"]}

test_two_styles if judged(fields(["orderId", "order_id"])) == {"schema"}

test_items_have_no_name if judged({"schema": [{"physicalName": "shop.order-lines.lines.v1", "properties": [{"name": "a", "items": {"logicalType": "string"}}]}]}) == set()
