# METADATA
# title: A contract has a description of useful length
# description: Its purpose takes at least 30 characters, since a name said again describes nothing.
package mesh.description

shortest := 30

deny contains {"msg": msg, "path": "description"} if {
	purpose := trim_space(object.get(input.contract, ["description", "purpose"], ""))
	count(purpose) < shortest
	msg := sprintf("description.purpose has %d characters: say in at least %d what the data is for", [count(purpose), shortest])
}
