package orders

// rule is one thing that the contract can ask of a field, as ODCS spells it: a logicalTypeOption, required, or a quality
// metric of which not one bad value is allowed.
type rule struct {
	field, key, value string
}

// Keys that are no logicalTypeOptions.
const (
	required = "required"
	valid    = "validValues"
	invalid  = "missingValues"
	matching = "matching"
)

// Reference is how many rules the reference contract has: the first of rules.
const Reference = 26

// rules are those of the reference contract, one of each kind and the most usual ones twice, then others that hold too.
func rules() []rule {
	all := []rule{
		{"dueOn", required, "true"},
		{"orderId", "pattern", `'^[A-Z]{2}-\d{4}-\d{6}$'`}, {"customerId", "minLength", "4"}, {"customerId", "maxLength", "20"},
		{"status", valid, "[placed, paid, shipped]"}, {"currency", valid, "[EUR, GBP, USD]"},
		{"total", "minimum", "0.01"}, {"total", "maximum", "100000"}, {"discount", "exclusiveMaximum", "1"}, {"discount", "multipleOf", "0.05"},
		{"placedAt", "minimum", "'2020-01-01T00:00:00Z'"}, {"dueOn", "minimum", "'2020-01-01'"}, {"channel", invalid, "['', n/a]"},
		{"priority", "minimum", "1"}, {"priority", "maximum", "5"}, {"note", "maxLength", "200000"},
		{"channel", "format", "hostname"}, {"shipTo.country", "minLength", "2"}, {"shipTo.country", "maxLength", "2"},
		{"lines", "minItems", "1"}, {"lines", "maxItems", "100"}, {"lines", "uniqueItems", "true"}, {"lines[].quantity", "exclusiveMinimum", "0"},
		{"lines[].price", "minimum", "0.01"}, {"lines[].price", "multipleOf", "0.01"}, {"discount", "minimum", "0"},

		{"lines[].price", "maximum", "10000"}, {"lines[].quantity", "maximum", "100"}, {"placedAt", "maximum", "'2100-01-01T00:00:00Z'"},
		{"dueOn", "maximum", "'2100-01-01'"}, {"total", "multipleOf", "0.01"}, {"priority", "multipleOf", "1"}, {"lines[].quantity", "multipleOf", "1"},
		{"discount", "exclusiveMinimum", "-1"}, {"priority", "exclusiveMaximum", "6"}, {"lines[].price", "exclusiveMaximum", "10001"},
		{"total", "exclusiveMaximum", "100001"}, {"lines[].quantity", "exclusiveMaximum", "101"},
	}
	texts := []struct{ field, pattern string }{
		{"orderId", "^BM-"}, {"customerId", "^CG-[0-9]+$"}, {"currency", "^[A-Z]{3}$"}, {"channel", "^[a-z]+$"}, {"shipTo.street", "^[A-Za-z0-9 ]+$"},
		{"shipTo.city", "^[A-Za-z]+$"}, {"shipTo.postcode", "^[0-9]{5}$"}, {"shipTo.country", "^[A-Z]+$"}, {"lines[].sku", "^[A-Z]{3}-[A-Z]{2}-[0-9]{8}$"},
	}
	for _, t := range texts {
		all = append(all, rule{t.field, matching, "'" + t.pattern + "'"}, rule{t.field, invalid, "[none, unknown, '?']"})
	}
	for _, t := range texts {
		if t.field != "customerId" && t.field != "shipTo.country" {
			all = append(all, rule{t.field, "minLength", "1"}, rule{t.field, "maxLength", "50"})
		}
	}
	for _, word := range []string{"tbd", "todo", "test", "x"} {
		for _, t := range texts {
			all = append(all, rule{t.field, invalid, "[" + word + "]"})
		}
	}
	return all
}
