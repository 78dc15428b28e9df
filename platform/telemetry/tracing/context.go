package tracing

import (
	"context"
	"encoding/hex"
	"slices"

	"go.opentelemetry.io/otel/trace"
)

// The headers of the W3C's trace context.
const (
	HeaderParent = "traceparent"
	HeaderState  = "tracestate"
)

// Context names a span and its trace.
type Context struct {
	Trace   [16]byte
	Span    [8]byte
	Sampled bool
	State   string // what tracing systems add, as it is
}

// Valid says that it names one.
func (c Context) Valid() bool { return c.Trace != [16]byte{} && c.Span != [8]byte{} }

// Parent reads the context that a traceparent header carries; it is no valid one where the header is not. A state that is no text of
// at most 512 bytes is left out.
func Parent(header, state []byte) Context {
	// version-traceid-spanid-flags; later versions may have more behind that.
	var c Context
	var version, flags [1]byte
	h := header
	if len(h) < 55 || h[2] != '-' || h[35] != '-' || h[52] != '-' || len(h) > 55 && h[55] != '-' {
		return Context{}
	}
	for _, part := range []struct{ to, from []byte }{{version[:], h[:2]}, {c.Trace[:], h[3:35]}, {c.Span[:], h[36:52]}, {flags[:], h[53:55]}} {
		if _, err := hex.Decode(part.to, part.from); err != nil {
			return Context{}
		}
	}
	if version[0] == 0xff || version[0] == 0 && len(h) > 55 || !c.Valid() {
		return Context{}
	}
	c.Sampled = flags[0]&1 == 1
	if goodState(state) {
		c.State = string(state)
	}
	return c
}

// stateMost is the length that everyone who takes part in a trace has to hand on; longer ones may be left out.
const stateMost = 512

// goodState says whether a tracestate is one that may go on: it comes from anybody, and one that is no text would spoil a whole batch.
func goodState(state []byte) bool {
	return len(state) <= stateMost && !slices.ContainsFunc(state, func(c byte) bool { return c != '\t' && (c < ' ' || c > '~') })
}

// Header is the traceparent header of a context.
func (c Context) Header() []byte {
	h := make([]byte, 0, 55)
	h = append(h, "00-"...)
	h = hex.AppendEncode(h, c.Trace[:])
	h = append(h, '-')
	h = hex.AppendEncode(h, c.Span[:])
	if c.Sampled {
		return append(h, "-01"...)
	}
	return append(h, "-00"...)
}

// In is the context of the OpenTelemetry span that ctx has, if it has one.
func In(ctx context.Context) Context {
	at := trace.SpanContextFromContext(ctx)
	return Context{Trace: at.TraceID(), Span: at.SpanID(), Sampled: at.IsSampled(), State: at.TraceState().String()}
}
