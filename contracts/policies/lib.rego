# METADATA
# title: What the policies share
# description: Ways to read a contract that more than one policy needs.
package mesh.lib

# says tells whether an object has a text below a key, or a path of keys, that is not blank. Ask it, and not a function
# of object.key, where the key may be missing: what a function is not given it does not answer, not even with not.
says(document, key) if said(object.get(document, key, ""))

said(text) if {
	is_string(text)
	trim_space(text) != ""
}

# lowered is a text below a key in lower case; "" where there is none.
lowered(document, key) := lower(object.get(document, key, ""))

# semantic is a version's three numbers; undefined if it is no semantic version.
semantic(version) := [to_number(n) | some n in split(split(split(trim_prefix(version, "v"), "-")[0], "+")[0], ".")] if {
	semver.is_valid(trim_prefix(version, "v"))
}

# properties are the fields of the contract at every depth, as the contract has them.
properties := array.concat(
	[property | property := input.contract.schema[_].properties[_]],
	[field.property | some field in nested],
)

# fields are the properties in the same order, each with its path in the document, its name with those that lead to it,
# and what the contract says of it. They cost more: look through properties, and ask fields[i] about what was found.
fields := located(input.contract)

# nested are the fields that stand in others.
nested := within(input.contract)

# located are the fields of a contract at every depth.
located(contract) := array.concat(top, within(contract)) if {
	top := [{"path": ["schema", i, "properties", j], "name": property.name, "property": property} |
		property := contract.schema[i].properties[j]
	]
}

# Most contracts are flat and wide: only what holds others is walked through.
within(contract) := [{"path": path, "name": name(contract, path), "property": property} |
	some part in ["properties", "items", "map"]
	held := contract.schema[i].properties[j][part]
	walk(held, [rest, property])
	structural(rest)
	path := array.concat(["schema", i, "properties", j, part], rest)
	is_field(path)
]

# names are those of all fields, each once; the items of a list have none.
names := {property.name | some property in properties}

# A field is an item of a list named properties, the items of an array, or the key or value of a map. What stands within
# custom properties, examples or rules may look like one.
is_field(path) if path[count(path) - 2] in {"properties", "map"}

is_field(path) if path[count(path) - 1] == "items"

structural(path) if count({step | some step in path; is_string(step)} - {"properties", "items", "map", "key", "value"}) == 0

# name is such as customer.id, lines.items.sku or labels.map.value.
name(contract, path) := concat(".", [part |
	some i, step in path
	part := called(contract, path, i, step)
])

called(contract, path, i, _) := object.get(contract, array.concat(array.slice(path, 0, i + 1), ["name"]), "") if path[i - 1] == "properties"

called(_, _, _, step) := step if step in {"items", "map", "key", "value"}

# personal tells whether the contract holds personal data.
personal if lower(properties[_].classification) == "pii"

# masked are the classifications that Tidemark masks wherever a person looks.
masked := {"pii", "confidential", "restricted", "sensitive", "secret"}

# open are the classifications that everybody who may read the port may see.
open := {"public", "internal"}

# custom is the value of a custom property at the top of the contract.
custom(contract, name) := property.value if {
	some property in contract.customProperties
	property.property == name
}

# promised tells whether the contract promises something about a property, with a value that says how much.
promised(name) if {
	some promise in input.contract.slaProperties
	promise.property == name
	is_number(promise.value)
	promise.value > 0
}

# A promise may also be written with its unit in it, such as PT15M.
promised(name) if {
	some promise in input.contract.slaProperties
	promise.property == name
	said(promise.value)
}
