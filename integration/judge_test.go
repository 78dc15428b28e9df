package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// path is what the judge knows of one data product: what it must make of each good input record. A record's name is
// unique on its topic, so that outputs can be traced to the coordinates of their input.
type path struct {
	dataProduct, input string
	// name names an input record.
	name func(r row) string
	// outputs names what must be on each output port because of an input record; nil means that a filter takes it.
	outputs func(r row) map[string][]string
	// ports name the records of each output port.
	ports map[string]func(r row) string
}

// row is a decoded record.
type row struct {
	key    string
	fields map[string]any // nil: a tombstone
	at     deadletter.Coordinates
}

func (r row) text(field string) string { return fmt.Sprint(r.fields[field]) }
func (r row) is(field string) bool     { return r.fields[field] == true }
func (r row) join(fields ...string) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = r.text(f)
	}
	return strings.Join(parts, "/")
}

// named gives a function that names a record by some of its fields.
func named(fields ...string) func(row) string {
	return func(r row) string {
		if r.fields == nil {
			return r.key + "/gone"
		}
		return r.join(fields...)
	}
}

// same says that an input makes one record of its own name on each port.
func same(name func(row) string, drop string, ports ...string) func(row) map[string][]string {
	return func(r row) map[string][]string {
		if drop != "" && r.is(drop) {
			return nil
		}
		out := map[string][]string{}
		for _, p := range ports {
			out[p] = []string{name(r)}
		}
		return out
	}
}

func paths() []path {
	order, event := named("orderId"), named("orderId", "sequence")
	product, price := named("productId", "revision"), named("productId", "changedAt")
	profile, payment := named("customerId", "revision"), named("paymentId", "sequence")
	shipment, campaign, line := named("shipmentId", "sequence"), named("campaignId", "revision"), named("lineId")
	return []path{
		{"orders.orders", "orders.checkout.placed.v1", order, same(order, "test", "orders.orders.orders.v1"),
			map[string]func(row) string{"orders.orders.orders.v1": order}},
		{"orders.order-lines", "orders.checkout.placed.v1", order, linesOf,
			map[string]func(row) string{"orders.order-lines.lines.v1": line}},
		{"orders.order-status", "orders.checkout.status.v1", event, same(event, "", "orders.order-status.status.v1"),
			map[string]func(row) string{"orders.order-status.status.v1": event}},
		{"catalog.products", "catalog.pim.products.v1", product, same(product, "draft", "catalog.products.products.v1"),
			map[string]func(row) string{"catalog.products.products.v1": product}},
		{"catalog.prices", "catalog.pim.prices.v1", price, same(price, "", "catalog.prices.prices.v1"),
			map[string]func(row) string{"catalog.prices.prices.v1": price}},
		{"customer.customers", "customer.crm.profiles.v1", profile, same(profile, "internal", "customer.customers.customers.v1", "customer.customers.segments.v1"),
			map[string]func(row) string{"customer.customers.customers.v1": profile, "customer.customers.segments.v1": profile}},
		{"payments.payments", "payments.gateway.payments.v1", payment, paymentOf,
			map[string]func(row) string{"payments.payments.payments.v1": named("eventId"), "payments.payments.refunds.v1": named("refundId")}},
		{"payments.invoices", "orders.orders.orders.v1", order, same(order, "", "payments.invoices.invoices.v1"),
			map[string]func(row) string{"payments.invoices.invoices.v1": order}},
		{"fulfillment.shipments", "fulfillment.warehouse.shipments.v1", shipment, same(shipment, "", "fulfillment.shipments.shipments.v1"),
			map[string]func(row) string{"fulfillment.shipments.shipments.v1": named("eventId")}},
		{"marketing.campaigns", "marketing.campaign-desk.campaigns.v1", campaign, same(campaign, "", "marketing.campaigns.campaigns.v1"),
			map[string]func(row) string{"marketing.campaigns.campaigns.v1": campaign}},
		{"marketing.product-sales", "orders.order-lines.lines.v1", line, same(line, "", "marketing.product-sales.sales.v1"),
			map[string]func(row) string{"marketing.product-sales.sales.v1": named("saleId")}},
	}
}

func linesOf(r row) map[string][]string {
	if r.is("test") {
		return nil
	}
	var names []string
	for n := range r.fields["lines"].([]any) {
		names = append(names, fmt.Sprintf("%s/%d", r.text("orderId"), n+1))
	}
	return map[string][]string{"orders.order-lines.lines.v1": names}
}

func paymentOf(r row) map[string][]string {
	port := "payments.payments.payments.v1"
	if r.text("kind") == "refunded" {
		port = "payments.payments.refunds.v1"
	}
	return map[string][]string{port: {r.join("paymentId", "sequence")}}
}

// judge holds every data product against its input, record by record: each good one has made what it must exactly
// once, each bad one has exactly one dead letter, and nothing else is there. What the data products of repeating delivered
// may be there more than once.
func judge(t *testing.T, ctx context.Context, c *cluster, repeating ...string) {
	t.Helper()
	j := &court{T: t, ctx: ctx, cluster: c, programs: map[int]*avro.Program{}, repeating: repeating}
	for _, p := range paths() {
		j.path(p)
	}
}

type court struct {
	*testing.T
	*cluster
	ctx       context.Context
	programs  map[int]*avro.Program // by schema id
	repeating []string
}

func (j *court) path(p path) {
	dead := map[deadletter.Coordinates]int{}
	for r := range j.raw(deadletter.Topic(p.dataProduct)) {
		dead[deadletter.Parse(r).Origin]++
	}
	wanted := map[string]map[string]deadletter.Coordinates{} // port -> name -> the input that makes it
	for port := range p.ports {
		wanted[port] = map[string]deadletter.Coordinates{}
	}
	names, bad, records := map[string]deadletter.Coordinates{}, 0, 0
	for r := range j.raw(p.input) {
		records++
		at := deadletter.Coordinates{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}
		if n := dead[at]; n > 0 {
			bad++
			if n > 1 && !slices.Contains(j.repeating, p.dataProduct) {
				j.Errorf("%s: %d dead letters of the record at %s", p.dataProduct, n, at)
			}
			continue
		}
		in := j.decode(r)
		name := p.name(in)
		if first, twice := names[name]; twice {
			j.Errorf("%s: record %s was published twice, at %s and at %s", p.dataProduct, name, first, at)
		}
		names[name] = at
		for port, outs := range p.outputs(in) {
			for _, out := range outs {
				wanted[port][out] = at
			}
		}
	}
	if bad != len(dead) {
		j.Errorf("%s: %d dead letters are of no record of %s", p.dataProduct, len(dead)-bad, p.input)
	}
	for port, name := range p.ports {
		found := map[string]int{}
		for r := range j.raw(port) {
			found[name(j.decode(r))]++
		}
		j.compare(p, port, wanted[port], found)
	}
	j.Logf("%s: %d records, %d of them dead letters", p.dataProduct, records, bad)
}

func (j *court) compare(p path, port string, wanted map[string]deadletter.Coordinates, found map[string]int) {
	var wrong []string
	for name, at := range wanted {
		switch n := found[name]; {
		case n == 0:
			wrong = append(wrong, fmt.Sprintf("%s: the record at %s is lost: no %s on %s", p.dataProduct, at, name, port))
		case n > 1 && !slices.Contains(j.repeating, p.dataProduct):
			wrong = append(wrong, fmt.Sprintf("%s: the record at %s is %d times on %s, as %s", p.dataProduct, at, n, port, name))
		}
	}
	for name := range found {
		if _, ok := wanted[name]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s: %s on %s comes of no input record", p.dataProduct, name, port))
		}
	}
	sort.Strings(wrong)
	for i, w := range wrong {
		if i == 10 {
			j.Errorf("... and %d more on %s", len(wrong)-i, port)
			return
		}
		j.Error(w)
	}
}

// raw gives the committed records of a topic.
func (j *court) raw(topic string) func(yield func(*kafka.Record) bool) {
	return func(yield func(*kafka.Record) bool) {
		bounds, err := scan.Bounds(j.ctx, j.admin, topic)
		if err != nil {
			j.Fatal(err)
		}
		for r, err := range scan.Records(j.ctx, j.kafka, bounds) {
			if err != nil {
				j.Fatal(err)
			}
			if !yield(r) {
				return
			}
		}
	}
}

func (j *court) decode(r *kafka.Record) row {
	out := row{key: string(r.Key), at: deadletter.Coordinates{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}}
	if r.Value == nil {
		return out
	}
	id, payload, ok := avro.SplitFrame(r.Value)
	if !ok {
		j.Fatalf("the record at %s is no good one and has no dead letter", out.at)
	}
	program := j.programs[id]
	if program == nil {
		schema, err := j.registry.Schema(j.ctx, id)
		if err != nil {
			j.Fatalf("the record at %s: %v", out.at, err)
		}
		if program, err = avro.Compile(schema, avro.Options{}); err != nil {
			j.Fatal(err)
		}
		j.programs[id] = program
	}
	value, err := program.Decode(payload)
	if err != nil {
		j.Fatalf("the record at %s: %v", out.at, err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		j.Fatal(err)
	}
	if err := json.Unmarshal(text, &out.fields); err != nil {
		j.Fatal(err)
	}
	return out
}
