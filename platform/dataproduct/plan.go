package dataproduct

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// plan is a Product bound to its contracts: what a runner works by. Its programs and codecs have scratch space, so one
// plan serves one runner.
type plan struct {
	Product
	doc     *contract.DataProduct
	group   string
	dlq     string // topic of the dead letters
	retry   string // topic of the replays: an implicit input
	filters []string
	atLeast bool // at-least-once
	inputs  []*inputPort
	outputs []*outputPort
}

// inputPort is a port that the data product reads.
type inputPort struct {
	name, topic string
	id          string // observe: the port's id in the mesh; else empty
	contract    *contract.Contract
	rules       []avro.Rule
	marks       marks
	uniques     []uniqueness
	expressions expressions
	quality     *quality.Plan // observe: what is counted; nil for nothing
	lateness    time.Duration
	tier        Tier
	bind        binding         // transform: nil otherwise
	writers     map[int]*writer // by schema id
	last        *writer         // of the record before
	lastID      int
}

// outputPort is a port that the data product publishes.
type outputPort struct {
	name, topic string
	index       int // among the data product's
	contract    *contract.Contract
	partitions  int
	program     *avro.Program
	notes       *avro.Notes
	marks       marks
	checked     avro.Options  // what the program checks; of a guard, beyond the input's rules
	more        bool          // it checks rules
	expressions expressions   // of a guard, beyond the input's
	broken      []string      // expressions of severity warning that the record which was checked last breaks
	quality     *quality.Plan // what is counted; nil for nothing
	codec       any           // *avro.Codec[T] of the port's Out[T]
	schemaID    int           // from the registry, when provisioned
}

// marks are what a pass over a record notes, where the contract names it: indexes of a program's captures, -1
// for none.
type marks struct {
	captures       []avro.Capture
	key, eventTime int
}

func marksOf(c *contract.Contract) marks {
	m := marks{key: -1, eventTime: -1}
	mark := func(name string, path []string, at *int) {
		if len(path) > 0 {
			*at = len(m.captures)
			m.captures = append(m.captures, avro.Capture{Name: name, Path: path})
		}
	}
	mark("key", c.Key(), &m.key)
	mark("event time", c.EventTime(), &m.eventTime)
	return m
}

// bindPlan finds the data product in the contracts and checks that code and files agree. It gives every
// disagreement.
func bindPlan(set *contract.Set, p Product) (*plan, error) {
	doc, ok := set.DataProduct(p.ID())
	if !ok {
		return nil, fmt.Errorf("data product %s: there is no ODPS file with this id; expected %s/product.odps.yaml", p.ID(), p.folder)
	}
	pl := &plan{
		Product: p,
		doc:     doc,
		group:   fmt.Sprintf("%s.v%d", p.ID(), doc.Major()),
		dlq:     event.DeadLetterTopic(p.ID()),
		retry:   event.RetryTopic(p.ID()),
		filters: doc.Filters(),
		atLeast: doc.Delivery() == contract.AtLeastOnce,
	}
	var errs []error
	if Mode(doc.Mode()) != p.mode {
		errs = append(errs, fmt.Errorf("the code runs it as %s, its ODPS file says tidemark.mode: %s", p.mode, doc.Mode()))
	}
	for _, port := range doc.InputPorts {
		in, err := bindInput(set, p, doc, port)
		errs = append(errs, err)
		pl.inputs = append(pl.inputs, in)
	}
	for _, port := range doc.OutputPorts {
		out, err := bindOutput(set, p, doc, port)
		errs = append(errs, err)
		if out != nil {
			out.index = len(pl.outputs)
		}
		pl.outputs = append(pl.outputs, out)
	}
	errs = append(errs, pl.checkCode()...)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("data product %s: %w", p.ID(), err)
	}
	for _, in := range pl.inputs {
		in.contract = slim(in.contract)
	}
	for _, out := range pl.outputs {
		out.contract = slim(out.contract)
	}
	return pl, nil
}

// slim is a contract without the parts that a plan has been made of: they are most of it, and a process may run hundreds.
func slim(c *contract.Contract) *contract.Contract {
	kept := *c
	kept.Description, kept.Context, kept.Servers, kept.Support, kept.Price, kept.Team, kept.Roles = nil, nil, nil, nil, nil, nil, nil
	kept.SLAProperties, kept.AuthoritativeDefinitions, kept.CustomProperties = nil, nil, nil
	kept.Objects = make([]contract.SchemaObject, len(c.Objects))
	for i, o := range c.Objects {
		kept.Objects[i] = contract.SchemaObject{Name: o.Name, PhysicalName: o.PhysicalName, PhysicalType: o.PhysicalType}
	}
	return &kept
}

// checkCode holds the names in the code against those in the files.
func (pl *plan) checkCode() []error {
	var errs []error
	for _, h := range pl.handlers {
		if !slices.ContainsFunc(pl.inputs, func(in *inputPort) bool { return in != nil && in.name == h.port }) {
			errs = append(errs, fmt.Errorf("On(%q): the ODPS file has no such input port", h.port))
		}
		if h.check == nil {
			continue
		}
		for _, in := range pl.inputs {
			for _, out := range pl.outputs {
				at := slices.IndexFunc(h.outputs, func(o output) bool { return out != nil && o.port == out.name })
				if in == nil || in.name != h.port || at < 0 {
					continue
				}
				if err := h.check(in.contract, h.outputs[at], out.contract.Schema()); err != nil {
					errs = append(errs, fmt.Errorf("from %q to %q: %w", in.name, out.name, err))
				}
			}
		}
	}
	for _, o := range pl.Product.outputs {
		if !slices.ContainsFunc(pl.outputs, func(out *outputPort) bool { return out != nil && out.name == o.port }) {
			errs = append(errs, fmt.Errorf("Out(%q): the ODPS file has no such output port", o.port))
		}
	}
	return errs
}

func bindInput(set *contract.Set, p Product, doc *contract.DataProduct, port contract.Port) (*inputPort, error) {
	c, ok := set.Contract(port.ContractID)
	if !ok {
		return nil, fmt.Errorf("input port %s: no contract with id %q", port.Name, port.ContractID)
	}
	rules, _ := c.Rules() // what is not enforced is a finding of `check`, not of a run
	in := &inputPort{
		name: port.Name, topic: c.Topic(), contract: c,
		marks: marksOf(c), lateness: c.Lateness(), writers: make(map[int]*writer), tier: p.mode.tier(),
	}
	o := avro.Options{Rules: rules, Captures: in.marks.captures}
	keeps := []*contract.Contract{c}
	if p.mode == ModeGuard { // which has the input's keys and partitions, so it can tell for the output as well
		for _, out := range doc.OutputPorts {
			if c, ok := set.Contract(out.ContractID); ok {
				keeps = append(keeps, c)
			}
		}
	}
	in.uniques = uniquenesses(&o, c.Schema(), keeps...)
	if p.mode == ModeObserve {
		in.quality = countedIn(p.mode, c, &o)
	}
	in.rules, in.marks.captures = o.Rules, o.Captures
	var err error
	if in.expressions, err = expressionsOf(c, nil); err != nil {
		return in, fmt.Errorf("input port %s: %w", port.Name, err)
	}
	switch p.mode {
	case ModeObserve:
		in.id = fmt.Sprintf("%s.%s.v%d", p.ID(), port.Name, c.Major())
	case ModeTransform:
		h := slices.IndexFunc(p.handlers, func(h Handler) bool { return h.port == port.Name })
		if h < 0 {
			return in, fmt.Errorf("input port %s has no handler: add On(...) for it", port.Name)
		}
		in.tier = p.handlers[h].tier
		if in.bind, err = p.handlers[h].bind(c); err != nil {
			return in, fmt.Errorf("input port %s: %w", port.Name, err)
		}
	}
	return in, nil
}

func bindOutput(set *contract.Set, p Product, doc *contract.DataProduct, port contract.Port) (*outputPort, error) {
	c, ok := set.Contract(port.ContractID)
	if !ok {
		return nil, fmt.Errorf("output port %s: no contract with id %q", port.Name, port.ContractID)
	}
	rules, _ := c.Rules()
	marks := marksOf(c)
	var had func(contract.Expression) bool
	if p.mode == ModeGuard { // the input's rules hold already
		rules, had = beyond(rules, set, doc.InputPorts), enforced(set, doc.InputPorts)
	}
	o := avro.Options{Rules: rules, Captures: marks.captures}
	plan := countedIn(p.mode, c, &o)
	program, err := avro.Compile(c.Schema(), o)
	if err != nil {
		return nil, fmt.Errorf("output port %s: %w", port.Name, err)
	}
	out := &outputPort{
		name: port.Name, topic: c.Topic(), contract: c, partitions: c.Partitions(),
		program: program, notes: program.NewNotes(), marks: marks, checked: o, more: len(rules) > 0, quality: plan,
	}
	if out.expressions, err = expressionsOf(c, had); err != nil {
		return out, fmt.Errorf("output port %s: %w", port.Name, err)
	}
	if p.mode == ModeSource || p.mode == ModeTransform {
		o := slices.IndexFunc(p.outputs, func(o output) bool { return o.port == port.Name })
		if o < 0 {
			return out, fmt.Errorf("output port %s is published by no code: name an Out(%q)", port.Name, port.Name)
		}
		if out.codec, err = p.outputs[o].codec(c.Schema()); err != nil {
			return out, fmt.Errorf("output port %s: %w", port.Name, err)
		}
	}
	return out, nil
}

// input finds the port that reads a topic; nil for none.
func (pl *plan) input(topic string) *inputPort {
	for _, in := range pl.inputs {
		if in.topic == topic {
			return in
		}
	}
	return nil
}

// topics are what the data product subscribes to.
func (pl *plan) topics() []string {
	if len(pl.inputs) == 0 {
		return nil
	}
	topics := make([]string, 0, len(pl.inputs)+1)
	for _, in := range pl.inputs {
		topics = append(topics, in.topic)
	}
	if pl.mode != ModeObserve { // an observer rejects nothing, so there is nothing to replay
		topics = append(topics, pl.retry)
	}
	return topics
}

// tiers are how records are worked on, by input port.
func (pl *plan) tiers() map[string]string {
	tiers := make(map[string]string, len(pl.inputs))
	for _, in := range pl.inputs {
		tiers[in.name] = string(in.tier)
	}
	return tiers
}

func (pl *plan) declaresFilter(name string) bool { return slices.Contains(pl.filters, name) }

// writer is what an input port does with records of one schema id.
type writer struct {
	schema      *avro.Schema
	program     *avro.Program
	notes       *avro.Notes
	apply       apply         // transform
	outID       int           // guard: the id to forward under
	output      *avro.Program // guard: what the output's contract asks beyond the input's; nil for nothing
	outputNotes *avro.Notes
	rejected    *fault.Rejection   // every record of this schema: it cannot be read as the contract's
	broken      []*fault.Rejection // by rule: what is said of a record that breaks it
}

// rejection puts a verdict of the program into words; those of a rule are the same each time.
func (w *writer) rejection(v avro.Verdict) *fault.Rejection {
	if v.Rule < 0 {
		return w.program.Rejection(v)
	}
	if w.broken == nil {
		w.broken = make([]*fault.Rejection, len(w.program.Rules()))
	}
	if w.broken[v.Rule] == nil {
		w.broken[v.Rule] = w.program.Rejection(v)
	}
	return w.broken[v.Rule]
}
