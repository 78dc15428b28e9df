package contract

import (
	"strings"
	"testing"
	"time"
)

// The end of a field is that field's alone: two fields may have one each, and the contract's support goes on.
func TestEndOfFields(t *testing.T) {
	text := strings.Join([]string{
		"apiVersion: v3.1.0", "kind: DataContract", "id: urn:x", "version: 1.0.0", "status: active",
		"slaProperties:",
		"  - {property: endOfSupport, value: \"2027-01-01\", element: Order.note}",
		"  - {property: endOfSupport, value: \"2027-02-01\", element: Order.memo}",
	}, "\n")
	c, findings := ParseContract("x.odcs.yaml", []byte(text))
	if c == nil {
		t.Fatal(findings)
	}
	if !c.SLA().EndOfSupport.IsZero() {
		t.Errorf("the contract's own support ends on %s", c.SLA().EndOfSupport)
	}
	again := text + "\n  - {property: endOfSupport, value: \"2028-01-01\"}\n  - {property: endOfSupport, value: \"2029-01-01\"}\n"
	if c, findings := ParseContract("x.odcs.yaml", []byte(again)); c != nil || len(findings) == 0 {
		t.Error("two ends of the whole contract were taken")
	}
}

// Several elements may each have a promise. The port as a whole keeps the one about all of it, or about its event time, and
// else the strongest.
func TestPromisesOfElements(t *testing.T) {
	head := strings.Join([]string{
		"apiVersion: v3.1.0", "kind: DataContract", "id: urn:x", "version: 1.0.0", "status: active",
		"schema: [{name: Order, properties: [{name: at, logicalType: timestamp}, {name: paid, logicalType: timestamp}]}]",
		"customProperties: [{property: tidemark.eventTime, value: at}]",
		"slaProperties:", "",
	}, "\n")
	promise := func(property, element, value string) string {
		return "  - {property: " + property + ", element: " + element + ", value: " + value + ", unit: h}\n"
	}
	for name, c := range map[string]struct {
		text string
		want float64 // hours
		of   func(SLA) time.Duration
	}{
		"the event time":        {promise("freshness", "Order.paid", "2") + promise("freshness", "Order.at", "48"), 48, freshness},
		"the event time, first": {promise("freshness", "Order.at", "48") + promise("freshness", "Order.paid", "2"), 48, freshness},
		"the whole":             {promise("retention", "Order.at", "9") + promise("retention", "Order", "5"), 5, retention},
		"the longest":           {promise("retention", "Order.at", "1") + promise("retention", "Order.paid", "2"), 2, retention},
	} {
		contract, findings := ParseContract("x.odcs.yaml", []byte(head+c.text))
		if contract == nil {
			t.Errorf("%s: %v", name, findings)
			continue
		}
		if got := c.of(contract.SLA()).Hours(); got != c.want {
			t.Errorf("%s: %g h, want %g h", name, got, c.want)
		}
	}
	if c, _ := ParseContract("x.odcs.yaml", []byte(head+promise("freshness", "Order.at", "1")+promise("freshness", "Order.at", "2"))); c != nil {
		t.Error("one element may promise two things")
	}
}

func freshness(s SLA) time.Duration { return s.Freshness }
func retention(s SLA) time.Duration { return s.Retention }
