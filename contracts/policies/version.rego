# METADATA
# title: A contract has a version and a status
# description: A semantic version says what a change means, and a status of the standard says whether to rely on it.
package mesh.version

import data.mesh.lib

statuses := {"proposed", "draft", "active", "deprecated", "retired"}

deny contains {"msg": msg, "path": "version"} if {
	version := object.get(input.contract, "version", "")
	not lib.semantic(version)
	msg := sprintf("the version %q is not semantic: write it as 1.0.0", [version])
}

deny contains {"msg": msg, "path": "status"} if {
	status := lib.lowered(input.contract, "status")
	not status in statuses
	msg := sprintf("the status %q is none of %s", [status, concat(", ", sort(statuses))])
}
