package orders

import (
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"
)

// Product is a data product over the orders: what the Tidemark contenders run.
type Product struct {
	Name       string // of the data product in the domain "bench"
	Mode       string // guard, transform or observe
	Delivery   string // exactly-once or at-least-once
	Source     string // name of the data product whose orders it reads
	Partitions int
	Rules      int // how many of the rules both contracts have
}

// Topic is where a data product of the bench has its orders.
func Topic(product string) string { return "bench." + product + ".orders.v1" }

// DeadLetters is where it has what it refused.
func DeadLetters(product string) string { return "bench." + product + ".dlq" }

// Group is the consumer group that a contender of that name reads with.
func Group(product string) string { return "bench." + product + ".v1" }

// Contracts lays out the data products, their sources and their contracts as Tidemark reads them.
func Contracts(products ...Product) fs.FS {
	files := fstest.MapFS{}
	put := func(name, text string) { files[name] = &fstest.MapFile{Data: []byte(text)} }
	publish := func(name string, p Product) {
		put("bench/"+name+"/orders.v1.odcs.yaml", p.contract(name))
		put("bench/"+name+"/orders.v1.avsc", Schema)
	}
	for _, p := range products {
		put("bench/"+p.Source+"/product.odps.yaml", Product{Name: p.Source, Mode: "source"}.file())
		publish(p.Source, p)
		put("bench/"+p.Name+"/product.odps.yaml", p.file())
		if p.Mode != "observe" {
			publish(p.Name, p)
		}
	}
	return files
}

// Nothing trips: what an all-bad input costs is one of the questions.
const settings = `  - {property: tidemark.breaker, value: {ratio: 1, window: 1000, run: 2147483647}}
`

func (p Product) file() string {
	port := func(kind, product string) string {
		return fmt.Sprintf("%s:\n  - {name: orders, version: 1.0.0, contractId: 'urn:datamesh:bench:%s:orders:1'}\n", kind, product)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: v1.0.0\nkind: DataProduct\nid: bench.%s\nname: %[1]s\nversion: 1.0.0\nstatus: active\ndomain: bench\nteam: {name: bench}\n", p.Name)
	if p.Mode != "source" {
		b.WriteString(port("inputPorts", p.Source))
	}
	if p.Mode != "observe" {
		b.WriteString(port("outputPorts", p.Name))
	}
	fmt.Fprintf(&b, "customProperties:\n  - {property: tidemark.mode, value: %s}\n", p.Mode)
	if p.Delivery != "" {
		fmt.Fprintf(&b, "  - {property: tidemark.delivery, value: %s}\n", p.Delivery)
	}
	return b.String() + settings
}

// fields are the order's, with what ODCS calls their types.
func fields() []field {
	text := func(name string) field {
		return field{name: name, logical: "string", physical: "string", required: true}
	}
	return []field{
		text("orderId"), text("customerId"), {name: "status", logical: "string", physical: "enum", required: true}, text("currency"),
		{name: "total", logical: "number", physical: "decimal(12,2)", required: true},
		{name: "discount", logical: "number", physical: "double", required: true},
		{name: "placedAt", logical: "timestamp", physical: "timestamp-millis", required: true},
		{name: "dueOn", logical: "date", physical: "date"}, text("channel"),
		{name: "priority", logical: "integer", physical: "int", required: true},
		{name: "gift", logical: "boolean", physical: "boolean", required: true},
		{name: "note", logical: "string", physical: "string"},
		{name: "shipTo", logical: "object", physical: "record", required: true, fields: []field{text("street"), text("city"), text("postcode"), text("country")}},
		{name: "lines", logical: "array", physical: "array", required: true, items: []field{
			text("sku"), {name: "quantity", logical: "integer", physical: "int", required: true},
			{name: "price", logical: "number", physical: "double", required: true}}},
	}
}

type field struct {
	name, logical, physical string
	required                bool
	fields                  []field // of a record
	items                   []field // of an array's records
}

func (p Product) contract(product string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:bench:%s:orders:1
name: Orders
version: 1.0.0
status: active
domain: bench
schema:
  - name: Order
    physicalName: %s
    physicalType: topic
    logicalType: object
    properties:
`, product, Topic(product))
	asked := rules()[:p.Rules]
	for _, f := range fields() {
		f.write(&b, "      ", f.name, asked)
	}
	fmt.Fprintf(&b, `team: {name: bench}
customProperties:
  - {property: tidemark.key, value: customerId}
  - {property: tidemark.eventTime, value: placedAt}
  - {property: tidemark.lateness, value: P7D}
  - {property: tidemark.partitions, value: %d}
`, p.Partitions)
	return b.String() + settings
}

// write gives a field as YAML, with the rules on its path.
func (f field) write(b *strings.Builder, indent, path string, asked []rule) {
	fmt.Fprintf(b, "%s- name: %s\n", indent, f.name)
	indent += "  "
	line := func(format string, args ...any) { fmt.Fprintf(b, indent+format+"\n", args...) }
	line("logicalType: %s", f.logical)
	line("physicalType: %s", f.physical)
	var options, quality []string
	for _, r := range asked {
		switch {
		case r.field != path:
		case r.key == required:
			f.required = true
		case r.key == valid:
			quality = append(quality, "{metric: invalidValues, mustBe: 0, arguments: {validValues: "+r.value+"}}")
		case r.key == invalid:
			quality = append(quality, "{metric: missingValues, mustBe: 0, arguments: {missingValues: "+r.value+"}}")
		case r.key == matching:
			quality = append(quality, "{metric: invalidValues, mustBe: 0, arguments: {pattern: "+r.value+"}}")
		default:
			options = append(options, r.key+": "+r.value)
		}
	}
	line("required: %t", f.required)
	if len(options) > 0 {
		line("logicalTypeOptions: {%s}", strings.Join(options, ", "))
	}
	if len(quality) > 0 {
		line("quality: [%s]", strings.Join(quality, ", "))
	}
	if len(f.fields) > 0 {
		line("properties:")
		for _, inner := range f.fields {
			inner.write(b, indent+"  ", path+"."+inner.name, asked)
		}
	}
	if len(f.items) > 0 {
		line("items:")
		line("  logicalType: object")
		line("  physicalType: record")
		line("  properties:")
		for _, inner := range f.items {
			inner.write(b, indent+"    ", path+"[]."+inner.name, asked)
		}
	}
}
