package traffic

import (
	"os"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

// judge tells what a consumer of the contract must find wrong with a value, when it just saw the good event.
type judge struct {
	contract *contract.Contract
	program  *avro.Program
	schemas  map[int]*avro.Schema
}

func (j *judge) reason(t *testing.T, value []byte, good Event, now time.Time) fault.Reason {
	t.Helper()
	id, payload, ok := avro.SplitFrame(value)
	if !ok {
		return fault.FrameBad
	}
	writer, known := j.schemas[id]
	if !known {
		return fault.SchemaUnknown
	}
	if len(avro.CanRead(j.contract.Schema(), writer)) > 0 {
		plain, err := avro.Compile(writer, avro.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if v := plain.Walk(payload, plain.NewNotes()); !v.OK() {
			t.Errorf("a mistyped event does not even fit its own schema: %v", plain.Rejection(v))
		}
		return fault.SchemaIncompatible
	}
	notes := j.program.NewNotes()
	if v := j.program.Walk(payload, notes); !v.OK() {
		return v.Reason
	}
	at, _ := notes.Millis(0)
	switch {
	case freshness.Impossible(at, now.UnixMilli()):
		return fault.EventTimeImpossible
	case freshness.NewWatermark(good.At.UnixMilli()).Late(at, j.contract.Lateness()):
		return fault.EventTimeLate
	}
	return ""
}

const carelessID, goodID = 42, 41

func spoilerOf[T any](t *testing.T, set *contract.Set, port string, s spoiler[T]) (*portSpec, *judge) {
	t.Helper()
	c, err := contractOf(set, topics[port])
	if err != nil {
		t.Fatal(err)
	}
	rules, _ := c.Rules()
	program, err := avro.Compile(c.Schema(), avro.Options{Rules: rules, Captures: []avro.Capture{{Name: "event time", Path: c.EventTime()}}})
	if err != nil {
		t.Fatal(err)
	}
	codec, err := avro.NewCodec[T](c.Schema())
	if err != nil {
		t.Fatal(err)
	}
	text, err := withTextTime(c.Schema().String(), c.EventTime()[0])
	if err != nil {
		t.Fatal(err)
	}
	careless, err := avro.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	m := &mistyper{schema: c.Schema(), careless: careless, id: carelessID, good: program}
	spec := s.spec(codec, goodID, func(payload []byte) ([]byte, error) { return m.value(t.Context(), payload) })
	return spec, &judge{contract: c, program: program, schemas: map[int]*avro.Schema{goodID: c.Schema(), carelessID: careless}}
}

// Every class of every port is bad for exactly the reason that the ledger says.
func TestBadEventsAreBadForTheirReason(t *testing.T) {
	set, _ := contract.Load(os.DirFS("../../../contracts"))
	specs, judges := map[string]*portSpec{}, map[string]*judge{}
	specs["products"], judges["products"] = spoilerOf(t, set, "products", spoilProduct)
	specs["prices"], judges["prices"] = spoilerOf(t, set, "prices", spoilPrice)
	specs["profiles"], judges["profiles"] = spoilerOf(t, set, "profiles", spoilProfile)
	specs["campaigns"], judges["campaigns"] = spoilerOf(t, set, "campaigns", spoilCampaign)
	specs["placed"], judges["placed"] = spoilerOf(t, set, "placed", spoilPlaced)
	specs["status"], judges["status"] = spoilerOf(t, set, "status", spoilStatus)
	specs["payments"], judges["payments"] = spoilerOf(t, set, "payments", spoilPayment)
	specs["shipments"], judges["shipments"] = spoilerOf(t, set, "shipments", spoilShipment)
	specs["tracking"], judges["tracking"] = spoilerOf(t, set, "tracking", spoilTracking)

	now := base.Add(time.Minute)
	for n, e := range everything(openShop(t, 1, base), 200) {
		if n%53 != 0 || e.Tag != "" {
			continue
		}
		for i, class := range classes {
			j := judges[e.Port]
			s := spoiled{port: specs[e.Port], class: class, good: e, lateness: j.contract.Lateness(), now: now, random: random(1, streamBad, uint64(n*10+i))}
			value, err := s.value()
			if err != nil {
				t.Fatal(e.Port, class, err)
			}
			if got := j.reason(t, value, e, now); got != reasons[class] {
				t.Fatalf("%s of port %s is bad for %q, want %q", class, e.Port, got, reasons[class])
			}
		}
	}
}

func TestBadEventsComeInTheAskedRatio(t *testing.T) {
	for _, ratio := range []float64{0, 0.02, 0.5, 1} {
		c := &Count{}
		var bad float64
		seen := map[Class]bool{}
		l := newLedger(7, 0)
		l.Ports["placed"] = c
		for range 20_000 {
			class, _, ok := due(7, "placed", ratio, c)
			c.Good++
			if ok {
				l.noteBad("placed", class)
				seen[class] = true
				bad++
			}
		}
		if got := bad / 20_000; got < ratio*0.9 || got > ratio*1.1 {
			t.Errorf("ratio %g gave %g", ratio, got)
		}
		if ratio > 0 && len(seen) != len(classes) {
			t.Errorf("ratio %g: only %d classes came", ratio, len(seen))
		}
	}
}
