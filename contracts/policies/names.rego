# METADATA
# title: Names follow the convention
# description: >-
#   Of a contract of the mesh (urn:datamesh:<domain>:<product>:<port>:<major>): its id, its topic and its version agree,
#   in lower case with single dashes. Of every contract: fields are camelCase or snake_case, and not both.
package mesh.names

import data.mesh.lib

part := `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`

deny contains {"msg": msg, "path": "id"} if {
	ours
	not well_formed
	msg := sprintf("the id %s is not urn:datamesh:<domain>:<product>:<port>:<major>, in lower case with single dashes, with a port that is not dlq or retry", [input.contract.id])
}

deny contains {"msg": msg, "path": ["schema", 0, "physicalName"]} if {
	well_formed
	topic := sprintf("%s.%s.%s.v%s", array.slice(parts, 2, 6))
	has := object.get(input.contract, ["schema", 0, "physicalName"], "")
	has != topic
	msg := sprintf("the topic of %s is %s, not %q", [input.contract.id, topic, has])
}

deny contains {"msg": msg, "path": "version"} if {
	well_formed
	lib.semantic(input.contract.version)[0] != to_number(parts[5])
	msg := sprintf("the version is %s, and the id %s says the major version %s", [input.contract.version, input.contract.id, parts[5]])
}

deny contains {"msg": msg, "path": array.concat(lib.fields[i].path, ["name"])} if {
	some name in lib.names - styled
	some i, property in lib.properties
	property.name == name
	msg := sprintf("the field %q is neither camelCase nor snake_case", [name])
}

deny contains {"msg": msg, "path": "schema"} if {
	camel := regex.find_n(`(?m)^.*[A-Z].*$`, concat("\n", styled), 1)
	snake := regex.find_n(`(?m)^.*_.*$`, concat("\n", styled), 1)
	msg := sprintf("fields are in two styles, such as %s and %s: keep to one", [camel[0], snake[0]])
}

# All names are looked at in one text, a line for each.
styled := {name | some name in regex.find_n(`(?m)^[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*|(?:_[a-z0-9]+)+)?$`, concat("\n", lib.names), -1)}

ours if startswith(input.contract.id, "urn:datamesh:")

parts := split(input.contract.id, ":")

well_formed if {
	ours
	count(parts) == 6
	every name in array.slice(parts, 2, 5) {
		regex.match(part, name)
	}
	not parts[4] in {"dlq", "retry"}
	regex.match(`^(0|[1-9][0-9]{0,8})$`, parts[5])
}
