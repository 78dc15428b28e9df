package mesh.classification_test

import data.mesh.classification

judged(properties) := {d.path | some d in classification.deny with input as {"contract": {"schema": [{"properties": properties}]}}}

field := ["schema", 0, "properties", 0]

class := array.concat(field, ["classification"])

test_classified if judged([{"name": "email", "classification": "pii"}, {"name": "total", "classification": "internal"}, {"name": "note"}]) == set()

test_by_name if {
	every name in ["email", "contactEmail", "customer_e_mail", "emailAddress", "phone", "phoneNumber", "firstName", "last_name", "dateOfBirth", "postalCode", "IBAN", "cardNumber"] {
		judged([{"name": name}]) == {field}
	}
}

test_by_every_word if {
	every name in [
		"mail", "email", "mail_address", "email_address", "phone", "phone_number",
		"first_name", "last_name", "full_name", "given_name", "family_name", "maiden_name", "surname",
		"birth_date", "birthdate", "birth_day", "birthday", "date_of_birth",
		"street", "street_address", "postal_code", "zip_code",
		"ssn", "social_security_number", "passport", "passport_number", "iban", "card_number", "ip_address",
	] {
		judged([{"name": name}]) == {field}
	}
}

test_other_names if {
	every name in ["emailed", "phonebook", "productName", "name", "shipAddress", "orderNumber", "dueDate", "chain_mailer", "streetwise", "codeOfConduct", "libano"] {
		judged([{"name": name}]) == set()
	}
}

test_open_is_not_enough if judged([{"name": "email", "classification": "internal"}]) == {field}

test_upper_case if judged([{"name": "email", "classification": "PII"}]) == set()

test_by_tag if judged([{"name": "note", "tags": ["free", "Personal-Data"]}]) == {field}

test_by_every_tag if {
	every tag in ["pii", "personal", "personal-data", "gdpr"] {
		judged([{"name": "note", "tags": [tag]}]) == {field}
	}
}

test_by_another_tag if judged([{"name": "note", "tags": ["free"]}]) == set()

test_within if judged([{"name": "address", "properties": [{"name": "street"}]}]) == {array.concat(field, ["properties", 0])}

test_unknown_word if judged([{"name": "note", "classification": "topsecret"}, {"name": "total", "classification": "Internal"}]) == {class}

keyed(key, property) := {d.path | some d in classification.deny with input as {"contract": {
	"schema": [{"properties": [property]}],
	"customProperties": [{"property": "other", "value": "total"}, {"property": "tidemark.key", "value": key}],
}}}

test_key if keyed("email", {"name": "email", "classification": "pii"}) == {class}

test_key_within if {
	property := {"name": "customer", "properties": [{"name": "id", "classification": "pii"}, {"name": "total"}]}
	keyed("customer.id", property) == {array.concat(field, ["properties", 0, "classification"])}
	keyed("customer.total", property) == set()
	keyed("customer", property) == set()
}

test_key_that_is_open if keyed("id", {"name": "id", "classification": "internal"}) == set()

test_key_that_is_encrypted if keyed("email", {"name": "email", "classification": "pii", "encryptedName": "email_enc"}) == set()

test_another_key if keyed("id", {"name": "email", "classification": "pii"}) == set()

test_path_of_another_depth if keyed("email", {"name": "list", "items": {"name": "email", "classification": "pii"}}) == set()

test_name_in_two_lines if judged([{"name": "a\nb"}, {"name": "email"}]) == {["schema", 0, "properties", 1]}

test_two_by_name if judged([{"name": "email"}, {"name": "note"}, {"name": "mobilePhone"}]) == {field, ["schema", 0, "properties", 2]}
