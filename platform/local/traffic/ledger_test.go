package traffic

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// full is a ledger as large as one can become.
func full() *Ledger {
	l := newLedger(math.MaxUint64, math.MaxInt64/2)
	l.Done, l.Tick = math.MaxInt32, math.MaxInt32
	for port := range topics {
		c := l.port(port)
		c.Good, c.Lines, c.Sales = math.MaxInt32, math.MaxInt32, math.MaxInt64/8
		c.Tags = map[string]int64{tagTombstone: math.MaxInt32, tagDraft: math.MaxInt32}
		c.Bad = make(classCounts, len(classes))
		for i := range c.Bad {
			c.Bad[i] = math.MaxInt32
		}
	}
	return l
}

func TestLedgerGoesThroughACheckpoint(t *testing.T) {
	l := full()
	text, err := l.encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := decodeLedger(text)
	if err != nil || !reflect.DeepEqual(l, back) {
		t.Errorf("%v: %+v became %+v", err, l, back)
	}
	t.Logf("a full ledger has %d of %d bytes", len(text), maxLedger)
}

func TestLedgerRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, text := range []string{``, `{}`, `{"v":2,"ports":{}}`, `{"v":1,"port":{}}`, `{"v":1,"ports":{"placed":{"good":1,"bad":[1,2]}}}`, `{"v":1} {"v":1}`, `{"v":1,"ports":{"placed":null}}`} {
		if l, err := decodeLedger([]byte(text)); err == nil || !strings.Contains(err.Error(), "--data") {
			t.Errorf("%s: %+v, %v; want an error that names the next step", text, l, err)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	l := full()
	c := l.clone()
	c.note(&Event{Port: "placed", Lines: 3, Tag: tagTest})
	c.noteBad("placed", Truncated)
	if !reflect.DeepEqual(l, full()) {
		t.Error("a change of the clone changed the ledger")
	}
}

func TestExpectations(t *testing.T) {
	l := newLedger(1, 0)
	l.Ports = map[string]*Count{
		"placed":   {Good: 10, Lines: 25, Sales: 1234, Tags: map[string]int64{tagTest: 2}, Bad: classCounts{1, 0, 0, 0, 0, 2, 0, 0, 0}},
		"payments": {Good: 7, Tags: map[string]int64{tagRefund: 3}},
		"products": {Good: 9, Tags: map[string]int64{tagDraft: 2, tagTombstone: 1}},
		"tracking": {Good: 4, Bad: classCounts{0, 0, 0, 0, 0, 0, 0, 0, 5}},
	}
	got := map[string]Expected{}
	for _, e := range l.Expect() {
		got[e.DataProduct] = e
	}
	if len(got) != 12 {
		t.Errorf("%d data products, want 12", len(got))
	}
	check := func(id string, in, accepted, dead, filtered int64, records ...int64) {
		t.Helper()
		e := got[id]
		var have []int64
		for _, p := range e.Ports {
			have = append(have, p.Records)
		}
		if e.In != in || e.Accepted != accepted || e.Dead != dead || e.Filtered != filtered || !reflect.DeepEqual(have, records) {
			t.Errorf("%+v, want in %d accepted %d dead %d filtered %d records %v", e, in, accepted, dead, filtered, records)
		}
	}
	check("orders.orders", 13, 8, 3, 2, 8)
	check("orders.order-lines", 13, 8, 3, 2, 25)
	check("payments.payments", 7, 7, 0, 0, 4, 3)
	check("payments.invoices", 8, 8, 0, 0, 8)
	check("marketing.product-sales", 25, 25, 0, 0, 25)
	check("catalog.products", 9, 7, 0, 2, 7)
	check("fulfillment.tracking", 9, 4, 5, 0, 0)
	if p := got["marketing.product-sales"].Ports[0]; p.SumOf != "revenue" || p.Sum != 1234 {
		t.Errorf("%+v, want a revenue of 1234", p)
	}
	if r := got["orders.orders"].Reasons; r["frame.bad"] != 1 || r["rule.broken"] != 2 || len(r) != 2 {
		t.Errorf("reasons %v", r)
	}
}
