package dataproduct

import (
	"fmt"
	"reflect"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// In is an input port whose events are Ts: In[PlacedOrder]("placed"). The name is the port's in the data
// product's ODPS file; T is generated from the contract's schema. It is a constant of its type: it holds no state.
type In[T any] string

// Out is an output port whose events are Ts: Out[OrderLine]("lines"). Emitting anything else on it does not
// compile.
type Out[T any] string

// Output is an output port of any event type: an Out.
type Output interface{ output() output }

// output is an Out without its type: the port's name and what makes a codec for its events.
type output struct {
	port   string
	event  reflect.Type
	codec  func(*avro.Schema) (any, error) // an *avro.Codec[T]
	splice *avro.SpliceOptions             // of an output that Spliced gave; else nil
}

func (o output) String() string { return fmt.Sprintf("%s:%s", o.port, o.event) }

func (o Out[T]) output() output {
	return output{
		port:  string(o),
		event: reflect.TypeFor[T](),
		codec: func(s *avro.Schema) (any, error) { return avro.NewCodec[T](s) },
	}
}

// Handler is a pure function on an input port. Build one with On.
type Handler struct {
	port    string
	event   reflect.Type
	outputs []output
	bind    func(in *contract.Contract) (binding, error)
	check   func(in *contract.Contract, out output, to *avro.Schema) error // what bind cannot see; nil for nothing
	tier    Tier
}

// On calls fn for every accepted event of an input port, in the partition's order. Name every output port that fn
// emits on. fn must be pure: no Kafka, no clock, no randomness, no logging, and it keeps neither the event
// nor emit. What it returns decides the event's outcome:
//
//	nil                       what was emitted is published, all or nothing
//	emit.Drop("filter")       filtered, counted under a filter that the data product declares
//	emit.Reject("why", "...") dead letter with reason transform.why
//	any other error, a panic  dead letter with reason transform.error or transform.panic
func On[T any](in In[T], fn func(event *T, emit *Emit) error, outputs ...Output) Handler {
	h := Handler{port: string(in), event: reflect.TypeFor[T](), tier: TierDecoded}
	for _, o := range outputs {
		h.outputs = append(h.outputs, o.output())
	}
	h.bind = func(in *contract.Contract) (binding, error) {
		codec, err := avro.NewCodec[T](in.Schema())
		if err != nil {
			return nil, err
		}
		return func(writer *avro.Schema) (apply, error) {
			decoder, err := codec.For(writer)
			if err != nil {
				return nil, err
			}
			return func(payload []byte, emit *Emit) error {
				// A fresh event each time: a transform may keep parts of it in what it emits.
				event := new(T)
				if err := decoder.Decode(payload, event); err != nil {
					return err
				}
				return fn(event, emit)
			}, nil
		}, nil
	}
	return h
}

// binding makes, for one writer schema, the function that decodes a payload and applies the handler.
type binding func(writer *avro.Schema) (apply, error)

type apply func(payload []byte, emit *Emit) error
