package traffic

import "github.com/tidemark-mesh/tidemark/platform/fault"

// Expected is what must come of the ledger's events in one data product, worked out from the ledger alone: nothing
// of the runtime has a say in it.
type Expected struct {
	DataProduct string
	Input       string // the topic that it reads
	In          int64  // input records
	Accepted    int64  // observe: conforming
	Dead        int64  // observe: violating
	Filtered    int64
	Reasons     map[fault.Reason]int64 // of the dead
	Ports       []ExpectedPort
}

// ExpectedPort is what one output port must hold; an observer's port holds nothing of its own.
type ExpectedPort struct {
	Port    string // its id, which is its topic
	Records int64
	// SumOf is a decimal field whose sum over all records must be Sum; "" for none.
	SumOf string
	Sum   Money
}

// consumer is how one data product treats its input.
type consumer struct {
	dataProduct string
	reads       string   // a port of the shop's systems, or a port id further up in this table
	drops       string   // the tag that its filter takes out
	ports       []string // output port ids; of an observer its own
	records     func(in *Count, accepted int64) []int64
}

// one record on each port for each input that was accepted.
func one(_ *Count, accepted int64) []int64 { return []int64{accepted, accepted} }

// consumers are the demo's derived data products, each after those that it reads.
var consumers = []consumer{
	{"orders.orders", "placed", tagTest, []string{"orders.orders.orders.v1"}, one},
	{"orders.order-lines", "placed", tagTest, []string{"orders.order-lines.lines.v1"},
		func(in *Count, _ int64) []int64 { return []int64{in.Lines} }},
	{"orders.order-status", "status", "", []string{"orders.order-status.status.v1"}, one},
	{"catalog.products", "products", tagDraft, []string{"catalog.products.products.v1"}, one},
	{"catalog.prices", "prices", "", []string{"catalog.prices.prices.v1"}, one},
	{"customer.customers", "profiles", tagInternal, []string{"customer.customers.customers.v1", "customer.customers.segments.v1"}, one},
	{"payments.payments", "payments", "", []string{"payments.payments.payments.v1", "payments.payments.refunds.v1"},
		func(in *Count, accepted int64) []int64 {
			return []int64{accepted - in.Tags[tagRefund], in.Tags[tagRefund]}
		}},
	{"payments.invoices", "orders.orders.orders.v1", "", []string{"payments.invoices.invoices.v1"}, one},
	{"fulfillment.shipments", "shipments", "", []string{"fulfillment.shipments.shipments.v1"}, one},
	{"fulfillment.tracking", "tracking", "", []string{"fulfillment.tracking.tracking.v1"},
		func(*Count, int64) []int64 { return []int64{0} }},
	{"marketing.campaigns", "campaigns", "", []string{"marketing.campaigns.campaigns.v1"}, one},
	{"marketing.product-sales", "orders.order-lines.lines.v1", "", []string{"marketing.product-sales.sales.v1"}, one},
}

// sums are the fields of derived ports that carry the orders' sales on to the last cent's hundredth.
var sums = map[string]string{
	"orders.orders.orders.v1":          "total",
	"orders.order-lines.lines.v1":      "sales",
	"marketing.product-sales.sales.v1": "revenue",
}

// topics are those of the shop's own ports, by port.
var topics = map[string]string{
	"placed":    "orders.checkout.placed.v1",
	"status":    "orders.checkout.status.v1",
	"products":  "catalog.pim.products.v1",
	"prices":    "catalog.pim.prices.v1",
	"profiles":  "customer.crm.profiles.v1",
	"payments":  "payments.gateway.payments.v1",
	"shipments": "fulfillment.warehouse.shipments.v1",
	"tracking":  "fulfillment.warehouse.tracking.v1",
	"campaigns": "marketing.campaign-desk.campaigns.v1",
}

// Expect works out what must come of all that the ledger counts, data product by data product, each after those that
// it reads.
func (l *Ledger) Expect() []Expected {
	published := map[string]*Count{} // what a derived port holds, for those that read it
	var all []Expected
	for _, c := range consumers {
		in, input := l.Ports[c.reads], topics[c.reads]
		if input == "" {
			in, input = published[c.reads], c.reads
		}
		if in == nil {
			in = &Count{}
		}
		e := Expected{DataProduct: c.dataProduct, Input: input, Dead: in.BadEvents(), Reasons: map[fault.Reason]int64{}}
		e.In = in.Good + e.Dead
		if c.drops != "" {
			e.Filtered = in.Tags[c.drops]
		}
		e.Accepted = in.Good - e.Filtered
		for class, n := range in.Bad {
			if n > 0 {
				e.Reasons[reasons[classes[class]]] += n
			}
		}
		records := c.records(in, e.Accepted)
		for i, port := range c.ports {
			p := ExpectedPort{Port: port, Records: records[i], SumOf: sums[port]}
			if p.SumOf != "" {
				p.Sum = in.Sales
			}
			e.Ports = append(e.Ports, p)
			published[port] = &Count{Good: records[i], Sales: in.Sales}
		}
		all = append(all, e)
	}
	return all
}

// Published gives how many records each of the shop's own topics must hold, good and bad.
func (l *Ledger) Published() map[string]int64 {
	n := make(map[string]int64, len(topics))
	for port, topic := range topics {
		n[topic] = 0
		if c := l.Ports[port]; c != nil {
			n[topic] = c.Good + c.BadEvents()
		}
	}
	return n
}

// Injected counts the bad events by class.
func (l *Ledger) Injected() map[Class]int64 {
	n := map[Class]int64{}
	for _, c := range l.Ports {
		for class, m := range c.Bad {
			if m > 0 {
				n[classes[class]] += m
			}
		}
	}
	return n
}
