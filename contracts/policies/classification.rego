# METADATA
# title: Personal data is classified, and what is classified is protected
# description: >-
#   A field whose name or tag says that it holds personal data is classified as such. A classification is a word that
#   Tidemark masks by, and a masked field is not the record key, which travels in the clear.
package mesh.classification

import data.mesh.lib

# words end the names of fields that hold personal data, wherever they occur, in snake_case.
words := {
	"mail", "email", "mail_address", "email_address", "phone", "phone_number",
	"first_name", "last_name", "full_name", "given_name", "family_name", "maiden_name", "surname",
	"birth_date", "birthdate", "birth_day", "birthday", "date_of_birth",
	"street", "street_address", "postal_code", "zip_code",
	"ssn", "social_security_number", "passport", "passport_number", "iban", "card_number", "ip_address",
}

tags := {"pii", "personal", "personal-data", "gdpr"}

deny contains {"msg": msg, "path": lib.fields[i].path} if {
	some i in suspects
	class := lib.lowered(lib.properties[i], "classification")
	not class in lib.masked
	msg := sprintf("%s looks like personal data, and its classification is %q: classify it as pii, or whatever else is masked", [lib.fields[i].name, class])
}

deny contains {"msg": msg, "path": array.concat(lib.fields[i].path, ["classification"])} if {
	some class in {property.classification | some property in lib.properties}
	not lower(class) in lib.masked | lib.open
	some i, property in lib.properties
	property.classification == class
	msg := sprintf("%s has the classification %q, by which nothing is protected: use one of %s", [lib.fields[i].name, class, concat(", ", sort(lib.masked | lib.open))])
}

deny contains {"msg": msg, "path": array.concat(path, ["classification"])} if {
	some [path, property] in keyed
	class := lib.lowered(property, "classification")
	class in lib.masked
	not lib.says(property, "encryptedName")
	msg := sprintf("%s is %s and the record key, which nothing hides: take another key, or one that stands for it", [key, class])
}

key := lib.custom(input.contract, "tidemark.key")

keyed contains [["schema", i, "properties", j], property] if {
	property := input.contract.schema[i].properties[j]
	property.name == key
}

keyed contains [field.path, field.property] if {
	some field in lib.nested
	field.name == key
}

# suspects are the properties, by index, that hold personal data by their name or their tags.
suspects contains i if {
	some name in personal_names
	some i, property in lib.properties
	property.name == name
}

suspects contains i if {
	some i, property in lib.properties
	lower(property.tags[_]) in tags
}

# All names are looked at in one text, a line for each, from its end: that is where a name says what it is.
personal_names := {ordered[i] |
	some found in regex.find_n(personal, strings.reverse(snake), -1)
	split(snake, "\n")[i] == strings.reverse(found)
}

personal := sprintf(`(?m)^(?:%s)(?:_.*)?$`, [concat("|", [strings.reverse(word) | some word in words])])

snake := lower(regex.replace(lines, `([a-z0-9])([A-Z])`, `${1}_$2`))

lines := strings.replace_n({"\n": " ", "\u0000": "\n"}, concat("\u0000", ordered))

ordered := [name | some name in lib.names]
