package mesh.documentation_test

import data.mesh.documentation

contract := {
	"description": {"usage": "Count orders with it."},
	"schema": [{"description": "One order.", "properties": [{"name": "id", "description": "The order."}]}],
}

judged(change) := {d.path | some d in documentation.deny with input as {"contract": object.union(contract, change)}}

link := [{"type": "tutorial", "url": "https://shop.example/orders"}]

described(change) := {"schema": [object.union(contract.schema[0], change)]}

test_passes if judged({}) == set()

test_usage_missing if judged({"description": {"usage": ""}}) == {"description"}

test_no_description if {
	denied := {d.path | some d in documentation.deny} with input as {"contract": object.remove(contract, ["description"])}
	denied == {"description"}
}

test_link if judged({"description": {"usage": ""}, "authoritativeDefinitions": link}) == set()

test_link_of_the_description if judged({"description": {"usage": "", "authoritativeDefinitions": link}}) == set()

test_empty_link if judged({"description": {"usage": ""}, "authoritativeDefinitions": [{"url": ""}]}) == {"description"}

test_object if judged(described({"description": ""})) == {["schema", 0]}

test_granularity if judged(described({"description": "", "dataGranularityDescription": "One record for each order."})) == set()

test_field if judged(described({"properties": [{"name": "id"}]})) == {["schema", 0, "properties", 0]}

test_blank_field if judged(described({"properties": [{"name": "id", "description": " "}]})) == {["schema", 0, "properties", 0]}

test_business_name if judged(described({"properties": [{"name": "id", "businessName": "Order number"}]})) == set()

test_field_within if judged(described({"properties": [{"name": "a", "description": "A.", "properties": [{"name": "b"}]}]})) == {["schema", 0, "properties", 0, "properties", 0]}

test_items_need_none if judged(described({"properties": [{"name": "a", "description": "A.", "items": {"logicalType": "string"}}]})) == set()
