package topic

import "regexp"

// personal are words in the names of fields that tell of a person.
var personal = regexp.MustCompile(`(?i)(e[_-]?mail|phone|mobile|first[_-]?name|last[_-]?name|full[_-]?name|sur[_-]?name|family[_-]?name|given[_-]?name|maiden[_-]?name|card[_-]?number|` +
	`customer[_-]?name|user[_-]?name|contact[_-]?name|street|address|postal|postcode|zip|birth|passport|iban|ssn|social[_-]?security|ip[_-]?addr|latitude|longitude)`)

// Personal tells by a field's name whether it may be about a person.
func Personal(name string) bool { return personal.MatchString(name) }

// isPersonal tells by a field's name and the format of its values whether it may be about a person.
func isPersonal(name, format string) bool {
	return format == "email" || format == "ipv4" || Personal(name)
}

// identifying are names of fields that one expects to tell records apart.
var identifying = regexp.MustCompile(`(?i)(id|key|number|code|uuid|sku|ref|reference)$`)
