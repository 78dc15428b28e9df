package mesh.lifecycle_test

import data.mesh.lifecycle

denied(status, promises, environment) := {d.path | some d in lifecycle.deny with input as {
	"contract": {"status": status, "slaProperties": promises}, "environment": environment, "now": "2026-11-21T12:00:00Z",
}}

test_active if denied("active", [], "production") == set()

test_draft if {
	every status in ["draft", "Proposed", "retired"] {
		denied(status, [], "production") == {"status"}
		denied(status, [], "staging") == set()
	}
}

end := ["slaProperties", 1, "value"]

ends(day, element) := [{"property": "freshness", "value": "2020"}, {"property": "endOfLife", "value": day, "element": element}]

test_end_of_life if {
	denied("active", ends("2026-11-22", "Order"), "") == set()
	denied("active", ends("2026-11-21", "Order"), "") == {end}
	denied("active", ends("2025-12-24T00:00:00Z", "Order"), "") == {end}
	denied("retired", ends("2025-12-24", "Order"), "") == set()
	denied("active", ends("2025-12-24", "Order.note"), "") == set()
}

test_end_without_an_element if denied("active", [{"property": "endOfLife", "value": "2025-12-24"}], "") == {["slaProperties", 0, "value"]}

warned(status, promises) := count(warnings) if warnings := lifecycle.warn with input as {"contract": {"status": status, "slaProperties": promises}}

test_deprecated if {
	warned("Deprecated", []) == 1
	warned("active", []) == 0
	warned("deprecated", [{"property": "endOfSupport", "value": "2027-01-01"}]) == 0
	warned("deprecated", [{"property": "freshness", "value": "PT1H"}]) == 1
}
