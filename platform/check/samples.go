package check

import (
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// The rules of this package.
const (
	RuleSampleRecord   = "sample.record"     // a sample that is no record of the schema
	RuleSampleRefused  = "sample.refused"    // a good sample that the contract refuses
	RuleSampleAccepted = "sample.accepted"   // a bad sample that the contract accepts
	RuleSampleReason   = "sample.reason"     // a bad sample that is refused for another reason than it says
	RuleBump           = "version.bump"      // a version that rose too little for what changed
	RuleBackwards      = "version.backwards" // a version that fell
)

// samples wants every sample to come to the verdict that it promises, as far as one record alone shows it. Of a contract that
// is not whole some rules are not known, so that only a good sample that the others refuse is wrong for certain.
func samples(c *contract.Contract, whole bool) []contract.Finding {
	rules, _ := c.Rules()
	if c.Schema() == nil || len(c.Samples()) == 0 {
		return nil
	}
	program, err := avro.Compile(c.Schema(), avro.Options{Rules: rules})
	if err != nil {
		return nil // contract and schema do not agree, which is reported
	}
	var findings []contract.Finding
	notes := program.NewNotes()
	for _, s := range c.Samples() {
		found := func(rule, format string, args ...any) {
			findings = append(findings, contract.Finding{Rule: rule, File: s.File, Message: fmt.Sprintf(format, args...)})
		}
		payload, err := avro.EncodeJSON(c.Schema(), s.Value)
		if err != nil {
			found(RuleSampleRecord, "is no record of %s's schema: %v", c.File, err)
			continue
		}
		verdict := program.Walk(payload, notes)
		rejection := program.Rejection(verdict)
		switch judged, known := judgedAlone(s.Reason); {
		case s.Good && !verdict.OK():
			found(RuleSampleRefused, "is in samples/good, and the contract refuses it: %v; fix the sample, or the contract", rejection)
		case s.Good || known && !judged:
		case !known:
			found(RuleSampleReason, "names the reason %q, which does not exist: tidemark explain lists them", s.Reason)
		case !whole:
		case verdict.OK():
			found(RuleSampleAccepted, "is in samples/bad, and the contract accepts it: it promises %s", promised(s))
		case string(verdict.Reason) != s.Reason || s.Rule != "" && rejection.Rule != s.Rule:
			found(RuleSampleReason, "promises %s, and is refused with %v", promised(s), rejection)
		}
	}
	return findings
}

// judgedAlone tells whether a record alone shows that it is refused for a reason; known is false where there is no such
// reason. The others need its key, its frame, the time or the transform.
func judgedAlone(reason string) (judged, known bool) {
	switch group, _, _ := strings.Cut(reason, "."); group {
	case "avro", "field", "rule":
		return true, true
	case "frame", "schema", "event-time", "key", "tombstone", "transform", "output":
		return false, true
	}
	return false, false
}

func promised(s contract.Sample) string { return strings.TrimSpace(s.Reason + " " + s.Rule) }
