# METADATA
# title: What is in production may be relied on
# description: >-
#   In production stands no draft and nothing whose end of life has come. A deprecated contract says until when it stays.
package mesh.lifecycle

import data.mesh.lib

deny contains {"msg": msg, "path": "status"} if {
	input.environment == "production"
	status := lib.lowered(input.contract, "status")
	status in {"proposed", "draft", "retired"}
	msg := sprintf("it is %s, and this is production: activate it, or keep it out", [status])
}

deny contains {"msg": msg, "path": ["slaProperties", i, "value"]} if {
	some i, promise in input.contract.slaProperties
	promise.property == "endOfLife"
	not contains(object.get(promise, "element", ""), ".") # the end of a field alone
	lib.lowered(input.contract, "status") != "retired"
	substring(promise.value, 0, 10) <= substring(input.now, 0, 10)
	msg := sprintf("its end of life was %s: retire it, or say another end", [promise.value])
}

warn contains {"msg": "it is deprecated, and does not say until when it stays: add endOfSupport to slaProperties", "path": "status"} if {
	lib.lowered(input.contract, "status") == "deprecated"
	not lib.promised("endOfSupport")
}
