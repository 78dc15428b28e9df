package avro

import (
	"os"
	"testing"
)

// referenceSchema is the reference order's: 14 fields, a record within it and an array of three records, 208 bytes on the wire. The
// benchmarks that run beside peers have the same file, so that all numbers are about the same record.
func referenceSchema(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../../integration/bench/orders/order.avsc")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const referenceSample = `{"orderId":"CA-2017-152156","customerId":"CG-12520","status":"paid","currency":"USD","total":"993.90","discount":0.25,
	"placedAt":"2026-11-21T09:30:00Z","dueOn":"2026-11-24","channel":"web","priority":3,"gift":false,"note":"leave it with a good neighbour!",
	"shipTo":{"street":"Jefferson Street 14 B","city":"Henderson","postcode":"42420","country":"US"},
	"lines":[{"sku":"FUR-BO-10001798","quantity":2,"price":130.98},{"sku":"FUR-CH-10000454","quantity":3,"price":243.98},
		{"sku":"OFF-LA-10000240","quantity":2,"price":7.31}]}`

// referenceOptions hold a rule of every kind but CEL, which is no rule of the walker's, and what the control plane needs.
func referenceOptions() Options {
	rule := func(kind RuleKind, text string, path ...string) Rule {
		return Rule{ID: spell(path) + "." + string(kind), Path: path, Kind: kind, Text: text}
	}
	values := func(kind RuleKind, list []string, path ...string) Rule {
		r := rule(kind, "", path...)
		r.Values = list
		return r
	}
	counted := rule(Maximum, "1", "lines", "[]", "quantity")
	counted.Severity = Count
	warned := rule(Maximum, "0.3", "discount")
	warned.Severity = Warning
	return Options{
		Rules: []Rule{
			rule(Required, "", "dueOn"), rule(Pattern, `^[A-Z]{2}-\d{4}-\d{6}$`, "orderId"), rule(MinLength, "4", "customerId"), rule(MaxLength, "20", "customerId"),
			values(Enum, []string{"placed", "paid", "shipped"}, "status"), values(Enum, []string{"EUR", "GBP", "USD"}, "currency"),
			rule(Minimum, "0.01", "total"), rule(Maximum, "100000", "total"), rule(ExclusiveMaximum, "1", "discount"), rule(MultipleOf, "0.05", "discount"), warned,
			rule(Minimum, "2020-01-01T00:00:00Z", "placedAt"), rule(Minimum, "2020-01-01", "dueOn"), values(NoneOf, []string{"", "n/a"}, "channel"),
			rule(Minimum, "1", "priority"), rule(Maximum, "5", "priority"), rule(MaxLength, "200", "note"),
			rule(Format, "hostname", "channel"), rule(MinLength, "2", "shipTo", "country"), rule(MaxLength, "2", "shipTo", "country"),
			rule(MinItems, "1", "lines"), rule(MaxItems, "100", "lines"), rule(UniqueItems, "", "lines"), rule(ExclusiveMinimum, "0", "lines", "[]", "quantity"),
			rule(Minimum, "0.01", "lines", "[]", "price"), rule(MultipleOf, "0.01", "lines", "[]", "price"), counted,
		},
		Captures: []Capture{{"key", []string{"orderId"}}, {"eventTime", []string{"placedAt"}}, {"customer", []string{"customerId"}}, {"status", []string{"status"}}},
	}
}

func referenceOrder(t testing.TB) (*Schema, []byte) {
	t.Helper()
	s := mustParse(t, referenceSchema(t))
	payload, err := EncodeJSON(s, []byte(referenceSample))
	if err != nil {
		t.Fatal(err)
	}
	return s, payload
}

func reference(t testing.TB, o Options) (*Program, []byte) {
	t.Helper()
	s, payload := referenceOrder(t)
	return mustCompile(t, s, o), payload
}

func TestReferenceOrder(t *testing.T) {
	p, payload := reference(t, referenceOptions())
	if len(payload) != 208 {
		t.Errorf("it has %d bytes", len(payload))
	}
	n := p.NewNotes()
	if v := p.Walk(payload, n); !v.OK() {
		t.Fatal(p.Rejection(v))
	}
	if key, ok := n.Bytes(0); !ok || string(key) != "CA-2017-152156" {
		t.Errorf("the key is %q", key)
	}
	if status, ok := n.Bytes(3); !ok || string(status) != "paid" {
		t.Errorf("the status is %q", status)
	}
	if allocated := testing.AllocsPerRun(100, func() { p.Walk(payload, n) }); allocated != 0 {
		t.Errorf("%g allocations", allocated)
	}
}

func benchmarkReference(b *testing.B, o Options) {
	p, payload := reference(b, o)
	n := p.NewNotes()
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		if v := p.Walk(payload, n); !v.OK() {
			b.Fatal(p.Rejection(v))
		}
	}
}

// The reference record with a rule of every kind.
func BenchmarkWalkOrder(b *testing.B) { benchmarkReference(b, referenceOptions()) }

// The same without the contract's rules: structure, bounds, UTF-8, logical types, captures.
func BenchmarkWalkOrderStructure(b *testing.B) {
	benchmarkReference(b, Options{Captures: referenceOptions().Captures})
}

// The last rule that is looked at rejects, so that all the others held.
func BenchmarkRejectOrder(b *testing.B) {
	o := referenceOptions()
	o.Rules = append(o.Rules, Rule{ID: "lines[].sku.maxLength", Path: []string{"lines", "[]", "sku"}, Kind: MaxLength, Text: "14"})
	p, payload := reference(b, o)
	n := p.NewNotes()
	b.ReportAllocs()
	for b.Loop() {
		if v := p.Walk(payload, n); v.OK() {
			b.Fatal("accepted")
		}
	}
}
