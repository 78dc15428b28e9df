package dataproduct_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/avro/gotypes"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// The views and patches of this package's tests are what is generated of their schemas.
func TestGeneratedViews(t *testing.T) {
	text, err := gotypes.Views("dataproduct_test", gotypes.Source{File: "order.avsc", Text: orderSchema(t)}, gotypes.Source{File: "sale.avsc", Text: []byte(saleSchema)})
	if err != nil {
		t.Fatal(err)
	}
	update := flag.Lookup("update").Value.String() == "true" // dataproducttest has it
	goldentest.Equal(t, "views_gen_test.go", text, update)
}

var (
	orders = dataproduct.In[Order]("orders")
	clean  = dataproduct.Out[Order]("clean")
)

// typed and viewed are one function, written on events and on views.
func typed(o *Order, emit *dataproduct.Emit) error {
	switch {
	case o.Gift && o.Priority > 3:
		return emit.Reject("gift", "a gift is never that urgent")
	case o.Channel == "drop":
		return emit.Drop("channel")
	}
	copied := *o
	for i := range o.Lines {
		copied.Priority = min(5, copied.Priority+o.Lines[i].Quantity)
	}
	copied.ShipTo.City = strings.ToUpper(o.ShipTo.City)
	copied.Total = new(big.Rat).Add(o.Total, big.NewRat(1, 100))
	copied.PlacedAt = o.PlacedAt.Add(time.Hour)
	if o.Note == nil {
		note := o.Status + " without a note"
		copied.Note = &note
	} else if *o.Note == "" {
		copied.Note = nil
	}
	if o.Priority == 2 {
		copied.Currency = "none" // breaks the output's contract
	}
	if o.Priority == 4 {
		copied.Total = big.NewRat(1, 3) // does not fit the output's schema
	}
	if o.Status == "shipped" {
		clean.To(emit, copied)
		copied.Lines = copied.Lines[:1]
	}
	clean.To(emit, copied)
	return nil
}

func viewed(o OrderView, emit *dataproduct.Emit) error {
	switch {
	case o.Gift() && o.Priority() > 3:
		return emit.Reject("gift", "a gift is never that urgent")
	case o.Channel() == "drop":
		return emit.Drop("channel")
	}
	change := func() OrderPatch {
		p := dataproduct.Copy[OrderPatch](emit, clean)
		priority := o.Priority()
		for line := range o.Lines().All() {
			priority = min(5, priority+line.Quantity())
		}
		p.SetPriority(priority)
		p.ShipTo().SetCity(strings.ToUpper(o.ShipTo().City()))
		p.SetTotal(new(big.Rat).Add(o.Total(), big.NewRat(1, 100)))
		p.SetPlacedAt(o.PlacedAt().Add(time.Hour))
		if note := o.Note(); note == nil {
			text := o.Status() + " without a note"
			p.SetNote(&text)
		} else if *note == "" {
			p.SetNote(nil)
		}
		if o.Priority() == 2 {
			p.SetCurrency("none")
		}
		if o.Priority() == 4 {
			p.SetTotal(big.NewRat(1, 3))
		}
		return p
	}
	p := change()
	if o.Status() == "shipped" {
		p = change()
		for line := range o.Lines().All() {
			p.SetLines([]Line{{line.Sku(), line.Quantity(), line.Price()}})
			break
		}
	}
	return nil
}

// A function on views comes to the same as the one on events, to the byte: what is emitted, filtered and rejected.
func TestSpliceAgreesWithOn(t *testing.T) {
	files := orderFiles(t, 4, "transform", "  - {property: tidemark.filters, value: [channel]}\n")
	try := func(h dataproduct.Handler) *dataproduct.Trial {
		trial, err := dataproduct.NewTrial(files, dataproduct.Transform("bench/copy", h))
		if err != nil {
			t.Fatal(err)
		}
		return trial
	}
	on, splice := try(dataproduct.On(orders, typed, clean)), try(dataproduct.Splice(orders, viewed, clean.Spliced(nil, "priority")))
	schema, _ := sampleOrder(t)
	codec, err := avro.NewCodec[Order](schema)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	seen := map[string]int{}
	for i := range 5000 {
		payload, err := codec.Append(nil, randomOrder(r, i))
		if err != nil {
			t.Fatal(err)
		}
		want, err := on.Payload("orders", payload)
		if err != nil {
			t.Fatal(err)
		}
		got, err := splice.Payload("orders", payload)
		if err != nil {
			t.Fatal(err)
		}
		if said := fmt.Sprintf("%v %s", reasonOf(want), want.Filter); said != fmt.Sprintf("%v %s", reasonOf(got), got.Filter) || len(want.Records) != len(got.Records) {
			t.Fatalf("%+v, not %+v", got, want)
		} else if len(want.Records) == 0 {
			seen[said]++
		}
		for i := range want.Records {
			if !bytes.Equal(want.Records[i].Payload, got.Records[i].Payload) || want.Records[i].Key != got.Records[i].Key {
				t.Fatalf("\n%+v, not\n%+v", got.Records[i], want.Records[i])
			}
			seen["emitted"]++
		}
	}
	for _, what := range []string{"emitted", "transform.gift ", "output.rule.broken ", "output.avro.malformed ", " channel"} {
		if seen[what] == 0 {
			t.Errorf("no record came to %q: %v", what, seen)
		}
	}
}

func reasonOf(o dataproduct.Outcome) fault.Reason {
	if o.Rejection == nil {
		return ""
	}
	return o.Rejection.Reason
}

func randomOrder(r *rand.Rand, i int) *Order {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	due := time.UnixMilli(0).UTC().AddDate(50, 0, r.IntN(1000))
	o := &Order{
		OrderID: fmt.Sprintf("CA-2017-%06d", i), CustomerID: one("CG-12520", "AB-1"), Status: one("placed", "paid", "shipped"), Currency: one("USD", "EUR"),
		Total: big.NewRat(r.Int64N(9_000_000)+1, 100), Discount: 0.25, PlacedAt: time.UnixMilli(1.7e12 + r.Int64N(1e9)).UTC(), DueOn: &due,
		Channel: one("web", "app", "drop"), Priority: int32(1 + r.IntN(5)), Gift: r.IntN(2) == 0, ShipTo: Address{one("a", "b c"), one("Köln", "Rome"), "42420", "US"},
	}
	if text := one("", "a note", "none"); text != "none" {
		o.Note = &text
	}
	for n := range 1 + r.IntN(4) {
		o.Lines = append(o.Lines, Line{fmt.Sprint("sku", n), int32(1 + r.IntN(3)), 1.25})
	}
	return o
}

// Records of a newer writer are read as the contract's, on Kafka as well, and what cannot be is told before anything runs.
func TestSpliceOnKafka(t *testing.T) {
	in, out := dataproduct.In[Sale]("sales"), dataproduct.Out[Sale]("copies")
	ports := func(id string) []port { return []port{{id: id, maximum: 3}} }
	b := newBench(t, till(),
		product{id: "shop.typed", mode: "transform", in: till().out, out: ports("shop.typed.copies")},
		product{id: "shop.spliced", mode: "transform", in: till().out, out: ports("shop.spliced.copies")})
	newer, err := avro.Parse([]byte(`{"type": "record", "name": "Sale", "fields": [{"name": "cents", "type": "int"}, {"name": "till", "type": "string"},
		{"name": "note", "type": ["null", "string"], "default": null}, {"name": "id", "type": "string"}, {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b.sales(0, 0, 5)
	payload, err := avro.EncodeJSON(newer, []byte(`{"cents": 1, "till": "left", "note": "a", "id": "p1", "at": "`+time.Now().UTC().Format(time.RFC3339)+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	id, err := b.config("writer").Registry.Register(t.Context(), "newer-value", newer)
	if err != nil {
		t.Fatal(err)
	}
	r := &kafka.Record{Topic: "shop.till.sales.v1", Key: []byte("p1"), Value: append(avro.AppendFrame(nil, id), payload...)}
	kafka.Pin(r, 1)
	b.Write(r)
	b.Run(b.config("one"),
		dataproduct.Transform("shop/typed", dataproduct.On(in, func(s *Sale, emit *dataproduct.Emit) error {
			s.Cents++
			out.To(emit, *s)
			return nil
		}, out)),
		dataproduct.Transform("shop/spliced", dataproduct.Splice(in, func(s SaleView, emit *dataproduct.Emit) error {
			dataproduct.Copy[SalePatch](emit, out).SetCents(s.Cents() + 1)
			return nil
		}, out.Spliced(nil))))
	typed, copied := b.values("shop.typed.copies.v1", 4), b.values("shop.spliced.copies.v1", 4)
	if typed != copied {
		t.Errorf("%s, not %s", copied, typed)
	}
	b.worksAs("shop.spliced", "sales", dataproduct.TierSpliced)
}

// values are the payloads of a topic by key, in their order.
func (b *bench) values(topic string, n int) string {
	byKey := map[string]string{}
	for _, r := range b.Read(topic, n) {
		byKey[string(r.Key)] += fmt.Sprintf(" %x", r.Value[5:])
	}
	return fmt.Sprint(byKey)
}

func TestSpliceIsChecked(t *testing.T) {
	b := files(t, till(), product{id: "shop.spliced", mode: "transform", in: till().out, out: []port{{id: "shop.spliced.copies"}}})
	in, out := dataproduct.In[Sale]("sales"), dataproduct.Out[Sale]("copies")
	never := func(SaleView, *dataproduct.Emit) error { return nil }
	for name, c := range map[string]struct {
		handler dataproduct.Handler
		want    string
	}{
		"another field":  {dataproduct.Splice(in, never, out.Spliced(dataproduct.From{"id": "note"})), `from "sales" to "copies": avro: record Sale from record Sale: id: it cannot be copied from note`},
		"no such field":  {dataproduct.Splice(in, never, out.Spliced(nil, "total")), "total: there is no such field"},
		"another schema": {dataproduct.Splice(in, func(staleView, *dataproduct.Emit) error { return nil }, out.Spliced(nil)), "staleView was generated from another schema than the contract's Sale"},
	} {
		if err := dataproduct.Check(b, dataproduct.Transform("shop/spliced", c.handler)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		output dataproduct.Output
		fn     func(SaleView, *dataproduct.Emit) error
		want   string
	}{
		"not set": {out.Spliced(nil, "cents"), func(_ SaleView, emit *dataproduct.Emit) error {
			dataproduct.Copy[SalePatch](emit, out)
			return nil
		}, "field cents of record Sale was to be set"},
		"not spliced": {out, func(_ SaleView, emit *dataproduct.Emit) error {
			dataproduct.Copy[SalePatch](emit, out).SetCents(1)
			return nil
		}, "output port copies is not spliced"},
		"no such port": {out, func(_ SaleView, emit *dataproduct.Emit) error {
			dataproduct.Copy[SalePatch](emit, dataproduct.Out[Sale]("others")).SetCents(1)
			return nil
		}, "output port others is not declared"},
	} {
		trial, err := dataproduct.NewTrial(b, dataproduct.Transform("shop/spliced", dataproduct.Splice(in, c.fn, c.output)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = trial.JSON("sales", []byte(`{"id":"a","at":"2026-01-01T00:00:00Z","cents":1,"note":null}`))
		if err == nil || fault.KindOf(err) != fault.Fatal || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	trial, err := dataproduct.NewTrial(b, dataproduct.Transform("shop/spliced", dataproduct.On(in, func(_ *Sale, emit *dataproduct.Emit) error {
		dataproduct.Copy[SalePatch](emit, out)
		return errors.New("it is not reached")
	}, out)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = trial.JSON("sales", []byte(`{"id":"a","at":"2026-01-01T00:00:00Z","cents":1,"note":null}`)); err == nil || !strings.Contains(err.Error(), "Copy is for handlers") {
		t.Error(err)
	}
}

type staleView struct{ SaleView }

func (staleView) OverRecord(dataproduct.View) staleView { return staleView{} }
func (staleView) SchemaShape(Sale) string               { return "another" }
