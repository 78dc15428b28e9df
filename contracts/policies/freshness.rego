# METADATA
# title: A contract promises how fresh its data is
# description: Without a promise nobody can tell late data from none, and nobody is told.
package mesh.freshness

import data.mesh.lib

deny contains {"msg": "no freshness is promised: add freshness to slaProperties, such as 15 minutes", "path": "slaProperties"} if {
	not lib.promised("freshness")
}
