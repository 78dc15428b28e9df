package dataproduct_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
)

// A projection publishes the same bytes as a function that copies the fields, and rejects the same records.
func TestProjectAgreesWithAFunction(t *testing.T) {
	in, out := dataproduct.In[Sale]("sales"), dataproduct.Out[Sale]("copies")
	ports := func(id string) []port { return []port{{id: id, maximum: 3}} }
	b := newBench(t, till(),
		product{id: "shop.typed", mode: "transform", in: till().out, out: ports("shop.typed.copies")},
		product{id: "shop.bytes", mode: "transform", in: till().out, out: ports("shop.bytes.copies")})
	note := "a note"[:5]
	b.sales(0, 0, 5) // the last is beyond the outputs' maximum
	b.Write(b.sale(1, Sale{ID: "p1", Note: &note}), b.sale(1, Sale{ID: "p1", Cents: -1}))
	b.Run(b.config("one"),
		dataproduct.Transform("shop/typed", dataproduct.On(in, func(s *Sale, emit *dataproduct.Emit) error {
			out.To(emit, *s)
			return nil
		}, out)),
		dataproduct.Transform("shop/bytes", dataproduct.Project(in, out, nil)))
	typed, copied := map[string][]byte{}, map[string][]byte{}
	for topic, seen := range map[string]map[string][]byte{"shop.typed.copies.v1": typed, "shop.bytes.copies.v1": copied} {
		for _, r := range b.Read(topic, 5) {
			seen[string(r.Key)] = append(seen[string(r.Key)], r.Value[5:]...)
		}
	}
	for key := range typed {
		if !bytes.Equal(typed[key], copied[key]) {
			t.Errorf("%s: %x, not %x", key, copied[key], typed[key])
		}
	}
	b.worksAs("shop.bytes", "sales", dataproduct.TierProjected)
	for _, topic := range []string{"shop.typed.dlq", "shop.bytes.dlq"} {
		reasons := map[string]int{}
		for _, r := range b.Read(topic, 2) {
			reasons[header(r, "tidemark.reason")]++
		}
		if len(reasons) != 2 {
			t.Errorf("%s has %v", topic, reasons)
		}
	}
}

// worksAs waits until a heartbeat says how a data product works on an input port's records, which must be this.
func (b *bench) worksAs(product, port string, tier dataproduct.Tier) {
	b.t.Helper()
	b.said(event.TopicHeartbeats, func(e event.Event) bool {
		for _, held := range e.(*event.Heartbeat).DataProducts {
			if got, ok := held.Tiers[port]; ok && held.ID == product {
				if got != string(tier) {
					b.t.Errorf("%s says that it works on %s as %s, not %s", product, port, got, tier)
				}
				return true
			}
		}
		return false
	})
}

// What cannot be copied is found before anything runs.
func TestProjectIsChecked(t *testing.T) {
	b := newBench(t, till(), product{id: "shop.bytes", mode: "transform", in: till().out, out: []port{{id: "shop.bytes.copies"}}})
	in, out := dataproduct.In[Sale]("sales"), dataproduct.Out[Sale]("copies")
	for _, c := range []struct{ to, from, why string }{
		{"cents", "id", "types differ"}, {"cents", "nothing", "no field nothing"}, {"nothing", "id", "nothing: there is no such field to copy to"}, {"id", "note", "may be null"},
	} {
		err := dataproduct.Check(b.files, dataproduct.Transform("shop/bytes", dataproduct.Project(in, out, map[string]string{c.to: c.from})))
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s from %s: %v", c.to, c.from, err)
		}
	}
	if err := dataproduct.Check(b.files, dataproduct.Transform("shop/bytes", dataproduct.Project(in, out, nil))); err != nil {
		t.Error(err)
	}
}
