package dataproduct

import (
	"reflect"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Project is a handler that needs no function: each accepted event becomes one event on out, whose fields are copied from the input's
// as Spliced says, and have their default where the input has no such field. It says the same as a function that copies the fields
// would, and is several times as fast, since nothing is decoded.
func Project[T, U any](in In[T], out Out[U], from From) Handler {
	h := Handler{port: string(in), event: reflect.TypeFor[T](), outputs: []output{out.Spliced(from).output()}, tier: TierProjected, check: checkSplice}
	h.bind = func(in *contract.Contract) (binding, error) {
		return func(writer *avro.Schema) (apply, error) {
			s, err := newSplicing(in, writer, h.outputs)
			if err != nil {
				return nil, err
			}
			return func(payload []byte, emit *Emit) error {
				s.begin(payload)
				if _, err := s.copy(emit, string(out), nil); err != nil {
					emit.fail(err)
					return nil
				}
				return emit.finish()
			}, nil
		}, nil
	}
	return h
}
