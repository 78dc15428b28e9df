# METADATA
# title: Access is not public where personal data is
# description: >-
#   Where a field is classified as pii, there are roles by which access is given, each names who approves it, and none is
#   everybody's.
package mesh.access

import data.mesh.lib

everybody := {"public", "everyone", "everybody", "anyone", "anonymous", "all", "*", "world"}

deny contains {"msg": "it holds personal data, and no role says who may read it: name the roles, each with its approvers", "path": "roles"} if {
	lib.personal
	count(object.get(input.contract, "roles", [])) == 0
}

deny contains {"msg": msg, "path": ["roles", i]} if {
	lib.personal
	some i, role in input.contract.roles
	lower(role.role) in everybody
	msg := sprintf("it holds personal data, and the role %q lets everybody read it", [role.role])
}

deny contains {"msg": msg, "path": ["roles", i]} if {
	lib.personal
	some i, role in input.contract.roles
	not lib.says(role, "firstLevelApprovers")
	msg := sprintf("it holds personal data, and nobody approves the role %q: name its firstLevelApprovers", [role.role])
}

deny contains {"msg": msg, "path": ["tags", i]} if {
	lib.personal
	some i, tag in input.contract.tags
	lower(tag) in {"public", "open-data"}
	msg := sprintf("it holds personal data, and its tag says %q", [tag])
}
