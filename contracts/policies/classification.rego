# METADATA
# title: Personal data is classified, and what is classified is protected
# description: >-
#   A field whose name or tag says that it holds personal data is classified as such. A classification is a word that
#   Tidemark masks by, and a masked field is not the record key, which travels in the clear.
package mesh.classification

import data.mesh.lib

# personal matches names of fields that hold personal data wherever they occur, in snake_case.
personal := `(^|_)(e?_?mail(_address)?|phone(_number)?|(first|last|full|given|family|maiden)_name|surname|birth_?(date|day)|date_of_birth|street(_address)?|postal_code|zip_code|ssn|social_security_number|passport(_number)?|iban|(credit_)?card_number|ip_address)$`

tags := {"pii", "personal", "personal-data", "gdpr"}

deny contains {"msg": msg, "path": field.path} if {
	some field in suspects
	class := lib.lowered(field.property, "classification")
	not class in lib.masked
	msg := sprintf("%s looks like personal data, and its classification is %q: classify it as pii, or whatever else is masked", [field.name, class])
}

deny contains {"msg": msg, "path": array.concat(field.path, ["classification"])} if {
	some class in {field.property.classification | some field in lib.properties}
	not lower(class) in lib.masked | lib.open
	some field in lib.properties
	field.property.classification == class
	msg := sprintf("%s has the classification %q, by which nothing is protected: use one of %s", [field.name, class, concat(", ", sort(lib.masked | lib.open))])
}

deny contains {"msg": msg, "path": array.concat(field.path, ["classification"])} if {
	some field in lib.properties
	field.name == key
	class := lib.lowered(field.property, "classification")
	class in lib.masked
	not lib.says(field.property, "encryptedName")
	msg := sprintf("%s is %s and the record key, which nothing hides: take another key, or one that stands for it", [field.name, class])
}

# All names are brought to snake_case at once, with a character between that no name has.
ordered := [name | some name in lib.names]

snake := split(lower(regex.replace(concat("\u0000", ordered), `([a-z0-9])([A-Z])`, `${1}_$2`)), "\u0000")

personal_names := {ordered[i] |
	some i, name in snake
	regex.match(personal, name)
}

key := lib.custom(input.contract, "tidemark.key")

suspects contains field if {
	some name in personal_names
	some field in lib.properties
	field.property.name == name
}

suspects contains field if {
	some field in lib.properties
	lower(field.property.tags[_]) in tags
}
