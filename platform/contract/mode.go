package contract

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// shape says how many ports a mode has; most < 0 means any number.
type shape struct {
	inputs, outputs struct{ least, most int }
	says            string
}

func shapeOf(m Mode) shape {
	var s shape
	switch m {
	case Source:
		s.inputs.most, s.outputs.least, s.outputs.most = 0, 1, -1
		s.says = "a source has output ports only, at least one: its service is where the data begins"
	case Transform:
		s.inputs.least, s.inputs.most, s.outputs.least, s.outputs.most = 1, -1, 1, -1
		s.says = "a transform has at least one input port and at least one output port"
	case Guard:
		s.inputs.least, s.inputs.most, s.outputs.least, s.outputs.most = 1, 1, 1, 1
		s.says = "a guard has exactly one input port and one output port"
	case Observe:
		s.inputs.least, s.inputs.most, s.outputs.most = 1, -1, 0
		s.says = "an observer has input ports only, at least one: it copies nothing"
	}
	return s
}

// mode holds the ports against the way the data product runs. contracts are nil where they could not be had.
func (x *resolver) mode(r *report, p *DataProduct, inputs, outputs []*Contract) {
	m := p.Mode()
	if m == "" {
		r.at(RuleMode, p.Place, "customProperties", "tidemark.mode is missing: source, transform, guard or observe")
		return
	}
	s := shapeOf(m)
	within := func(n, least, most int) bool { return n >= least && (most < 0 || n <= most) }
	if !within(len(inputs), s.inputs.least, s.inputs.most) {
		r.at(RuleMode, p.Place, "inputPorts", "%s; it has %d inputs", s.says, len(inputs))
	}
	if !within(len(outputs), s.outputs.least, s.outputs.most) {
		r.at(RuleMode, p.Place, "outputPorts", "%s; it has %d outputs", s.says, len(outputs))
	}
	if filters := p.settings.said["tidemark.filters"]; filters != nil && m != Transform {
		r.at(RuleMode, filters.Place, "property", "only a transform filters, and this is %s: remove tidemark.filters", m)
	}
	if m == Guard && len(inputs) == 1 && len(outputs) == 1 && inputs[0] != nil && outputs[0] != nil {
		x.guard(r, p, inputs[0], outputs[0])
	}
}

// guard wants an output that can take every record as it is: same partitions, same key, a schema that reads it.
func (x *resolver) guard(r *report, p *DataProduct, in, out *Contract) {
	port := p.OutputPorts[0]
	if in.Partitions() != out.Partitions() {
		r.at(RuleMode, port.Place, "contractId", "a guard keeps the partition of each record, but %s has %d partitions and %s has %d: make tidemark.partitions equal",
			in.File, in.Partitions(), out.File, out.Partitions())
	}
	if key := out.Key(); key != nil && in.Key() != nil && PathText(key) != PathText(in.Key()) {
		r.at(RuleMode, port.Place, "contractId", "a guard keeps the key of each record, but %s names %s and %s names %s",
			in.File, PathText(in.Key()), out.File, PathText(key))
	}
	if in.schema == nil || out.schema == nil {
		return
	}
	for _, f := range avro.CanRead(out.schema, in.schema) {
		r.at(RuleMode, port.Place, "contractId", "a guard copies records as they are, but the schema of %s cannot read those of %s: %s: %s", out.File, in.File, f.Path, f.Message)
	}
}

// inherit takes what the data product does not say from its output ports' contracts, which must agree.
func (x *resolver) inherit(r *report, p *DataProduct, outputs []*Contract) {
	inherit(r, p, outputs, "tidemark.delivery", func(s *settings) *Delivery { return &s.delivery })
	inherit(r, p, outputs, "tidemark.breaker", func(s *settings) *Breaker { return &s.breaker })
}

func inherit[T comparable](r *report, p *DataProduct, outputs []*Contract, property string, of func(*settings) *T) {
	said, by := p.settings.said[property] != nil, p.File
	for i, c := range outputs {
		switch {
		case c == nil || c.settings.said[property] == nil:
		case !said:
			*of(&p.settings), said, by = *of(&c.settings), true, c.File
		case *of(&p.settings) != *of(&c.settings):
			r.at(RuleMode, p.OutputPorts[i].Place, "contractId", "%s and %s do not agree about %s: a data product has one", by, c.File, strings.TrimPrefix(property, propertyPrefix))
		}
	}
}
