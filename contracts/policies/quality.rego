# METADATA
# title: A contract has at least one quality rule
# description: A rule about the whole topic or about any field says what good data is, so that bad data can be told.
package mesh.quality

import data.mesh.lib

deny contains {"msg": "no quality rule: say of the topic or of a field what good data is", "path": "schema[0]"} if {
	not about_the_whole
	not about_a_field
}

about_the_whole if count(input.contract.schema[_].quality) > 0

about_a_field if count(lib.properties[_].quality) > 0
