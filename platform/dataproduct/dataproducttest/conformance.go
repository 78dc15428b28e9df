package dataproducttest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/cel"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// Conformance holds every data product against what the mesh expects of all: code and contracts agree, samples
// come to the verdict that they promise, every input record has exactly one outcome, rejects are set aside byte for
// byte with their reason, and a restart repeats nothing.
func Conformance(t *testing.T, contracts fs.FS, products ...dataproduct.Product) {
	t.Helper()
	set, findings := contract.Load(contracts)
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			t.Error(f)
		}
	}
	if t.Failed() {
		return
	}
	if err := dataproduct.Check(contracts, products...); err != nil {
		t.Fatal(err)
	}
	for _, p := range products {
		t.Run(p.ID(), func(t *testing.T) {
			t.Parallel()
			doc, _ := set.DataProduct(p.ID())
			for _, port := range slices.Concat(doc.InputPorts, doc.OutputPorts) {
				c, _ := set.Contract(port.ContractID)
				t.Run("samples of "+port.Name, func(t *testing.T) { samples(t, c) })
			}
			if p.Mode() != dataproduct.ModeSource {
				t.Run("outcomes", func(t *testing.T) { outcomes(t, contracts, set, doc, p) })
			}
		})
	}
}

// samples checks that a contract's examples are what they promise.
func samples(t *testing.T, c *contract.Contract) {
	rules, _ := c.Rules()
	program, err := avro.Compile(c.Schema(), avro.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	notes := program.NewNotes()
	good, bad := 0, 0
	for _, s := range c.Samples() {
		payload, err := avro.EncodeJSON(c.Schema(), s.Value)
		if err != nil {
			t.Errorf("%s: %v", s.File, err)
			continue
		}
		rejection := program.Rejection(program.Walk(payload, notes))
		if rejection == nil {
			rejection = expressed(t, c, program, payload)
		}
		switch {
		case s.Good:
			good++
			if rejection != nil {
				t.Errorf("%s: a good sample is rejected: %v", s.File, rejection)
			}
		case strings.HasPrefix(s.Reason, "avro.") || strings.HasPrefix(s.Reason, "field.") || strings.HasPrefix(s.Reason, "rule."):
			bad++
			if rejection == nil {
				t.Errorf("%s: a bad sample is accepted; it promises %s", s.File, s.Reason)
			} else if string(rejection.Reason) != s.Reason || s.Rule != "" && rejection.Rule != s.Rule {
				t.Errorf("%s: promises %s %s, is rejected with %v", s.File, s.Reason, s.Rule, rejection)
			}
		default: // what a record alone does not show
			bad++
		}
	}
	if good < 1 || bad < 2 {
		t.Errorf("contract %s has %d good and %d bad samples; one good and two bad ones are the least", c.ID, good, bad)
	}
}

// expressed judges a record by the contract's expressions.
func expressed(t *testing.T, c *contract.Contract, program *avro.Program, payload []byte) *fault.Rejection {
	t.Helper()
	for _, e := range c.Expressions() {
		compiled, err := cel.Compile(c.Schema(), e.Text)
		if err != nil {
			t.Fatalf("rule %s: %v", e.ID, err)
		}
		decoded, err := program.Decode(payload)
		record, ok := decoded.(avro.Record)
		if err != nil || !ok {
			t.Fatalf("rule %s: %v", e.ID, err)
		}
		if holds, err := compiled.Holds(cel.Values(c.Schema(), record)); e.Severity == avro.Error && !holds {
			return &fault.Rejection{Reason: fault.RuleBroken, Rule: e.ID, Message: fmt.Sprint(err)}
		}
	}
	return nil
}

// sent is one record on an input topic, and what must become of it.
type sent struct {
	record *kafka.Record
	reason string // of its dead letter; empty for a good one
}

func outcomes(t *testing.T, contracts fs.FS, set *contract.Set, doc *contract.DataProduct, p dataproduct.Product) {
	m := NewMesh(t)
	var all []sent
	for _, port := range doc.InputPorts {
		c, _ := set.Contract(port.ContractID)
		all = append(all, records(t, c, m.Provide(c))...)
	}
	for _, s := range all {
		m.Write(s.record)
	}
	running := m.Run(m.Config(contracts, "conformance"), p)
	finished := func(ctx context.Context) error { return reached(ctx, m, doc, p, all) }
	m.Eventually(finished)
	if err := running.Stop(); err != nil {
		t.Fatal(err)
	}
	if p.Mode() != dataproduct.ModeObserve {
		letters(t, m, p, all)
	}
	before := committed(t, m, doc, p)

	// A second start finds nothing to do.
	running = m.Run(m.Config(contracts, "conformance"), p)
	m.InState(running, p.ID(), "running")
	if err := running.Stop(); err != nil {
		t.Fatal(err)
	}
	if after := committed(t, m, doc, p); after != before {
		t.Errorf("a restart changed what was committed:\n%s\n%s", before, after)
	}
	for _, port := range doc.OutputPorts {
		c, _ := set.Contract(port.ContractID)
		output(t, m, c)
	}
}

// records makes an input topic's records of the contract's samples, in the order of their event times, and adds
// what no contract accepts.
func records(t *testing.T, c *contract.Contract, id int) []sent {
	rules, _ := c.Rules()
	program, err := avro.Compile(c.Schema(), avro.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	var all []sent
	for _, s := range c.Samples() {
		payload, err := avro.EncodeJSON(c.Schema(), s.Value)
		if err != nil {
			t.Fatalf("%s: %v", s.File, err)
		}
		r := &kafka.Record{Topic: c.Topic(), Value: Frame(id, payload), Headers: []kafka.Header{{Key: "trace", Value: []byte(s.Case)}}}
		if v := program.Walk(payload, program.NewNotes()); s.Good || v.OK() {
			r.Key = key(t, c, payload)
		} else {
			r.Key = []byte(s.Case)
		}
		all = append(all, sent{r, s.Reason})
	}
	slices.SortStableFunc(all, func(a, b sent) int { return cmp.Compare(eventTime(c, a.record), eventTime(c, b.record)) })
	poison := func(value []byte, reason fault.Reason) {
		all = append(all, sent{&kafka.Record{Topic: c.Topic(), Key: []byte("poison"), Value: value}, string(reason)})
	}
	poison([]byte("not a frame"), fault.FrameBad)
	poison(Frame(id, nil), fault.AvroTruncated)
	poison(Frame(99999, []byte{0}), fault.SchemaUnknown)
	return all
}

func capture(c *contract.Contract, path []string, payload []byte) (*avro.Notes, bool) {
	if len(path) == 0 {
		return nil, false
	}
	program, err := avro.Compile(c.Schema(), avro.Options{Captures: []avro.Capture{{Name: "it", Path: path}}})
	if err != nil {
		return nil, false
	}
	notes := program.NewNotes()
	return notes, program.Walk(payload, notes).OK()
}

func key(t *testing.T, c *contract.Contract, payload []byte) []byte {
	t.Helper()
	notes, ok := capture(c, c.Key(), payload)
	if !ok {
		return nil
	}
	b, _ := notes.Bytes(0)
	if n, ok := notes.Long(0); b == nil && ok {
		return fmt.Append(nil, n)
	}
	return bytes.Clone(b)
}

func eventTime(c *contract.Contract, r *kafka.Record) int64 {
	_, payload, _ := avro.SplitFrame(r.Value)
	notes, ok := capture(c, c.EventTime(), payload)
	if !ok {
		return 0
	}
	ms, _ := notes.Millis(0)
	return ms
}

// reached gives nil once every record has its outcome.
func reached(ctx context.Context, m *Mesh, doc *contract.DataProduct, p dataproduct.Product, all []sent) error {
	at, err := m.Admin.GroupOffsets(ctx, group(doc, p))
	if err != nil {
		return err
	}
	var n int64
	for tp, c := range at {
		if !strings.HasSuffix(tp.Topic, ".retry") {
			n += c.Offset
		}
	}
	if n != int64(len(all)) {
		return fmt.Errorf("%d of %d records have their outcome", n, len(all))
	}
	return nil
}

func group(doc *contract.DataProduct, p dataproduct.Product) string {
	return fmt.Sprintf("%s.v%d", p.ID(), doc.Major())
}

func committed(t *testing.T, m *Mesh, doc *contract.DataProduct, p dataproduct.Product) string {
	t.Helper()
	at, err := m.Admin.GroupOffsets(m.Context(), group(doc, p))
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, 0, len(at))
	for tp, c := range at {
		lines = append(lines, fmt.Sprintf("%s %d %s", tp, c.Offset, c.Metadata))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// letters checks that each bad record, and no good one that the contract alone judges, is in the dead letters,
// byte for byte.
func letters(t *testing.T, m *Mesh, p dataproduct.Product, all []sent) {
	t.Helper()
	bad := 0
	for _, s := range all {
		if s.reason != "" {
			bad++
		}
	}
	found := map[string]*kafka.Record{}
	for _, r := range m.Read(p.ID()+".dlq", bad) {
		found[header(r, event.HeaderTopic)+"/"+header(r, event.HeaderPartition)+"/"+header(r, event.HeaderOffset)] = r
	}
	for _, s := range all {
		at := fmt.Sprintf("%s/%d/%d", s.record.Topic, s.record.Partition, s.record.Offset)
		letter := found[at]
		switch {
		case s.reason == "" && letter != nil:
			if reason := header(letter, event.HeaderReason); !strings.HasPrefix(reason, "transform.") {
				t.Errorf("%s: a good record was rejected with %s", at, reason)
			}
		case s.reason == "":
		case letter == nil:
			t.Errorf("%s: no dead letter for a record that must be rejected with %s", at, s.reason)
		case header(letter, event.HeaderReason) != s.reason:
			t.Errorf("%s: rejected with %s (%s), expected %s", at, header(letter, event.HeaderReason), header(letter, event.HeaderMessage), s.reason)
		case !bytes.Equal(letter.Value, s.record.Value) || !bytes.Equal(letter.Key, s.record.Key) || !startsWith(letter.Headers, s.record.Headers):
			t.Errorf("%s: the dead letter is not the record byte for byte", at)
		}
	}
}

func startsWith(have, want []kafka.Header) bool {
	if len(have) < len(want) {
		return false
	}
	for i, h := range want {
		if have[i].Key != h.Key || !bytes.Equal(have[i].Value, h.Value) {
			return false
		}
	}
	return true
}

func header(r *kafka.Record, name string) string {
	for _, h := range r.Headers {
		if h.Key == name {
			return string(h.Value)
		}
	}
	return ""
}

// output checks that what is on an output port keeps the contract, by the registry's schema.
func output(t *testing.T, m *Mesh, c *contract.Contract) {
	t.Helper()
	rules, _ := c.Rules()
	ctx := m.Context()
	bounds, err := scan.Bounds(ctx, m.Admin, c.Topic())
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range scan.Records(ctx, m.Kafka, bounds) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Value == nil {
			continue
		}
		id, payload, ok := avro.SplitFrame(r.Value)
		if !ok {
			t.Fatalf("%s/%d/%d is not framed", r.Topic, r.Partition, r.Offset)
		}
		schema, err := m.Registry.Schema(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		program, err := avro.Compile(schema, avro.Options{Rules: rules, Reader: c.Schema()})
		if err != nil {
			t.Fatal(err)
		}
		if v := program.Walk(payload, program.NewNotes()); !v.OK() {
			t.Errorf("%s/%d/%d breaks its own contract: %v", r.Topic, r.Partition, r.Offset, program.Rejection(v))
		}
	}
}
