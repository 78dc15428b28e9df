package dataproduct_test

import (
	"context"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

const (
	strictCEL  = `{type: custom, engine: cel, implementation: "note == null || cents > 10"}`
	lenientCEL = `{type: custom, engine: cel, severity: warning, implementation: "at < timestamp('2200-01-01T00:00:00Z') && note.size() < 3"}`
)

// An expression of severity error rejects by the rule's id, on either side of a guard, and of a transform's output; one of
// severity warning is counted.
func TestExpressions(t *testing.T) {
	strict := port{quality: strictCEL + ", " + lenientCEL}
	named := func(id string) port { p := strict; p.id = id; return p }
	for name, c := range map[string]struct {
		files  []product
		run    dataproduct.Product
		port   string
		dead   string
		prefix string
	}{
		"input": {[]product{{id: "shop.till", mode: "source", out: []port{named("shop.till.sales")}}, {id: "shop.clean", mode: "guard", in: []port{{id: "shop.till.sales"}}, out: []port{named("shop.clean.sales")}}},
			dataproduct.Guard("shop/clean"), "shop.clean.sales.v1", "shop.clean.dlq", ""},
		"output": {[]product{till(), {id: "shop.clean", mode: "guard", in: till().out, out: []port{named("shop.clean.sales")}}},
			dataproduct.Guard("shop/clean"), "shop.clean.sales.v1", "shop.clean.dlq", "output."},
		"transform": {[]product{till(), {id: "shop.receipts", mode: "transform", in: till().out, out: []port{named("shop.receipts.receipts"), {id: "shop.receipts.large"}}, extra: testFilter}},
			receipts(), "shop.receipts.receipts.v1", "shop.receipts.dlq", "output."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, c.files...)
			b.Write(b.sale(0, Sale{ID: "null", Cents: 1}), b.sale(0, Sale{ID: "good", Cents: 11, Note: note("x")}),
				b.sale(0, Sale{ID: "bad", Cents: 9, Note: note("x")}), b.sale(0, Sale{ID: "warned", Cents: 12, Note: note("long")}))
			b.Run(b.config("one"), c.run)
			b.expect("through", b.ids(c.port, 3), []string{"null", "good", "warned"})
			letter := b.Read(c.dead, 1)[0]
			if string(letter.Key) != "bad" || header(letter, event.HeaderRule) != "note.cel" || header(letter, event.HeaderReason) != c.prefix+"rule.broken" {
				t.Errorf("%s: %v", letter.Key, letter.Headers)
			}
			b.said(event.TopicFreshness, func(e event.Event) bool {
				f := e.(*event.Freshness)
				if f.Port != c.port || f.Accepted < 3 {
					return false
				}
				// The null cannot be evaluated, so it does not hold.
				if f.Warnings[c.prefix+"note.cel#2"] != 2 || len(f.Warnings) != 1 {
					t.Errorf("warnings %v", f.Warnings)
				}
				return true
			})
		})
	}
}

// A source's event that breaks an expression is its caller's error.
func TestExpressionOfASource(t *testing.T) {
	b := newBench(t, product{id: "shop.till", mode: "source", out: []port{{id: "shop.till.sales", quality: strictCEL}}})
	out := dataproduct.Out[Sale]("sales")
	s, err := dataproduct.OpenSource(b.Context(), b.config("one"), dataproduct.Source("shop/till", out))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
	p, err := dataproduct.NewPublisher(s, out)
	if err != nil {
		t.Fatal(err)
	}
	err = p.Publish(b.Context(), &Sale{ID: "a", At: time.Now(), Note: note("x"), Cents: 1})
	if fault.KindOf(err) != fault.Rejected {
		t.Errorf("published: %v", err)
	}
	if err := p.Publish(b.Context(), &Sale{ID: "a", At: time.Now(), Note: note("x"), Cents: 11}); err != nil {
		t.Error(err)
	}
}
