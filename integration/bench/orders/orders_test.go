package orders_test

import (
	"fmt"
	"testing"

	hamba "github.com/hamba/avro/v2"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

func load(t *testing.T, rules int) *contract.Contract {
	t.Helper()
	set, findings := contract.Load(orders.Contracts(orders.Product{
		Name: "clean", Mode: "guard", Delivery: "exactly-once", Source: "shop", Partitions: 4, Rules: rules,
	}))
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			t.Fatal(f)
		}
	}
	c, ok := set.Contract("urn:datamesh:bench:clean:orders:1")
	if !ok {
		t.Fatal("no contract")
	}
	return c
}

// Every rule of the file is one that the walker enforces, so that a table over the number of rules is about rules.
func TestContractHasAsManyRulesAsAsked(t *testing.T) {
	for _, n := range []int{0, 10, orders.Reference, 50, 100} {
		enforced, findings := load(t, n).Rules()
		if len(enforced) != n || len(findings) > 0 {
			t.Errorf("asked %d rules, it has %d; %v", n, len(enforced), findings)
		}
	}
}

// The walker and the rules in plain Go accept and refuse the same records, and each class is what it says.
func TestGenerated(t *testing.T) {
	for _, rules := range []int{orders.Reference, 100} {
		t.Run(fmt.Sprint(rules, " rules"), func(t *testing.T) { generated(t, rules) })
	}
}

func generated(t *testing.T, rules int) {
	c := load(t, rules)
	enforced, _ := c.Rules()
	program, err := avro.Compile(c.Schema(), avro.Options{Rules: enforced})
	if err != nil {
		t.Fatal(err)
	}
	notes, judge, decoder := program.NewNotes(), orders.NewJudge(), hamba.MustParse(orders.Schema)
	w := orders.Workload{Records: 20_000, Partitions: 4, Bad: 0.5, Seed: 1}
	g := orders.NewGenerator(w, 7)
	seen := make(map[orders.Class]int)
	for i := range w.Records {
		key, value := g.Next()
		class := w.Class(i)
		seen[class]++
		if n, ok := orders.Number(value); !ok || n != i {
			t.Fatalf("record %d (%s) says that it is %d", i, class, n)
		}
		id, payload, framed := avro.SplitFrame(value)
		accepted := framed && id == 7 && program.Walk(payload, notes).OK()
		if accepted != (class == orders.Good) {
			t.Fatalf("record %d (%s): accepted %t", i, class, accepted)
		}
		var o orders.Order
		byHand := framed && hamba.Unmarshal(decoder, payload, &o) == nil && judge.Check(&o, key) == nil
		if byHand != accepted {
			t.Fatalf("record %d (%s): the walker says %t, the plain rules %t (%v)", i, class, accepted, byHand, judge.Check(&o, key))
		}
		if accepted && len(payload) != 208 {
			t.Fatalf("record %d has %d bytes", i, len(payload))
		}
	}
	for class := orders.Good; class <= orders.BadFrame; class++ {
		if seen[class] < 500 {
			t.Errorf("%d records are %s", seen[class], class)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, size := range []int{100, 208, 1_000, 10_000, 100_000} {
		_, value := orders.NewGenerator(orders.Workload{Records: 1, Size: size}, 1).Next()
		if got := len(value) - 5; got < size || got > size+5 {
			t.Errorf("asked for %d bytes, got %d", size, got)
		}
	}
}
