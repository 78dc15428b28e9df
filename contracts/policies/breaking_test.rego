package mesh.breaking_test

import data.mesh.breaking

total := {"name": "total", "logicalType": "number", "physicalType": "double", "required": true}

note := {"name": "note", "logicalType": "string", "physicalType": "string"}

previous := contract("1.4.0", [total, note])

contract(version, properties) := {
	"version": version, "status": "active",
	"schema": [{"name": "Order", "physicalName": "shop.orders.orders.v1", "properties": properties}],
	"customProperties": [{"property": "tidemark.key", "value": "total"}],
}

judged(old, new) := {d.path | some d in breaking.deny with input as {"contract": new, "previous": old}}

field := ["schema", 0, "properties", 0]

test_nothing_changed if judged(previous, previous) == set()

test_new_contract if judged(null, contract("1.0.0", [total])) == set()

test_no_previous_at_all if count(breaking.deny) == 0 with input as {"contract": previous}

test_optional_field_added if judged(contract("1.4.0", [total]), previous) == set()

test_moved if judged(previous, contract("1.4.0", [note, total])) == set()

test_removed if judged(previous, contract("1.5.0", [total])) == {["schema"]}

test_removed_with_a_major_version if judged(previous, contract("2.0.0", [total])) == set()

test_removed_with_a_tenth_major_version if judged(object.union(previous, {"version": "9.0.0"}), contract("10.0.0", [total])) == set()

test_version_fell if judged(previous, contract("0.9.0", [total])) == {["schema"]}

test_version_that_is_none if judged(previous, contract("next", [total])) == {["schema"]}

test_message if {
	some d in breaking.deny with input as {"contract": contract("1.5.0", [total]), "previous": previous}
	d.msg == "the field note is gone, and was not deprecated, and the version is 1.5.0, was 1.4.0: take the next major version"
}

test_deprecated_field_removed if {
	judged(contract("1.4.0", [total, object.union(note, {"deprecated": true})]), contract("1.5.0", [total])) == set()
	judged(contract("1.4.0", [total, object.union(note, {"tags": ["old", "deprecated"]})]), contract("1.5.0", [total])) == set()
	judged(contract("1.4.0", [total, object.union(note, {"tags": ["old"], "deprecated": false})]), contract("1.5.0", [total])) == {["schema"]}
}

test_removed_from_a_deprecated_contract if judged(object.union(previous, {"status": "Deprecated"}), contract("1.5.0", [total])) == set()

test_draft if {
	judged(object.union(previous, {"status": "Draft"}), contract("1.5.0", [total])) == set()
	judged(object.union(previous, {"status": "proposed"}), contract("1.5.0", [total])) == set()
}

test_logical_type if judged(previous, contract("1.5.0", [object.union(total, {"logicalType": "integer"}), note])) == {array.concat(field, ["logicalType"])}

test_physical_type if judged(previous, contract("1.5.0", [object.union(total, {"physicalType": "float"}), note])) == {array.concat(field, ["physicalType"])}

test_type_spelt_otherwise if judged(previous, contract("1.5.0", [object.union(total, {"physicalType": "DOUBLE"}), note])) == set()

test_required_now if judged(previous, contract("1.5.0", [object.union(note, {"required": true}), total])) == {array.concat(field, ["required"])}

test_optional_now if judged(previous, contract("1.5.0", [object.union(total, {"required": false}), note])) == set()

test_within if {
	old := contract("1.4.0", [{"name": "lines", "items": {"logicalType": "object", "properties": [note]}}])
	new := contract("1.5.0", [{"name": "lines", "items": {"logicalType": "object", "properties": [object.union(note, {"logicalType": "date"})]}}])
	judged(old, new) == {array.concat(field, ["items", "properties", 0, "logicalType"])}
}

test_same_name_elsewhere if {
	old := contract("1.4.0", [{"name": "a", "properties": [note]}, note])
	new := contract("1.5.0", [{"name": "a", "properties": []}, note])
	judged(old, new) == {["schema"]}
}

test_topic if {
	new := json.patch(contract("1.5.0", [total, note]), [{"op": "replace", "path": "/schema/0/physicalName", "value": "shop.orders.orders.v2"}])
	judged(previous, new) == {["schema", 0, "physicalName"]}
}

test_key if {
	new := json.patch(contract("1.5.0", [total, note]), [{"op": "replace", "path": "/customProperties/0/value", "value": "note"}])
	judged(previous, new) == {"customProperties"}
}
