package dataproduct

import (
	"fmt"
	"reflect"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Project is a handler that needs no function: each accepted event becomes one event on out, with the fields that it has in
// common with the input's. from names, by output field, the input field that it is copied from where that has another name;
// a field that the input does not have takes its schema's default. Fields that are copied must have equal types. It says the same
// as a function that copies the fields would, and is several times as fast, since nothing is decoded.
func Project[T, U any](in In[T], out Out[U], from map[string]string) Handler {
	h := Handler{port: string(in), event: reflect.TypeFor[T](), outputs: []output{out.output()}, tier: TierProjected}
	h.check = func(in *contract.Contract, _ output, to *avro.Schema) error {
		_, err := avro.NewProjection(in.Schema(), to, from)
		if err != nil {
			return fmt.Errorf("Project: %w", err)
		}
		return nil
	}
	h.bind = func(in *contract.Contract) (binding, error) {
		reader := in.Schema()
		return func(writer *avro.Schema) (apply, error) {
			var projector *avro.Projector
			return func(payload []byte, emit *Emit) error {
				port, err := emit.port(string(out))
				if err == nil && projector == nil {
					projector, err = projectorFor(reader, writer, port, from)
				}
				if err != nil {
					emit.fail(err)
					return nil
				}
				at := len(emit.buf)
				emit.buf = projector.Append(emit.buf, payload)
				emit.records = append(emit.records, emitted{port: port, from: at, to: len(emit.buf)})
				return nil
			}, nil
		}, nil
	}
	return h
}

func projectorFor(reader, writer *avro.Schema, port *outputPort, from map[string]string) (*avro.Projector, error) {
	p, err := avro.NewProjection(reader, port.contract.Schema(), from)
	if err != nil {
		return nil, err
	}
	return p.For(writer)
}
