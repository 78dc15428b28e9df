// Package tracing makes OpenTelemetry spans of some of the records that pass, and sends them to a collector.
//
//	Settings   what a person chose: the standard OTEL_* variables, with flags before them
//	Open       settings -> Tracing, which exports by OTLP over HTTP; nil where nobody asked for it
//	Tracing    decides which records are sampled, before anything is made of them, and takes the spans of those that are
//	Context    the W3C trace context that a record carries, as it stands in its headers
//
// Spans are made here and not by OpenTelemetry's SDK: records pass at a microsecond each, and its spans, four or five of a record in a
// hundred, cost a third of that again; its exporter brings gRPC with it, 5 MB in every binary. Those here are plain values until the
// goroutine that sends them writes them as OTLP, which tests read with OpenTelemetry's own code.
//
// A nil *Tracing is valid and samples nothing. What a span says holds no value of a field.
package tracing
