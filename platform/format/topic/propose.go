package topic

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
)

// The rules of this package's findings.
const (
	RuleGuess = "format.topic.guess" // what the topic shows and nobody has promised
	RuleJSON  = "format.topic.json"  // the records are not Avro
	RuleField = "format.topic.field" // a field that a contract cannot have
	RuleFew   = "format.topic.few"   // too little to guess from
	RuleRead  = "format.topic.read"  // records that could not be read
)

// enough is how many values it takes to guess anything of them.
const enough = 20

// About is what a cluster says of a topic, besides its records.
type About struct {
	Topic      string
	Partitions int
	Retention  time.Duration // 0: for ever, or not known
	Compacted  bool
}

// Proposal is a contract for a topic that is there already, with the schema beside it.
type Proposal struct {
	Contract *contract.Contract // a draft, without owner and description
	Schema   []byte             // the .avsc text
	Findings []contract.Finding // the guesses, as notes, and what stands in the way
	Records  int64              // so many were looked at
	Rate     float64            // records a second, of those
}

// Propose makes a contract of what the survey saw. It fails where the values are no records.
func (s *Survey) Propose(about About) (*Proposal, error) {
	if s.schema == nil && s.root.kinds[isRecord] == 0 {
		return nil, fmt.Errorf("topic %s: none of its %d records can be read: they are neither Avro by a registered schema nor JSON objects", about.Topic, s.records+s.unread)
	}
	schema, text, skipped, err := s.parsed(about.Topic)
	if err != nil {
		return nil, fmt.Errorf("topic %s: %w", about.Topic, err)
	}
	if schema.Type() != avro.TypeRecord {
		return nil, fmt.Errorf("topic %s: its schema is no record but %s: a contract describes records", about.Topic, schema.Type())
	}
	p := &proposer{survey: s, about: about}
	properties, findings := avsc.Properties(schema)
	for _, f := range findings {
		f.File = about.Topic
		p.findings = append(p.findings, f)
	}
	p.remarks(skipped)
	p.properties(properties, s.root, nil)
	local := schema.Name()[strings.LastIndexByte(schema.Name(), '.')+1:]
	c := &contract.Contract{
		APIVersion: "v3.1.0", ID: about.Topic, Name: local, Version: "1.0.0", Status: "draft",
		Objects: []contract.SchemaObject{{
			Name: local, PhysicalName: about.Topic, PhysicalType: "topic", LogicalType: "object", Description: schema.Doc(), Properties: properties,
		}},
	}
	p.whole(c, schema)
	proposal := &Proposal{Contract: c, Schema: text, Findings: p.findings, Records: s.records}
	if s.last > s.first {
		proposal.Rate = float64(s.records) * 1000 / float64(s.last-s.first)
	}
	return proposal, nil
}

type proposer struct {
	survey   *Survey
	about    About
	findings []contract.Finding
}

func (p *proposer) find(rule string, severity contract.Severity, path []string, format string, args ...any) {
	p.findings = append(p.findings, contract.Finding{
		Rule: rule, Severity: severity, File: p.about.Topic, Path: strings.Join(path, "."), Message: fmt.Sprintf(format, args...),
	})
}

// remarks are about the topic as a whole.
func (p *proposer) remarks(skipped []string) {
	s := p.survey
	if s.schema == nil {
		p.find(RuleJSON, contract.SeverityWarning, nil, "the records are JSON, and Tidemark checks Avro: the schema is a guess; let the writer register it and write by it")
	}
	for _, name := range skipped {
		p.find(RuleField, contract.SeverityWarning, nil, "the field %s has a name that Avro does not allow: it is left out", strict.Quote(name))
	}
	if s.root.unseen > 0 {
		p.find(RuleField, contract.SeverityWarning, nil, "the records have more than %d different fields: the rest is not described", maxChildren)
	}
	if s.unread > 0 {
		p.find(RuleRead, contract.SeverityWarning, nil, "%d of %d records could not be read: a guard would set them aside", s.unread, s.unread+s.records)
	}
	if s.records < enough {
		p.find(RuleFew, contract.SeverityWarning, nil, "%d records are too few to guess from: only what the schema says is in the contract", s.records)
	}
}

// whole guesses what is about the topic and not about one field.
func (p *proposer) whole(c *contract.Contract, schema *avro.Schema) {
	s := p.survey
	guess := func(property string, v contract.Value, why string, args ...any) {
		why = fmt.Sprintf(why, args...)
		c.CustomProperties = append(c.CustomProperties, contract.CustomProperty{Property: property, Value: v, Description: "A guess: " + why + "."})
		p.find(RuleGuess, contract.SeverityNote, nil, "%s: %s is a guess: %s", property, v.Text, why)
	}
	if key := p.key(c, schema); key != "" {
		guess("tidemark.key", text(key), "the key of all %d records is this field", s.records)
	}
	at := p.eventTime(c, schema)
	if at != nil {
		delay := time.Duration(at.times.delay/float64(at.times.n)) * time.Millisecond
		guess("tidemark.eventTime", text(at.name), "of the times in a record it is the nearest to its publishing, %s on average", short(delay))
		if at.times.late > 0 {
			late := time.Duration(at.times.late) * time.Millisecond
			guess("tidemark.lateness", text(iso(roomy(2*late))), "the latest record came %s after a newer one of its partition", short(late))
		}
	}
	if p.about.Partitions > 0 {
		c.CustomProperties = append(c.CustomProperties, contract.CustomProperty{
			Property: "tidemark.partitions", Value: contract.Value{Kind: strict.Integer, Text: strconv.Itoa(p.about.Partitions)}, Description: "As the topic has them.",
		})
	}
	if p.about.Compacted || s.tombstones > 0 {
		guess("tidemark.compacted", contract.Value{Kind: strict.Bool, Text: "true"}, "%s", compactedWhy(p.about.Compacted, s.tombstones))
	}
	if at != nil && s.records >= enough {
		p.freshness(c, at)
	}
	if p.about.Retention > 0 {
		n, name := unit(p.about.Retention)
		c.SLAProperties = append(c.SLAProperties, contract.SLAProperty{
			Property: "retention", Value: contract.Value{Kind: strict.Integer, Text: strconv.FormatInt(n, 10)}, Unit: name, Driver: "operational", Description: "As the topic is set.",
		})
	}
}

func compactedWhy(set bool, tombstones int64) string {
	if set {
		return "the topic's cleanup.policy says so"
	}
	return fmt.Sprintf("%d records have no value", tombstones)
}

// freshness guesses a promise with room: ten times the mean gap between records of a partition, and the mean delay.
func (p *proposer) freshness(c *contract.Contract, at *field) {
	s := p.survey
	gap := float64(s.last-s.first) * float64(len(s.seenIn)) / float64(s.records)
	delay := at.times.delay / float64(at.times.n)
	if delay > float64(day.Milliseconds()) {
		p.find(RuleFew, contract.SeverityNote, nil, "no freshness is guessed: the records were published %s after the event, as when old events are loaded", short(time.Duration(delay)*time.Millisecond))
		return
	}
	promise := roomy(max(time.Minute, time.Duration(10*gap+2*delay)*time.Millisecond))
	n, name := unit(promise)
	why := fmt.Sprintf("a partition has a record every %s, published %s after the event", short(time.Duration(gap)*time.Millisecond), short(time.Duration(delay)*time.Millisecond))
	c.SLAProperties = append(c.SLAProperties, contract.SLAProperty{
		Property: "freshness", Value: contract.Value{Kind: strict.Integer, Text: strconv.FormatInt(n, 10)}, Unit: name, Driver: "operational", Description: "A guess: " + why + ".",
	})
	p.find(RuleGuess, contract.SeverityNote, nil, "freshness of %d %s is a guess: %s", n, name, why)
}

// key is the field that is the record key; "" where there is none. A key that may be null is none.
func (p *proposer) key(c *contract.Contract, schema *avro.Schema) string {
	if p.survey.records < enough || p.survey.keyless > 0 {
		return ""
	}
	for i, f := range described(c) {
		if g := p.survey.root.byName[f.Name]; g == nil || !g.isKey || !c.Objects[0].Properties[i].Required {
			continue
		}
		s, ok := schema.Lookup(f.Name)
		if !ok {
			continue
		}
		switch v := s.Value(); {
		case v.Logical() != "" && v.Logical() != avro.UUID:
		case v.Type() == avro.TypeString, v.Type() == avro.TypeEnum, v.Type() == avro.TypeInt, v.Type() == avro.TypeLong:
			return f.Name
		}
	}
	return ""
}

// eventTime is the field that says when it happened: of those that all records have, the nearest to their publishing.
func (p *proposer) eventTime(c *contract.Contract, schema *avro.Schema) (best *field) {
	for i, f := range described(c) {
		g := p.survey.root.byName[f.Name]
		if g == nil || !g.times.possible() || g.kinds[isNull] > 0 || !c.Objects[0].Properties[i].Required {
			continue
		}
		s, ok := schema.Lookup(f.Name)
		if !ok || !isEventTime(s.Value().Logical()) {
			continue
		}
		if best == nil || g.times.delay/float64(g.times.n) < best.times.delay/float64(best.times.n) {
			best = g
		}
	}
	return best
}

func isEventTime(l avro.Logical) bool {
	return l == avro.Date || l == avro.TimestampMillis || l == avro.TimestampMicros || l == avro.TimestampNanos
}

func described(c *contract.Contract) []contract.Property { return c.Objects[0].Properties }

func text(s string) contract.Value { return contract.Value{Kind: strict.Text, Text: s} }

// short is a duration for a sentence.
func short(d time.Duration) string {
	switch {
	case d >= 2*day:
		return strconv.FormatInt(int64(d/day), 10) + " days"
	case d >= 2*time.Minute:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	case d >= time.Second:
		return d.Round(time.Second).String()
	}
	return d.Round(time.Millisecond).String()
}
