package dataproduct_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// kinds lays out a guard whose one side has a rule of every kind.
func kinds(strict string) fstest.MapFS {
	fsys := fstest.MapFS{}
	schema := `{"type":"record","name":"Kinds","fields":[` + contracttest.Fields() + `{"name":"id","type":"string"}]}`
	for _, p := range []string{"raw", "clean"} {
		properties := contracttest.Properties(6)
		if p != strict {
			// The same fields, as they are in the schema.
			var lines []string
			for line := range strings.Lines(properties) {
				name, rest, _ := strings.Cut(line, ", logicalType: ")
				logical, _, _ := strings.Cut(rest, ",")
				tail := ""
				if logical == "array" {
					tail = ", items: {logicalType: string, required: true}"
				}
				if strings.HasSuffix(line, "}, required: true}\n") {
					tail += ", required: true"
				}
				lines = append(lines, name+", logicalType: "+strings.TrimSpace(strings.TrimSuffix(logical, "}"))+tail+"}\n")
			}
			properties = strings.Join(lines, "")
		}
		fsys["shop/"+p+"/all.v1.avsc"] = &fstest.MapFile{Data: []byte(schema)}
		fsys["shop/"+p+"/all.v1.odcs.yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `
apiVersion: v3.2.0
kind: DataContract
id: urn:datamesh:shop:%[1]s:all:1
version: 1.0.0
domain: shop
schema:
  - name: Kinds
    physicalName: shop.%[1]s.all.v1
    physicalType: topic
    properties:
%[2]s      - {name: id, logicalType: string, required: true}
team: {name: shop-team}
customProperties: [{property: tidemark.key, value: id}, {property: tidemark.partitions, value: 1}]
`, p, properties)}
	}
	in := port{id: "shop.raw.all"}
	fsys["shop/raw/product.odps.yaml"] = &fstest.MapFile{Data: []byte(product{id: "shop.raw", mode: "source", out: []port{in}}.file())}
	fsys["shop/clean/product.odps.yaml"] = &fstest.MapFile{Data: []byte(product{id: "shop.clean", mode: "guard", in: []port{in}, out: []port{{id: "shop.clean.all"}}}.file())}
	return fsys
}

// Every kind of rule through a running guard, whether its input's contract or its output's has the rules: what keeps them
// goes through, what breaks one is a dead letter with its rule's id.
func TestEveryKindOfRuleThroughAGuard(t *testing.T) {
	for strict, prefix := range map[string]string{"raw": "", "clean": "output."} {
		t.Run(strict, func(t *testing.T) {
			t.Parallel()
			m, files := dataproducttest.NewMesh(t), kinds(strict)
			set, findings := contract.Load(files)
			for _, f := range findings {
				if f.Severity == contract.SeverityError {
					t.Fatal(f)
				}
			}
			c, _ := set.Contract("urn:datamesh:shop:raw:all:1")
			id := m.Provide(c)
			write := func(key string, bad int) {
				payload, err := avro.EncodeJSON(c.Schema(), []byte("{"+contracttest.Values(bad)+`"id":"`+key+`"}`))
				if err != nil {
					t.Fatal(err)
				}
				m.Write(&kafka.Record{Topic: c.Topic(), Key: []byte(key), Value: dataproducttest.Frame(id, payload)})
			}
			write("first", -1)
			all := contracttest.Kinds()
			for i := range all {
				write(fmt.Sprint("bad", i), i)
			}
			write("last", -1)
			cfg := m.Config(files, "one")
			cfg.Control = control
			m.Run(cfg, dataproduct.Guard("shop/clean"))
			var through []string
			for _, r := range m.Read("shop.clean.all.v1", 2) {
				through = append(through, string(r.Key))
			}
			if !slices.Equal(through, []string{"first", "last"}) {
				t.Errorf("through came %v", through)
			}
			for i, l := range m.Read("shop.clean.dlq", len(all)) {
				reason := prefix + "rule.broken"
				if strings.HasSuffix(all[i].Rule, ".required") {
					reason = prefix + "field.required"
				}
				if header(l, event.HeaderRule) != all[i].Rule || header(l, event.HeaderReason) != reason || string(l.Key) != fmt.Sprint("bad", i) {
					t.Errorf("%s with %s: %s %s of %s", all[i].Property, all[i].Bad, header(l, event.HeaderReason), header(l, event.HeaderRule), l.Key)
				}
			}
		})
	}
}

const noteQuality = "{metric: nullValues, mustBeLessThan: 50, unit: percent}, {metric: missingValues, mustBe: 2, arguments: {missingValues: [n/a]}}," +
	" {metric: invalidValues, mustBeLessThan: 2, arguments: {pattern: '^[a-z]'}}, {metric: duplicateValues, mustBe: 0, severity: warning}, {metric: rowCount, mustBe: 4}"

// counted is what is said of a port's quality: <rule>=<bad>/<rows>, with a star where the window has closed.
func counted(f *event.Freshness) string {
	var said []string
	for _, q := range f.Quality {
		mark := ""
		if q.Closed {
			mark = "*"
		}
		said = append(said, fmt.Sprintf("%s=%d/%d%s", q.Rule, q.Bad, q.Rows, mark))
	}
	return strings.Join(said, " ")
}

// Metrics are counted where a port is published or observed, of what was accepted, and travel with its freshness.
func TestQualityIsTold(t *testing.T) {
	strict := port{quality: noteQuality, unique: true, extra: "  - {property: tidemark.qualityWindow, value: 4}\n"}
	named := func(id string) port { p := strict; p.id = id; return p }
	for _, c := range []struct {
		name, port string
		files      []product
		run        dataproduct.Product
		want       string
	}{
		{"guard", "shop.clean.sales.v1", []product{till(), {id: "shop.clean", mode: "guard", in: till().out, out: []port{named("shop.clean.sales")}}}, dataproduct.Guard("shop/clean"),
			"note.nullValues=1/4* note.missingValues=2/4* note.invalidValues=0/4* note.duplicateValues=1/4* note.rowCount=0/4*"},
		{"observe", "shop.watch.sales.v1", []product{{id: "shop.till", mode: "source", out: []port{named("shop.till.sales")}}, {id: "shop.watch", mode: "observe", in: []port{{id: "shop.till.sales"}}}}, dataproduct.Observe("shop/watch"),
			"note.nullValues=1/4* note.missingValues=2/4* note.invalidValues=0/4* note.duplicateValues=1/4* note.rowCount=0/4*"},
		{"transform", "shop.receipts.receipts.v1", []product{till(), {id: "shop.receipts", mode: "transform", in: till().out, out: []port{named("shop.receipts.receipts"), {id: "shop.receipts.large"}}, extra: testFilter}}, receipts(),
			"note.nullValues=1/4* note.missingValues=2/4* note.invalidValues=0/4* note.duplicateValues=1/4* note.rowCount=0/4* id.unique=0/4*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, c.files...)
			for i, text := range []*string{note("n/a"), nil, note("a"), note("too long"), note("n/a"), note("Z")} {
				b.Write(b.sale(0, Sale{ID: fmt.Sprint(i), Cents: 1, Note: text}))
			}
			b.Run(b.config("one"), c.run)
			b.said(event.TopicFreshness, func(e event.Event) bool {
				f := e.(*event.Freshness)
				if f.Port != c.port || f.InputPartition != 0 || f.Accepted+sum(f.Rejected) < 6 {
					return false
				}
				if got := counted(f); got != c.want {
					t.Errorf("said %s, want %s", got, c.want)
				}
				return true
			})
		})
	}
}

func sum(counts map[string]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// A source counts what it published, in the transaction that it was published in, and tells a warning.
func TestQualityOfASource(t *testing.T) {
	b := newBench(t, product{id: "shop.till", mode: "source", out: []port{{
		id: "shop.till.sales", unique: true, quality: noteQuality + ", {metric: invalidValues, mustBe: 0, severity: warning, arguments: {validValues: [a]}}",
		extra: "  - {property: tidemark.qualityWindow, value: PT24H}\n",
	}}})
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
	sale := Sale{ID: "a", At: time.Now(), Cents: 1, Note: note("n/a")}
	if err := s.Atomically(b.Context(), func(tx *dataproduct.Tx) error {
		if err := p.Add(tx, &sale); err != nil {
			return err
		}
		return context.Canceled // undone
	}); err == nil {
		t.Error("a transaction that failed did not")
	}
	for range 2 {
		if err := p.Publish(b.Context(), &sale); err != nil {
			t.Fatal(err)
		}
	}
	b.said(event.TopicFreshness, func(e event.Event) bool {
		f := e.(*event.Freshness)
		if f.Accepted < 2 {
			return false
		}
		want := "note.nullValues=0/2 note.missingValues=2/2 note.invalidValues=0/2 note.duplicateValues=1/2 note.rowCount=0/2 id.unique=1/2"
		if got := counted(f); got != want || f.Warnings["note.enum"] != 2 {
			t.Errorf("said %s and %v, want %s", got, f.Warnings, want)
		}
		return true
	})
}

// What was counted goes on where the position does: after a restart, in another instance, on every kind of port. Only the
// sets of different values are lost, and the rules that need them are told as not whole.
func TestQualityGoesOnInAnotherProcess(t *testing.T) {
	strict := port{quality: noteQuality, extra: "  - {property: tidemark.qualityWindow, value: 4}\n"}
	named := func(id string) port { p := strict; p.id = id; return p }
	for _, c := range []struct {
		name, port string
		files      []product
		run        dataproduct.Product
	}{
		{"guard", "shop.clean.sales.v1", []product{till(), {id: "shop.clean", mode: "guard", in: till().out, out: []port{named("shop.clean.sales")}}}, dataproduct.Guard("shop/clean")},
		{"at least once", "shop.clean.sales.v1", []product{till(), {id: "shop.clean", mode: "guard", in: till().out, out: []port{named("shop.clean.sales")},
			extra: "  - {property: tidemark.delivery, value: at-least-once}\n"}}, dataproduct.Guard("shop/clean")},
		{"observe", "shop.watch.sales.v1", []product{{id: "shop.till", mode: "source", out: []port{named("shop.till.sales")}}, {id: "shop.watch", mode: "observe", in: []port{{id: "shop.till.sales"}}}}, dataproduct.Observe("shop/watch")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, c.files...)
			step := func(instance string, accepted int64, want string, notes ...*string) {
				t.Helper()
				for i, text := range notes {
					b.Write(b.sale(0, Sale{ID: fmt.Sprint(instance, i), Cents: 1, Note: text}))
				}
				r := b.Run(b.config(instance), c.run)
				b.said(event.TopicFreshness, func(e event.Event) bool {
					f := e.(*event.Freshness)
					if f.Port != c.port || f.InputTopic != "shop.till.sales.v1" || f.InputPartition != 0 || f.Accepted < accepted || f.Instance != instance {
						return false
					}
					if got := counted(f); got != want {
						t.Errorf("%s said %s, want %s", instance, got, want)
					}
					for _, q := range f.Quality {
						if lost := q.Metric == "duplicateValues" && instance != "one"; q.Whole == lost {
							t.Errorf("%s said that %s is whole: %t", instance, q.Rule, q.Whole)
						}
					}
					return true
				})
				if err := r.Stop(); err != nil {
					t.Fatal(err)
				}
			}
			step("one", 2, "note.nullValues=0/2 note.missingValues=1/2 note.invalidValues=0/2 note.duplicateValues=0/2 note.rowCount=0/2", note("a"), note("n/a"))
			closed := "note.nullValues=1/4* note.missingValues=1/4* note.invalidValues=0/4* note.duplicateValues=0/4* note.rowCount=0/4*"
			step("two", 5, closed, nil, note("a"), note("n/a"))
			step("three", 5, closed)
		})
	}
}

// So it does for a source.
func TestQualityOfASourceGoesOn(t *testing.T) {
	b := newBench(t, product{id: "shop.till", mode: "source", out: []port{{
		id: "shop.till.sales", quality: noteQuality, extra: "  - {property: tidemark.qualityWindow, value: 3}\n",
	}}})
	out := dataproduct.Out[Sale]("sales")
	for i, want := range []string{
		"note.nullValues=0/2 note.missingValues=2/2 note.invalidValues=0/2 note.duplicateValues=1/2 note.rowCount=0/2",
		"note.nullValues=0/3* note.missingValues=3/3* note.invalidValues=0/3* note.duplicateValues=0/3* note.rowCount=0/3*",
	} {
		s, err := dataproduct.OpenSource(b.Context(), b.config("one"), dataproduct.Source("shop/till", out))
		if err != nil {
			t.Fatal(err)
		}
		p, err := dataproduct.NewPublisher(s, out)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := p.Publish(b.Context(), &Sale{ID: "a", At: time.Now(), Cents: 1, Note: note("n/a")}); err != nil {
				t.Fatal(err)
			}
		}
		b.said(event.TopicFreshness, func(e event.Event) bool {
			f := e.(*event.Freshness)
			if f.Accepted < int64(2*(i+1)) {
				return false
			}
			if got := counted(f); got != want {
				t.Errorf("said %s, want %s", got, want)
			}
			return true
		})
		if err := s.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
}
