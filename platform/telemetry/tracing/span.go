package tracing

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Span is a piece of work that was done on a record.
type Span struct {
	Context
	Parent     [8]byte // in the same trace; zero for none
	Name       string
	Kind       Kind
	Start, End int64 // Unix nanoseconds; see Now
	Attributes Attributes
	More       Attributes // those that many spans share
	Link       *Context   // to a span of another trace; nil for none
	Failed     string     // why it failed; empty if it did not
}

// Now is the time as spans have it.
func Now() int64 { return time.Now().UnixNano() }

// Kind is how a span stands to others, by OpenTelemetry's numbers.
type Kind uint8

// The kinds.
const (
	Internal Kind = 1
	Client   Kind = 3
	Producer Kind = 4
	Consumer Kind = 5
)

// Attributes are what a span says, as OTLP writes them.
type Attributes []byte

// Fields of OTLP's messages, which are opentelemetry/proto/{trace,common}/v1.
const (
	spanTrace, spanID, spanState, spanParent, spanName, spanKind, spanStart, spanEnd, spanAttributes protowire.Number = 1, 2, 3, 4, 5, 6, 7, 8, 9
	spanLinks, spanStatus, spanFlags                                                                 protowire.Number = 13, 15, 16
	linkTrace, linkSpan                                                                              protowire.Number = 1, 2
	statusMessage, statusCode                                                                        protowire.Number = 2, 3
	keyName, keyValue, valueText, valueInt                                                           protowire.Number = 1, 2, 1, 3
	tracesResource, resourceResource, resourceScope, scopeScope, scopeSpans, scopeName               protowire.Number = 1, 1, 2, 1, 2, 1
	resourceAttributes                                                                               protowire.Number = 1
)

const statusError = 2

// Text appends an attribute with a text; what is no UTF-8 in it is replaced, since a collector would refuse all that is sent with it.
func (a Attributes) Text(name, value string) Attributes {
	value = strings.ToValidUTF8(value, "\uFFFD")
	inner := 1 + protowire.SizeBytes(len(value))
	a = a.begin(name, inner)
	return protowire.AppendString(protowire.AppendTag(a, valueText, protowire.BytesType), value)
}

// Number appends an attribute with a number.
func (a Attributes) Number(name string, value int64) Attributes {
	a = a.begin(name, 1+protowire.SizeVarint(uint64(value))) // as two's complement
	return protowire.AppendVarint(protowire.AppendTag(a, valueInt, protowire.VarintType), uint64(value))
}

// begin appends an attribute but for its value, of which it is told the length.
func (a Attributes) begin(name string, value int) Attributes {
	a = protowire.AppendTag(a, spanAttributes, protowire.BytesType)
	a = protowire.AppendVarint(a, uint64(1+protowire.SizeBytes(len(name))+1+protowire.SizeBytes(value)))
	a = protowire.AppendString(protowire.AppendTag(a, keyName, protowire.BytesType), name)
	return protowire.AppendVarint(protowire.AppendTag(a, keyValue, protowire.BytesType), uint64(value))
}

// Begin is the context of a span that is sampled: below a parent, or of a trace of its own where that is no valid one.
func Begin(parent Context) Context {
	c := Context{Trace: parent.Trace, State: parent.State, Sampled: true}
	for !parent.Valid() && c.Trace == [16]byte{} {
		binary.LittleEndian.PutUint64(c.Trace[:8], rand.Uint64())
		binary.LittleEndian.PutUint64(c.Trace[8:], rand.Uint64())
	}
	for c.Span == [8]byte{} {
		binary.LittleEndian.PutUint64(c.Span[:], rand.Uint64())
	}
	return c
}

// appendTo appends the span as OTLP has it.
func (s *Span) appendTo(b []byte) []byte {
	b = bytesField(b, spanTrace, s.Trace[:])
	b = bytesField(b, spanID, s.Context.Span[:])
	if s.State != "" {
		b = textField(b, spanState, s.State)
	}
	if s.Parent != [8]byte{} {
		b = bytesField(b, spanParent, s.Parent[:])
	}
	b = textField(b, spanName, s.Name)
	b = protowire.AppendVarint(protowire.AppendTag(b, spanKind, protowire.VarintType), uint64(s.Kind))
	b = protowire.AppendFixed64(protowire.AppendTag(b, spanStart, protowire.Fixed64Type), uint64(s.Start)) // after 1970
	b = protowire.AppendFixed64(protowire.AppendTag(b, spanEnd, protowire.Fixed64Type), uint64(s.End))     // as above
	b = append(append(b, s.Attributes...), s.More...)
	if s.Link != nil {
		var room [32]byte
		link := bytesField(bytesField(room[:0], linkTrace, s.Link.Trace[:]), linkSpan, s.Link.Span[:])
		b = bytesField(b, spanLinks, link)
	}
	if s.Failed != "" {
		status := textField(nil, statusMessage, s.Failed)
		b = bytesField(b, spanStatus, protowire.AppendVarint(protowire.AppendTag(status, statusCode, protowire.VarintType), statusError))
	}
	return protowire.AppendFixed32(protowire.AppendTag(b, spanFlags, protowire.Fixed32Type), 1) // sampled
}

func bytesField(b []byte, n protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), v)
}

func textField(b []byte, n protowire.Number, v string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, n, protowire.BytesType), v)
}

// message appends what a collector takes, an ExportTraceServiceRequest, of spans that are each a field of their scope.
func message(b, resource, spans []byte) []byte {
	scope := bytesField(nil, scopeScope, textField(nil, scopeName, "github.com/tidemark-mesh/tidemark"))
	who := bytesField(nil, resourceResource, resource)
	inner := len(scope) + len(spans)
	b = protowire.AppendTag(b, tracesResource, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(who)+protowire.SizeTag(resourceScope)+protowire.SizeBytes(inner)))
	b = protowire.AppendTag(append(b, who...), resourceScope, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(inner))
	return append(append(b, scope...), spans...)
}
