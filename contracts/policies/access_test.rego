package mesh.access_test

import data.mesh.access

schema(class) := [{"properties": [{"name": "id"}, {"name": "email", "classification": class}]}]

contract := {"schema": schema("pii"), "roles": [{"role": "reader", "firstLevelApprovers": "mara.silva"}], "tags": ["customer"]}

judged(change) := {d.path | some d in access.deny with input as {"contract": object.union(contract, change)}}

test_passes if judged({}) == set()

test_upper_case if judged({"schema": schema("PII"), "roles": []}) == {"roles"}

test_no_roles if judged({"roles": []}) == {"roles"}

test_no_roles_key if {
	denied := access.deny with input as {"contract": object.remove(contract, ["roles"])}
	count(denied) == 1
}

test_everybody if judged({"roles": [{"role": "Public", "firstLevelApprovers": "mara.silva"}]}) == {["roles", 0]}

test_every_word_for_everybody if {
	every role in ["public", "everyone", "everybody", "anyone", "anonymous", "all", "*", "world"] {
		judged({"roles": [{"role": role, "firstLevelApprovers": "mara.silva"}]}) == {["roles", 0]}
	}
}

test_nobody_approves if judged({"roles": [{"role": "reader"}]}) == {["roles", 0]}

test_blank_approver if judged({"roles": [{"role": "reader", "firstLevelApprovers": " "}]}) == {["roles", 0]}

test_tag if judged({"tags": ["customer", "Public"]}) == {["tags", 1]}

test_open_data if judged({"tags": ["open-data"]}) == {["tags", 0]}

test_without_personal_data if judged({"schema": schema("internal"), "roles": [{"role": "public"}], "tags": ["public"]}) == set()

test_without_personal_data_no_roles if judged({"schema": schema("internal"), "roles": []}) == set()
