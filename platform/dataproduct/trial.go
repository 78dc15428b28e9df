package dataproduct

import (
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Trial takes single records through a transform's stages without Kafka: what a golden test, or a person who
// wants to know what would become of a record, needs.
type Trial struct{ r *runner }

// Outcome is what one record came to.
type Outcome struct {
	// Rejection is why it would be a dead letter; nil otherwise.
	Rejection *fault.Rejection
	// Filter is the filter that dropped it; empty otherwise.
	Filter string
	// Records are what would be published, in order.
	Records []Emitted
}

// Emitted is one record that a transform emitted.
type Emitted struct {
	Port string
	Key  string
	// Payload is the event's encoding, without a frame.
	Payload []byte
	// Value is the event as avro.Program.Decode gives it: it marshals to JSON with its fields in their order.
	Value any
}

// NewTrial binds a transform to its contracts.
func NewTrial(contracts fs.FS, p Product) (*Trial, error) {
	if p.mode != ModeTransform {
		return nil, fmt.Errorf("data product %s is a %s: only a transform has code to try", p.ID(), p.mode)
	}
	_, plans, err := bindAll(contracts, []Product{p})
	if err != nil {
		return nil, err
	}
	pl := plans[0]
	r := &runner{host: &host{cfg: Config{Clock: time.Now}}, plan: pl, log: slog.New(slog.DiscardHandler), emit: Emit{ports: pl.outputs}}
	for _, in := range pl.inputs {
		schema := in.contract.Schema()
		program, err := avro.Compile(schema, avro.Options{Rules: in.rules, Captures: in.marks.captures})
		if err != nil {
			return nil, fmt.Errorf("input port %s: %w", in.name, err)
		}
		apply, err := in.bind(schema)
		if err != nil {
			return nil, fmt.Errorf("input port %s: %w", in.name, err)
		}
		in.writers[0] = &writer{schema: schema, program: program, notes: program.NewNotes(), apply: apply}
	}
	return &Trial{r}, nil
}

// JSON takes a record of an input port, given as JSON (see avro.EncodeJSON), to its outcome. Its key is the one that
// the contract demands, and it is never late. An error is a fault of the code or of the JSON.
func (t *Trial) JSON(port string, value []byte) (Outcome, error) {
	in, err := t.input(port)
	if err != nil {
		return Outcome{}, err
	}
	payload, err := avro.EncodeJSON(in.contract.Schema(), value)
	if err != nil {
		return Outcome{}, fmt.Errorf("input port %s: %w", port, err)
	}
	return t.run(in, payload)
}

// Payload is JSON for a record that is encoded already, by the contract's schema and without a frame.
func (t *Trial) Payload(port string, payload []byte) (Outcome, error) {
	in, err := t.input(port)
	if err != nil {
		return Outcome{}, err
	}
	return t.run(in, payload)
}

func (t *Trial) input(port string) (*inputPort, error) {
	for _, in := range t.r.plan.inputs {
		if in.name == port {
			return in, nil
		}
	}
	return nil, fmt.Errorf("data product %s has no input port %q", t.r.plan.ID(), port)
}

func (t *Trial) run(in *inputPort, payload []byte) (out Outcome, err error) {
	w := in.writers[0]
	it := newItem(&kafka.Record{
		Topic: in.topic, Value: payload, Timestamp: time.UnixMilli(math.MaxInt64 / 2), // published after whatever it tells of
	}, in)
	it.writer, it.payload = w, payload
	if in.marks.key >= 0 && w.program.Walk(payload, w.notes).OK() {
		if key, ok := keyOf(w.notes, in.marks.key, nil); ok {
			it.record.Key = append([]byte(nil), key...)
		}
	}
	if out.Rejection = t.r.validate(&partition{}, &it); out.Rejection != nil {
		return out, nil
	}
	if out.Rejection, err = t.r.transform(&it); out.Rejection != nil || err != nil {
		return out, err
	}
	if out.Filter = t.r.emit.filter; out.Filter != "" {
		return out, nil
	}
	records, rejected := t.r.check(&it)
	if out.Rejection = rejected; rejected != nil {
		return out, nil
	}
	for i, rec := range records {
		port := t.r.outPorts[i]
		_, payload, _ := avro.SplitFrame(rec.Value)
		value, err := port.program.Decode(payload)
		if err != nil {
			return out, err
		}
		out.Records = append(out.Records, Emitted{Port: port.name, Key: string(rec.Key), Payload: payload, Value: value})
	}
	return out, nil
}
