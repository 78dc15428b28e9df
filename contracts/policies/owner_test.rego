package mesh.owner_test

import data.mesh.owner

contract := {"team": {"name": "orders-team"}, "support": [{"channel": "#orders"}]}

judged(c, p) := {d.path | some d in owner.deny with input as {"contract": c, "data_product": p}}

without(key) := object.remove(contract, [key])

member(role) := {"role": role, "username": "ines.keller"}

test_passes if judged(contract, null) == set()

test_owner_missing if judged(without("team"), null) == {"team"}

test_owner_blank if judged(object.union(contract, {"team": {"name": " "}}), null) == {"team"}

test_owner_of_the_data_product if judged(without("team"), {"team": {"name": "orders-team"}}) == set()

test_owner_as_member if judged(object.union(without("team"), {"team": {"members": [member("Owner")]}}), null) == set()

test_owner_as_member_in_a_list if judged(object.union(contract, {"team": [member("owner")]}), null) == set()

test_member_of_another_role if judged(object.union(contract, {"team": [member("data steward")]}), null) == {"team"}

test_owner_without_a_name if judged(object.union(contract, {"team": [{"role": "owner", "username": ""}]}), null) == {"team"}

test_contact_missing if judged(without("support"), null) == {"support"}

test_contact_blank if judged(object.union(contract, {"support": [{"channel": ""}]}), null) == {"support"}

test_contact_of_the_data_product if judged(without("support"), {"support": [{"channel": "#orders"}]}) == set()
