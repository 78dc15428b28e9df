package contract

import (
	"strings"
	"testing"
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
