package dataproduct

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// ViewOf is what an event's generated view has: OrderView is a ViewOf[Order, OrderView].
type ViewOf[T, V any] interface {
	// OverRecord is the view of a record.
	OverRecord(View) V
	// SchemaShape names the schema that it was generated from.
	SchemaShape(T) string
}

// PatchOf is what an event's generated patch has: OrderPatch is a PatchOf[Order, OrderPatch].
type PatchOf[T, P any] interface {
	// OverPatch is the patch of a record.
	OverPatch(Patch) P
	// SchemaShape names the schema that it was generated from.
	SchemaShape(T) string
}

// Splice is On for a function that reads a few fields and changes a few: it sees the event through its view, in which a
// field is decoded when it is asked for, and emits with Copy, whose events begin as copies of the one in hand. It means what the same
// function on typed events would mean, and is several times as fast.
//
//	dataproduct.Splice(lines, fact, sales.Spliced(dataproduct.From{"saleId": "lineId"}, "categoryPath"))
//
//	func fact(l OrderLineView, emit *dataproduct.Emit) error {
//		sale := dataproduct.Copy[ProductSalePatch](emit, sales)
//		sale.SetCategoryPath(l.Category() + "/" + l.SubCategory())
//		return nil
//	}
//
// Name every output port that fn emits on: with Spliced those that it emits on with Copy, as they are those that it emits on with
// Out.To. The view and what Copy gave are good until fn returns. Generate both with `tidemark generate go --views`.
func Splice[T any, V ViewOf[T, V]](in In[T], fn func(event V, emit *Emit) error, outputs ...Output) Handler {
	h := Handler{port: string(in), event: reflect.TypeFor[T](), tier: TierSpliced, check: checkSplice}
	for _, o := range outputs {
		h.outputs = append(h.outputs, o.output())
	}
	h.bind = func(in *contract.Contract) (binding, error) {
		var of V
		var event T
		if err := ofSchema(of, of.SchemaShape(event), in.Schema()); err != nil {
			return nil, err
		}
		return func(writer *avro.Schema) (apply, error) {
			s, err := newSplicing(in, writer, h.outputs)
			if err != nil {
				return nil, err
			}
			return func(payload []byte, emit *Emit) error {
				s.begin(payload)
				emit.splicing = s
				if err := fn(of.OverRecord(s.view), emit); err != nil {
					return err
				}
				return emit.finish()
			}, nil
		}, nil
	}
	return h
}

// checkSplice says whether what an output's splice copies can be had from the input.
func checkSplice(in *contract.Contract, out output, to *avro.Schema) error {
	if out.splice == nil {
		return nil
	}
	_, err := newSplice(in.Schema(), filledBy(in), out, to)
	return err
}

// ofSchema refuses generated code that was made from another schema: it would read and write the wrong fields.
func ofSchema(code any, shape string, s *avro.Schema) error {
	if shape != s.Shape() {
		return fmt.Errorf("%T was generated from another schema than the contract's %s; generate it again", code, s.Name())
	}
	return nil
}

// From names, by output field, the input field that it is copied from where that has another name. Fields of records are named
// with dots: From{"city": "shipTo.city"}.
type From map[string]string

// Spliced says how Splice makes events of this port: fields that fn does not set are copied from the input's as from says, else from
// those of the same name, else have their default. set are the fields that fn sets for every event, with all fields of a record that is
// named; it may set others, too. Before anything runs it is checked that each field is either set or can be copied: its type is the same,
// whatever it is called, or an int is copied to a long, or a value to one that may be null, or one that may be null but that the contract
// requires.
func (o Out[T]) Spliced(from From, set ...string) Output {
	out := o.output()
	out.splice = &avro.SpliceOptions{From: from, Set: set}
	return out
}

func (o output) output() output { return o }

// filledBy are the fields that a contract requires, so that they are never null.
func filledBy(c *contract.Contract) map[string]bool {
	rules, _ := c.Rules()
	filled := make(map[string]bool)
	for _, r := range rules {
		if r.Kind == avro.Required && r.Severity == avro.Error {
			filled[strings.Join(r.Path, ".")] = true
		}
	}
	return filled
}

func newSplice(reader *avro.Schema, filled map[string]bool, out output, to *avro.Schema) (*avro.Splice, error) {
	options := *out.splice
	options.Filled = func(path string) bool { return filled[path] }
	return avro.NewSplice(reader, to, options)
}

// Copy emits an event on the port that begins as a copy of the event in hand; set what differs on what it gives, before the handler
// returns. Only a handler that was made with Splice, and names the port with Spliced, can use it.
func Copy[P PatchOf[T, P], T any](emit *Emit, out Out[T]) P {
	var of P
	patcher, err := emit.splicing.copy(emit, string(out), func(s *avro.Schema) error {
		var event T
		return ofSchema(of, of.SchemaShape(event), s)
	})
	if err != nil {
		emit.fail(err)
		panic(err) // there is nothing to give; what runs the handler tells of emit's failure
	}
	return of.OverPatch(patcher)
}

// splicing is what a handler's copies are made with, for the records of one writer's schema.
type splicing struct {
	viewer  *avro.Viewer
	reader  *avro.Schema
	filled  map[string]bool
	outputs []output
	view    avro.View
	ports   []*splicedPort // by the port's index
}

func newSplicing(in *contract.Contract, writer *avro.Schema, outputs []output) (*splicing, error) {
	viewer, err := avro.NewViewer(in.Schema(), writer)
	if err != nil {
		return nil, err
	}
	return &splicing{viewer: viewer, reader: in.Schema(), filled: filledBy(in), outputs: outputs}, nil
}

// splicedPort keeps the patchers of one port: one for each copy that an event's handler has made.
type splicedPort struct {
	splice   *avro.Splice
	patchers []*avro.Patcher
	used     int
}

func (s *splicing) begin(payload []byte) {
	s.view = s.viewer.View(payload)
	for _, p := range s.ports {
		if p != nil {
			p.used = 0
		}
	}
}

// patchersKept bounds what one event's many copies leave behind.
const patchersKept = 64

// copy emits an event that begins as a copy of the one in hand. checked says what is wrong with the port's schema; nil is nothing.
func (s *splicing) copy(emit *Emit, out string, checked func(*avro.Schema) error) (avro.Patch, error) {
	if s == nil {
		return avro.Patch{}, errors.New("Copy is for handlers that are made with Splice")
	}
	port, err := emit.port(out)
	if err != nil {
		return avro.Patch{}, err
	}
	patcher, err := s.patcher(port, checked)
	if err != nil {
		return avro.Patch{}, err
	}
	emit.records = append(emit.records, emitted{port: port, patch: patcher})
	return patcher.Begin(s.view), nil
}

func (s *splicing) patcher(port *outputPort, checked func(*avro.Schema) error) (*avro.Patcher, error) {
	for len(s.ports) <= port.index {
		s.ports = append(s.ports, nil)
	}
	p := s.ports[port.index]
	if p == nil {
		at := slices.IndexFunc(s.outputs, func(o output) bool { return o.port == port.name && o.splice != nil })
		if at < 0 {
			return nil, fmt.Errorf("output port %s is not spliced: name it with Spliced in the handler's Splice(...)", port.name)
		}
		if checked != nil {
			if err := checked(port.contract.Schema()); err != nil {
				return nil, err
			}
		}
		splice, err := newSplice(s.reader, s.filled, s.outputs[at], port.contract.Schema())
		if err != nil {
			return nil, err
		}
		p = &splicedPort{splice: splice}
		s.ports[port.index] = p
	}
	if p.used == len(p.patchers) {
		made := p.splice.NewPatcher()
		if p.used >= patchersKept {
			return made, nil
		}
		p.patchers = append(p.patchers, made)
	}
	p.used++
	return p.patchers[p.used-1], nil
}

// finish makes the records of what was copied, once all is set.
func (e *Emit) finish() error {
	for i := range e.records {
		rec := &e.records[i]
		if rec.patch == nil {
			continue
		}
		from := len(e.buf)
		buf, err := rec.patch.Append(e.buf)
		if _, value := errors.AsType[*avro.ValueError](err); value {
			if e.rejected == nil {
				e.rejected = unencodable(rec.port.contract.Schema().Name(), err)
				e.rejected.Reason = fault.OnOutput(e.rejected.Reason)
			}
			return nil
		}
		if err != nil {
			e.fail(err)
			return nil
		}
		e.buf, rec.from, rec.to, rec.patch = buf, from, len(buf), nil
	}
	return nil
}
