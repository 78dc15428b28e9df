# METADATA
# title: Consumers find documentation
# description: >-
#   The contract says how its data is meant to be used, or links to where that is said, and every field is described.
package mesh.documentation

import data.mesh.lib

deny contains {"msg": "nothing tells consumers how to use it: say so in description.usage, or link to it in authoritativeDefinitions", "path": "description"} if {
	not lib.says(input.contract, ["description", "usage"])
	not linked
}

deny contains {"msg": "the schema object is not described: say what one record is", "path": ["schema", i]} if {
	some i, record in input.contract.schema
	not lib.says(record, "description")
	not lib.says(record, "dataGranularityDescription")
}

deny contains {"msg": sprintf("the field %s is not described", [lib.fields[i].name]), "path": lib.fields[i].path} if {
	some i, property in lib.properties
	property.name # which the items of a list have not
	trim_space(object.get(property, "description", "")) == ""
	not lib.says(property, "businessName")
}

linked if {
	some holder in [input.contract, input.contract.description]
	lib.said(holder.authoritativeDefinitions[_].url)
}
