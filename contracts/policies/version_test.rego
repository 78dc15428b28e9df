package mesh.version_test

import data.mesh.version

judged(c) := {d.path | some d in version.deny with input as {"contract": c}}

test_passes if judged({"version": "1.0.0", "status": "active"}) == set()

test_with_v if judged({"version": "v1.0.0", "status": "Draft"}) == set()

test_every_status if {
	every status in ["proposed", "draft", "active", "deprecated", "retired"] {
		judged({"version": "1.0.0", "status": status}) == set()
	}
}

test_missing if judged({}) == {"version", "status"}

test_not_semantic if judged({"version": "1", "status": "active"}) == {"version"}

test_status_unknown if judged({"version": "1.0.0", "status": "fine"}) == {"status"}
