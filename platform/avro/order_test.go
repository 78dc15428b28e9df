package avro

import "testing"

// orderSchema is a record like the shop's: money, times, lines, options.
const orderSchema = `{"type":"record","name":"Order","namespace":"shop","fields":[
	{"name":"id","type":"string"},
	{"name":"customer","type":["null",{"type":"record","name":"Customer","fields":[
		{"name":"email","type":"string"},
		{"name":"age","type":["null","int"]}]}]},
	{"name":"placedAt","type":{"type":"long","logicalType":"timestamp-millis"}},
	{"name":"dueOn","type":["null",{"type":"int","logicalType":"date"}]},
	{"name":"status","type":{"type":"enum","name":"Status","symbols":["placed","paid","shipped"]}},
	{"name":"key","type":{"type":"string","logicalType":"uuid"}},
	{"name":"weight","type":"double"},
	{"name":"gift","type":"boolean"},
	{"name":"tags","type":{"type":"map","values":"string"}},
	{"name":"codes","type":{"type":"array","items":"string"}},
	{"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
		{"name":"sku","type":"string"},
		{"name":"quantity","type":"int"},
		{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}}]}}}]}`

const orderSample = `{"id":"CA-2017-152156","customer":{"email":"claire@example.com","age":41},
	"placedAt":"2026-11-21T09:30:00Z","dueOn":"2026-11-24","status":"paid","key":"123e4567-e89b-12d3-a456-426614174000",
	"weight":12.5,"gift":false,"tags":{"channel":"web"},"codes":["A1","B2","C3"],
	"lines":[{"sku":"FUR-BO-10001798","quantity":2,"amount":"261.9600"},{"sku":"FUR-CH-10000454","quantity":3,"amount":731.94}]}`

func orderPayload(t testing.TB, s *Schema) []byte {
	t.Helper()
	b, err := EncodeJSON(s, []byte(orderSample))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// orderOptions has a rule of every kind, each of which the sample holds.
func orderOptions() Options {
	rule := func(kind RuleKind, text string, path ...string) Rule {
		return Rule{ID: spell(path) + "." + string(kind), Path: path, Kind: kind, Text: text}
	}
	warn := rule(Minimum, "100", "lines", "[]", "quantity")
	warn.Severity = Warning
	oneOf := rule(Enum, "", "status")
	oneOf.Values = []string{"placed", "paid"}
	noneOf := rule(NoneOf, "", "id")
	noneOf.Values = []string{"", "n/a"}
	counted := rule(Maximum, "1", "lines", "[]", "quantity")
	counted.Severity = Count
	return Options{
		Rules: []Rule{
			noneOf, counted,
			rule(Required, "", "customer"), rule(Required, "", "customer", "age"),
			rule(Pattern, `^[A-Z]{2}-\d{4}-\d+$`, "id"), rule(MinLength, "5", "id"), rule(MaxLength, "20", "id"),
			rule(Format, "email", "customer", "email"), rule(Minimum, "0", "customer", "age"), rule(ExclusiveMaximum, "150", "customer", "age"),
			rule(Minimum, "2020-01-01T00:00:00Z", "placedAt"), rule(Minimum, "2020-01-01", "dueOn"),
			oneOf, rule(ExclusiveMinimum, "0", "weight"), rule(Maximum, "1e3", "weight"),
			rule(MultipleOf, "0.5", "weight"), rule(MinLength, "1", "tags", "{}"), rule(UniqueItems, "", "codes"),
			rule(MinItems, "1", "lines"), rule(MaxItems, "100", "lines"), rule(Minimum, "0.0001", "lines", "[]", "amount"),
			rule(Maximum, "99999", "lines", "[]", "amount"), rule(MultipleOf, "0.01", "lines", "[]", "amount"), warn,
		},
		Captures: []Capture{{"key", []string{"id"}}, {"eventTime", []string{"placedAt"}}, {"age", []string{"customer", "age"}}, {"status", []string{"status"}}},
	}
}
