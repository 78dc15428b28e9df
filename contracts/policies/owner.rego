# METADATA
# title: A contract names its owner and a contact
# description: Somebody answers for the data, and its readers know where to ask. What the data product says counts too.
package mesh.owner

import data.mesh.lib

deny contains {"msg": "nobody owns it: give it a team with a name, or a member with the role owner", "path": "team"} if {
	not owned
}

deny contains {"msg": "there is no contact: name a channel under support where its readers can ask", "path": "support"} if {
	not reachable
}

owned if {
	some document in [input.contract, input.data_product]
	lib.said(document.team.name)
}

owned if {
	some document in [input.contract, input.data_product]
	some member in members(document)
	lower(member.role) in {"owner", "data owner", "data product owner"}
	lib.said(member.username)
}

# ODCS before 3.1.0 has a list of members for a team.
members(document) := document.team if is_array(document.team)

members(document) := document.team.members

reachable if {
	some document in [input.contract, input.data_product]
	some support in document.support
	lib.said(support.channel)
}
