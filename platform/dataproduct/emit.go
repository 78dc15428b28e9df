package dataproduct

import (
	"errors"
	"fmt"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Emit collects what a handler emits for one event. Only the handler's own call may use it.
type Emit struct {
	ports   []*outputPort
	records []emitted
	buf     []byte // encoded payloads of this event, one after the other
	filter  string

	rejected *fault.Rejection // a value that does not fit the output's schema: the event's fault
	err      error            // a misuse of this type: the code's fault

	splicing *splicing // of the event in hand; nil where its handler does not splice
}

// emitted is one record to be checked and published: its payload is buf[from:to].
type emitted struct {
	port     *outputPort
	from, to int
	patch    *avro.Patcher // what it will be made by, once the handler has ended; nil for what is encoded
}

// errDropped marks an event that a declared filter took out. It never leaves this package.
var errDropped = errors.New("dropped by a filter")

// To emits an event on the port. The event is encoded at once, so the caller may reuse it.
func (o Out[T]) To(emit *Emit, event T) {
	port, err := emit.port(string(o))
	if err != nil {
		emit.fail(err)
		return
	}
	codec, ok := port.codec.(*avro.Codec[T])
	if !ok {
		emit.fail(fmt.Errorf("output port %s was declared with another event type than %T", string(o), event))
		return
	}
	from := len(emit.buf)
	buf, err := codec.Append(emit.buf, &event)
	if err != nil {
		if emit.rejected == nil {
			emit.rejected = unencodable(event, err)
			emit.rejected.Reason = fault.OnOutput(emit.rejected.Reason)
		}
		return
	}
	emit.buf = buf
	emit.records = append(emit.records, emitted{port: port, from: from, to: len(buf)})
}

// Drop takes the event out by a filter that the data product declares in tidemark.filters; return what it
// gives. Nothing may have been emitted for the event.
func (e *Emit) Drop(filter string) error {
	e.filter = filter
	return errDropped
}

// Reject sends the event to the dead letters with reason transform.<why>; return what it gives. The message
// must not hold values of fields: it is shown to people who may not see them.
func (e *Emit) Reject(why, message string) error {
	return &fault.Rejection{Reason: fault.ByTransform(why), Message: message}
}

func (e *Emit) port(name string) (*outputPort, error) {
	for _, p := range e.ports {
		if p.name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("output port %s is not declared: name it in the handler's On(...) and in the ODPS file", name)
}

// fail keeps the first misuse: it is a fault of the code, found at its first event.
func (e *Emit) fail(err error) {
	if e.err == nil {
		e.err = fault.Fatally(err)
	}
}

func (e *Emit) reset() {
	e.records, e.buf, e.filter, e.rejected, e.err, e.splicing = e.records[:0], e.buf[:0], "", nil, nil, nil
}

// unencodable rejects an event whose values do not fit its schema. The codec's own words may hold a value, so only
// what is known to hold none is told.
func unencodable(event any, err error) *fault.Rejection {
	r := &fault.Rejection{Reason: fault.AvroMalformed, Message: fmt.Sprintf("a value of %T does not fit its schema", event)}
	if at, ok := errors.AsType[*avro.ValueError](err); ok {
		r.Field, r.Message = at.Path, at.Why
	}
	return r
}
