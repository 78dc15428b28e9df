# METADATA
# title: A contract says how long its data is kept
# description: >-
#   Retention is promised. A compacted topic keeps the newest record of each key, which says as much, unless it holds
#   personal data.
package mesh.retention

import data.mesh.lib

deny contains {"msg": "no retention is promised: add retention to slaProperties, such as 90 days", "path": "slaProperties"} if {
	not lib.promised("retention")
	not kept_for_ever
}

kept_for_ever if {
	lib.custom(input.contract, "tidemark.compacted") == true
	not lib.personal
}
