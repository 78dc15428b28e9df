# METADATA
# title: A breaking change bumps the major version
# description: >-
#   Compared with input.previous, nothing that readers or writers rely on goes or changes under the same major version.
#   What was deprecated may go, and a draft promises nothing yet. "tidemark diff" knows more kinds of change and judges
#   notice periods; this is what no environment may skip.
package mesh.breaking

import data.mesh.lib

deny contains {"msg": sprintf("%s, and the version is %s, was %s: take the next major version", [change.text, input.contract.version, input.previous.version]), "path": change.path} if {
	not lib.lowered(input.previous, "status") in {"draft", "proposed"}
	not bumped
	some change in changes
}

bumped if lib.semantic(input.contract.version)[0] > lib.semantic(input.previous.version)[0]

# The fields that were, with all in them, without those that still are the same: of a wide contract nearly none.
touched := lib.located({"schema": [{"properties": [property | some property in properties(input.previous) - properties(input.contract)]}]})

properties(contract) := {property | property := contract.schema[_].properties[_]}

after := {field.name: field | some field in lib.fields}

changes contains {"text": sprintf("the field %s is gone, and was not deprecated", [name]), "path": ["schema"]} if {
	some field in touched
	name := field.name
	not after[name]
	not deprecated(field.property)
	lib.lowered(input.previous, "status") != "deprecated"
}

changes contains {"text": sprintf("the field %s has the %s %s, was %s", [name, kind, now, was]), "path": array.concat(after[name].path, [kind])} if {
	some field in touched
	name := field.name
	some kind in ["logicalType", "physicalType"]
	was := field.property[kind]
	now := after[name].property[kind]
	lower(was) != lower(now)
}

changes contains {"text": sprintf("the field %s is required now", [name]), "path": array.concat(after[name].path, ["required"])} if {
	some field in touched
	name := field.name
	after[name].property.required == true
	not field.property.required == true
}

changes contains {"text": sprintf("the topic is %s, was %s", [now, was]), "path": ["schema", 0, "physicalName"]} if {
	was := input.previous.schema[0].physicalName
	now := input.contract.schema[0].physicalName
	was != now
}

changes contains {"text": sprintf("the record key is %s, was %s", [now, was]), "path": "customProperties"} if {
	was := lib.custom(input.previous, "tidemark.key")
	now := lib.custom(input.contract, "tidemark.key")
	was != now
}

deprecated(property) if property.deprecated == true

deprecated(property) if "deprecated" in property.tags
